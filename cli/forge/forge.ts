import { CommandError } from "../terminal/command-error";
import type { Bootstrap } from "./bootstrap";

/** The forges, by their options without hyphens. */
export const FORGE_NAMES = ["github", "gitlab"] as const;
export type ForgeName = (typeof FORGE_NAMES)[number];

/** Where changes are reviewed and CI runs. */
export interface Forge {
  /** The option with which a command works for it, without hyphens. */
  readonly option: ForgeName;
  /** What people call it, its CI, all jobs of its CI for a commit, and a change that is to be merged. */
  readonly name: string;
  readonly ci: string;
  readonly run: string;
  readonly changeRequest: string;
  /** Whether it keeps states of Terraform, which its jobs read with their own token. */
  readonly hasTerraformState: boolean;
  /** Maximum number of jobs in a matrix. */
  readonly maxJobs: number;
  /** Maximum length of a comment, in characters. */
  readonly maxComment: number;
  /** The page of a run that has what its jobs report. Undefined: there is none, and people read the log. */
  readonly summary: Summary | undefined;
  readonly bootstrap: Bootstrap;
  /** Where people find the run of this job. Undefined: outside of CI. */
  runUrl(env: NodeJS.ProcessEnv): string | undefined;
  /** Sets values for later steps or jobs. */
  setOutputs(outputs: Outputs): void;
  /** Sets the jobs that are to run for environments, as lists by their name. */
  setJobs(purpose: JobPurpose, lists: Readonly<Record<string, readonly MatrixJob[]>>): void;
  /** The change that a job of CI runs for. */
  changeRequestOf(env: NodeJS.ProcessEnv): Promise<ChangeRequest>;
  /**
   * Whether a later commit overtook the one of this job: it has a run of its own, and may be deployed already if this run waited
   * for an approval. Deletes the token, since the app and Terraform inherit `env`.
   *
   * @returns undefined if the commit of this job is the newest
   * @throws CommandError when the newest commit is unknown
   */
  overtakingCommit(env: NodeJS.ProcessEnv): Promise<BranchCommit | undefined>;
  /** The last commit of this branch with which everything was deployed. Undefined: none that the forge still knows. */
  lastDeployedCommit(env: NodeJS.ProcessEnv): Promise<string | undefined>;
}

export interface Summary {
  /** Its maximum length, in bytes. */
  readonly max: number;
  /** Appends Markdown to it. */
  append(markdown: string): void;
}

export type Outputs = Readonly<Record<string, unknown>>;

/** What jobs with one or more environments do. */
export type JobPurpose = "deploy" | "doctor" | "drift";

/** A job of a matrix. */
export interface MatrixJob {
  /** Unique among the jobs: the environment's name, or one with a number. */
  readonly job: string;
  /** The forge's environment, without the prefix of what the job does. */
  readonly environment: string;
  /** Names of environments, separated by spaces. */
  readonly names: string;
}

export interface BranchCommit {
  readonly commit: string;
  readonly branch: string;
}

/** A change that is to be merged, such as a pull request, and how to reach it. */
export interface ChangeRequest {
  readonly forge: Forge;
  /** The last commit of its branch. */
  readonly headCommit: string;
  /** The files that it changes, as the forge lists them. */
  changedFiles(): Promise<ChangedFiles>;
  /** Whether its jobs can write nothing here and have no credentials, since its branch is in another repository. */
  readonly isReadOnly: boolean;
  /**
   * Writes the comment that all runs share.
   *
   * @param mark its first line, by which it is recognized
   */
  writeComment(mark: string, text: string): Promise<void>;
  /** The jobs of a run that plan it, by which a plan counts. Undefined: no job plans a change before it is merged. */
  readonly planJobs: PlanJobs | undefined;
}

/** Files that a change adds, changes, moves or deletes. */
export interface ChangedFiles {
  /** Of a moved file both. */
  readonly paths: readonly string[];
  /** Whether the forge lists all of them. */
  readonly areAll: boolean;
}

/** Jobs of a matrix that each plan one environment. */
export interface PlanJobs {
  /** The name of the job of an environment. */
  nameOf(environment: string): string;
  /** How each job of this run ended, such as `success`, by its name. */
  conclusions(): Promise<ReadonlyMap<string, string | undefined>>;
}

/** Prefixes, before a hyphen, of the forge's environments for jobs other than deploys. */
export const JOBS = ["plan", "doctor", "drift"] as const;

/** The forge's environment of jobs with several environments. */
export const FLEET = "fleet";

/** `plan-x` would be the forge's environment of both the plans of `x` and the deploys of `plan-x`, which may do more. */
export function expectNamesApart(names: readonly string[]): void {
  const clash = names
    .flatMap((name) => JOBS.map((job) => ({ name, job, otherJob: `${job}-${name}` })))
    .find(({ otherJob }) => names.includes(otherJob));
  if (clash === undefined) return;
  const { name, job, otherJob } = clash;
  throw new CommandError(
    `Received the environments ${name} and ${otherJob}, expected names that CI can tell apart: the jobs that ${job === "plan" ? "plan" : "look at"} ${name} run in its environment ${otherJob}, and so would the deploys of ${otherJob}. Rename ${otherJob}.`,
  );
}

import type { JOBS } from "./forge";

/** How `bootstrap` sets up repositories of a forge, and how roles in AWS know their jobs. */
export interface Bootstrap {
  /** What --repository takes, such as the name of a repository, with an example. */
  readonly repositoryForm: string;
  /** What people call the files that its CI runs. */
  readonly pipelines: string;
  /** The kinds of jobs that only read. */
  readonly readerJobs: readonly ReaderJob[];
  /**
   * A repository, as --repository names it. Undefined: it can't be the name of one.
   *
   * @param branch the branch that deploys
   */
  setupOf(repository: string, branch: string): RepositorySetup | undefined;
}

export type ReaderJob = (typeof JOBS)[number];

/** The variable of an environment of the forge with the role of its jobs. */
export const ROLE_VARIABLE = "AWS_ROLE_ARN";

/** Whom CODEOWNERS names until somebody replaces it: no team or group has that name. */
export const OWNERS_PLACEHOLDER = "@YOUR-ORGANIZATION/YOUR-OWNERS";

/** The variables of a repository that switch its pipelines on. */
export const SWITCHES = ["PLAN", "DEPLOY", "DRIFT", "DOCTOR"].map((name) => `SUPPORT_APP_${name}`);

/** The branch on which CI runs and which it deploys, unless --branch names another one. */
export const DEFAULT_BRANCH = "main";

/** An environment of the forge, in which jobs have a role in AWS. */
export interface JobEnvironment {
  readonly name: string;
  readonly roleArn: string;
  readonly job: "deploy" | ReaderJob;
}

/** A repository that is to be set up. */
export interface RepositorySetup {
  /** Its name, for people. */
  readonly repository: string;
  readonly url: string;
  readonly issuer: TokenIssuer;
  /** A script that sets it up. Run again, it repairs what differs. */
  script(environments: readonly JobEnvironment[]): string;
  /** What people do before the roles exist, each as a line and the lines below it. */
  firstSteps(script: string): readonly (readonly string[])[];
  /** What else to know when the roles are created, as lines. */
  readonly roleNotes: readonly string[];
  /** What people do once the roles exist. */
  readonly lastSteps: readonly (readonly string[])[];
}

/** Who signs the tokens of jobs. */
export interface TokenIssuer {
  /** Its URL without https://, as IAM names it. */
  readonly host: string;
  /** Whom the tokens of an environment's jobs are for. */
  audienceOf(environment: string): string;
  /** What a token of one of these environments' jobs claims. */
  claimsOf(environments: readonly string[]): Readonly<Record<"aud" | "sub", string | readonly string[]>>;
}

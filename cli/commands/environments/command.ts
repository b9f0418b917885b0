import { type Command, Option } from "commander";
import type { Environment } from "../../../stacks/environments/environment";
import { loadEnvironments } from "../../../stacks/environments/environments";
import { CI, FLEET, FORGE, JOBS, MAX_JOBS, setOutputs } from "../../forge/job";
import { CommandError } from "../../terminal/command-error";
import { print } from "../../terminal/print";

const PURPOSES = ["deploy", "doctor", "drift"] as const;

interface Job {
  /** Unique among the jobs: the environment's name, or one with a number. */
  readonly job: string;
  /** The forge's environment, without the workflow's prefix. */
  readonly environment: string;
  /** Names of environments, separated by commas. */
  readonly names: string;
}

export function addCommand(program: Command): void {
  program
    .command("environments")
    .summary("names of environments, for workflows")
    .description(
      `Print the names of the environments as a JSON list, for a workflow with one job each. With --for deploy, each must have its state in S3, because the runner is discarded. With --for doctor, retired ones are left out. With --github, the outputs are lists of jobs ({ job, environment, names }): canaries, doctored and others for deploy, jobs for the other purposes. There are never more than ${MAX_JOBS}: where there are more environments, a job has several, and runs in GitHub's environment ${FLEET}.`,
    )
    .addOption(new Option("--for <purpose>", "what the jobs do").choices(PURPOSES).makeOptionMandatory())
    .option("--github", "set outputs of a step in GitHub Actions, too")
    .addHelpText("after", "\nExit status: 0 printed; 1 an error; 2 wrong usage.")
    .action(listEnvironments);
}

function listEnvironments({ for: purpose, github }: { for: (typeof PURPOSES)[number]; github?: boolean }): void {
  const environments = loadEnvironments();
  expectNamesApart(environments.map(({ name }) => name));
  if (purpose !== "doctor") expectStateInS3(environments);
  const chosenEnvironments = purpose === "doctor" ? environments.filter(({ retired }) => !retired) : environments;
  if (github) {
    if (chosenEnvironments.length > MAX_JOBS) expectFleet(chosenEnvironments);
    setOutputs(purpose === "deploy" ? deployJobs(chosenEnvironments) : { jobs: jobsOf([chosenEnvironments]).flat() });
  }
  print(JSON.stringify(chosenEnvironments.map(({ name }) => name)));
}

/** The canaries, the canaries that doctor looks at afterwards, and the other environments. */
function deployJobs(environments: readonly Environment[]): Readonly<Record<string, readonly Job[]>> {
  const [canaries = [], otherJobs = []] = jobsOf([
    environments.filter(({ canary }) => canary),
    environments.filter(({ canary }) => !canary),
  ]);
  const retired = new Set(environments.filter((environment) => environment.retired).map(({ name }) => name));
  const doctorJobs = canaries.flatMap((job) => {
    const names = job.names.split(",").filter((name) => !retired.has(name));
    return names.length > 0 ? [{ ...job, names: names.join(",") }] : [];
  });
  return { canaries, doctored: doctorJobs, others: otherJobs };
}

/**
 * The jobs of several lists, at most the forge's limit in total: one per environment, or as few environments per job as
 * possible.
 */
function jobsOf(lists: readonly (readonly Environment[])[]): Job[][] {
  const jobsAt = (size: number) => lists.reduce((sum, list) => sum + Math.ceil(list.length / size), 0);
  let size = 1;
  while (jobsAt(size) > MAX_JOBS) size++;
  let count = 0;
  return lists.map((list) =>
    list.flatMap(({ name }, index) => {
      if (size === 1) return [{ job: name, environment: name, names: name }];
      if (index % size !== 0) return [];
      const names = list.slice(index, index + size).map((environment) => environment.name);
      return [{ job: `${FLEET}-${++count}`, environment: FLEET, names: names.join(",") }];
    }),
  );
}

/** A job with several environments has one role, which assumes the deploy-role of each. */
function expectFleet(environments: readonly Environment[]): void {
  const without = environments.filter(({ deployRole }) => deployRole === undefined).map(({ name }) => name);
  if (without.length > 0) {
    throw new CommandError([
      `Received ${environments.length} environments of which ${without.length} have no deploy-role, expected one in each: a ${CI} matrix has at most ${MAX_JOBS} jobs, so a job has several environments, and one role that assumes the deploy-role of each. Add deploy-role, or split the environments into several files, with SUPPORT_APP_ENVIRONMENTS.`,
      ...without,
    ]);
  }
  if (environments.every(({ name }) => name !== FLEET)) return;
  throw new CommandError(
    `Received the environment ${FLEET} among ${environments.length}, expected another name: the ${FORGE} environment ${FLEET} belongs to the jobs with several environments. Rename it.`,
  );
}

/** Local state is gone with the machine, and HCP Terraform needs a login of its own. */
function expectStateInS3(environments: readonly Environment[]): void {
  const unlockedEnvironments = environments.filter(({ backend }) => backend.type !== "s3");
  if (unlockedEnvironments.length === 0) return;
  throw new CommandError([
    "Received environments whose state isn't in S3, expected state that outlives the machine and needs no other login. Set backend to type s3 in environments.yaml.",
    ...unlockedEnvironments.map(({ name, backend }) => `${name}: ${backend.type}`),
  ]);
}

/** `plan-x` would be the forge's environment of both the plans of `x` and the deploys of `plan-x`, which may do more. */
function expectNamesApart(names: readonly string[]): void {
  const clash = names
    .flatMap((name) => JOBS.map((job) => ({ name, job, otherJob: `${job}-${name}` })))
    .find(({ otherJob }) => names.includes(otherJob));
  if (clash === undefined) return;
  const { name, job, otherJob } = clash;
  throw new CommandError(
    `Received the environments ${name} and ${otherJob}, expected names that ${FORGE} can tell apart: the jobs that ${job === "plan" ? "plan" : "look at"} ${name} run in ${FORGE}'s environment ${otherJob}, and so would the deploys of ${otherJob}. Rename ${otherJob}.`,
  );
}

import { type Command, Option } from "commander";
import { canonical } from "../../../common/canonical";
import { attempt } from "../../../common/disk-error";
import type { Environment } from "../../../stacks/environments/environment";
import { loadEnvironments } from "../../../stacks/environments/environments";
import type { Forge, JobPurpose, MatrixJob } from "../../forge/forge";
import { expectNamesApart, FLEET } from "../../forge/forge";
import { addForgeOptions, chosenForge, expectStateForJobs, FORGE_OPTIONS, FORGES, inJobs } from "../../forge/forges";
import { CommandError, UsageError } from "../../terminal/command-error";
import { nameOfA } from "../../terminal/option-values";
import { print, printError } from "../../terminal/print";
import { readStacks } from "../../terraform/synthesized-folder";

const PURPOSES: readonly JobPurpose[] = ["deploy", "doctor", "drift"];

export function addCommand(program: Command): void {
  const ownStates = FORGES.filter(({ hasTerraformState }) => hasTerraformState)
    .map(({ option, name }) => ` or, with --${option}, in ${name}`)
    .join("");
  const command = program
    .command("environments")
    .helpGroup("Commands for CI:")
    .summary("names of environments, for CI")
    .description(
      `Print the names of the environments as a JSON list. For deploy and drift, their state must be in S3${ownStates}; for doctor, retired ones are left out. With ${FORGE_OPTIONS}, also set lists of jobs ({ job, environment, names }): canaries, doctored, others and planned for deploy, and otherwise jobs. With more environments than ${FORGES.map(({ maxJobs, ci }) => `${maxJobs} in ${ci}`).join(" or ")}, a job has several, and runs in the forge's environment ${FLEET}.`,
    )
    .addOption(new Option("--for <purpose>", "what the jobs do").choices(PURPOSES).makeOptionMandatory())
    .option(
      "--last-deploy",
      `with --for deploy and ${FORGE_OPTIONS}: print the last commit with which everything was deployed, and set the output commit. None: print nothing`,
    )
    .option(
      "--base <folder>",
      "with --for deploy: only environments that differ from this synthesized folder. All of them if it doesn't exist",
      nameOfA("folder"),
    )
    .option("--head <folder>", "with --base: the synthesized folder to deploy", nameOfA("folder"))
    .action(listEnvironments);
  addForgeOptions(command, inJobs("set its jobs, too"));
}

type ListOptions = Readonly<{
  for: JobPurpose;
  lastDeploy?: boolean;
  base?: string;
  head?: string;
}>;

async function listEnvironments(options: ListOptions): Promise<void> {
  const { for: purpose, lastDeploy, base, head } = options;
  const forge = chosenForge(options);
  const isCompared = base !== undefined || head !== undefined;
  if (purpose !== "deploy" && (isCompared || lastDeploy)) {
    throw new UsageError(`Received --base, --head or --last-deploy with --for ${purpose}, expected --for deploy.`);
  }
  if (lastDeploy) {
    if (!forge) throw new UsageError(`Received --last-deploy without ${FORGE_OPTIONS}, expected one of them.`);
    if (isCompared) throw new UsageError("Received --last-deploy with --base or --head, expected it without a folder.");
    const commit = await forge.lastDeployedCommit(process.env);
    if (commit !== undefined) {
      forge.setOutputs({ commit });
      print(commit);
    }
    return;
  }
  const environments = loadEnvironments();
  expectNamesApart(environments.map(({ name }) => name));
  if (purpose !== "doctor") expectStateForJobs(environments, forge);
  const candidates = purpose === "doctor" ? environments.filter(({ retired }) => !retired) : environments;
  const chosenEnvironments = isCompared ? changedEnvironments(candidates, base, head) : candidates;
  if (forge) {
    const { maxJobs } = forge;
    const isFleet = candidates.length > maxJobs;
    if (isFleet) expectFleet(candidates, forge);
    forge.setJobs(
      purpose,
      purpose === "deploy"
        ? deployJobs(chosenEnvironments, maxJobs, isFleet)
        : { jobs: jobsOf([chosenEnvironments], maxJobs, isFleet).flat() },
    );
  }
  print(JSON.stringify(chosenEnvironments.map(({ name }) => name)));
}

/** The environments whose Terraform differs from what was deployed. All of them if that can't be read: a job more deploys nothing. */
function changedEnvironments(
  environments: readonly Environment[],
  base?: string,
  head?: string,
): readonly Environment[] {
  if (base === undefined || head === undefined) {
    throw new UsageError("Received only one of --base and --head, expected both, or neither for every environment.");
  }
  const after = readStacks(head);
  const before = attempt(() => readStacks(base));
  if (before === undefined) printError("Every environment gets a job: what was deployed last can't be read.");
  return environments.filter(
    ({ name }) => before === undefined || canonical(before.get(name)) !== canonical(after.get(name)),
  );
}

/** The canaries, the canaries that doctor looks at afterwards, the other environments, and all that are planned before. */
function deployJobs(
  environments: readonly Environment[],
  maxJobs: number,
  isFleet: boolean,
): Readonly<Record<string, readonly MatrixJob[]>> {
  const [canaries = [], otherJobs = []] = jobsOf(
    [environments.filter(({ canary }) => canary), environments.filter(({ canary }) => !canary)],
    maxJobs,
    isFleet,
  );
  const retired = new Set(environments.filter((environment) => environment.retired).map(({ name }) => name));
  const doctorJobs = canaries.flatMap((job) => {
    const names = job.names.split(" ").filter((name) => !retired.has(name));
    return names.length > 0 ? [{ ...job, names: names.join(" ") }] : [];
  });
  return { canaries, doctored: doctorJobs, others: otherJobs, planned: [...canaries, ...otherJobs] };
}

/**
 * The jobs of several lists, at most the forge's limit in total: one per environment or, in a fleet, with as few environments per
 * job as possible.
 */
function jobsOf(lists: readonly (readonly Environment[])[], maxJobs: number, isFleet: boolean): MatrixJob[][] {
  const jobsAt = (size: number) => lists.reduce((sum, list) => sum + Math.ceil(list.length / size), 0);
  let size = 1;
  while (jobsAt(size) > maxJobs) size++;
  let count = 0;
  return lists.map((list) =>
    list.flatMap(({ name }, index) => {
      if (!isFleet) return [{ job: name, environment: name, names: name }];
      if (index % size !== 0) return [];
      const names = list.slice(index, index + size).map((environment) => environment.name);
      return [{ job: `${FLEET}-${++count}`, environment: FLEET, names: names.join(" ") }];
    }),
  );
}

/** A job with several environments has one role, which assumes the deploy-role of each. */
function expectFleet(environments: readonly Environment[], { name: forgeName, ci, maxJobs }: Forge): void {
  const without = environments.filter(({ deployRole }) => deployRole === undefined).map(({ name }) => name);
  if (without.length > 0) {
    throw new CommandError([
      `Received ${environments.length} environments of which ${without.length} have no deploy-role, expected one in each: a ${ci} matrix has at most ${maxJobs} jobs, so a job has several environments, and one role that assumes the deploy-role of each. Add deploy-role, or split the environments into several files, with SUPPORT_APP_ENVIRONMENTS.`,
      ...without,
    ]);
  }
  if (environments.every(({ name }) => name !== FLEET)) return;
  throw new CommandError(
    `Received the environment ${FLEET} among ${environments.length}, expected another name: the ${forgeName} environment ${FLEET} belongs to the jobs with several environments. Rename it.`,
  );
}

import { appendFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { messageOf } from "../../modules/support-app/printable";
import { describe } from "../../modules/support-app/problem";
import type { Environment } from "../../stacks/environment";
import { loadEnvironments } from "../../stacks/environments";
import { CommandError } from "../command-error";
import { print } from "../print";

/** Source: GitHub, usage limits of Actions: jobs of a matrix in one run of a workflow. */
const MAX_JOBS = 256;

/** What GitHub's environments of other jobs than deploys begin with, in the workflows that init writes. */
const JOBS = ["plan", "doctor"] as const;

const PURPOSES = ["deploy", "doctor"] as const;

interface EnvironmentsOptions {
  readonly for: (typeof PURPOSES)[number];
  readonly github?: boolean;
}

/** Adds `support-app environments`. */
export function addEnvironmentsCommand(program: Command): void {
  program
    .command("environments")
    .summary("the names of the environments, for a job for each")
    .description(
      "Print the names of the environments as a list in JSON, for a workflow that has a job for each. To be deployed by a machine that is thrown away, each must have its state in S3; doctor doesn't look at retired ones.",
    )
    .addOption(new Option("--for <purpose>", "what the jobs do").choices(PURPOSES).makeOptionMandatory())
    .option("--github", "set the output names of a step in GitHub Actions, too")
    .action((options: EnvironmentsOptions) => listEnvironments(options));
}

function listEnvironments({ for: purpose, github }: EnvironmentsOptions): void {
  const environments = loadEnvironments();
  expectNamesApart(environments.map(({ name }) => name));
  if (purpose === "deploy") expectStateInS3(environments);
  const chosen = purpose === "deploy" ? environments : environments.filter(({ retired }) => !retired);
  if (github && chosen.length > MAX_JOBS) {
    throw new CommandError(
      `Received ${chosen.length} environments, expected at most ${MAX_JOBS}: GitHub Actions takes no more jobs in one matrix. Divide them among several files, with SUPPORT_APP_ENVIRONMENTS.`,
    );
  }
  const names = JSON.stringify(chosen.map(({ name }) => name)); // on one line, so that nothing becomes another output
  if (github) setOutput(names);
  print(names);
}

/** Local state is gone with the machine, and HCP Terraform needs a login of its own. */
function expectStateInS3(environments: readonly Environment[]): void {
  const others = environments.filter(({ backend }) => backend.type !== "s3");
  if (others.length === 0) return;
  throw new CommandError([
    "Received environments whose state isn't in S3, expected state that outlives the machine and needs no other login. Set backend to type s3 in environments.yaml.",
    ...others.map(({ name, backend }) => `${name}: ${backend.type}`),
  ]);
}

/** GitHub's environment `plan-x` is that of the plans of `x`, and would be that of the deploys of `plan-x`, whose credentials may do more. */
function expectNamesApart(names: readonly string[]): void {
  const clash = names
    .flatMap((name) => JOBS.map((job) => ({ name, job, other: `${job}-${name}` })))
    .find(({ other }) => names.includes(other));
  if (clash === undefined) return;
  const { name, job, other } = clash;
  throw new CommandError(
    `Received the environments ${name} and ${other}, expected names that GitHub can tell apart: the jobs that ${job === "plan" ? "plan" : "look at"} ${name} run in GitHub's environment ${other}, and so would the deploys of ${other}. Rename ${other}.`,
  );
}

function setOutput(names: string): void {
  const { GITHUB_OUTPUT } = process.env;
  try {
    appendFileSync(GITHUB_OUTPUT ?? "", `names=${names}\n`);
  } catch (error) {
    throw new CommandError(
      `Received ${describe(GITHUB_OUTPUT)} for the variable GITHUB_OUTPUT, expected a file that can be written, but: ${messageOf(error)}. Leave --github out, except in GitHub Actions.`,
    );
  }
}

/*
 * Runs the life of an environment in a real AWS account, asks AWS what its documentation leaves open, and removes all
 * that it made. docs/contributing/acceptance.md describes it.
 *
 *   npm run acceptance -- --account 111122223333 --region us-east-1
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { Command, Option } from "commander";
import { matching } from "../../cli/terminal/option-values";
import { isConfirmed } from "../../cli/terminal/question";
import { jsonText } from "../../common/json";
import { SLACK_WORKSPACE_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { ACCOUNT_ID, REGIONS, ROLE_NAME, SLACK_CHANNEL, SLACK_WORKSPACE } from "../../modules/support-app/model/limits";
import { version } from "../../package.json";
import { type Answers, writeAnswers } from "../../packaging/acceptance-answers";
import { QUESTIONS, STEPS } from "../../packaging/acceptance-questions";
import { AWS_PROVIDER } from "../../stacks/required-versions";
import { installed, installPackage } from "../e2e/support/installed-package";
import { findTerraform } from "../e2e/support/prerequisites";
import { createProject } from "../e2e/support/project";
import { type Aws, awsIn, listRoles } from "./aws";
import { clean, leftovers, listEverywhere } from "./clean";
import { AcceptanceError, sentenceOf } from "./failure";
import { interruption } from "./interruption";
import { LIFE, type Run, type TestChannel } from "./life";
import { ALIAS, ENVIRONMENT, PREFIX } from "./names";
import { callerRights } from "./rights";

interface Options {
  readonly account: string;
  readonly region: (typeof REGIONS)[number];
  readonly workspace?: string;
  readonly channel?: string;
  readonly organization?: string;
  readonly clean?: boolean;
  readonly yes?: boolean;
  readonly answers: string;
}

const say = (line = "") => console.error(line);

/** What people in the account use already, which a run would meet. */
async function expectUnused(aws: Aws): Promise<void> {
  const remains = await leftovers(aws);
  if (remains.length > 0) {
    throw new AcceptanceError(
      `An earlier run left this in the account: ${remains.join(", ")}. Run the same command with --clean first.`,
    );
  }
  const roles = (await listRoles(aws)).filter(({ AssumeRolePolicyDocument = "" }) =>
    decodeURIComponent(AssumeRolePolicyDocument).includes("supportapp.amazonaws.com"),
  );
  const resources = await listEverywhere(aws);
  const uses = [
    ...roles.map(({ RoleName }) => `the role ${RoleName}`),
    ...resources.map(({ type, identifier, place }) => `${type} ${identifier} in ${place}`),
  ];
  if (uses.length > 0) {
    throw new AcceptanceError(
      `The account already uses the Support App: ${uses.join(", ")}. Nothing was changed. Choose an account that doesn't, so that no run can touch what people use.`,
    );
  }
}

async function expectAccount(aws: Aws, account: string): Promise<void> {
  const { Account, Arn } = await aws.sts.send(new GetCallerIdentityCommand({}));
  if (Account !== account) {
    throw new AcceptanceError(
      `Received credentials of ${Account} (${Arn}), expected credentials of ${account}. Nothing was changed.`,
    );
  }
  if (Arn?.endsWith(":root") && !aws.isEmulated()) {
    throw new AcceptanceError(
      `Received credentials of the account's root user, which can't assume a role, expected a user or a role with the printed rights. Nothing was changed.`,
    );
  }
}

async function expectWorkspace(aws: Aws, { workspace }: TestChannel): Promise<void> {
  const registered = await aws.list(SLACK_WORKSPACE_TYPE);
  if (registered.some(({ properties }) => properties.TeamId === workspace)) return;
  throw new AcceptanceError(
    `The account hasn't registered the workspace ${workspace}. Nothing was changed. Authorize it in the AWS Support App's console first: only a person can.`,
  );
}

/** What a run will do, before it asks. */
function announcement({ account, region, organization }: Options, channel: TestChannel | undefined): string[] {
  const rights = callerRights(account, channel !== undefined, organization);
  const resources = [
    `- five roles whose names begin with ${PREFIX}, and their policies; one of them deploys, with the printed policy alone`,
    `- the alias ${ALIAS} in the Support App`,
    ...(channel ? [`- the configuration of the channel ${channel.channel} in the workspace ${channel.workspace}`] : []),
  ];
  return [
    `In the account ${account}, in ${region}, this creates and removes:`,
    ...resources,
    "It creates no user, no key and no Service Quotas role, opens no case, and costs nothing.",
    ...(channel
      ? [
          "During the run, everyone in the channel can do what the access level says, in this account.",
          "It also asks AWS to register the workspace again and to give the channel a role that doesn't exist, to see what AWS answers.",
        ]
      : []),
    ...(organization ? [`It also reads every account of the organization, as the role ${organization}.`] : []),
    "Your credentials need these rights. Whoever has them can become an administrator of the account:",
    ...jsonText(rights).split("\n"),
  ];
}

/** The AWS provider of the environment's lock file, which Terraform has written. */
function providerIn(folder: string): string {
  const lock = readFileSync(join(folder, "cdktf.out/stacks", ENVIRONMENT, ".terraform.lock.hcl"), "utf8");
  return lock.match(/hashicorp\/aws" \{\s*version\s*= "([^"]+)"/)?.[1] ?? "unknown";
}

/** The oldest provider that is supported. */
const OLDEST = AWS_PROVIDER.version.replace(/^>= ([\d.]+).*/, "$1");

/** A lock file with that provider and no checksums, which Terraform adds. */
const lockOn = (provider: string) =>
  `provider "registry.terraform.io/hashicorp/aws" {\n  version     = "${provider}"\n  constraints = "${AWS_PROVIDER.version}"\n}\n`;

/** Runs the built command in the run's project, and keeps what it prints until it is needed. */
function supportAppIn(folder: string): Run["supportApp"] {
  return async (args, statuses = [0]) => {
    const child = spawn(join(folder, "node_modules/.bin/support-app"), args, {
      cwd: folder,
      env: { ...process.env, SUPPORT_APP_ENVIRONMENTS: "environments.yaml", SUPPORT_APP_ONLY: undefined },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: { isStdout: boolean; chunk: Buffer }[] = [];
    child.stdout.on("data", (chunk) => chunks.push({ isStdout: true, chunk }));
    child.stderr.on("data", (chunk) => chunks.push({ isStdout: false, chunk }));
    const status = await new Promise<number | null>((resolve, reject) =>
      child.on("error", reject).on("close", resolve),
    );
    const text = (parts: typeof chunks) => Buffer.concat(parts.map(({ chunk }) => chunk)).toString();
    if (status !== null && statuses.includes(status)) return text(chunks.filter(({ isStdout }) => isStdout));
    throw new AcceptanceError(
      `support-app ${args.join(" ")} ended with ${status ?? "a signal"}, expected ${statuses.join(" or ")}. It printed:\n${text(chunks)}`,
    );
  };
}

/** The version of Terraform that the command runs. */
function terraformVersion(): string {
  const { terraform_version } = JSON.parse(execFileSync(findTerraform(), ["version", "-json"], { encoding: "utf8" }));
  return terraform_version;
}

/** The whole life with one provider. */
async function live(run: Run): Promise<void> {
  const steps = STEPS.filter((step) => !LIFE[step].skipped?.(run));
  for (const [index, step] of steps.entries()) {
    const started = Date.now();
    say(`${index + 1}/${steps.length} ${step}: ${LIFE[step].does}`);
    await LIFE[step].run(run).catch((error) => {
      throw new AcceptanceError(`The step ${step} failed: ${sentenceOf(error)}`);
    });
    if (interruption.signal.aborted) throw new AcceptanceError("Interrupted.");
    say(`    passed in ${Math.round((Date.now() - started) / 1000)} s`);
  }
}

/** Runs the life with the newest provider and with the oldest one, if that is another, and writes the answers. */
async function accept(aws: Aws, options: Options, channel: TestChannel | undefined): Promise<void> {
  const { account, region, organization: organizationRole } = options;
  const project = createProject("acceptance", "environments: {}\n");
  const environments = join(project.folder, "environments.yaml");
  const answers: Answers["answers"] = {};
  const run: Run = {
    account,
    region,
    channel,
    organizationRole,
    aws,
    hasPeople: process.stdin.isTTY === true,
    isAsked: false,
    write: (text) => writeFileSync(environments, text),
    supportApp: supportAppIn(project.folder),
    answer: (fact, answer) => {
      answers[fact] = answer;
    },
  };
  await live(run);
  const providers = [providerIn(project.folder)];
  if (providers[0] === OLDEST) {
    say(`The newest provider that Terraform finds is the oldest one that is supported, ${OLDEST}: no second life.`);
  } else {
    say(`Passed with the provider ${providers[0]}. Now with the oldest one that is supported, ${OLDEST}.`);
    await clean(aws);
    writeFileSync(join(project.folder, ".terraform.lock.hcl"), lockOn(OLDEST));
    rmSync(join(project.folder, "cdktf.out"), { recursive: true });
    await live({ ...run, isAsked: true });
    providers.push(providerIn(project.folder));
  }
  const versions = { package: version, node: process.version, terraform: terraformVersion(), providers };
  const names = [account, channel?.workspace, channel?.channel, organizationRole].filter((name) => name !== undefined);
  const record: Answers = {
    schemaVersion: 1,
    date: new Date().toISOString().slice(0, 10),
    emulated: aws.isEmulated(),
    region,
    versions,
    answers,
  };
  const file = writeAnswers(options.answers, record, names);
  const isUnanswered = (fact: string) => !(fact in answers);
  say(`Wrote the answers to ${file}.`);
  if (aws.isEmulated()) say("They confirm nothing: an emulator gave them.");
  else say("They don't have the account's number. Please contribute them: docs/contributing/acceptance.md.");
  say(`Not answered: ${Object.keys(QUESTIONS).filter(isUnanswered).join(", ") || "nothing"}.`);
}

async function main(options: Options): Promise<number> {
  const { account, region, workspace, channel: channelId } = options;
  if ((workspace === undefined) !== (channelId === undefined)) {
    say("Received one of --workspace and --channel, expected both or neither.");
    return 2;
  }
  const channel = workspace && channelId ? { workspace, channel: channelId } : undefined;
  const scratch = mkdtempSync(join(tmpdir(), "support-app-acceptance-"));
  process.env.E2E_SCRATCH ??= scratch;
  try {
    if (!options.clean) say(announcement(options, channel).join("\n"));
    const aws = awsIn(region);
    const status = options.clean ? cleanOnly(aws, account) : runIn(aws, options, channel);
    return await status.finally(aws.close);
  } catch (error) {
    say(sentenceOf(error));
    return interruption.signal.aborted ? 130 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Removes what earlier runs have left, and returns the exit status. */
async function cleanOnly(aws: Aws, account: string): Promise<number> {
  await expectAccount(aws, account);
  say(`Removed ${await clean(aws)} things of earlier runs. Nothing is left.`);
  return 0;
}

/** Runs the life, removes what it made, and returns the exit status. */
async function runIn(aws: Aws, options: Options, channel: TestChannel | undefined): Promise<number> {
  findTerraform();
  await expectAccount(aws, options.account);
  await expectUnused(aws);
  if (channel) await expectWorkspace(aws, channel);
  if (!options.yes && !(await isConfirmed("Run it?", interruption.signal))) {
    say('Nothing was changed: you didn\'t answer "yes".');
    return 1;
  }
  if (!existsSync(installed())) installPackage(installed()); // an end-to-end run has it already
  let status = 0;
  if (!interruption.signal.aborted) {
    await accept(aws, options, channel).catch((error) => {
      say(sentenceOf(error));
      status = 1;
    });
  }
  say("Removing what this run made …");
  say(`Removed ${await clean(aws)} things. Nothing is left.`);
  return interruption.signal.aborted ? 130 : status;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) say("Still ending: what a run leaves if it is killed now, --clean removes.");
    else say("Interrupted: this ends the step that runs, and removes what it made.");
    interruption.abort();
  });
}

const program = new Command("npm run acceptance --")
  .description(
    "Run the life of an environment in a real AWS account that doesn't use the Support App yet. It removes all that it makes.",
  )
  .requiredOption("--account <id>", "the account of the credentials", matching(ACCOUNT_ID))
  .addOption(new Option("--region <region>", "a region with the Support App").choices(REGIONS).makeOptionMandatory())
  .option("--workspace <id>", "a Slack workspace that the account has registered", matching(SLACK_WORKSPACE))
  .option("--channel <id>", "a channel of it that the run may configure", matching(SLACK_CHANNEL))
  .option(
    "--organization <role>",
    "also audit all accounts of the organization, as this role in each",
    matching(ROLE_NAME),
  )
  .option("--clean", "only remove what a run that was killed has left")
  .option("--yes", "don't ask, such as in a workflow")
  .option("--answers <folder>", "where the answers are written", "acceptance")
  .action(async (options: Options) => {
    process.exitCode = await main(options);
  });

if (require.main === module) program.parseAsync();

/*
 * Lives the life of an environment in a real AWS account by the command itself, prints what AWS answers to what its
 * documentation leaves open, and removes all that it made. docs/contributing/acceptance.md describes it.
 *
 *   npm run acceptance -- --account 111122223333 --region us-east-1
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  CloudControlClient,
  CreateResourceCommand,
  GetResourceCommand,
  GetResourceRequestStatusCommand,
  type ProgressEvent,
  UpdateResourceCommand,
} from "@aws-sdk/client-cloudcontrol";
import { CloudFormationClient, DescribeTypeCommand } from "@aws-sdk/client-cloudformation";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { DescribeSeverityLevelsCommand, SupportClient } from "@aws-sdk/client-support";
import { Command, Option } from "commander";
import { parse } from "yaml";
import fullAccess from "../../cli/iam/aws-managed-policies/AWSSupportAppFullAccess.json";
import readOnlyAccess from "../../cli/iam/aws-managed-policies/AWSSupportAppReadOnlyAccess.json";
import { matching } from "../../cli/terminal/option-values";
import { isConfirmed } from "../../cli/terminal/question";
import { SLACK_CHANNEL_TYPE, SLACK_WORKSPACE_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { ACCOUNT_ID, REGIONS, SLACK_CHANNEL, SLACK_WORKSPACE } from "../../modules/support-app/model/limits";
import channelSchema from "../cloudformation-types/AWS_SupportApp_SlackChannelConfiguration.json";
import { installPackage } from "../e2e/support/installed-package";
import { simulatedActions } from "../support/simulated-actions";

interface Options {
  readonly account: string;
  readonly region: (typeof REGIONS)[number];
  readonly workspace?: string;
  readonly channel?: string;
  readonly folder: string;
  readonly clean?: boolean;
}

const ENVIRONMENT = "acceptance";
const [ROLE, RENAMED, BY_HAND] = ["Full", "Renamed", "ByHand"].map((name) => `SupportAppAcceptance${name}`);
const FULL_ACTIONS = fullAccess.Statement[0]?.Action as string[];
const MONTH_MS = 30 * 24 * 3600 * 1000;

const options: Options = new Command("npm run acceptance --")
  .description(
    "Live the life of an environment in a real AWS account that doesn't use the Support App yet, and remove all of it.",
  )
  .requiredOption("--account <id>", "the account of the credentials", matching(ACCOUNT_ID))
  .addOption(new Option("--region <region>", "a region with the Support App").choices(REGIONS).makeOptionMandatory())
  .option("--workspace <id>", "a Slack workspace that the account has registered", matching(SLACK_WORKSPACE))
  .option("--channel <id>", "a channel of it that the run may configure", matching(SLACK_CHANNEL))
  .option("--folder <folder>", "where the run keeps its files and its state", "acceptance")
  .option("--clean", "only remove what an earlier run has left")
  .parse()
  .opts();
const { account, region, workspace, channel } = options;
const folder = resolve(options.folder);
const iam = new IAMClient({ region });
const cloudControl = new CloudControlClient({ region });
const roleArn = (name: string | undefined) => `arn:aws:iam::${account}:role/${name}`;
const say = (line: string) => console.error(line);

/** Ctrl-C ends the command that runs, and then everything is removed. */
const stop = new AbortController();
process.on("SIGINT", () => stop.abort());
process.on("SIGTERM", () => stop.abort());

/** Runs `support-app`, whose words go to the terminal, and returns what it printed. */
function supportApp(args: readonly string[], statuses: readonly number[] = [0]): string {
  say(`$ support-app ${args.join(" ")}`);
  const { status, stdout } = spawnSync(join(folder, "node_modules/.bin/support-app"), args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== null && statuses.includes(status)) return stdout;
  throw new Error(
    `support-app ${args.join(" ")} ended with ${status ?? "a signal"}, expected ${statuses.join(" or ")}.\n${stdout}`,
  );
}

/** Repeats what IAM may not know everywhere yet, for two minutes. */
async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  for (const end = Date.now() + 120_000; ; ) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end || stop.signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
}

const write = (environment: object) =>
  writeFileSync(join(folder, "environments.yaml"), JSON.stringify({ environments: { [ENVIRONMENT]: environment } }));

/** The environment, whose full access has some settings. */
function environmentOf(full: object, role = ROLE) {
  const channels = channel === undefined ? undefined : [{ name: ENVIRONMENT, workspace, channel }];
  const names = { "role-name": role, "policy-name": role };
  return { account, region, "account-alias": "support-app-acceptance", full: { ...names, channels, ...full } };
}

/** What an account may lack. */
const EXCUSED = ["support-plan", "service-quotas-role"];

/** Deploys an environment, which must then be as the file says, and healthy. */
async function deploy(environment: object): Promise<void> {
  if (stop.signal.aborted) throw new Error("Interrupted.");
  write(environment);
  await eventually(() => supportApp(["deploy", ENVIRONMENT, "--auto-approve"]));
  const plan = supportApp(["diff", ENVIRONMENT]);
  if (!plan.includes("No changes.")) throw new Error(`Received a plan with changes, expected none:\n${plan}`);
  const report = JSON.parse(supportApp(["doctor", ENVIRONMENT, "--format", "json"], [0, 4, 5]));
  for (const { name, answer } of report.environments[0].checks)
    if (!EXCUSED.includes(name) && answer === "unhealthy") throw new Error(`Doctor says that ${name} is ${answer}.`);
}

/** What people with a role can do at a time, as IAM simulates it. */
async function expectActions(role: string | undefined, expected: readonly string[], time?: Date): Promise<void> {
  await eventually(async () => {
    const actions = await simulatedActions(iam, roleArn(role), FULL_ACTIONS, time);
    if (actions.sort().join() !== [...expected].sort().join())
      throw new Error(`Received ${actions.join() || "no action"} of ${role}, expected ${expected.join() || "none"}.`);
  });
}

/** Prints what AWS answers about a fact of docs/contributing/aws-facts.md, which may be an error. */
async function ask(fact: string, question: () => unknown): Promise<void> {
  const answer = await Promise.resolve()
    .then(question)
    .catch(({ name, message }: Error) => `${name}: ${message}`);
  console.log(`${fact}: ${JSON.stringify(answer)}`);
}

/** Asks about what every account has. */
async function askAboutAws(): Promise<void> {
  await ask("no-plan", () =>
    new SupportClient({ region: "us-east-1" }).send(new DescribeSeverityLevelsCommand({})).then(() => "it has a plan"),
  );
  for (const [name, copy] of Object.entries({
    AWSSupportAppFullAccess: fullAccess,
    AWSSupportAppReadOnlyAccess: readOnlyAccess,
  }))
    await ask("managed-policies", async () => {
      const PolicyArn = `arn:aws:iam::aws:policy/${name}`;
      const VersionId = (await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.DefaultVersionId;
      const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
      const document = JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? "{}"));
      return `${name} ${VersionId} is ${isDeepStrictEqual(document, copy) ? "" : "not "}as its copy`;
    });
  for (const place of REGIONS)
    await ask("regions", async () => {
      const client = new CloudFormationClient({ region: place });
      const { Schema = "{}" } = await client.send(
        new DescribeTypeCommand({ Type: "RESOURCE", TypeName: SLACK_CHANNEL_TYPE }),
      );
      const isSame = isDeepStrictEqual(JSON.parse(Schema).handlers, channelSchema.handlers);
      return `${place} has the channel, whose handlers need ${isSame ? "the rights of the copy" : "other rights than the copy says"}`;
    });
}

/** How a request to Cloud Control ended. */
async function endOf({ ProgressEvent: progress }: { ProgressEvent?: ProgressEvent }): Promise<string> {
  let event = progress ?? {};
  while (/PENDING|IN_PROGRESS/.test(event.OperationStatus ?? "")) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { RequestToken } = event;
    event = (await cloudControl.send(new GetResourceRequestStatusCommand({ RequestToken }))).ProgressEvent ?? {};
  }
  return [event.OperationStatus, event.ErrorCode, event.StatusMessage].filter(Boolean).join(" ");
}

/** Asks about the channel by trying what AWS may refuse. It may be otherwise afterwards. */
async function askAboutChannel(): Promise<void> {
  const resource = { TypeName: SLACK_CHANNEL_TYPE, Identifier: `${workspace}|${channel}` };
  const update = (properties: object) => {
    const patches = Object.entries(properties).map(([name, value]) => ({ op: "add", path: `/${name}`, value }));
    return cloudControl
      .send(new UpdateResourceCommand({ ...resource, PatchDocument: JSON.stringify(patches) }))
      .then(endOf);
  };
  await ask("channel-answer", async () => {
    const { ResourceDescription } = await cloudControl.send(new GetResourceCommand(resource));
    return Object.keys(JSON.parse(ResourceDescription?.Properties ?? "{}"));
  });
  const DesiredState = JSON.stringify({ TeamId: workspace });
  await ask("workspace-again", () =>
    cloudControl.send(new CreateResourceCommand({ TypeName: SLACK_WORKSPACE_TYPE, DesiredState })).then(endOf),
  );
  await ask("failed-update", () => update({ ChannelRoleArn: roleArn("SupportAppAcceptanceMissing") }));
  await ask("notification-events", () => update({ NotifyOnCaseSeverity: "high", NotifyOnCreateOrReopenCase: false }));
  if (process.stdin.isTTY)
    await isConfirmed(
      `Type /awssupport search in the channel ${channel}. Within 15 minutes, CloudTrail's event history has AssumeRole by supportapp.amazonaws.com (source-account, session), and what it called then (command-actions). Go on?`,
      stop.signal,
    );
}

const guidePolicy = { PolicyArn: `arn:aws:iam::${account}:policy/${BY_HAND}`, RoleName: BY_HAND };

/** Makes a role as AWS's guide says. */
async function makeByHand(): Promise<void> {
  const document = (statement: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  const AssumeRolePolicyDocument = document({
    Action: "sts:AssumeRole",
    Principal: { Service: "supportapp.amazonaws.com" },
  });
  await iam.send(new CreateRoleCommand({ RoleName: BY_HAND, AssumeRolePolicyDocument }));
  const PolicyDocument = document({ Action: FULL_ACTIONS, Resource: "*" });
  await iam.send(new CreatePolicyCommand({ PolicyName: BY_HAND, PolicyDocument }));
  await iam.send(new AttachRolePolicyCommand(guidePolicy));
}

/** Removes the role that was made by hand, if it wasn't adopted. */
async function removeByHand(): Promise<void> {
  const gone = ({ name, message }: Error) => {
    if (!/^NoSuchEntity/.test(name)) throw new Error(`Can't remove ${BY_HAND}: ${name}: ${message}`);
  };
  await iam.send(new DetachRolePolicyCommand(guidePolicy)).catch(gone);
  await iam.send(new DeletePolicyCommand(guidePolicy)).catch(gone);
  await iam.send(new DeleteRoleCommand(guidePolicy)).catch(gone);
}

const audit = (format: "json" | "yaml") =>
  supportApp(["audit", "--account", account, "--region", region, "--format", format], [0, 4, 5]);

/** Refuses an account that people use. */
function expectUnused(): void {
  const [{ roles, channels, aliases }] = JSON.parse(audit("json")).accounts;
  if (roles.length + channels.length + aliases.length === 0) return;
  throw new Error(`The account ${account} already uses the Support App. Nothing was changed. Choose one that doesn't.`);
}

/** The life of the environment. */
async function live(): Promise<void> {
  await deploy(environmentOf({}));
  await expectActions(ROLE, FULL_ACTIONS);
  if (channel !== undefined) await askAboutChannel();
  await deploy(environmentOf({ without: ["resolve-cases"] }));
  const fewerActions = FULL_ACTIONS.filter((action) => action !== "support:ResolveCase");
  await expectActions(ROLE, fewerActions);
  const end = new Date(Math.ceil((Date.now() + MONTH_MS) / 1000) * 1000);
  await deploy(environmentOf({ without: ["resolve-cases"], until: end.toISOString().replace(".000", "") }, RENAMED));
  await expectActions(RENAMED, fewerActions);
  await ask("date-condition", () =>
    simulatedActions(iam, roleArn(RENAMED), FULL_ACTIONS, new Date(end.getTime() + 1000)),
  );
  // By hand, something that gives nobody more: it is drift, and the next deploy removes it.
  const PolicyArn = "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess";
  await iam.send(new AttachRolePolicyCommand({ RoleName: RENAMED, PolicyArn }));
  await eventually(() => supportApp(["diff", ENVIRONMENT, "--drift"], [6]));
  await deploy(environmentOf({}, RENAMED));
  await retire();
  await makeByHand();
  await eventually(async () => {
    const [adopted] = Object.values<object>(parse(audit("yaml")).environments ?? {});
    if (adopted === undefined) throw new Error(`Audit doesn't adopt ${BY_HAND}.`);
    await deploy(adopted);
  });
  await expectActions(BY_HAND, FULL_ACTIONS);
}

/** Removes everything that the state has. */
async function retire(): Promise<void> {
  const { environments } = parse(readFileSync(join(folder, "environments.yaml"), "utf8"));
  write({ ...environments[ENVIRONMENT], retired: true });
  await eventually(() => supportApp(["deploy", ENVIRONMENT, "--auto-approve"]));
}

/** Removes what this run or an earlier one has made. */
async function clean(): Promise<void> {
  if (existsSync(join(folder, "environments.yaml"))) await retire();
  await removeByHand();
  rmSync(folder, { recursive: true, force: true });
  say("Nothing is left.");
}

async function main(): Promise<void> {
  if ((workspace === undefined) !== (channel === undefined))
    throw new Error("Received one of --workspace and --channel, expected both or neither.");
  if (options.clean) return clean();
  if (existsSync(folder))
    throw new Error(`An earlier run has left ${folder}. Run the same command with --clean first.`);
  installPackage(join(folder, "node_modules"));
  for (const file of ["main.ts", "cdktf.json", "tsconfig.json"])
    copyFileSync(join("cli/commands/init/files", file), join(folder, file));
  expectUnused();
  const isWanted = await isConfirmed(
    `In the account ${account}, in ${region}, this creates and removes roles and policies whose names begin with SupportAppAcceptance, an alias${channel ? ", and the configuration of the channel, in which everyone can do meanwhile what the role may do" : ""}. Run it?`,
    stop.signal,
  );
  if (!isWanted) return rmSync(folder, { recursive: true });
  await askAboutAws();
  stop.signal.throwIfAborted();
  await live().finally(clean);
}

main().catch((error: Error) => {
  say(error.message);
  process.exitCode = 1;
});

import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  ListAttachedRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { ListAccountsCommand } from "@aws-sdk/client-organizations";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { parse } from "yaml";
import { deployerPolicy } from "../../cli/permissions/deployer-policy";
import { jsonText } from "../../common/json";
import { ACCESS_LEVELS } from "../../modules/support-app/model/access-level";
import { actionsOf } from "../../modules/support-app/model/capability";
import { ACCOUNT_ALIAS_TYPE, SLACK_CHANNEL_TYPE } from "../../modules/support-app/model/cloud-control-types";
import type { REGIONS } from "../../modules/support-app/model/limits";
import type { FactAnswer } from "../../packaging/acceptance-answers";
import type { AskedFact, StepName } from "../../packaging/acceptance-questions";
import { parseEnvironments } from "../../stacks/environments/environments";
import { simulatedActions } from "../support/simulated-actions";
import { askAboutAws, askAboutChannel, liveChannel, outcome, verdict } from "./ask-aws";
import { type Aws, eventually, listRoles } from "./aws";
import { ALIAS, CHANGED_ALIAS, ENVIRONMENT, inOtherCase, isRunName, policyArn, ROLES, roleArn } from "./names";
import { askPeople } from "./people";

/** A Slack channel that a run may configure, of a workspace that the account has registered. */
export interface TestChannel {
  readonly workspace: string;
  readonly channel: string;
}

/** What a run has at hand. */
export interface Run {
  readonly account: string;
  readonly region: (typeof REGIONS)[number];
  readonly channel?: TestChannel;
  /** Name of the role to assume in each account of the organization. Undefined: the organization isn't looked at. */
  readonly organizationRole?: string;
  /** Whether somebody can be asked to type a command in Slack. */
  readonly hasPeople: boolean;
  /** Whether the questions to AWS were already asked. */
  readonly isAsked: boolean;
  readonly aws: Aws;
  /** Writes environments.yaml. */
  write(environmentsYaml: string): void;
  /** Runs `support-app`, and returns standard output. @throws Error on another exit status */
  supportApp(args: readonly string[], statuses?: readonly number[]): Promise<string>;
  answer(fact: AskedFact, answer: FactAnswer): void;
}

/** A part of an environment's life, and what AWS must say after it. */
interface Step {
  readonly does: string;
  /** Whether it is left out. */
  readonly skipped?: (run: Run) => boolean;
  readonly run: (run: Run) => Promise<void>;
}

const lacksChannel = ({ channel }: Run) => channel === undefined;
const FULL_ACTIONS = actionsOf(ACCESS_LEVELS.full.capabilities);

/** The changes of the environment, each kept by those after it. */
interface Stage {
  readonly fullRole?: string;
  readonly without?: readonly string[];
  readonly notify?: object;
  readonly until?: string;
  readonly sourceAccount?: boolean;
  readonly retired?: boolean;
}

/** The deployer, so that each deploy runs with the printed policy alone. */
const deployRole = ({ account }: Run) => roleArn(account, ROLES.deployer);

/** environments.yaml at a stage. */
function yamlOf(run: Run, { fullRole = ROLES.full, without, notify, until, sourceAccount, retired }: Stage): string {
  const { account, region, channel } = run;
  const namesOf = (name: string) => ({ "role-name": name, "policy-name": name });
  return jsonText({
    environments: {
      [ENVIRONMENT]: {
        account,
        region,
        "deploy-role": deployRole(run),
        "account-alias": ALIAS,
        retired,
        "read-only": namesOf(ROLES.readOnly),
        full: {
          ...namesOf(fullRole),
          without,
          until,
          "source-account-condition": sourceAccount,
          channels: channel && [{ name: "acceptance", ...channel, notify }],
        },
      },
    },
  });
}

/** Writes environments.yaml, and lets the deployer do what it and the one before need. */
async function write(run: Run, yaml: string, previousYaml = yaml): Promise<void> {
  run.write(yaml);
  const policies = { current: yaml, previous: previousYaml };
  for (const [PolicyName, text] of Object.entries(policies)) {
    const [environment] = parseEnvironments(text, "environments.yaml", "unchecked");
    if (environment === undefined) throw new Error("Received no environment, expected the environment of this run.");
    const PolicyDocument = JSON.stringify(deployerPolicy(environment));
    await run.aws.iam.send(new PutRolePolicyCommand({ RoleName: ROLES.deployer, PolicyName, PolicyDocument }));
  }
}

const deploy = ({ supportApp }: Run) => supportApp(["deploy", ENVIRONMENT, "--auto-approve"]);

/** That people with a role may do these actions of the Support App and no others, as IAM simulates it. */
async function expectActions(run: Run, role: string, expected: readonly string[], time?: Date): Promise<void> {
  await eventually(async () => {
    const actions = await simulatedActions(run.aws.iam, roleArn(run.account, role), FULL_ACTIONS, time);
    const [receivedText, expectedText] = [[...actions].sort().join(", "), [...expected].sort().join(", ")];
    if (receivedText !== expectedText)
      throw new Error(`Received the actions ${receivedText || "none"} of ${role}, expected ${expectedText || "none"}.`);
  });
}

async function expectNoChanges({ supportApp }: Run): Promise<void> {
  const output = await supportApp(["diff", ENVIRONMENT]);
  if (!output.includes("No changes.")) throw new Error(`Received a plan with changes, expected none:\n${output}`);
}

/** That the channel has this role. */
async function expectChannelRole(run: Run, role: string): Promise<void> {
  const { aws, channel } = run;
  if (channel === undefined) return;
  await eventually(async () => {
    const live = await liveChannel(aws, channel);
    const received = live?.properties.ChannelRoleArn;
    if (received !== roleArn(run.account, role))
      throw new Error(`Received ${received}, expected ${role} for the channel.`);
  });
}

async function expectRoles({ aws }: Run, ...expected: string[]): Promise<void> {
  await eventually(async () => {
    const names = (await listRoles(aws)).flatMap(({ RoleName }) => (isRunName(RoleName) ? RoleName : [])).sort();
    if (names.join() !== expected.sort().join()) throw new Error(`Received the roles ${names}, expected ${expected}.`);
  });
}

const trust = (Principal: object, Condition?: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal, Condition }],
  });

/**
 * Lets nobody else in the account assume the deployer, who could become an administrator. A role's sessions have the
 * role's ID and a name, and each program that runs may have a session of its own.
 */
export function deployerTrust(account: string, userId: string): string {
  const [id, session] = userId.split(":");
  const userIds = session === undefined ? userId : `${id}:*`;
  return trust({ AWS: `arn:aws:iam::${account}:root` }, { StringLike: { "aws:userid": userIds } });
}

async function makeDeployer(run: Run): Promise<void> {
  const { account, aws, isAsked } = run;
  const { iam, sts } = aws;
  const { UserId = "" } = await sts.send(new GetCallerIdentityCommand({}));
  const AssumeRolePolicyDocument = deployerTrust(account, UserId);
  const Description = "Deploys during an acceptance run of cdktf-support-app-access.";
  const role = { Description, AssumeRolePolicyDocument };
  await iam.send(new CreateRoleCommand({ ...role, RoleName: ROLES.deployer }));
  if (!isAsked) {
    const RoleName = inOtherCase(ROLES.deployer);
    const end = await outcome(iam.send(new CreateRoleCommand({ ...role, RoleName })));
    if (end === "answered") await iam.send(new DeleteRoleCommand({ RoleName }));
    run.answer("iam-names", { answer: end, confirms: verdict(end, "EntityAlreadyExistsException", "answered") });
  }
  await write(run, yamlOf(run, {}));
  const command = new AssumeRoleCommand({ RoleArn: deployRole(run), RoleSessionName: "acceptance" });
  await eventually(() => sts.send(command));
}

const NOTIFY = { severity: "high", events: ["case-created", "reply-added"] };
/** An access of the future, so that the deploy itself is before its end. */
const MONTH = 30 * 24 * 3600 * 1000;
const monthFrom = (now: Date) => new Date(Math.floor((now.getTime() + MONTH) / 1000) * 1000);

const NARROW: Stage = { without: ["resolve-cases"] };
const RENAMED: Stage = { ...NARROW, fullRole: ROLES.renamed };
const NOTIFIED: Stage = { ...RENAMED, notify: NOTIFY };
const NARROWED_ACTIONS = FULL_ACTIONS.filter((action) => action !== "support:ResolveCase");

/** The life of an environment in one account, in order. */
export const LIFE: Readonly<Record<StepName, Step>> = {
  look: {
    does: "ask AWS about itself, and change nothing",
    run: async (run) => (run.isAsked ? undefined : askAboutAws(run)),
  },
  deployer: { does: "create a role that deploys with the printed policy alone", run: makeDeployer },
  deploy: {
    does: "deploy read-only and full access, and simulate what people could do",
    run: async (run) => {
      await eventually(() => deploy(run));
      await expectActions(run, ROLES.full, FULL_ACTIONS);
      await expectActions(run, ROLES.readOnly, actionsOf(ACCESS_LEVELS["read-only"].capabilities));
    },
  },
  "second-plan": { does: "plan again, with no changes", run: expectNoChanges },
  doctor: {
    does: "run doctor, which finds nothing wrong but, perhaps, the support plan",
    run: async (run) => {
      const report = JSON.parse(await run.supportApp(["doctor", ENVIRONMENT, "--format", "json"], [0, 4, 5]));
      // An account without a support plan can run this, too. Emulators simulate no condition on a service's name.
      const excused = ["support-plan", ...(run.aws.isEmulated() ? ["service-quotas-role"] : [])];
      const isWrong = ({ name, answer }: { name: string; answer: string }) =>
        !excused.includes(name) && ["unhealthy", "unknown"].includes(answer);
      const wrong = report.environments[0].checks.filter(isWrong);
      if (wrong.length > 0) throw new Error(`Received ${jsonText(report)}, expected a healthy environment.`);
    },
  },
  channel: { does: "read the channel, and try what AWS refuses", skipped: lacksChannel, run: readChannel },
  people: {
    does: "ask you to type a command in Slack, and read CloudTrail",
    skipped: (run) => lacksChannel(run) || !run.hasPeople || run.isAsked,
    run: (run) =>
      askPeople(run, roleArn(run.account, ROLES.full), async (sourceAccount) => {
        await write(run, yamlOf(run, { sourceAccount }));
        await deploy(run);
      }),
  },
  narrow: {
    does: "take resolve-cases away",
    run: async (run) => {
      await write(run, yamlOf(run, NARROW));
      await deploy(run);
      await expectActions(run, ROLES.full, NARROWED_ACTIONS);
    },
  },
  rename: {
    does: "rename the role, to which the channel moves",
    run: async (run) => {
      await write(run, yamlOf(run, RENAMED), yamlOf(run, NARROW));
      await deploy(run);
      await expectRoles(run, ROLES.deployer, ROLES.readOnly, ROLES.renamed);
      await expectChannelRole(run, ROLES.renamed);
      await expectActions(run, ROLES.renamed, NARROWED_ACTIONS);
    },
  },
  notifications: {
    does: "change the channel's notifications",
    skipped: lacksChannel,
    run: async (run) => {
      const { aws, channel } = run;
      await write(run, yamlOf(run, NOTIFIED));
      await deploy(run);
      if (channel === undefined) return;
      await eventually(async () => {
        const severity = (await liveChannel(aws, channel))?.properties.NotifyOnCaseSeverity;
        if (severity !== NOTIFY.severity)
          throw new Error(`Received the severity ${severity}, expected ${NOTIFY.severity}.`);
      });
    },
  },
  drift: {
    does: "attach another policy and change the alias by hand, see both as drift, and repair them",
    run: async (run) => {
      const { aws, supportApp } = run;
      const RoleName = ROLES.renamed;
      const PolicyArn = "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess"; // which gives nobody more
      await aws.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
      await changeAlias(run);
      await eventually(() => supportApp(["diff", ENVIRONMENT, "--drift"], [6]));
      await deploy(run);
      await eventually(async () => {
        const { AttachedPolicies } = await aws.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
        const attached = AttachedPolicies?.map((policy) => policy.PolicyArn).join();
        const expected = policyArn(run.account, ROLES.renamed);
        if (attached !== expected) throw new Error(`Received the policies ${attached}, expected ${expected} alone.`);
        if ((await liveAlias(run)) !== ALIAS) throw new Error(`Expected the alias ${ALIAS}.`);
      });
      await expectNoChanges(run);
    },
  },
  end: {
    does: "let full access end in thirty days, and simulate both sides of the end",
    run: async (run) => {
      const end = monthFrom(new Date());
      await write(run, yamlOf(run, { ...NOTIFIED, until: end.toISOString().replace(".000", "") }));
      await deploy(run);
      await expectActions(run, ROLES.renamed, NARROWED_ACTIONS);
      if (run.aws.isEmulated()) return; // emulators simulate no time but now
      await expectActions(run, ROLES.renamed, [], new Date(end.getTime() + 1000));
      if (!run.isAsked) run.answer("date-condition", { answer: "denied", confirms: true });
    },
  },
  audit: {
    does: "audit the account, which has nothing but what this run made",
    run: async ({ account, region, supportApp }) => {
      await supportApp(["audit", "--account", account, "--region", region, "--format", "json"], [0, 4, 5]);
    },
  },
  organization: {
    does: "audit every account of the organization",
    skipped: ({ organizationRole, isAsked }) => organizationRole === undefined || isAsked,
    run: async (run) => {
      const { Accounts = [] } = await run.aws.organizations.send(new ListAccountsCommand({}));
      const states = [...new Set(Accounts.map((account) => account.State ?? "none"))].sort();
      run.answer("account-state", { answer: states, confirms: states.length === 0 ? null : !states.includes("none") });
      const assumed = ["--assume-role", run.organizationRole ?? ""];
      await run.supportApp(["audit", "--organization", ...assumed, "--format", "json"], [0, 4, 5]);
    },
  },
  retire: {
    does: "retire the environment, which leaves the deployer alone",
    run: async (run) => {
      await write(run, yamlOf(run, { ...NOTIFIED, retired: true }));
      await deploy(run);
      await expectRoles(run, ROLES.deployer);
    },
  },
  adopt: {
    does: "make a role as AWS's guide says, adopt it without a change of access, and retire it",
    run: adopt,
  },
};

const liveAlias = async ({ aws }: Run) => (await aws.list(ACCOUNT_ALIAS_TYPE))[0]?.properties.AccountAlias;

async function changeAlias({ aws }: Run): Promise<void> {
  const [alias] = await aws.list(ACCOUNT_ALIAS_TYPE);
  if (alias === undefined) throw new Error(`Received no alias, expected ${ALIAS}.`);
  await aws.update(ACCOUNT_ALIAS_TYPE, alias.identifier, { AccountAlias: CHANGED_ALIAS });
}

async function readChannel(run: Run): Promise<void> {
  await expectChannelRole(run, ROLES.full);
  if (run.isAsked || run.channel === undefined) return;
  await askAboutChannel(run, run.channel);
  await deploy(run); // as the file says, whatever was tried
  await expectNoChanges(run);
}

async function adopt(run: Run): Promise<void> {
  const { account, region, aws, channel, supportApp } = run;
  const AssumeRolePolicyDocument = trust({ Service: "supportapp.amazonaws.com" });
  const names = { RoleName: ROLES.byHand, PolicyName: ROLES.byHand };
  await aws.iam.send(new CreateRoleCommand({ ...names, AssumeRolePolicyDocument }));
  const Statement = [{ Effect: "Allow", Action: FULL_ACTIONS, Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await aws.iam.send(new CreatePolicyCommand({ ...names, PolicyDocument }));
  const PolicyArn = policyArn(account, ROLES.byHand);
  await aws.iam.send(new AttachRolePolicyCommand({ RoleName: ROLES.byHand, PolicyArn }));
  if (channel !== undefined) {
    const ids = { TeamId: channel.workspace, ChannelId: channel.channel, ChannelName: "acceptance" };
    const properties = { ...ids, NotifyOnCaseSeverity: "none", ChannelRoleArn: roleArn(account, ROLES.byHand) };
    const creation = await eventually(() => aws.create(SLACK_CHANNEL_TYPE, properties));
    if (creation.OperationStatus !== "SUCCESS")
      throw new Error(`Can't configure the channel: ${creation.StatusMessage}.`);
  }
  const args = ["audit", "--account", account, "--region", region, "--format", "yaml"];
  const yaml = await eventually(() => supportApp(args, [0, 4])); // other roles of the account may be unhealthy
  const [adopted] = Object.values<object>(parse(yaml).environments);
  const defaults = { "deploy-role": `role/${ROLES.deployer}` };
  await write(run, jsonText({ defaults, environments: { [ENVIRONMENT]: adopted } }));
  await deploy(run);
  await expectNoChanges(run);
  await expectActions(run, ROLES.byHand, FULL_ACTIONS);
  await expectChannelRole(run, ROLES.byHand);
  await write(run, jsonText({ defaults, environments: { [ENVIRONMENT]: { ...adopted, retired: true } } }));
  await deploy(run);
  await expectRoles(run, ROLES.deployer);
}

import type { ChildProcess } from "node:child_process";
import { ListRolesCommand, PutRolePolicyCommand, SimulateCustomPolicyCommand } from "@aws-sdk/client-iam";
import { actionsOf, CAPABILITIES, type Capability } from "../../modules/support-app/model/capability";
import { policyText } from "../support/policy-text";
import { sample } from "../support/thorough";
import {
  allowedActions,
  iamIn,
  newAccount,
  readChannels,
  readPolicy,
  readRole,
  type Statement,
} from "./support/account";
import { attachPolicy, clickChannel, clickRole, createBoundary } from "./support/examples";
import {
  createProject,
  deployCommand,
  familyGone,
  killAll,
  removeProjects,
  supportApp,
  writeEnvironments,
} from "./support/project";
import { type Answer, type Call, changes, startProxy } from "./support/proxy";

afterAll(removeProjects);

/*
 * Every deploy that changes what people can do, with calls refused, and killed during calls. After each of these, and
 * before each change of a deploy in which nothing fails, AWS is asked what every role of the Support App and every channel can
 * do. One more deploy then completes it.
 */

/** A deploy that changes what people can do. */
interface Scenario {
  readonly what: string;
  /** What is made by hand before. */
  readonly byHand?: (account: string) => Promise<unknown>;
  /** The access levels of the environment, before and after. Without `before`, nothing is deployed before. */
  readonly before?: string;
  readonly after: string;
}

const CHANNEL = "channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }]";
const OTHERS = ["s3:GetObject", "iam:CreateUser", "support:DescribeTrustedAdvisorChecks"];
const ACTIONS = [...actionsOf(CAPABILITIES), ...OTHERS];
const RESOLVING_AND_CHATTING = actionsOf(["resolve-cases", "live-chat"] satisfies Capability[]);
const allow = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });
const deny = (...Action: string[]) => ({ Effect: "Deny", Action, Resource: "*" });

const ROLE = "AWSSupportAppFullRole"; // named so that import needn't say it

async function addInline(account: string, ...policy: readonly Statement[]): Promise<void> {
  const input = { RoleName: ROLE, PolicyName: "by-hand", PolicyDocument: policyText(...policy) };
  await iamIn(account).send(new PutRolePolicyCommand(input));
}

const WIDE = allow("support:*", "servicequotas:*", "supportapp:*", "iam:CreateServiceLinkedRole");

const SCENARIOS: readonly Scenario[] = [
  {
    what: "a channel with an administrator's role is adopted",
    byHand: async (account) => {
      await clickRole(account, "admin", allow("*"));
      await clickChannel(account, "admin", { ChannelName: "theirs" });
    },
    after: `full: { without: [resolve-cases], ${CHANNEL.replace("C01", "C01, adopt: true")} }`,
  },
  {
    what: "a wide role with an inline Deny is adopted without what that denies",
    byHand: async (account) => {
      await clickRole(account, ROLE, WIDE);
      await addInline(account, deny(...RESOLVING_AND_CHATTING));
    },
    after: `full: { adopt: true, without: [resolve-cases, live-chat], ${CHANNEL} }`,
  },
  {
    what: "a role with a second policy, an inline one and an inline Deny is adopted",
    byHand: async (account) => {
      await clickRole(account, ROLE, WIDE, allow("s3:*"));
      await attachPolicy(account, ROLE, "more", allow("iam:*", "support:*"));
      await addInline(account, allow("s3:*"), deny("iam:CreateUser", ...RESOLVING_AND_CHATTING));
    },
    after: `full: { adopt: true, without: [resolve-cases, live-chat], ${CHANNEL} }`,
  },
  {
    what: "a full level loses capabilities",
    before: `full: { ${CHANNEL} }`,
    after: `full: { without: [resolve-cases, live-chat], description: less, ${CHANNEL} }`,
  },
  {
    what: "a full level is renamed and loses capabilities",
    before: `full: { ${CHANNEL} }`,
    after: `full: { without: [resolve-cases], role-name: less, policy-name: less, ${CHANNEL} }`,
  },
  {
    what: "a channel moves from full to read-only, and full is removed",
    before: `full: { ${CHANNEL} }`,
    after: `read-only: { ${CHANNEL} }`,
  },
  {
    what: "a channel moves from read-only to full, and read-only is removed",
    before: `read-only: { ${CHANNEL} }`,
    after: `full: { without: [live-chat], ${CHANNEL} }`,
  },
  {
    what: "AWS's policy is replaced by one of its own",
    before: `full: { policy: aws-managed, ${CHANNEL} }`,
    after: `full: { without: [resolve-cases], ${CHANNEL} }`,
  },
  {
    what: "a policy of its own is replaced by AWS's",
    before: `full: { without: [resolve-cases], ${CHANNEL} }`,
    after: `full: { policy: aws-managed, ${CHANNEL} }`,
  },
  {
    what: "a boundary is removed from a level that loses what it kept away",
    byHand: (account) =>
      createBoundary(
        account,
        ...ACTIONS.filter((action) => !RESOLVING_AND_CHATTING.some((candidate) => candidate === action)),
      ),
    before: `full: { permissions-boundary: "arn:aws:iam::ACCOUNT:policy/boundary", ${CHANNEL} }`,
    after: `full: { without: [reply-to-cases, resolve-cases, live-chat], ${CHANNEL} }`,
  },
  {
    what: "an environment is retired",
    before: `full: { ${CHANNEL} }, read-only: {}`,
    after: `retired: true, full: { ${CHANNEL} }, read-only: {}`,
  },
];

/** What each principal can do: each role that the Support App may assume, and each channel. */
type Rights = ReadonlyMap<string, ReadonlySet<string>>;

async function rightsIn(account: string): Promise<Rights> {
  const { Roles = [] } = await iamIn(account).send(new ListRolesCommand({}));
  const rights = new Map<string, ReadonlySet<string>>();
  for (const { RoleName = "", Arn = "", AssumeRolePolicyDocument = "" } of Roles) {
    if (!decodeURIComponent(AssumeRolePolicyDocument).includes("supportapp.amazonaws.com")) continue;
    rights.set(Arn, new Set(await rightsOf(account, RoleName)));
  }
  for (const [channel, { ChannelRoleArn }] of Object.entries(await readChannels(account))) {
    rights.set(channel, rights.get(String(ChannelRoleArn)) ?? new Set());
  }
  return rights;
}

async function rightsOf(account: string, name: string): Promise<readonly string[]> {
  const role = await readRole(account, name);
  if (role === undefined) return []; // it was deleted just now
  const allowed = await allowedActions(role, ACTIONS);
  if (role.boundary === undefined) return allowed;
  const boundary = JSON.stringify(await readPolicy(account, role.boundary.split("/").at(-1) ?? ""));
  const { EvaluationResults = [] } = await iamIn(account).send(
    new SimulateCustomPolicyCommand({ PolicyInputList: [boundary], ActionNames: ACTIONS }),
  );
  const actionNames = new Set(
    EvaluationResults.flatMap((result) => (result.EvalDecision === "allowed" ? result.EvalActionName : [])),
  );
  return allowed.filter((action) => actionNames.has(action));
}

/** What principals can do beyond what they could before and can afterwards. */
function beyond(now: Rights, before: Rights, after: Rights): string[] {
  return [...now].flatMap(([principal, actions]) =>
    [...actions]
      .filter((action) => !before.get(principal)?.has(action) && !after.get(principal)?.has(action))
      .map((action) => `${principal}: ${action}`),
  );
}

/** How AWS refuses a call for good. */
function refusal({ action }: Call): Answer {
  return action.startsWith("cloudformation:")
    ? { status: 400, body: JSON.stringify({ __type: "InvalidRequestException", message: "refused" }) }
    : { status: 403, body: "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>" };
}

/** What happens at a call, by its number. A kill is before AWS has done what was asked, or after it. */
interface Trouble {
  readonly number: number;
  readonly is: "refused" | "killed before" | "killed after";
}

/** The deploy of a scenario in a new account. */
async function deployScenario({ byHand, before, after }: Scenario, trouble?: Trouble) {
  const account = newAccount();
  const yaml = (levels: string) =>
    `environments: { failing: { account: "${account}", region: us-east-1, ${levels.replace("ACCOUNT", account)} } }`;
  await byHand?.(account);
  const project = createProject("failed-deploys", yaml(before ?? after));
  const deployAgain = () => supportApp(project, ["deploy", "failing", "--auto-approve"], { as: account });
  if (before !== undefined) expect(await deployAgain()).toMatchObject({ status: 0 });
  writeEnvironments(project, yaml(after));
  const first = await rightsIn(account);
  const callLog: { readonly call: string; readonly isChange: boolean; readonly rights: Rights }[] = [];
  let evaluated: Promise<unknown> = Promise.resolve();
  let child: ChildProcess | undefined;
  let exit: Promise<void> | undefined;
  const proxy = await startProxy(async (call) => {
    const number = callLog.length;
    const { PolicyArn = "", RoleName = "", PolicyName = "" } = call.parameters;
    const name = [call.action, RoleName, PolicyName, String(PolicyArn).split("/").at(-1)].filter(Boolean).join(" ");
    const entry = { call: name, isChange: changes(call), rights: first };
    callLog.push(entry);
    if (trouble === undefined && entry.isChange) {
      evaluated = evaluated.then(async () => Object.assign(entry, { rights: await rightsIn(account) }));
      await evaluated;
    }
    if (number !== trouble?.number) return undefined;
    if (trouble.is === "refused") return refusal(call);
    if (child) {
      exit = familyGone(child);
      killAll(child);
    }
    return trouble.is === "killed before" ? { status: 500, body: "" } : undefined;
  });
  const onStart = (started: ChildProcess) => {
    child = started;
  };
  const { status, output } = await deployCommand(project, "failing", {
    as: account,
    endpoint: proxy.endpoint,
    onStart,
  });
  await exit;
  await proxy.settled();
  await proxy.close();
  // Roles have the account's number in their ARNs.
  const comparable = (rights: Rights): Rights =>
    new Map([...rights].map(([principal, actions]) => [principal.replace(account, "ACCOUNT"), actions]));
  const last = await rightsIn(account);
  const next = trouble === undefined ? undefined : await deployAgain();
  return {
    status,
    output,
    first: comparable(first),
    last: comparable(last),
    seen: callLog.map(({ call, isChange, rights }) => ({ call, isChange, rights: comparable(rights) })),
    completed: next && { status: next.status, output: next.output, rights: comparable(await rightsIn(account)) },
  };
}

/** Every how many of a scenario's troubles is tried, in each scenario from another one: all of them take hours. Odd, so that calls are refused and deploys killed. */
const INTERVAL = 7;

test.each(sample(SCENARIOS, 11, 3))(
  "nobody can do more than before or after, whatever call fails, and one more deploy completes it: $what",
  async (scenario) => {
    const { status, output, first, last, seen: callLog } = await deployScenario(scenario);
    expect({ status, output: status === 0 ? "" : output }).toEqual({ status: 0, output: "" });
    expect(first).not.toEqual(last);
    const excesses = callLog
      .filter(({ isChange }) => isChange)
      .flatMap(({ call, rights }) => beyond(rights, first, last).map((excess) => `before ${call}: ${excess}`));
    const troubles = callLog.flatMap((_, number): Trouble[] => [
      { number, is: "refused" },
      { number, is: number % 2 === 0 ? "killed before" : "killed after" },
    ]);
    const offset = SCENARIOS.indexOf(scenario) % INTERVAL;
    for (const trouble of troubles.filter((_, index) => index % INTERVAL === offset)) {
      const failed = await deployScenario(scenario, trouble);
      const call = `${failed.seen[trouble.number]?.call ?? trouble.number} was ${trouble.is}`;
      process.stderr.write(`  ${scenario.what}: ${call}, exit status ${failed.status}\n`);
      excesses.push(...beyond(failed.last, first, last).map((excess) => `after ${call}: ${excess}`));
      const { completed } = failed;
      if (completed?.status !== 0) excesses.push(`after ${call}, the next deploy ended with: ${completed?.output}`);
      else
        excesses.push(
          ...beyond(completed.rights, last, last).map((excess) => `after ${call} and one more deploy: ${excess}`),
        );
      expect(completed?.rights).toEqual(last);
    }
    expect(excesses).toEqual([]);
  },
);

import { sample, thoroughTest } from "../support/thorough";
import { aliasIdOf, changeByHand, createByHand, newAccount, readSupportApp } from "./support/account";
import { clickChannel, clickRole } from "./support/examples";
import { runThroughProxy } from "./support/interrupted-run";
import { endGroup } from "./support/ministack";
import {
  createProject,
  deployCommand,
  type Project,
  removeProjects,
  supportApp,
  writeEnvironments,
} from "./support/project";
import { type Call, startProxy } from "./support/proxy";

afterAll(removeProjects);

/*
 * Terraform's state has what an update of a Support App resource should have made, also if it failed. A deploy and a diff
 * look at AWS themselves.
 */

const CHANNEL = "AWS::SupportApp::SlackChannelConfiguration";
const WORKSPACE = "AWS::SupportApp::SlackWorkspaceConfiguration";
const ALIAS = "AWS::SupportApp::AccountAlias";

const channel = (keys = "") => `channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C02${keys} }]`;

/** A deploy that changes something of the Support App, and the call that is refused once. */
interface Scenario {
  readonly what: string;
  readonly action: "CreateResource" | "UpdateResource";
  readonly type: string;
  /** What the environment has, before and after. Without `before`, nothing is deployed before. */
  readonly before?: string;
  readonly after: string;
  /** What AWS has afterwards of the channel, where that isn't as in WHOLE. */
  readonly channelAfter?: object;
  readonly aliasAfter?: string;
}

const WHOLE = `slack-workspaces: [T012ABCDEFG], account-alias: one, full: { ${channel()} }, read-only: {}`;
const SCENARIOS: readonly Scenario[] = [
  ...[CHANNEL, WORKSPACE, ALIAS].map((type) => ({
    what: `the first deploy creates ${type}`,
    action: "CreateResource" as const,
    type,
    after: WHOLE,
  })),
  {
    what: "a channel gets another access level",
    action: "UpdateResource",
    type: CHANNEL,
    before: WHOLE,
    after: `slack-workspaces: [T012ABCDEFG], account-alias: one, read-only: { ${channel()} }, full: {}`,
    channelAfter: { ChannelRoleArn: "arn:aws:iam::ACCOUNT:role/AWSSupportAppReadOnlyRole" },
  },
  {
    what: "a channel's role is renamed",
    action: "UpdateResource",
    type: CHANNEL,
    before: WHOLE,
    after: `slack-workspaces: [T012ABCDEFG], account-alias: one, full: { role-name: less, policy-name: less, without: [resolve-cases], ${channel()} }, read-only: {}`,
    channelAfter: { ChannelRoleArn: "arn:aws:iam::ACCOUNT:role/less" },
  },
  {
    what: "a channel is notified",
    action: "UpdateResource",
    type: CHANNEL,
    before: WHOLE,
    after: WHOLE.replace(channel(), channel(", notify: { severity: high, events: [case-created] }")),
    channelAfter: { NotifyOnCaseSeverity: "high", NotifyOnCreateOrReopenCase: true },
  },
  {
    what: "the alias changes",
    action: "UpdateResource",
    type: ALIAS,
    before: WHOLE,
    after: WHOLE.replace("alias: one", "alias: two"),
    aliasAfter: "two",
  },
];

/** How an update fails. */
const WAYS: Readonly<Record<string, Parameters<typeof runThroughProxy>[1]>> = {
  "is refused": () => ({ status: 403, body: JSON.stringify({ __type: "AccessDeniedException", message: "refused" }) }),
  "is accepted, and then fails": ({ action, parameters }) => {
    const failed = { OperationStatus: "FAILED", ErrorCode: "AccessDenied", StatusMessage: "refused" };
    const status = action.endsWith("Status") ? failed : { OperationStatus: "IN_PROGRESS" };
    const { TypeName, Identifier } = parameters;
    const event = { TypeName, Identifier, Operation: "UPDATE", RequestToken: "refused", EventTime: 1, ...status };
    return { status: 200, body: JSON.stringify({ ProgressEvent: event }) };
  },
  "is interrupted by SIGTERM": (_, end) => {
    end((child) => endGroup(child, "SIGTERM"));
    return { status: 500, body: "" };
  },
};

interface Where {
  readonly account: string;
  readonly project: Project;
  readonly yaml: (environment: string) => string;
}

function newProject(name: string, environment: string): Where {
  const account = newAccount();
  const yaml = (keys: string) => `environments: { live: { account: "${account}", region: us-east-1, ${keys} } }`;
  return { account, yaml, project: createProject(name, yaml(environment)) };
}

const command = ({ project, account }: Where, ...args: string[]) => supportApp(project, args, { as: account });
const deployChanged = (place: Where) => command(place, "deploy", "--changed", "--auto-approve");

/** What AWS has, without the account's number. */
async function live({ account }: Where): Promise<unknown> {
  return JSON.parse(JSON.stringify(await readSupportApp(account)).replaceAll(account, "ACCOUNT"));
}

/** What AWS has after a deploy of WHOLE in which nothing fails, or with those differences. */
const liveWith = (channelSettings: object = {}, AccountAlias = "one") => ({
  SlackChannelConfiguration: [
    {
      TeamId: "T012ABCDEFG",
      ChannelId: "C02",
      ChannelName: "oncall",
      NotifyOnCaseSeverity: "none",
      NotifyOnCreateOrReopenCase: false,
      NotifyOnAddCorrespondenceToCase: false,
      NotifyOnResolveCase: false,
      ChannelRoleArn: "arn:aws:iam::ACCOUNT:role/AWSSupportAppFullRole",
      ...channelSettings,
    },
  ],
  SlackWorkspaceConfiguration: [{ TeamId: "T012ABCDEFG" }],
  AccountAlias: [{ AccountAlias, AccountAliasResourceId: aliasIdOf("ACCOUNT") }],
});

/** What most of the tests deploy to, one after the other, and what it has now. */
const shared = newProject("live-state", WHOLE);
let deployedNow = "";

/** Has an environment deployed there. */
async function withDeployed(environment: string): Promise<Where> {
  writeEnvironments(shared.project, shared.yaml(environment));
  if (deployedNow !== environment) expect(await deployChanged(shared)).toMatchObject({ status: 0 });
  deployedNow = environment;
  return shared;
}

const CASES = SCENARIOS.flatMap((scenario) => Object.keys(WAYS).map((way) => ({ ...scenario, way })));

/** The channel as the console makes it, with other notifications than in the file. */
const CLICKED = {
  ChannelId: "C02",
  NotifyOnCaseSeverity: "all",
  NotifyOnCreateOrReopenCase: true,
  NotifyOnAddCorrespondenceToCase: false,
  NotifyOnResolveCase: false,
};

test("a channel that was made by hand is adopted in place, and only if its role stays or the file says so", async () => {
  const { account, project, yaml } = shared;
  await clickRole(account, "admin", { Effect: "Allow", Action: "*", Resource: "*" });
  const admin = `arn:aws:iam::${account}:role/admin`;
  await clickChannel(account, "admin", { ...CLICKED, ChannelName: "theirs" });
  await createByHand(account, ALIAS, { AccountAlias: "theirs" });
  const before = await live(shared);
  for (const _ of sample(["first", "again"], 2)) {
    const { status, output } = await deployChanged(shared);
    expect({ status, output }).toEqual({
      status: 1,
      output: expect.stringContaining(
        `AWS has a configuration of the channel T012ABCDEFG|C02, with the role "${admin}"`,
      ),
    });
    expect(await live(shared)).toEqual(before);
  }

  writeEnvironments(project, yaml(WHOLE.replace("C02", "C02, adopt: true")));
  const calls: Call[] = [];
  const proxy = await startProxy((call) => void calls.push(call));
  const args = ["deploy", "--changed", "--auto-approve"];
  const { status, output } = await supportApp(project, args, { as: account, endpoint: proxy.endpoint });
  await proxy.close();
  expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining("2 to change, 0 to destroy.") });
  const replacements = calls.filter(({ action }) => /(Create|Delete)Resource$/.test(action));
  expect(replacements.map(({ parameters }) => parameters.TypeName)).toEqual([WORKSPACE]);
  expect(await live(shared)).toEqual(liveWith());
  deployedNow = WHOLE;
});

test.each(sample(CASES, 21, 10))(
  "$what, which $way: the next deploy --changed leaves AWS as the file says",
  async ({ what: title, way, action, type, before, after, channelAfter, aliasAfter }) => {
    const place = before === undefined ? newProject("live-state", after) : await withDeployed(before);
    deployedNow = "unknown";
    writeEnvironments(place.project, place.yaml(after));
    let isOver = false;
    const failed = await runThroughProxy(
      (options) => deployCommand(place.project, "live", { as: place.account, ...options }),
      (call, end) => {
        if (call.parameters.RequestToken === "refused") return WAYS[way]?.(call, end);
        if (isOver || call.action !== `cloudformation:${action}` || call.parameters.TypeName !== type) return undefined;
        isOver = true;
        return WAYS[way]?.(call, end);
      },
    );
    expect({ what: title, isOver, status: failed.status === 0 }).toEqual({ what: title, isOver: true, status: false });
    if (before !== undefined) {
      const { status, output } = await command(place, "diff", "--drift");
      expect({ status, output }).toMatchObject({ status: 6, output: expect.stringContaining("not deployed") });
    }

    const next = await deployChanged(place);
    if (next.status !== 0) throw new Error(`${failed.output}\n\nThe next deploy:\n${next.output}`);
    expect(await live(place)).toEqual(liveWith(channelAfter, aliasAfter));
    const { status, output } = await command(place, "diff", "--drift");
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining("1 environment: 1 unchanged.") });
  },
);

thoroughTest(
  "what is changed by hand in a channel and the alias is drift, which a deploy corrects in place",
  async () => {
    const place = await withDeployed(WHOLE);
    const { account } = place;
    const admin = `arn:aws:iam::${account}:role/admin`;
    await changeByHand(account, CHANNEL, { ChannelRoleArn: admin });
    await changeByHand(account, ALIAS, { AccountAlias: "theirs" });

    const drift = await command(place, "diff", "--drift");
    expect(drift).toMatchObject({ status: 6, output: expect.stringContaining("1 environment: 1 drifted.") });
    expect(drift.output).toContain(
      `ChannelRoleArn is "${admin}", not "arn:aws:iam::${account}:role/AWSSupportAppFullRole"`,
    );

    const calls: string[] = [];
    const proxy = await startProxy(({ action }) => void calls.push(action));
    const args = ["deploy", "--changed", "--auto-approve"];
    const { status, output } = await supportApp(place.project, args, { as: account, endpoint: proxy.endpoint });
    await proxy.close();
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringContaining("Plan: 0 to add, 2 to change, 0 to destroy."),
    });
    expect(calls.filter((call) => /(Create|Delete)Resource$/.test(call))).toEqual([]); // people in the channel never lose it
    expect(await live(place)).toEqual(liveWith());
    expect(await command(place, "diff", "--drift")).toMatchObject({ status: 0 });
  },
);

thoroughTest(
  "a channel made by hand with the role of the file is taken over as it is, and its notifications change in place",
  async () => {
    const place = newProject("live-state-own-role", `full: { ${channel()} }`);
    const { account } = place;
    await clickChannel(account, "AWSSupportAppFullRole", CLICKED);
    const { status, output } = await deployChanged(place);
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining("1 to change, 0 to destroy.") });
    const { SlackChannelConfiguration } = liveWith();
    expect(await live(place)).toMatchObject({ SlackChannelConfiguration, AccountAlias: [] });
  },
);

import { CreateResourceCommand } from "@aws-sdk/client-cloudcontrol";
import { sample } from "../support/thorough";
import { cloudControlIn, newAccount, readAccount, readSupportApp } from "./support/account";
import { runThroughProxy } from "./support/interrupted-run";
import {
  createProject,
  deployCommand,
  killAll,
  removeProjects,
  supportApp,
  writeEnvironments,
} from "./support/project";
import { type Call, changes, startProxy } from "./support/proxy";

afterAll(removeProjects);

const environment = (account: string, keys = "", region = "us-east-1") => `environments:
  left:
    account: "${account}"
    region: ${region}
    slack-workspaces: [T012ABCDEFG]
    account-alias: left
    full: { channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }] }
${keys}`;
const RETIRED = "    retired: true\n";

const refuse = { status: 400, body: JSON.stringify({ __type: "InvalidRequestException", message: "refused" }) };
const isDelete = ({ action, parameters }: Call, type: string) =>
  action === "cloudformation:DeleteResource" && String(parameters.TypeName).endsWith(type);

const CASES = ["SlackChannelConfiguration", "SlackWorkspaceConfiguration", "AccountAlias"].flatMap((type) =>
  (["refused", "killed"] as const).map((trouble) => ({ type, trouble })),
);

test.each(sample(CASES, 6, 1))(
  "after a retirement in which the deletion of the $type was $trouble, the state still knows the region, and the retirement can be completed",
  async ({ type, trouble }) => {
    const account = newAccount();
    const as = { as: account };
    const empty = await readAccount(account);
    const project = createProject("failed-retirement", environment(account));
    const deploy = () => deployCommand(project, "left", as);
    expect(await deploy()).toMatchObject({ status: 0 });

    writeEnvironments(project, environment(account, RETIRED));
    let count = 0;
    const failed = await runThroughProxy(
      (options) => deployCommand(project, "left", { ...as, ...options }),
      (call, end) => {
        if (!isDelete(call, type) || (trouble === "killed" && count++ > 0)) return undefined;
        if (trouble === "killed") end(killAll);
        return refuse;
      },
    );
    expect(failed.status).toBe(trouble === "killed" ? null : 1);
    const after = await readAccount(account);
    expect(after.supportApp[type]).toHaveLength(1);

    writeEnvironments(project, environment(account, "", "eu-west-1"));
    expect(await deploy()).toMatchObject({
      status: 1,
      output: expect.stringContaining("its state has what was deployed to the account"),
    });
    expect([await readAccount(account), await readSupportApp(account, "eu-west-1")]).toEqual([after, empty.supportApp]);

    writeEnvironments(project, environment(account, RETIRED));
    const { status, output } = await deploy();
    expect({ status, output: status === 0 ? "" : output }).toEqual({ status: 0, output: "" });
    expect(await readAccount(account)).toEqual(empty);
    writeEnvironments(project, environment(account, "", "eu-west-1"));
    expect(await deploy()).toMatchObject({ status: 0 });
    expect((await readSupportApp(account, "eu-west-1")).SlackChannelConfiguration).toHaveLength(1);
  },
);

test("a first deploy that AWS refuses entirely leaves nothing behind, so that its region can be corrected at once", async () => {
  const account = newAccount();
  const as = { as: account };
  const empty = await readAccount(account);
  const project = createProject("refused-entirely", environment(account));
  const denied = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>";
  const proxy = await startProxy((call) =>
    changes(call) ? (call.action.startsWith("iam:") ? { status: 403, body: denied } : refuse) : undefined,
  );
  expect(await deployCommand(project, "left", { ...as, endpoint: proxy.endpoint })).toMatchObject({ status: 1 });
  await proxy.close();
  expect(await readAccount(account)).toEqual(empty);

  writeEnvironments(project, environment(account, "", "eu-west-1"));
  const { status, output } = await deployCommand(project, "left", as);
  expect({ status, output: status === 0 ? "" : output }).toEqual({ status: 0, output: "" });
  expect((await readSupportApp(account, "eu-west-1")).SlackChannelConfiguration).toHaveLength(1);
  expect(await supportApp(project, ["diff", "left", "--drift"], as)).toMatchObject({ status: 0 });
});

test("a channel that somebody configures by hand with a role of the environment is drift, and no deploy calls it done or removes it", async () => {
  const account = newAccount();
  const as = { as: account };
  const project = createProject("stray", environment(account));
  expect(await deployCommand(project, "left", as)).toMatchObject({ status: 0 });
  const properties = {
    ...{ TeamId: "T012ABCDEFG", ChannelId: "C99", ChannelName: "by-hand", NotifyOnCaseSeverity: "none" },
    ChannelRoleArn: `arn:aws:iam::${account}:role/AWSSupportAppFullRole`,
  };
  const TypeName = "AWS::SupportApp::SlackChannelConfiguration";
  await cloudControlIn(account).send(new CreateResourceCommand({ TypeName, DesiredState: JSON.stringify(properties) }));
  const before = await readAccount(account);

  const line = "The channel T012ABCDEFG|C99 is configured in AWS with the role";
  const drift = await supportApp(project, ["diff", "left", "--drift"], as);
  expect([drift.status, drift.output]).toEqual([6, expect.stringContaining(line)]);
  for (const args of [
    ["deploy", "left"],
    ["deploy", "--changed"],
  ]) {
    const { status, output } = await supportApp(project, [...args, "--auto-approve"], as);
    expect([status, output]).toEqual([0, expect.stringContaining(line)]);
    if (args.includes("--changed")) expect(output).toContain("deployed, but AWS has a channel with one of its roles");
  }
  expect(await readAccount(account)).toEqual(before);
});

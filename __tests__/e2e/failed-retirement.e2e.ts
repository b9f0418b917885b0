import { sample } from "../support/thorough";
import { newAccount, readAccount, readSupportApp } from "./support/account";
import { clickChannel } from "./support/examples";
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

/*
 * One environment's life: its first deploy is refused entirely, its region corrected; then it is retired and deployed in
 * another region, once in each case; at the end, somebody configures a channel by hand.
 */

const account = newAccount();
const as = { as: account };
const environment = (region: string, keys = "") => `environments:
  left:
    account: "${account}"
    region: ${region}
    slack-workspaces: [T012ABCDEFG]
    account-alias: left
    full: { channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }] }
${keys}`;
let [region, otherRegion] = ["us-east-1", "eu-west-1"] as [string, string];
const project = createProject("failed-retirement", environment(otherRegion));
const deploy = () => deployCommand(project, "left", as);
const NO_ERROR = { status: 0, output: "" };
/** How a deploy ended, and its output if that was an error. */
async function errorOfDeploy() {
  const { status, output } = await deploy();
  return { status, output: status === 0 ? "" : output };
}

const refuse = { status: 400, body: JSON.stringify({ __type: "InvalidRequestException", message: "refused" }) };
const isDelete = ({ action, parameters }: Call, type: string) =>
  action === "cloudformation:DeleteResource" && String(parameters.TypeName).endsWith(type);

test("a first deploy that AWS refuses entirely leaves nothing behind, so that its region can be corrected at once", async () => {
  const empty = await readAccount(account);
  const denied = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>";
  const proxy = await startProxy((call) =>
    changes(call) ? (call.action.startsWith("iam:") ? { status: 403, body: denied } : refuse) : undefined,
  );
  expect(await deployCommand(project, "left", { ...as, endpoint: proxy.endpoint })).toMatchObject({ status: 1 });
  await proxy.close();
  expect(await readAccount(account)).toEqual(empty);

  writeEnvironments(project, environment(region));
  expect(await errorOfDeploy()).toEqual(NO_ERROR);
  expect((await readSupportApp(account, region)).SlackChannelConfiguration).toHaveLength(1);
});

const CASES = ["SlackChannelConfiguration", "SlackWorkspaceConfiguration", "AccountAlias"].flatMap((type) =>
  (["refused", "killed"] as const).map((trouble) => ({ type, trouble })),
);

test.each(sample(CASES, 6, 1))(
  "after a retirement in which the deletion of the $type was $trouble, the state still knows the region, and the retirement can be completed",
  async ({ type, trouble }) => {
    writeEnvironments(project, environment(region, "    retired: true\n"));
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
    const after = await readAccount(account, region);
    expect(after.supportApp[type]).toHaveLength(1);

    const nothing = await readSupportApp(account, otherRegion);
    expect(Object.values(nothing).flat()).toEqual([]);
    writeEnvironments(project, environment(otherRegion));
    expect(await deploy()).toMatchObject({
      status: 1,
      output: expect.stringContaining("its state has what was deployed to the account"),
    });
    expect([await readAccount(account, region), await readSupportApp(account, otherRegion)]).toEqual([after, nothing]);

    writeEnvironments(project, environment(region, "    retired: true\n"));
    expect(await errorOfDeploy()).toEqual(NO_ERROR);
    expect(await readAccount(account, region)).toEqual({ roles: {}, policies: {}, supportApp: nothing });
    writeEnvironments(project, environment(otherRegion));
    expect(await errorOfDeploy()).toEqual(NO_ERROR);
    expect((await readSupportApp(account, otherRegion)).SlackChannelConfiguration).toHaveLength(1);
    [region, otherRegion] = [otherRegion, region];
  },
);

test("a channel that somebody configures by hand with a role of the environment is drift, and no deploy calls it done or removes it", async () => {
  expect(await supportApp(project, ["diff", "left", "--drift"], as)).toMatchObject({ status: 0 });
  await clickChannel(account, "AWSSupportAppFullRole", { ChannelId: "C99" }, region);
  const before = await readAccount(account, region);

  const line = "AWS has what neither environments.yaml nor the state of left has: the channel";
  const drift = await supportApp(project, ["diff", "left", "--drift"], as);
  expect([drift.status, drift.output]).toEqual([6, expect.stringContaining(line)]);
  const { status, output } = await supportApp(project, ["deploy", "--changed", "--auto-approve"], as);
  expect([status, output]).toEqual([1, expect.stringContaining(line)]);
  expect(output).toContain("AWS isn't as environments.yaml says for left: it also has the channel");
  expect(await readAccount(account, region)).toEqual(before);
});

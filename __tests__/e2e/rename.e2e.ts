import { newAccount, readAccount, readChannels, readRole } from "./support/account";
import { clickRole } from "./support/examples";
import {
  createProject,
  deploy,
  deployed,
  diff,
  removeProjects,
  supportApp,
  writeEnvironments,
} from "./support/project";
import { type Call, changes, type Fault, startProxy } from "./support/proxy";

afterAll(removeProjects);

const account = newAccount();
const CHANNEL = "C09876Z5YXW";
const yamlNamed = (name: string) => `environments:
  renamed:
    account: "${account}"
    region: us-east-1
    full:
      role-name: ${name}
      policy-name: ${name}-policy
      channels: [{ name: oncall, workspace: T012ABCDEFG, channel: ${CHANNEL} }]
`;
const arn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const project = createProject("rename", yamlNamed("before"));

async function deployThrough(fault?: Fault) {
  const proxy = await startProxy(fault);
  const result = await deploy(project, "renamed", { as: account, endpoint: proxy.endpoint });
  await proxy.close();
  return { ...result, calls: proxy.calls.filter(changes) };
}

test("a renamed role's channel moves to the new role in one deploy, and never points at one that is gone or may do nothing", async () => {
  await deployed(project, "renamed", { as: account });
  expect((await readChannels(account))[CHANNEL]?.ChannelRoleArn).toBe(arn("before"));

  writeEnvironments(project, yamlNamed("after"));
  const { status, calls } = await deployThrough();
  expect(status).toBe(0);
  const indexOfCall = (is: (call: Call) => boolean) => {
    const index = calls.findIndex(is);
    expect(index).toBeGreaterThanOrEqual(0);
    return index;
  };
  const role = (action: string, name: string) =>
    indexOfCall((call) => call.action === `iam:${action}` && call.parameters.RoleName === name);
  const moved = indexOfCall((call) => call.action === "cloudformation:UpdateResource");
  expect(JSON.stringify(calls[moved]?.parameters)).toContain(arn("after"));
  expect(role("CreateRole", "after")).toBeLessThan(moved);
  expect(role("AttachRolePolicy", "after")).toBeLessThan(moved);
  expect(moved).toBeLessThan(role("DetachRolePolicy", "before"));
  expect(moved).toBeLessThan(role("DeleteRole", "before"));
  expect(calls.filter(({ action }) => action.startsWith("cloudformation:"))).toHaveLength(1); // it is never taken away

  expect((await readChannels(account))[CHANNEL]?.ChannelRoleArn).toBe(arn("after"));
  const { roles, policies } = await readAccount(account);
  expect(Object.keys(roles)).toEqual(["after"]);
  expect(Object.keys(policies)).toEqual(["after-policy"]);
  expect((await diff(project, "renamed", { as: account })).output).toContain("No changes.");
});

test("when the new policy can't be attached, the channel keeps the old role with all it may do", async () => {
  const before = await readAccount(account);
  writeEnvironments(project, yamlNamed("third"));
  const denied = { status: 403, body: "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>" };
  const { status } = await deployThrough(({ action }) => (action === "iam:AttachRolePolicy" ? denied : undefined));
  expect(status).not.toBe(0);
  const after = await readAccount(account);
  expect(after.roles.after).toEqual(before.roles.after);
  expect(after.policies["after-policy"]).toEqual(before.policies["after-policy"]);
  expect(after.supportApp).toEqual(before.supportApp);

  await deployed(project, "renamed", { as: account });
  expect(Object.keys((await readAccount(account)).roles)).toEqual(["third"]);
});

test("a role of the new name that somebody else made, with other policies, is left as it is", async () => {
  const before = await readAccount(account);
  await clickRole(account, "theirs", { Effect: "Allow", Action: "s3:*", Resource: "*" });
  const theirs = await readRole(account, "theirs");
  writeEnvironments(project, yamlNamed("theirs"));
  // Each time: nothing of it may get into the state, as if it were the environment's own.
  for (const _ of [1, 2]) {
    expect(await supportApp(project, ["deploy", "renamed", "--auto-approve"], { as: account })).toMatchObject({
      status: 1,
      output: expect.stringContaining(
        '"theirs" already exists, and differs from environments.yaml, has other policies or is attached elsewhere',
      ),
    });
  }
  expect(await readRole(account, "theirs")).toEqual(theirs);
  expect((await readAccount(account)).supportApp).toEqual(before.supportApp);
});

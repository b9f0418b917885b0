import { sample } from "../support/thorough";
import { newAccount, type Role, readAccount, readChannels, readRole } from "./support/account";
import { clickRole } from "./support/examples";
import { runThroughProxy } from "./support/interrupted-run";
import {
  createProject,
  deployCommand,
  deployed,
  diff,
  killAll,
  type Project,
  removeProjects,
  supportApp,
  writeEnvironments,
} from "./support/project";
import { type Call, changes, startProxy } from "./support/proxy";

afterAll(removeProjects);

const CHANNEL = "C09876Z5YXW";
const yamlNamed = (account: string, name: string, keys = "") => `environments:
  renamed:
    account: "${account}"
    region: us-east-1${keys}
    full:
      role-name: ${name}
      policy-name: ${name}-policy
      channels: [{ name: oncall, workspace: T012ABCDEFG, channel: ${CHANNEL} }]
`;

/** What has a role of that name deployed. */
interface Where {
  readonly account: string;
  readonly project: Project;
  readonly name: string;
}

async function deployNew(name: string): Promise<Where> {
  const account = newAccount();
  const project = createProject("rename", yamlNamed(account, name));
  await deployed(project, "renamed", { as: account });
  return { account, project, name };
}

/** What the last test left, for the next one. Undefined: nothing that is deployed. */
let last: Where | undefined;
let count = 0;

/** What the last test left, and a name that nothing has had. */
async function takeLast(): Promise<Where & { readonly after: string }> {
  const place = last ?? (await deployNew(`name${++count}`));
  last = undefined;
  return { ...place, after: `name${++count}` };
}

const arn = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;
const channelRole = async (account: string) => (await readChannels(account))[CHANNEL]?.ChannelRoleArn;

test("a renamed role's channel moves to the new role in one deploy, and never points at one that is gone or may do nothing", async () => {
  const { account, project, name: before, after } = await takeLast();
  const as = { as: account };
  expect(await channelRole(account)).toBe(arn(account, before));

  writeEnvironments(project, yamlNamed(account, after));
  const proxy = await startProxy();
  await deployed(project, "renamed", { ...as, endpoint: proxy.endpoint });
  await proxy.close();
  const calls = proxy.calls.filter(changes);
  const indexOfCall = (is: (call: Call) => boolean) => {
    const index = calls.findIndex(is);
    expect(index).toBeGreaterThanOrEqual(0);
    return index;
  };
  const role = (action: string, name: string) =>
    indexOfCall((call) => call.action === `iam:${action}` && call.parameters.RoleName === name);
  const moved = indexOfCall((call) => call.action === "cloudformation:UpdateResource");
  expect(JSON.stringify(calls[moved]?.parameters)).toContain(arn(account, after));
  expect(role("CreateRole", after)).toBeLessThan(moved);
  expect(role("AttachRolePolicy", after)).toBeLessThan(moved);
  expect(moved).toBeLessThan(role("DetachRolePolicy", before));
  expect(moved).toBeLessThan(role("DeleteRole", before));
  expect(calls.filter(({ action }) => action.startsWith("cloudformation:"))).toHaveLength(1); // it is never taken away

  expect(await channelRole(account)).toBe(arn(account, after));
  const { roles, policies } = await readAccount(account);
  expect(Object.keys(roles)).toEqual([after]);
  expect(Object.keys(policies)).toEqual([`${after}-policy`]);
  expect((await diff(project, "renamed", as)).output).toContain("No changes.");
  last = { account, project, name: after };
});

test("a role of the new name that somebody else made, with other policies, is left as it is", async () => {
  const { account, project, name } = await takeLast();
  const before = await readAccount(account);
  await clickRole(account, "theirs", { Effect: "Allow", Action: "s3:*", Resource: "*" });
  const theirs = await readRole(account, "theirs");
  writeEnvironments(project, yamlNamed(account, "theirs"));
  // Each time: nothing of it may get into the state, as if it were the environment's own.
  for (const _ of sample(["first", "again"], 2)) {
    expect(await deployCommand(project, "renamed", { as: account })).toMatchObject({
      status: 1,
      output: expect.stringContaining(
        '"theirs" already exists, and differs from environments.yaml, has other policies or is attached elsewhere',
      ),
    });
  }
  expect(await readRole(account, "theirs")).toEqual(theirs);
  expect((await readAccount(account)).supportApp).toEqual(before.supportApp);
  last = { account, project, name };
});

/** The calls with which a rename changes something, in Terraform's order. */
const CALLS = [
  "iam:CreatePolicy",
  "iam:CreateRole",
  "iam:AttachRolePolicy",
  "cloudformation:UpdateResource",
  "iam:DetachRolePolicy",
  "iam:DeleteRole",
  "iam:DeletePolicy",
];
const TROUBLES = ["refused", "done, and its answer lost", "killed before AWS did it", "killed after it"] as const;
/** What somebody does next, with the name that was before the rename, the one after it, or a third one. */
const NEXT = ["reverted", "renamed again", "retired", "repeated"] as const;

const CASES = CALLS.flatMap((call) => TROUBLES.flatMap((trouble) => NEXT.map((next) => ({ call, trouble, next }))));

// The new policy can't be attached, and the last call is killed.
test.each(sample(CASES, 72, 32))(
  "a rename whose $call is $trouble leaves the channel a role with all it may do, and is done after one more deploy if it is $next",
  async ({ call, trouble, next }) => {
    // GIVEN
    const { account, project, name: before, after } = await takeLast();
    const as = { as: account };
    const initial = await readAccount(account);
    writeEnvironments(project, yamlNamed(account, after));
    let calls = 0;
    // WHEN
    const failed = await runThroughProxy(
      (options) => deployCommand(project, "renamed", { ...as, ...options }),
      ({ action }, end) => {
        if (action !== call || calls++ > 0) return undefined;
        if (trouble.startsWith("killed")) {
          end(killAll);
          return trouble === "killed after it" ? undefined : { status: 500, body: "" };
        }
        const body = call.startsWith("iam:")
          ? "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
          : JSON.stringify({ __type: "InvalidRequestException", message: "refused" });
        return { status: 403, body, afterwards: trouble !== "refused" };
      },
    );
    // THEN
    expect(failed.status).toBe(trouble.startsWith("killed") ? null : 1);
    expect(calls).toBeGreaterThan(0);
    const broken = await readAccount(account);
    const [, live = ""] = String(await channelRole(account)).split("/");
    expect(broken.roles[live]).toMatchObject({ attached: [`${live}-policy`] });
    expect(Object.keys(broken.policies)).toContain(`${live}-policy`);

    // WHEN
    const name = { reverted: before, "renamed again": `name${++count}`, retired: undefined, repeated: after }[next];
    writeEnvironments(project, yamlNamed(account, name ?? after, name === undefined ? "\n    retired: true" : ""));
    const { status, output } = await deployCommand(project, "renamed", as);
    // THEN
    expect({ status, output: status === 0 ? "" : `${failed.output}\n\nThe next deploy:\n${output}` }).toEqual({
      status: 0,
      output: "",
    });
    const { roles, policies } = await readAccount(account);
    const namesOfOthers = (kind: "roles" | "policies") =>
      Object.keys(initial[kind]).filter((key) => key !== before && key !== `${before}-policy`);
    const ownRoles = Object.entries<Role>(roles).filter(([role]) => !namesOfOthers("roles").includes(role));
    const access = ownRoles.map(([role, { attached, inline }]) => [role, ...attached, ...inline]);
    expect(access.filter(([, policy]) => policy !== undefined)).toEqual(
      name === undefined ? [] : [[name, `${name}-policy`]],
    );
    // What only AWS knows of, and no file names any more, is left: an empty role, or a policy that nobody has.
    const isUnstated = /^iam:Create/.test(call) && /lost|after/.test(trouble) && name !== after;
    const leftOver =
      call === "iam:CreateRole" ? { roles: [after], policies: [] } : { roles: [], policies: [`${after}-policy`] };
    const names = name === undefined ? { roles: [], policies: [] } : { roles: [name], policies: [`${name}-policy`] };
    for (const kind of ["roles", "policies"] as const)
      expect(Object.keys({ roles, policies }[kind]).sort()).toEqual(
        [...namesOfOthers(kind), ...(isUnstated ? leftOver[kind] : []), ...names[kind]].sort(),
      );
    expect(await channelRole(account)).toEqual(name && arn(account, name));
    expect(await supportApp(project, ["diff", "renamed", "--drift"], as)).toMatchObject({ status: 0 });
    if (name !== undefined) last = { account, project, name };
  },
);

import { sample } from "../support/thorough";
import { newAccount, type Role, readAccount, readChannels } from "./support/account";
import { runThroughProxy } from "./support/interrupted-run";
import {
  createProject,
  deployCommand,
  killAll,
  removeProjects,
  supportApp,
  writeEnvironments,
} from "./support/project";

afterAll(removeProjects);

const NAME = "renamed";
const yamlNamed = (account: string, name: string, keys = "") => `environments:
  ${NAME}:
    account: "${account}"
    region: us-east-1${keys}
    full:
      role-name: ${name}
      policy-name: ${name}-policy
      channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }]
`;

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
/** What somebody does next, and the name that the role has then. Undefined: it is gone. */
const NEXT = { reverted: "before", "renamed again": "third", retired: undefined, repeated: "after" } as const;

const CASES = CALLS.flatMap((call) =>
  TROUBLES.flatMap((trouble) =>
    (Object.keys(NEXT) as (keyof typeof NEXT)[]).map((next) => ({ call, trouble, next, name: NEXT[next] })),
  ),
);

test.each(sample(CASES, 56, 48))(
  "a rename whose $call is $trouble, and that is $next, is done after one more deploy",
  async ({ call, trouble, name }) => {
    const account = newAccount();
    const as = { as: account };
    const project = createProject("reverted-rename", yamlNamed(account, "before"));
    expect(await deployCommand(project, NAME, as)).toMatchObject({ status: 0 });

    writeEnvironments(project, yamlNamed(account, "after"));
    let count = 0;
    const failed = await runThroughProxy(
      (options) => deployCommand(project, NAME, { ...as, ...options }),
      ({ action }, end) => {
        if (action !== call || count++ > 0) return undefined;
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
    expect(failed.status).toBe(trouble.startsWith("killed") ? null : 1);
    expect(count).toBeGreaterThan(0);

    writeEnvironments(project, yamlNamed(account, name ?? "after", name === undefined ? "\n    retired: true" : ""));
    const { status, output } = await deployCommand(project, NAME, as);
    expect({ status, output: status === 0 ? "" : `${failed.output}\n\nThe next deploy:\n${output}` }).toEqual({
      status: 0,
      output: "",
    });
    const { roles, policies } = await readAccount(account);
    const live = Object.entries<Role>(roles).map(([role, { attached, inline }]) => [role, ...attached, ...inline]);
    expect(live.filter(([, policy]) => policy !== undefined)).toEqual(
      name === undefined ? [] : [[name, `${name}-policy`]],
    );
    // What only AWS knows of, and no file names any more, is left: an empty role, or a policy that nobody has.
    const isUnstated = /^iam:Create/.test(call) && /lost|after/.test(trouble) && name !== "after";
    const leftOver =
      call === "iam:CreateRole" ? { roles: ["after"], policies: [] } : { roles: [], policies: ["after-policy"] };
    const names = name === undefined ? { roles: [], policies: [] } : { roles: [name], policies: [`${name}-policy`] };
    for (const kind of ["roles", "policies"] as const)
      expect(Object.keys({ roles, policies }[kind]).sort()).toEqual(
        [...(isUnstated ? leftOver[kind] : []), ...names[kind]].sort(),
      );
    const channelRoles = Object.values(await readChannels(account)).map(({ ChannelRoleArn }) => ChannelRoleArn);
    expect(channelRoles).toEqual(name === undefined ? [] : [`arn:aws:iam::${account}:role/${name}`]);
    expect(await supportApp(project, ["diff", NAME, "--drift"], as)).toMatchObject({ status: 0 });
  },
);

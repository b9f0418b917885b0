import type { RoleAccess } from "../../../../cli/terraform/access";
import type { RoleChange } from "../../../../cli/terraform/role-changes";
import { inAccess, ROLE, role } from "./reported";

describe("a role", () => {
  const lines = (more: Partial<RoleChange>) => inAccess({ roles: [role(more)] });
  const OTHER: RoleAccess = { ...ROLE, name: "Other", path: "/team/" };

  test.each<[string, Partial<RoleChange>, readonly string[]]>([
    ["in which nothing changes", {}, []],
    ["is added", { before: undefined }, ["- The role `Full` is added."]],
    [
      "is added, within a boundary",
      { before: undefined, after: { ...ROLE, boundary: { policy: "arn:b" } } },
      ["- The role `Full` is added, within the permissions boundary `arn:b`."],
    ],
    [
      "is removed",
      { after: undefined },
      ["- The role `Full` is removed. A channel that was configured by hand and uses it can then do nothing."],
    ],
    [
      "has another name",
      { after: OTHER },
      [
        "- The role `Full` is replaced by `/team/Other`. A channel that was configured by hand keeps the old one, which is removed; a channel that was configured by hand with the new name gets this access.",
      ],
    ],
    ["has another address", { movedFrom: "old" }, ["- The role `Full` had the address `aws_iam_role.old` before."]],
    [
      "has policies with other names",
      { before: { ...ROLE, policies: ["/a", "/b"] }, after: { ...ROLE, policies: ["/c"] } },
      ["- The policies of the role `Full` have new names: `/a`, `/b` → `/c`."],
    ],
    [
      "has a policy for the first time",
      { after: { ...ROLE, policies: ["/c"] } },
      ["- The policies of the role `Full` have new names: none → `/c`."],
    ],
    [
      "has longer sessions",
      { before: { ...ROLE, maxSessionDuration: 3600 }, after: { ...ROLE, maxSessionDuration: 7200 } },
      ["- The maximum session duration of the role `Full` changes: 3600 seconds → 7200 seconds."],
    ],
    [
      "has sessions of IAM's default",
      { before: { ...ROLE, maxSessionDuration: 3600 } },
      ["- The maximum session duration of the role `Full` changes: 3600 seconds → IAM's default."],
    ],
    [
      "has another boundary",
      { before: { ...ROLE, boundary: { policy: "arn:a" } }, after: { ...ROLE, boundary: { policy: "arn:b" } } },
      ["- The role `Full`: its permissions boundary changes: `arn:a` → `arn:b`."],
    ],
    [
      "has the name that another one had",
      { namesake: "old" },
      [
        "- The name `Full` belonged to `aws_iam_role.old` and now belongs to `aws_iam_role.full`. A channel that was configured by hand with it gets the access of this role.",
      ],
    ],
  ])("%s", (_, more, told) => {
    expect(lines(more)).toEqual(told);
  });
});

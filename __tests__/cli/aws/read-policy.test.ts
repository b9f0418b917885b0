import { auditCallerPolicy, auditPolicy } from "../../../cli/aws/read-policy";

const allowed = ({ Statement }: ReturnType<typeof auditPolicy>) =>
  Statement.flatMap(({ Effect, Action, Resource }) =>
    [Action].flat().map((action) => `${Effect} ${action} on ${Resource}`),
  );

test("the policy of an account only reads: its roles and their policies, and the Support App's configuration", () => {
  const ofRoles = ["GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies"];
  expect(auditPolicy().Statement.map(({ Sid }) => Sid)).toEqual(["FindRoles", "Roles", "Policies", "SupportApp"]);
  const ofApp = ["GetAccountAlias", "ListSlackChannelConfigurations", "ListSlackWorkspaceConfigurations"];
  expect(allowed(auditPolicy())).toEqual([
    "Allow iam:ListRoles on *",
    ...ofRoles.map((action) => `Allow iam:${action} on arn:aws:iam::*:role/*`),
    ...["GetPolicy", "GetPolicyVersion"].map((action) => `Allow iam:${action} on arn:aws:iam::*:policy/*`),
    ...["GetResource", "ListResources"].map((action) => `Allow cloudformation:${action} on *`),
    ...ofApp.map((action) => `Allow supportapp:${action} on *`),
  ]);
});

test("the policy of whoever audits several accounts also assumes one role and, for an organization, lists it", () => {
  const lists = ["Accounts", "AccountsForParent", "OrganizationalUnitsForParent", "TagsForResource"];
  expect(allowed(auditCallerPolicy("team/audit", false))).toEqual([
    ...allowed(auditPolicy()),
    "Allow sts:AssumeRole on arn:aws:iam::*:role/team/audit",
  ]);
  expect(allowed(auditCallerPolicy("audit", true))).toEqual([
    ...allowed(auditPolicy()),
    ...lists.map((list) => `Allow organizations:List${list} on *`),
    "Allow sts:AssumeRole on arn:aws:iam::*:role/audit",
  ]);
});

import { importPolicy, organizationPolicy } from "../../../cli/aws/read-policy";

const allowed = ({ Statement }: ReturnType<typeof importPolicy>) =>
  Statement.flatMap(({ Effect, Action, Resource }) =>
    [Action].flat().map((action) => `${Effect} ${action} on ${Resource}`),
  );

test("importing an account only reads: its roles and their policies, and the Support App's configuration", () => {
  const ofRoles = ["GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies"];
  const ofApp = ["GetAccountAlias", "ListSlackChannelConfigurations", "ListSlackWorkspaceConfigurations"];
  expect(allowed(importPolicy())).toEqual([
    "Allow iam:ListRoles on *",
    ...ofRoles.map((action) => `Allow iam:${action} on arn:aws:iam::*:role/*`),
    ...["GetPolicy", "GetPolicyVersion"].map((action) => `Allow iam:${action} on arn:aws:iam::*:policy/*`),
    ...["GetResource", "ListResources"].map((action) => `Allow cloudformation:${action} on *`),
    ...ofApp.map((action) => `Allow supportapp:${action} on *`),
  ]);
});

test("importing an organization only reads: its accounts, its units and their tags", () => {
  const lists = ["Accounts", "AccountsForParent", "OrganizationalUnitsForParent", "TagsForResource"];
  expect(allowed(organizationPolicy())).toEqual(lists.map((list) => `Allow organizations:List${list} on *`));
});

import { importPolicy, organizationPolicy } from "../../../../cli/commands/import/import-policy";

const allowed = ({ Statement }: ReturnType<typeof importPolicy>) =>
  Statement.map(({ Effect, Action, Resource }) => ({ Effect, Action, Resource }));

test("importing an account only reads: its roles and their policies, and the Support App's configuration", () => {
  expect(allowed(importPolicy())).toEqual([
    { Effect: "Allow", Action: ["iam:ListRoles"], Resource: ["*"] },
    {
      Effect: "Allow",
      Action: ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
      Resource: ["arn:aws:iam::*:role/*"],
    },
    { Effect: "Allow", Action: ["iam:GetPolicy", "iam:GetPolicyVersion"], Resource: ["arn:aws:iam::*:policy/*"] },
    {
      Effect: "Allow",
      Action: [
        "cloudformation:GetResource",
        "cloudformation:ListResources",
        "supportapp:GetAccountAlias",
        "supportapp:ListSlackChannelConfigurations",
        "supportapp:ListSlackWorkspaceConfigurations",
      ],
      Resource: ["*"],
    },
  ]);
});

test("importing an organization only reads: its accounts, its units and their tags", () => {
  expect(allowed(organizationPolicy())).toEqual([
    {
      Effect: "Allow",
      Action: [
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListTagsForResource",
      ],
      Resource: ["*"],
    },
  ]);
});

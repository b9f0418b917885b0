import { ACCOUNT_VARIABLES, publishedAccountModule } from "../../../stacks/portable/published-account-module";

test("what an account has once: its workspaces and its alias, neither of them required", () => {
  expect(ACCOUNT_VARIABLES.map(({ name, default: byDefault }) => [name, byDefault])).toEqual([
    ["slack_workspaces", []],
    ["account_alias", null],
  ]);
  const { resource, output, terraform } = publishedAccountModule();
  expect(resource?.aws_cloudcontrolapi_resource).toMatchObject({
    workspace: { for_each: "${toset(var.slack_workspaces)}", desired_state: '${jsonencode({"TeamId" = each.value})}' },
    account_alias: {
      count: "${var.account_alias == null ? 0 : 1}",
      desired_state: '${jsonencode({"AccountAlias" = var.account_alias})}',
    },
  });
  expect(output?.slack_workspaces).toMatchObject({
    value: "${var.slack_workspaces}",
    depends_on: ["${aws_cloudcontrolapi_resource.workspace}"], // whoever passes them on waits for them
  });
  expect(terraform).toEqual({
    required_version: ">= 1.5",
    required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0" } },
  });
});

test("an alias is checked like in environments.yaml", () => {
  expect(ACCOUNT_VARIABLES[1]?.rules).toEqual([
    {
      condition: 'var.account_alias == null || can(regex("^[\\\\w -]{1,30}$", var.account_alias))',
      expected: "an account alias of 1 to 30 letters, digits, spaces, _ and -",
    },
  ]);
});

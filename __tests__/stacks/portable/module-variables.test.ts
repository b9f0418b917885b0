import { moduleVariables, variableOf } from "../../../stacks/portable/module-variables";
import { levelKeys, rootVariables } from "../../../stacks/portable/published-root";

const CAPABILITIES = [
  "create_cases",
  "reply_to_cases",
  "attach_files",
  "resolve_cases",
  "live_chat",
  "request_quota_increases",
];
const OF_EVERY_LEVEL = [
  ...["channels", "registered_workspaces", "policy", "role_name", "policy_name", "path", "description"],
  ...["policy_description", "permissions_boundary", "source_account", "max_session_duration", "tags"],
];

test("a capability is a variable in Terraform's spelling", () => {
  expect(variableOf("request-quota-increases")).toBe("request_quota_increases");
});

test("what a caller of a module chooses; only full access can be narrowed", () => {
  const names = (access: "full" | "read-only") => moduleVariables(access).map(({ name }) => name);
  expect(names("read-only")).toEqual(OF_EVERY_LEVEL);
  expect(names("full")).toEqual([...CAPABILITIES, "service_quotas_role", ...OF_EVERY_LEVEL]);
});

test("nothing is required: the defaults are those of environments.yaml", () => {
  const defaults = Object.fromEntries(moduleVariables("full").map((variable) => [variable.name, variable.default]));
  expect(defaults).toEqual({
    ...Object.fromEntries(CAPABILITIES.map((name) => [name, true])),
    ...{ service_quotas_role: "on-demand", channels: {}, registered_workspaces: [], policy: "customer-managed" },
    ...{ role_name: "AWSSupportAppFullRole", policy_name: "AWSSupportAppFullRolePolicy", path: "/", description: null },
    ...{
      policy_description: null,
      permissions_boundary: null,
      source_account: null,
      max_session_duration: 3600,
      tags: {},
    },
  });
  const [readOnly] = moduleVariables("read-only").filter(({ name }) => name === "role_name");
  expect(readOnly?.default).toBe("AWSSupportAppReadOnlyRole");
});

test("what Terraform checks is what environments.yaml may say", () => {
  const rules = (name: string) => moduleVariables("full").find((variable) => variable.name === name)?.rules;
  expect(rules("service_quotas_role")).toEqual([
    {
      condition: 'contains(["on-demand", "create", "existing"], var.service_quotas_role)',
      expected: "one of on-demand, create, existing",
    },
  ]);
  expect(rules("policy")).toEqual([
    {
      condition: 'contains(["customer-managed", "aws-managed"], var.policy)',
      expected: "one of customer-managed, aws-managed",
    },
  ]);
  expect(rules("source_account")).toEqual([
    {
      condition: 'var.source_account == null || can(regex("^\\\\d{12}$", var.source_account))',
      expected: "an AWS account ID of 12 digits",
    },
  ]);
  expect(rules("max_session_duration")).toEqual([
    {
      condition:
        "floor(var.max_session_duration) == var.max_session_duration && var.max_session_duration >= 3600 && var.max_session_duration <= 43200",
      expected: "a whole number of seconds from 3600 (1 hour) to 43200 (12 hours)",
    },
  ]);
});

test("the root has a variable for each access level, for the account and for tags", () => {
  expect(rootVariables().map(({ name }) => name)).toEqual([
    "read_only",
    "full",
    "slack_workspaces",
    "account_alias",
    "tags",
  ]);
  expect(levelKeys("read-only")).toEqual(OF_EVERY_LEVEL.filter((name) => name !== "registered_workspaces"));
});

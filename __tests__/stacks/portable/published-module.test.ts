import { toHcl } from "../../../stacks/output/hcl";
import { moduleVariables } from "../../../stacks/portable/module-variables";
import { publishedModule } from "../../../stacks/portable/published-module";

const hclOf = (access: "full" | "read-only") => toHcl(publishedModule(access));
const [FULL, READ_ONLY] = [hclOf("full"), hclOf("read-only")];

test("the module of full access grants what a caller doesn't leave out, in whole words of Terraform", () => {
  expect(FULL).toMatchSnapshot();
  expect(FULL).toContain("actions   = flatten([for capability in local.capabilities : local.actions[capability]])");
  expect(FULL).not.toContain("(?"); // Terraform's patterns have no lookaheads
});

test("the module of read-only access is the same without anything to leave out, and without a Service Quotas role", () => {
  const blocks = (text: string) => new Set(text.match(/^\w+ ("\w+" )*\{$/gm));
  const onlyIn = (one: string, other: string) => [...blocks(one)].filter((block) => !blocks(other).has(block));
  const ofLevel = /read_only|full/;
  expect(onlyIn(READ_ONLY, FULL).filter((block) => !ofLevel.test(block))).toEqual([]);
  expect(onlyIn(FULL, READ_ONLY).filter((block) => !ofLevel.test(block))).toEqual([
    ...["create_cases", "reply_to_cases", "attach_files", "resolve_cases", "live_chat", "request_quota_increases"].map(
      (name) => `variable "${name}" {`,
    ),
    'variable "service_quotas_role" {',
    'resource "aws_iam_service_linked_role" "service_quotas" {',
  ]);
  expect(READ_ONLY).not.toMatch(/service.?quotas|quota_increases/i);
  expect(READ_ONLY).toContain('value       = ["view-cases"]\n');
  expect(READ_ONLY.match(/^ *condition += var\.policy != "aws-managed".*$/m)?.[0]).toContain(
    '(var.policy_name == "AWSSupportAppReadOnlyRolePolicy" && var.policy_description == null)',
  );
});

test("nothing is required: the defaults are those of environments.yaml", () => {
  const defaults = moduleVariables("read-only").map((variable) => [variable.name, variable.default]);
  expect(Object.fromEntries(defaults)).toEqual({
    ...{ channels: {}, registered_workspaces: [], policy: "customer-managed", role_name: "AWSSupportAppReadOnlyRole" },
    ...{ policy_name: "AWSSupportAppReadOnlyRolePolicy", path: "/", description: null, policy_description: null },
    ...{ permissions_boundary: null, source_account: null, max_session_duration: 3600, tags: {} },
  });
});

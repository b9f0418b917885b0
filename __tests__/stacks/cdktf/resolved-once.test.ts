import fc from "fast-check";
import { stringify } from "yaml";
import { Fn, TerraformStack, Token } from "../../../modules/support-app/framework";
import { resolvedOnce } from "../../../stacks/cdktf/resolved-once";
import type { Environment } from "../../../stacks/environments/environment";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { DIGEST_OUTPUT, digestOutput } from "../../../stacks/output/digest";
import { SupportAppStack } from "../../../stacks/support-app-stack";
import { environmentFile } from "../../support/environment-files";
import { CloudwatchLogGroup } from "../../support/framework";
import { newApp } from "../../support/new-app";
import { propertyRuns } from "../../support/thorough";

/** The same as CDKTF's own, in the same order, except for the digest. */
function expectAsCdktf(stack: TerraformStack): void {
  const own = TerraformStack.prototype.toTerraform.call(stack);
  const { [DIGEST_OUTPUT]: digest, ...output } = stack.toTerraform().output;
  expect(JSON.stringify({ ...stack.toTerraform(), output }, null, 1)).toBe(
    JSON.stringify({ ...own, output: { ...own.output } }, null, 1),
  );
  expect(digest).toEqual(digestOutput(own));
}

test("a stack's Terraform is what CDKTF writes, whatever the environment", () => {
  fc.assert(
    fc.property(environmentFile, (file) => {
      for (const environment of parseEnvironments(stringify(file), "environments.yaml"))
        expectAsCdktf(new SupportAppStack(newApp(), environment));
    }),
    { numRuns: propertyRuns(100) },
  );
});

test("the same with a user's own resources, references and overrides", () => {
  const [environment] = parseEnvironments(
    'environments: { one: { account: "111122223333", region: us-east-1, full: {} } }',
    "environments.yaml",
  );
  const stack = new SupportAppStack(newApp(), environment as Environment);
  const log = new CloudwatchLogGroup(stack, "log", {
    name: Fn.join("/", ["support", stack.accesses[0]?.roleArn ?? ""]),
    tags: { escaped: "$${not}", nothing: undefined as unknown as string },
  });
  log.addOverride("retention_in_days", 7);
  stack.addOverride("terraform.required_providers.aws.version", undefined);
  stack.addOverride("terraform.experiments", ["one", undefined]);
  stack.addOverride("locals", { arn: log.arn, none: undefined, lazy: Token.asAny({ resolve: () => "late" }) });
  stack.addOverride("output.full_role_arn.description", Fn.upper("a"));
  stack.addOverride("provider", undefined);
  expectAsCdktf(stack);
  expect(Object.keys(stack.toTerraform())).not.toContain("provider");
  const { locals, terraform } = stack.toTerraform();
  expect(locals).toEqual({ arn: "${aws_cloudwatch_log_group.log.arn}", lazy: "late" });
  expect(terraform.required_providers.aws).toEqual({ source: "hashicorp/aws" });
});

test("the same for a stack with one resource, and for an empty one", () => {
  for (const isEmpty of [true, false]) {
    const stack = new TerraformStack(newApp(), "own");
    if (!isEmpty) new CloudwatchLogGroup(stack, "log", { name: "/support" });
    const { version } = stack.toTerraform()["//"].metadata;
    const terraform = resolvedOnce(stack, {}, version);
    expect(JSON.stringify(terraform)).toBe(JSON.stringify(stack.toTerraform()));
    expect(terraform["//"]).toMatchObject({ metadata: { backend: "local", stackName: "own" } });
  }
});

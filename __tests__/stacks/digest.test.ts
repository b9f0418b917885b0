import { IamRole } from "../../modules/support-app/aws-bindings";
import { TerraformOutput } from "../../modules/support-app/framework";
import { newApp } from "../../stacks/app";
import { digestOfStack, digestOutputIn } from "../../stacks/digest";
import type { Environment } from "../../stacks/environment";
import { parseEnvironments } from "../../stacks/environments";
import { portableEnvironment } from "../../stacks/portable";
import { SupportAppStack } from "../../stacks/support-app-stack";
import { synthesize } from "../support/synthesize";

const YAML = (more: string, ofAccount = "") =>
  `environments: { one: { account: "111122223333", region: us-east-1, ${ofAccount} read-only: { ${more} } } }`;

function environmentOf(yaml: string): Environment {
  const [environment] = parseEnvironments(yaml, "environments.yaml");
  if (!environment) throw new Error("Received no environment, expected one.");
  return environment;
}

function digest(yaml: string, change: (stack: SupportAppStack) => void = () => {}): unknown {
  return outputOf(yaml, change).value;
}

function outputOf(yaml: string, change: (stack: SupportAppStack) => void = () => {}) {
  const stack = new SupportAppStack(newApp(), environmentOf(yaml));
  change(stack);
  return digestOutputIn(stack.toTerraform()) as {
    readonly value: string;
    readonly depends_on?: readonly string[];
    readonly precondition?: unknown;
  };
}

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test("an environment's Terraform has its own digest, the same in JSON and HCL", () => {
  const { one = "" } = synthesize(YAML(""));
  const terraform = JSON.parse(one);
  expect(terraform.output.support_app_digest.value).toBe(digestOfStack(terraform));
  expect(synthesize(YAML(""), "hcl").one).toContain(`value       = "${digestOfStack(terraform)}"`);
});

test("whatever a deploy would change changes the digest: settings, tags, a user's own resources, retirement", () => {
  const all = [
    digest(YAML("")),
    digest(YAML("description: other")),
    digest(YAML('tags: { "//": x }')),
    digest(YAML('tags: { "//": y }')),
    digest(YAML("", "retired: true,")),
    digest(YAML("", "deploy-role: arn:aws:iam::111122223333:role/terraform,")),
    digest(YAML("").replace("111122223333", "444455556666")),
    digest(YAML("").replace("us-east-1", "us-east-2")),
    digest(YAML(""), (stack) => new IamRole(stack, "extra", { name: "extra", assumeRolePolicy: "{}" })),
    digest(YAML(""), (stack) => stack.addOverride("terraform.required_providers.aws.version", "6.0.0")),
    digest(YAML(""), (stack) => stack.addOverride("output.own", { value: { "//": { metadata: { a: 1 } } } })),
    digest(YAML(""), (stack) => stack.addOverride("output.own", { value: { "//": { metadata: { a: 2 } } } })),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test("the backend and the profile don't: neither changes what is applied", () => {
  for (const name of Object.keys(process.env)) if (/^(AWS_|CI$)/.test(name)) delete process.env[name];
  const plain = digest(YAML(""));
  const s3 = "backend: { type: s3, bucket: states, region: us-east-1 },";
  const cloud = "backend: { type: cloud, organization: acme },";
  const profile = YAML("", "profile: ops,");
  expect(new SupportAppStack(newApp(), environmentOf(profile)).toTerraform().provider.aws[0].profile).toBe("ops");
  expect(digest(profile)).toBe(plain);
  expect(digest(YAML("", cloud))).toBe(plain);
  expect(digest(YAML("", `${s3} profile: ops,`))).toBe(digest(YAML("", s3)));
});

test("an output of that name is an error, and a published root has none: its users change it", () => {
  expect(() =>
    digest(YAML(""), (stack) => new TerraformOutput(stack, "support_app_digest", { value: "mine" })),
  ).toThrow(
    "Received the output support_app_digest in the stack one, expected outputs with other names: that one tells a deploy what was applied. Rename it.",
  );
  expect(Object.keys(portableEnvironment(environmentOf(YAML(""))).output ?? {})).toEqual([
    "read_only_role_arn",
    "read_only_capabilities",
  ]);
  expect(portableEnvironment(environmentOf(YAML("", "retired: true,")))).not.toHaveProperty("output");
});

test("its precondition is checked after every resource is created: Terraform writes the output itself even if an apply fails", () => {
  expect(outputOf(YAML(""))).toMatchObject({ precondition: [{ condition: '${terraform.workspace != ""}' }] });
  const extra = (stack: SupportAppStack) => void new IamRole(stack, "extra", { name: "extra", assumeRolePolicy: "{}" });
  expect(outputOf(YAML(""), extra).depends_on).toEqual([
    "aws_iam_policy.read_only",
    "aws_iam_role.extra",
    "aws_iam_role.read_only",
    "aws_iam_role_policies_exclusive.read_only",
    "aws_iam_role_policy_attachment.read_only",
    "aws_iam_role_policy_attachments_exclusive.read_only",
  ]);
  expect(outputOf(YAML("", "retired: true,"))).not.toHaveProperty("depends_on");
  expect(synthesize(YAML(""), "hcl").one).toMatch(/^ {2}depends_on = \[\n {4}aws_iam_policy\.read_only,$/m);
});

test("what is required of a channel in Slack changes nothing in AWS", () => {
  const yaml = (rules: string) => YAML(`channels: [{ name: oncall, workspace: T1, channel: C1${rules} }]`);
  const ruled = yaml(", private: required, guests: refused, shared: refused, members: { at-most: 25 }");
  expect(synthesize(ruled)).toEqual(synthesize(yaml("")));
  expect(synthesize(ruled, "hcl")).toEqual(synthesize(yaml(""), "hcl"));
  expect(environmentOf(ruled).channels).toEqual([
    {
      ...{ name: "oncall", workspace: "T1", channel: "C1", access: "read-only" },
      ...{ private: "required", guests: "refused", shared: "refused", members: { "at-most": 25 } },
    },
  ]);
});

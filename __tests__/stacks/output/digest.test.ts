import { IamRole } from "../../../modules/support-app/aws-bindings";
import { TerraformOutput } from "../../../modules/support-app/framework";
import { newApp } from "../../../stacks/cdktf/app";
import type { Environment } from "../../../stacks/environments/environment";
import { parseEnvironments } from "../../../stacks/environments/environments";
import {
  digestOfStack,
  digestOutput,
  digestOutputIn,
  resourcesIn,
  withoutRemarks,
} from "../../../stacks/output/digest";
import { portableEnvironment } from "../../../stacks/portable/portable";
import { SupportAppStack } from "../../../stacks/support-app-stack";
import { synthesize } from "../../support/synthesize";

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
    "Received the output support_app_digest in the stack one, expected outputs with other names: a deploy reads it to know what was applied. Rename it.",
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

describe("the digest of some Terraform", () => {
  const TERRAFORM = {
    terraform: { required_version: ">= 1.7", backend: { local: { path: "a" } } },
    provider: { aws: [{ region: "us-east-1", profile: "ops" }] },
    resource: { aws_iam_role: { full: { name: "a" } } },
    output: { own: { value: 1 } },
  };
  const same: readonly (readonly [what: string, terraform: object])[] = [
    ["another order", Object.fromEntries(Object.entries(TERRAFORM).toReversed())],
    ["another backend", { ...TERRAFORM, terraform: { required_version: ">= 1.7", backend: { s3: { bucket: "b" } } } }],
    [
      "a workspace in HCP Terraform",
      { ...TERRAFORM, terraform: { required_version: ">= 1.7", cloud: { organization: "acme" } } },
    ],
    ["another profile", { ...TERRAFORM, provider: { aws: [{ region: "us-east-1", profile: "mine" }] } }],
    ["no profile", { ...TERRAFORM, provider: { aws: [{ region: "us-east-1" }] } }],
    ["a remark of CDKTF", { ...TERRAFORM, "//": { metadata: { version: "1" }, outputs: {} } }],
    ["another digest", { ...TERRAFORM, output: { own: { value: 1 }, support_app_digest: { value: "abc" } } }],
  ];

  test("is SHA-256 in hexadecimal", () => {
    expect(digestOfStack(TERRAFORM)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each(same)("is the same with %s", (_, terraform) => {
    expect(digestOfStack(terraform as never)).toBe(digestOfStack(TERRAFORM));
  });

  test("differs if anything else does", () => {
    const others: readonly object[] = [
      {},
      TERRAFORM,
      { ...TERRAFORM, terraform: { required_version: ">= 1.8" } },
      { ...TERRAFORM, terraform: "text" },
      { ...TERRAFORM, terraform: undefined },
      { ...TERRAFORM, provider: { aws: [{ region: "us-east-2" }] } },
      { ...TERRAFORM, provider: { aws: { region: "us-east-1" } } },
      { ...TERRAFORM, provider: { aws: "text" } },
      { ...TERRAFORM, provider: { aws: ["text"] } },
      { ...TERRAFORM, provider: "text" },
      { ...TERRAFORM, provider: { other: { profile: "ops" } } },
      { ...TERRAFORM, output: { own: { value: 2 } } },
      { ...TERRAFORM, output: "text" },
      { ...TERRAFORM, output: undefined },
      { ...TERRAFORM, resource: { aws_iam_role: { full: { name: "b" } } } },
      { ...TERRAFORM, locals: {} },
    ];
    const digests = others.map((one) => digestOfStack(one as never));
    expect(new Set(digests).size).toBe(others.length);
  });

  test("is the same for a provider without a list", () => {
    const one = (profile: object) => digestOfStack({ provider: { aws: { region: "r", ...profile } } });
    expect(one({ profile: "a" })).toBe(one({}));
  });
});

describe("the output with the digest", () => {
  test("says what it is, and depends on every resource", () => {
    const terraform = { resource: { b: { two: {}, one: {} }, a: { three: {} } } };
    expect(digestOutput(terraform)).toEqual({
      description: "SHA-256 of this Terraform, by which support-app deploy --changed knows what was applied.",
      value: digestOfStack(terraform),
      depends_on: ["a.three", "b.one", "b.two"],
      precondition: [{ condition: '${terraform.workspace != ""}', error_message: "Terraform has no workspace." }],
    });
    expect(digestOutput({})).not.toHaveProperty("depends_on");
  });

  test("is found by its name", () => {
    expect(digestOutputIn({ output: { support_app_digest: { value: "a" } } })).toEqual({ value: "a" });
    expect(digestOutputIn({ output: { other: {} } })).toBeUndefined();
    expect(digestOutputIn({ output: "support_app_digest" })).toBeUndefined();
    expect(digestOutputIn({ output: Object.create({ support_app_digest: 1 }) })).toBeUndefined();
    expect(digestOutputIn({})).toBeUndefined();
  });
});

test("the resources of a stack are in alphabetical order, whatever else is in it", () => {
  expect(resourcesIn({ resource: { b: { two: {}, one: {} }, a: { three: {} }, c: "text" } })).toEqual([
    "a.three",
    "b.one",
    "b.two",
  ]);
  expect(resourcesIn({ resource: "text" })).toEqual([]);
  expect(resourcesIn({ data: { a: { b: {} } } })).toEqual([]);
});

describe("CDKTF's remarks", () => {
  const remark = { metadata: { path: "a/b", uniqueId: "b" } };

  test("are left out of a stack, its sections and its blocks", () => {
    expect(
      withoutRemarks({
        "//": { metadata: {}, outputs: {} },
        resource: { t: { n: { a: 1, "//": remark } } },
        data: { t: { n: { "//": remark } } },
        provider: { aws: [{ "//": remark, region: "r" }, { alias: "x" }] },
        output: { o: { "//": remark, value: 1 } },
        locals: { a: "text", b: null },
        moved: [{ to: "a" }],
      }),
    ).toEqual({
      resource: { t: { n: { a: 1 } } },
      data: { t: { n: {} } },
      provider: { aws: [{ region: "r" }, { alias: "x" }] },
      output: { o: { value: 1 } },
      locals: { a: "text", b: null },
      moved: [{ to: "a" }],
    });
  });

  test.each<[what: string, terraform: object]>([
    ["deeper in a block", { resource: { t: { n: { tags: { "//": remark } } } } }],
    ["as the name of a block", { resource: { t: { "//": { a: 1 } } } }],
    ["of another form", { output: { o: { "//": "text" } } }],
    ["without metadata", { output: { o: { "//": { outputs: {} } } } }],
    ["with metadata that isn't a mapping", { output: { o: { "//": { metadata: "a" } } } }],
    ["with something else in them", { output: { o: { "//": { ...remark, more: 1 } } } }],
  ])("are something else %s, and stay", (_, terraform) => {
    expect(withoutRemarks(terraform as never)).toEqual(terraform);
  });
});

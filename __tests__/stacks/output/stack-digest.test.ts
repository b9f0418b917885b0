import {
  digestOfStack,
  digestOutput,
  digestOutputIn,
  resourcesIn,
  withoutRemarks,
} from "../../../stacks/output/stack-digest";

describe("the digest of some Terraform", () => {
  const TERRAFORM = {
    terraform: { required_version: ">= 1.7", backend: { local: { path: "a" } } },
    provider: { aws: [{ region: "us-east-1", profile: "ops" }] },
    resource: { aws_iam_role: { full: { name: "a" } } },
    output: { own: { value: 1 } },
  };
  const terraformBlock = { required_version: ">= 1.7" };

  test.each<[what: string, terraform: object]>([
    ["another order", Object.fromEntries(Object.entries(TERRAFORM).toReversed())],
    ["another backend", { ...TERRAFORM, terraform: { ...terraformBlock, backend: { s3: { bucket: "b" } } } }],
    [
      "a workspace in HCP Terraform",
      { ...TERRAFORM, terraform: { ...terraformBlock, cloud: { organization: "acme" } } },
    ],
    ["another profile", { ...TERRAFORM, provider: { aws: [{ region: "us-east-1", profile: "mine" }] } }],
    ["no profile", { ...TERRAFORM, provider: { aws: [{ region: "us-east-1" }] } }],
    ["a remark of CDKTF", { ...TERRAFORM, "//": { metadata: { version: "1" }, outputs: {} } }],
    ["another digest", { ...TERRAFORM, output: { own: { value: 1 }, support_app_digest: { value: "abc" } } }],
  ])("the digest of some Terraform is SHA-256 in hexadecimal, and the same with %s", (_, terraform) => {
    expect(digestOfStack(TERRAFORM)).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOfStack(terraform as never)).toBe(digestOfStack(TERRAFORM));
  });

  test("the digest differs if anything else does", () => {
    const variants: readonly object[] = [
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
    const digests = variants.map((variant) => digestOfStack(variant as never));
    expect(new Set(digests).size).toBe(variants.length);
  });

  test("the digest is the same for a provider without a list", () => {
    const digestWith = (profile: object) => digestOfStack({ provider: { aws: { region: "r", ...profile } } });
    expect(digestWith({ profile: "a" })).toBe(digestWith({}));
  });
});

describe("the output with the digest", () => {
  test("the output with the digest says what it is, and depends on every resource", () => {
    const terraform = { resource: { b: { two: {}, one: {} }, a: { three: {} } } };
    expect(digestOutput(terraform)).toEqual({
      description: "SHA-256 of this Terraform, by which support-app deploy --changed knows what was applied.",
      value: digestOfStack(terraform),
      depends_on: ["a.three", "b.one", "b.two"],
      precondition: [{ condition: '${terraform.workspace != ""}', error_message: "Terraform has no workspace." }],
    });
    expect(digestOutput({})).not.toHaveProperty("depends_on");
  });

  test("the output with the digest is found by its name", () => {
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

  test("CDKTF's remarks are left out of a stack, its sections and its blocks", () => {
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
  ])("keys that look like CDKTF's remarks are something else %s, and stay", (_, terraform) => {
    expect(withoutRemarks(terraform as never)).toEqual(terraform);
  });
});

import { type Capability, SupportAppAccess, type SupportAppAccessProps } from "../../../modules/support-app";
import { AwsProvider, DataAwsIamPolicyDocument } from "../../../modules/support-app/aws-bindings";
import { Construct, TerraformOutput, TerraformStack, TerraformVariable } from "../../../modules/support-app/framework";
import { awsManagedPolicy, peopleCan, permissionsOf, trustOf } from "../../support/access";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";
import { providersOf } from "../../support/providers-of";
import { parseTerraform, type Terraform } from "../../support/synthesize";

/** A stack without provider or backend, for testing only the construct. */
function newStack(): TerraformStack {
  return new TerraformStack(newApp(), "stack");
}

async function terraformOf(stack: TerraformStack): Promise<Terraform> {
  return parseTerraform(Testing.synth(stack), "json");
}

async function synthesizeAccess(props: SupportAppAccessProps): Promise<Terraform> {
  const stack = newStack();
  new SupportAppAccess(stack, "watch", props);
  return terraformOf(stack);
}

const EVERYTHING = [
  "see cases",
  "open cases",
  "reply to cases",
  "attach files",
  "resolve cases",
  "chat with AWS",
  "request quota increases",
  "make the Service Quotas role",
];

describe("what a person in Slack can do", () => {
  test("read-only: see cases, and nothing else", async () => {
    expect(peopleCan(await synthesizeAccess({ access: "read-only" }), "watch")).toEqual(["see cases"]);
  });

  test("full: everything in AWS's example policy", async () => {
    expect(peopleCan(await synthesizeAccess({ access: "full" }), "watch")).toEqual(EVERYTHING);
  });

  test.each([
    ["create-cases", "open cases"],
    ["reply-to-cases", "reply to cases"],
    ["attach-files", "attach files"],
    ["resolve-cases", "resolve cases"],
    ["live-chat", "chat with AWS"],
  ] as const)("full without %s: everything but %s", async (capability, deed) => {
    const terraform = await synthesizeAccess({ access: "full", without: [capability] });
    expect(peopleCan(terraform, "watch")).toEqual(EVERYTHING.filter((other) => other !== deed));
  });

  test("full without request-quota-increases: no quota request, and no creation of the Service Quotas role", async () => {
    const terraform = await synthesizeAccess({ access: "full", without: ["request-quota-increases"] });
    expect(peopleCan(terraform, "watch")).toEqual(EVERYTHING.slice(0, 6));
  });

  test("full without everything that can be left out: see cases, as with read-only", async () => {
    const without = [
      "create-cases",
      "reply-to-cases",
      "attach-files",
      "resolve-cases",
      "live-chat",
      "request-quota-increases",
    ] as const;
    const terraform = await synthesizeAccess({ access: "full", without });
    expect(permissionsOf(terraform, "watch")).toEqual(awsManagedPolicy("AWSSupportAppReadOnlyAccess"));
  });

  test.each(["create", "adopt", "existing"] as const)(
    "full, Service Quotas role %s: quota requests, but no creation of the role",
    async (serviceQuotasRole) => {
      const terraform = await synthesizeAccess({ access: "full", serviceQuotasRole, account: "111122223333" });
      expect(peopleCan(terraform, "watch")).toEqual(EVERYTHING.slice(0, 7));
    },
  );

  test.each([
    ["read-only", "AWSSupportAppReadOnlyAccess"],
    ["full", "AWSSupportAppFullAccess"],
  ] as const)("%s with AWS's managed policy: what %s gives", async (access, name) => {
    const terraform = await synthesizeAccess({ access, policy: "aws-managed" });
    expect(permissionsOf(terraform, "watch")).toEqual(awsManagedPolicy(name));
    expect(terraform.resource?.aws_iam_policy).toBeUndefined();
  });
});

describe("equality with AWS", () => {
  test.each([
    ["read-only", "AWSSupportAppReadOnlyAccess"],
    ["full", "AWSSupportAppFullAccess"],
  ] as const)("the customer managed policy of %s allows exactly what %s allows", async (access, name) => {
    const terraform = await synthesizeAccess({ access });
    expect(permissionsOf(terraform, "watch")).toEqual(awsManagedPolicy(name));
  });

  test("the statements are split as in AWS's example, so that a handmade copy of it is adopted unchanged", async () => {
    const { watch } = (await synthesizeAccess({ access: "full" })).data?.aws_iam_policy_document ?? {};
    expect(watch?.statement).toHaveLength(2);
  });
});

describe("the Service Quotas role", () => {
  const slr = async (props: Partial<SupportAppAccessProps>) =>
    synthesizeAccess({ access: "full", account: "111122223333", ...props });

  test.each(["on-demand", "existing"] as const)("%s: the stack has none", async (serviceQuotasRole) => {
    const terraform = await slr({ serviceQuotasRole });
    expect(terraform.resource?.aws_iam_service_linked_role).toBeUndefined();
    expect(terraform.import).toBeUndefined();
  });

  test("create: the stack creates it, and Terraform refuses to destroy it", async () => {
    const terraform = await slr({ serviceQuotasRole: "create" });
    expect(terraform.resource?.aws_iam_service_linked_role?.service_quotas).toEqual({
      aws_service_name: "servicequotas.amazonaws.com",
      lifecycle: { prevent_destroy: true, ignore_changes: ["description"] },
    });
    expect(terraform.import).toBeUndefined();
  });

  test("adopt: the stack imports the existing one, and Terraform refuses to destroy it", async () => {
    const terraform = await slr({ serviceQuotasRole: "adopt" });
    expect(terraform.resource?.aws_iam_service_linked_role?.service_quotas?.lifecycle).toMatchObject({
      prevent_destroy: true,
    });
    expect(terraform.import).toEqual({
      to: "aws_iam_service_linked_role.service_quotas",
      id: "arn:aws:iam::111122223333:role/aws-service-role/servicequotas.amazonaws.com/AWSServiceRoleForServiceQuotas",
    });
  });
});

describe("the role", () => {
  test("minimal properties: AWS's trust and default names, nothing else", async () => {
    const terraform = await synthesizeAccess({ access: "read-only" });
    expect(trustOf(terraform, "watch")).toEqual(["Service supportapp.amazonaws.com: Allow sts:AssumeRole on it"]);
    expect(terraform.resource?.aws_iam_role?.watch).toEqual({
      name: "AWSSupportAppReadOnlyRole",
      assume_role_policy: "${data.aws_iam_policy_document.watch_trust.json}",
      depends_on: ["aws_iam_policy.watch"], // a boundary is removed after what it kept away
      lifecycle: { create_before_destroy: true },
    });
    expect(terraform.resource?.aws_iam_policy?.watch).toEqual({
      name: "AWSSupportAppReadOnlyRolePolicy",
      policy: "${data.aws_iam_policy_document.watch.json}",
      lifecycle: { create_before_destroy: true },
    });
  });

  test("maximum properties: each ends up where it belongs", async () => {
    const terraform = await synthesizeAccess({
      access: "full",
      without: ["live-chat"],
      policy: "customer-managed",
      serviceQuotasRole: "create",
      account: "111122223333",
      roleName: "support-role",
      policyName: "support-policy",
      description: "for #support",
      policyDescription: 'what "support" may do',
      path: "/support/",
      permissionsBoundary: "arn:aws:iam::111122223333:policy/boundary",
      maxSessionDuration: 7200,
      tags: { Owner: "platform" },
      sourceAccountCondition: true,
    });
    expect(terraform.resource?.aws_iam_role?.watch).toMatchObject({
      name: "support-role",
      description: "for #support",
      path: "/support/",
      permissions_boundary: "arn:aws:iam::111122223333:policy/boundary",
      max_session_duration: 7200,
      tags: { Owner: "platform" },
    });
    expect(terraform.resource?.aws_iam_policy?.watch).toMatchObject({
      name: "support-policy",
      description: 'what "support" may do',
      path: "/support/",
      tags: { Owner: "platform" },
    });
    expect(terraform.resource?.aws_iam_service_linked_role?.service_quotas?.tags).toEqual({ Owner: "platform" });
    expect(trustOf(terraform, "watch")).toEqual([
      'Service supportapp.amazonaws.com: Allow sts:AssumeRole on it if {"StringEquals":{"aws:SourceAccount":"111122223333"}}',
    ]);
  });

  test("every replacement is created before the old resource is destroyed, so that a failed change takes no access away", async () => {
    const { resource } = await synthesizeAccess({ access: "full" });
    const lifecycles = Object.values(resource ?? {}).map((elements) => elements.watch?.lifecycle);
    expect(lifecycles).toEqual(Array(5).fill({ create_before_destroy: true }));
  });

  test("a policy that somebody attaches to the role or adds inline by hand is removed", async () => {
    const { resource } = await synthesizeAccess({ access: "full" });
    expect(resource?.aws_iam_role_policy_attachments_exclusive?.watch?.policy_arns).toEqual([
      "${aws_iam_policy.watch.arn}",
    ]);
    expect(resource?.aws_iam_role_policies_exclusive?.watch?.policy_names).toEqual([]);
  });
});

describe("adoption", () => {
  const adopted: SupportAppAccessProps = {
    access: "full",
    adopt: true,
    account: "111122223333",
    roleName: "AWSSupportAppRole",
    policyName: "AWSSupportAppRolePolicy",
  };

  test("imports everything under its handmade names, so that a plan shows what else the role has", async () => {
    const policyArn = "arn:aws:iam::111122223333:policy/AWSSupportAppRolePolicy";
    expect((await synthesizeAccess(adopted)).import).toEqual([
      { to: "aws_iam_role.watch", id: "AWSSupportAppRole" },
      { to: "aws_iam_policy.watch", id: policyArn },
      { to: "aws_iam_role_policy_attachment.watch", id: `AWSSupportAppRole/${policyArn}` },
      { to: "aws_iam_role_policy_attachments_exclusive.watch", id: "AWSSupportAppRole" },
      { to: "aws_iam_role_policies_exclusive.watch", id: "AWSSupportAppRole" },
    ]);
  });

  test("looks for the policy under its path", async () => {
    const terraform = await synthesizeAccess({ ...adopted, path: "/support/" });
    expect(Object.values(terraform.import ?? {})[1]?.id).toBe(
      "arn:aws:iam::111122223333:policy/support/AWSSupportAppRolePolicy",
    );
  });

  test("doesn't import AWS's own policy", async () => {
    const { policyName: _, account: __, ...awsManaged } = adopted; // no import's id has the account in it
    const policyArn = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
    expect((await synthesizeAccess({ ...awsManaged, policy: "aws-managed" })).import).toEqual([
      { to: "aws_iam_role.watch", id: "AWSSupportAppRole" },
      { to: "aws_iam_role_policy_attachment.watch", id: `AWSSupportAppRole/${policyArn}` },
      { to: "aws_iam_role_policy_attachments_exclusive.watch", id: "AWSSupportAppRole" },
      { to: "aws_iam_role_policies_exclusive.watch", id: "AWSSupportAppRole" },
    ]);
  });
});

describe("providers", () => {
  test("everything that an access consists of and imports is in the account of its provider", () => {
    const stack = newStack();
    const provider = new AwsProvider(stack, "payments", { alias: "payments" });
    new SupportAppAccess(stack, "watch", {
      access: "full",
      adopt: true,
      account: "111122223333",
      serviceQuotasRole: "adopt",
      provider,
    });
    const resources = [
      "aws_iam_role.watch",
      "aws_iam_policy.watch",
      "aws_iam_role_policy_attachment.watch",
      "aws_iam_role_policy_attachments_exclusive.watch",
      "aws_iam_role_policies_exclusive.watch",
      "aws_iam_service_linked_role.service_quotas_payments",
    ];
    const all = [
      ...resources,
      ...resources.map((address) => `import ${address}`),
      "data.aws_iam_policy_document.watch",
      "data.aws_iam_policy_document.watch_trust",
    ];
    expect(providersOf(stack)).toEqual(Object.fromEntries(all.map((address) => [address, "aws.payments"])));
  });

  test("two providers are two accounts: each has its names and its Service Quotas role, which are unique in it", () => {
    const stack = newStack();
    const [payments, logistics] = ["payments", "logistics"].map((alias) => new AwsProvider(stack, alias, { alias }));
    const newAccess = (id: string, provider?: AwsProvider) =>
      new SupportAppAccess(stack, id, { access: "full", serviceQuotasRole: "create", provider });
    const problems = () => stack.node.children.flatMap(({ node }) => node.validate());
    for (const [id, provider] of Object.entries({ default: undefined, payments, logistics }))
      newAccess(`${id}-full`, provider);
    expect(problems()).toEqual([]);
    newAccess("again", payments);
    expect(problems().filter((problem) => problem.startsWith('SupportAppAccess "stack/again"'))).toEqual([
      'SupportAppAccess "stack/again", serviceQuotasRole: received a second Service Quotas role, expected one per account: "stack/payments-full/service-quotas-role" already has aws_iam_service_linked_role.service_quotas_payments. Set existing for one of them.',
      'SupportAppAccess "stack/again", roleName: received "AWSSupportAppFullRole", expected a unique name: "stack/payments-full" already has this one, and IAM ignores case. Set another roleName.',
      'SupportAppAccess "stack/again", policyName: received "AWSSupportAppFullRolePolicy", expected a unique name: "stack/payments-full" already has this one, and IAM ignores case. Set another policyName.',
    ]);
  });
});

describe("what other code can use", () => {
  test("role, policy, ARNs and capabilities", async () => {
    const stack = newStack();
    const access = new SupportAppAccess(stack, "oncall", { access: "full", without: ["live-chat", "attach-files"] });
    const capabilities: readonly Capability[] = access.capabilities;
    expect(capabilities).toEqual([
      "view-cases",
      "create-cases",
      "reply-to-cases",
      "resolve-cases",
      "request-quota-increases",
    ]);
    new TerraformOutput(stack, "used", {
      value: [access.roleArn, access.policyArn, access.role.name, access.policy?.name],
    });
    expect((await terraformOf(stack)).output?.used?.value).toEqual([
      "${aws_iam_role.oncall.arn}",
      "${aws_iam_policy.oncall.arn}",
      "${aws_iam_role.oncall.name}",
      "${aws_iam_policy.oncall.name}",
    ]);
    expect(access.serviceQuotasRole).toBeUndefined();
  });

  test("the L1 resources take overrides", async () => {
    const stack = newStack();
    const access = new SupportAppAccess(stack, "watch", { access: "read-only" });
    access.role.addOverride("force_detach_policies", true);
    expect((await terraformOf(stack)).resource?.aws_iam_role?.watch?.force_detach_policies).toBe(true);
  });

  test("values may be Terraform variables, which Terraform checks", async () => {
    const stack = newStack();
    const variable = (name: string) => new TerraformVariable(stack, name, { type: "string" });
    new SupportAppAccess(stack, "watch", {
      access: "full",
      roleName: variable("role_name").stringValue,
      path: variable("path").stringValue,
      permissionsBoundary: "arn:aws:iam::111122223333:policy/boundary",
      policyDescription: variable("description").stringValue,
      maxSessionDuration: variable("session").numberValue,
      tags: { Owner: variable("owner").stringValue },
      account: variable("account").stringValue,
      sourceAccountCondition: true,
    });
    const { watch } = (await terraformOf(stack)).resource?.aws_iam_role ?? {};
    expect(watch).toMatchObject({
      name: "${var.role_name}",
      path: "${var.path}",
      permissions_boundary: "arn:aws:iam::111122223333:policy/boundary",
      max_session_duration: "${var.session}",
      tags: { Owner: "${var.owner}" },
    });
  });
});

describe("addresses", () => {
  test("are made of the path in the stack", async () => {
    const stack = newStack();
    new SupportAppAccess(new Construct(stack, "payments-team"), "on.call", { access: "read-only" });
    const terraform = await terraformOf(stack);
    expect(Object.keys(terraform.resource?.aws_iam_role ?? {})).toEqual(["payments_team_on_call"]);
    expect(Object.keys(terraform.data?.aws_iam_policy_document ?? {})).toEqual([
      "payments_team_on_call",
      "payments_team_on_call_trust",
    ]);
  });

  const clash = (stack: TerraformStack) => () => stack.runAllValidations();

  test.each([
    ["a-b", "a_b", "data.aws_iam_policy_document.a_b_trust", "trust"],
    ["watch", "watch-trust", "data.aws_iam_policy_document.watch_trust", "trust"],
  ])("%s and %s in one stack would become one, which is an error", (first, second, address, element) => {
    const stack = newStack();
    new SupportAppAccess(stack, first, { access: "read-only", roleName: "a", policyName: "a" });
    new SupportAppAccess(stack, second, { access: "read-only", roleName: "b", policyName: "b" });
    expect(clash(stack)).toThrow(
      `SupportAppAccess "stack/${second}", id: received "${second}", expected an id whose Terraform addresses are unused: "stack/${first}/${element}" already has ${address}. Choose another id.`,
    );
  });

  test.each(["before", "after"])("someone else's policy document, made %s, can't become part of ours", (order) => {
    const stack = newStack();
    const theirs = () =>
      new DataAwsIamPolicyDocument(stack, "on_call", { statement: [{ actions: ["iam:*"], resources: ["*"] }] });
    if (order === "before") theirs();
    new SupportAppAccess(stack, "on-call", { access: "read-only" });
    if (order === "after") theirs();
    expect(clash(stack)).toThrow(
      'SupportAppAccess "stack/on-call", id: received "on-call", expected an id whose Terraform addresses are unused: "stack/on_call" already has data.aws_iam_policy_document.on_call. Choose another id.',
    );
  });

  test("the same id in two scopes or two stacks is fine", () => {
    const stack = newStack();
    for (const team of ["a", "b"]) {
      new SupportAppAccess(new Construct(stack, team), "full", { access: "full", roleName: team, policyName: team });
    }
    new SupportAppAccess(newStack(), "full", { access: "full" });
    expect(stack.node.findAll().flatMap((construct) => construct.node.validate())).toEqual([
      expect.stringContaining("Found resources without a matching provider"),
    ]);
  });

  test.each([
    ["a digit", (stack: TerraformStack) => stack, "24x7"],
    ["a parent's digit", (stack: TerraformStack) => new Construct(stack, "24x7"), "a"],
    ["no letter", (stack: TerraformStack) => stack, "日本"],
  ])("%s can't begin one", (_, scopeIn, id) => {
    const scope = scopeIn(newStack());
    const path = [...scope.node.path.split("/").slice(1), id].join("/");
    expect(() => new SupportAppAccess(scope, id, { access: "full" })).toThrow(
      new Error(
        `SupportAppAccess "stack/${path}", id: received "${path}", expected a path in the stack that begins with a letter, since it becomes a Terraform name.`,
      ),
    );
  });

  test("a token can't be in one, since it would change from run to run", () => {
    const stack = newStack();
    const { stringValue } = new TerraformVariable(stack, "name", { type: "string" });
    expect(() => new SupportAppAccess(stack, stringValue, { access: "full" })).toThrow(
      /id: received a token, which Terraform knows only later, expected a path in the stack/,
    );
  });

  test("a nested stack has its own addresses and names, and hides no clash", () => {
    const stack = newStack();
    const nested = new TerraformStack(stack, "nested");
    new SupportAppAccess(stack, "a-b", { access: "full" });
    new SupportAppAccess(nested, "a_b", { access: "full" });
    expect(stack.node.findAll().flatMap((construct) => construct.node.validate())).not.toContainEqual(
      expect.stringContaining("SupportAppAccess"),
    );
    const clashing = new SupportAppAccess(stack, "a_b", { access: "read-only" });
    expect(clashing.node.validate()).toEqual([
      expect.stringContaining('"stack/a-b/trust" already has data.aws_iam_policy_document.a_b_trust'),
    ]);
  });

  test("nor can an element that somebody adds inside an access", () => {
    const access = new SupportAppAccess(newStack(), "watch", { access: "read-only" });
    const inside = new DataAwsIamPolicyDocument(access, "more", { statement: [{ actions: ["*"], resources: ["*"] }] });
    inside.overrideLogicalId("watch");
    expect(access.node.validate()).toEqual([
      expect.stringContaining('"stack/watch/more" already has data.aws_iam_policy_document.watch'),
    ]);
  });

  test("a second Service Quotas role in a stack is an error", () => {
    const stack = newStack();
    new SupportAppAccess(stack, "a", { access: "full", serviceQuotasRole: "create", roleName: "a", policyName: "a" });
    new SupportAppAccess(stack, "b", { access: "full", serviceQuotasRole: "create", roleName: "b", policyName: "b" });
    expect(clash(stack)).toThrow(
      'SupportAppAccess "stack/b", serviceQuotasRole: received a second Service Quotas role, expected one per account: "stack/a/service-quotas-role" already has aws_iam_service_linked_role.service_quotas. Set existing for one of them.',
    );
  });

  test("IAM names may repeat for AWS's own policies, and for tokens", () => {
    const stack = newStack();
    const later = new TerraformVariable(stack, "later", { type: "string" }).stringValue;
    const accesses = [
      new SupportAppAccess(stack, "a", { access: "full", policy: "aws-managed", roleName: "a" }),
      new SupportAppAccess(stack, "b", { access: "full", roleName: later }),
      new SupportAppAccess(stack, "c", { access: "full", roleName: later, policyName: "c" }),
    ];
    expect(accesses.flatMap((access) => access.node.validate())).toEqual([]);
  });

  test("an IAM name that another access of the stack has is an error, ignoring case", () => {
    const stack = newStack();
    new SupportAppAccess(stack, "a", { access: "full", roleName: "Support", policyName: "a" });
    const b = new SupportAppAccess(stack, "b", { access: "full", roleName: "support", policyName: "A" });
    expect(b.node.validate()).toEqual([
      'SupportAppAccess "stack/b", roleName: received "support", expected a unique name: "stack/a" already has this one, and IAM ignores case. Set another roleName.',
      'SupportAppAccess "stack/b", policyName: received "A", expected a unique name: "stack/a" already has this one, and IAM ignores case. Set another policyName.',
    ]);
  });
});

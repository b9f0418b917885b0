import {
  CAPABILITIES,
  OPTIONAL_CAPABILITIES,
  SupportAppAccess,
  type SupportAppAccessProps,
} from "../../../modules/support-app";
import { AwsProvider } from "../../../modules/support-app/aws-bindings";
import { TerraformOutput, TerraformStack, TerraformVariable } from "../../../modules/support-app/framework";
import { serviceQuotasRoleArn } from "../../../modules/support-app/model/service-quotas-role";
import { awsManagedPolicy, peopleCan, permissionsOf, trustOf } from "../../support/access";
import { Testing } from "../../support/framework";
import { newApp } from "../../support/new-app";
import { providersOf } from "../../support/providers-of";
import { parseTerraform, type Terraform } from "../../support/synthesize";

/** A stack without provider or backend, for testing only the construct. */
function newStack(): TerraformStack {
  return new TerraformStack(newApp(), "stack");
}

function terraformOf(stack: TerraformStack): Terraform {
  return parseTerraform(Testing.synth(stack));
}

function synthesizeAccess(props: SupportAppAccessProps): Terraform {
  const stack = newStack();
  new SupportAppAccess(stack, "watch", props);
  return terraformOf(stack);
}

const EVERYTHING = [
  ...["see cases", "open cases", "reply to cases", "attach files", "resolve cases"],
  ...["chat with AWS", "request quota increases", "make the Service Quotas role"],
];

describe("what a person in Slack can do", () => {
  test("full without live-chat and request-quota-increases gives people no chat, no quota request, and no Service Quotas role", () => {
    const terraform = synthesizeAccess({ access: "full", without: ["live-chat", "request-quota-increases"] });
    expect(peopleCan(terraform, "watch")).toEqual(EVERYTHING.slice(0, 5));
  });

  test.each(["create", "adopt", "existing"] as const)(
    "full with the Service Quotas role %s lets people request quotas, but not create the role",
    (serviceQuotasRole) => {
      const terraform = synthesizeAccess({ access: "full", serviceQuotasRole, account: "111122223333" });
      expect(peopleCan(terraform, "watch")).toEqual(EVERYTHING.slice(0, 7));
    },
  );

  test.each<[SupportAppAccessProps, name: string, statements: number]>([
    [{ access: "read-only", policy: "aws-managed" }, "AWSSupportAppReadOnlyAccess", 0],
    [{ access: "full", policy: "aws-managed" }, "AWSSupportAppFullAccess", 0],
    [{ access: "read-only" }, "AWSSupportAppReadOnlyAccess", 1],
    [{ access: "full", without: OPTIONAL_CAPABILITIES }, "AWSSupportAppReadOnlyAccess", 1],
    [{ access: "full" }, "AWSSupportAppFullAccess", 2], // as in AWS's example: a handmade copy of it is adopted unchanged
  ])("%j gives people exactly what %s gives", (props, name, statements) => {
    const terraform = synthesizeAccess(props);
    expect(permissionsOf(terraform, "watch")).toEqual(awsManagedPolicy(name));
    const { statement = [] } = terraform.data?.aws_iam_policy_document?.watch ?? {};
    expect([statement].flat()).toHaveLength(statements);
  });
});

describe("the role", () => {
  test("a role with minimal properties has AWS's trust and default names, and nothing else", () => {
    const terraform = synthesizeAccess({ access: "read-only" });
    expect(trustOf(terraform, "watch")).toEqual(["Service supportapp.amazonaws.com: Allow sts:AssumeRole on it"]);
    expect(terraform.resource?.aws_iam_role?.watch).toEqual({
      name: "AWSSupportAppReadOnlyRole",
      assume_role_policy: "${data.aws_iam_policy_document.watch_trust.json}",
      depends_on: ["aws_iam_policy.watch"], // a boundary is removed after what it kept away
      lifecycle: { create_before_destroy: true },
    });
    const { aws_iam_role: _, ...rest } = terraform.resource ?? {};
    const lifecycle = { create_before_destroy: true }; // a failed change takes no access away
    expect(rest).toEqual({
      aws_iam_policy: {
        watch: {
          name: "AWSSupportAppReadOnlyRolePolicy",
          policy: "${data.aws_iam_policy_document.watch.json}",
          lifecycle,
        },
      },
      aws_iam_role_policy_attachment: {
        watch: { role: "${aws_iam_role.watch.name}", policy_arn: "${aws_iam_policy.watch.arn}", lifecycle },
      },
      // What somebody attaches to the role or adds inline by hand is removed, after the attachment.
      aws_iam_role_policy_attachments_exclusive: {
        watch: {
          role_name: "${aws_iam_role_policy_attachment.watch.role}",
          policy_arns: ["${aws_iam_policy.watch.arn}"],
          lifecycle,
        },
      },
      aws_iam_role_policies_exclusive: {
        watch: {
          role_name: "${aws_iam_role_policy_attachments_exclusive.watch.role_name}",
          policy_names: [],
          lifecycle,
        },
      },
    });
  });

  test("each of a role's maximum properties ends up where it belongs", () => {
    const terraform = synthesizeAccess({
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
    expect(terraform.resource?.aws_iam_service_linked_role?.service_quotas).toEqual({
      aws_service_name: "servicequotas.amazonaws.com",
      tags: { Owner: "platform" },
      lifecycle: { prevent_destroy: true, ignore_changes: ["description"] },
    });
    expect(trustOf(terraform, "watch")).toEqual([
      'Service supportapp.amazonaws.com: Allow sts:AssumeRole on it if {"StringEquals":{"aws:SourceAccount":"111122223333"}}',
    ]);
  });
});

describe("adoption", () => {
  const adopted: SupportAppAccessProps = { access: "full", adopt: true, account: "111122223333", roleName: "handmade" };
  const ownPolicyArn = "arn:aws:iam::111122223333:policy/handmade-policy";
  const aws = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";

  test.each<[what: string, props: SupportAppAccessProps, imported: object[]]>([
    [
      "everything under its handmade names, so that a plan shows what else the role has",
      { ...adopted, policyName: "handmade-policy", serviceQuotasRole: "adopt" },
      [
        { to: "aws_iam_role.watch", id: "handmade" },
        { to: "aws_iam_policy.watch", id: ownPolicyArn },
        { to: "aws_iam_role_policy_attachment.watch", id: `handmade/${ownPolicyArn}` },
        { to: "aws_iam_role_policy_attachments_exclusive.watch", id: "handmade" },
        { to: "aws_iam_role_policies_exclusive.watch", id: "handmade" },
        { to: "aws_iam_service_linked_role.service_quotas", id: serviceQuotasRoleArn("111122223333") },
      ],
    ],
    [
      "not AWS's own policy, so that no import's id has the account in it",
      { ...adopted, policy: "aws-managed", account: undefined },
      [
        { to: "aws_iam_role.watch", id: "handmade" },
        { to: "aws_iam_role_policy_attachment.watch", id: `handmade/${aws}` },
        { to: "aws_iam_role_policy_attachments_exclusive.watch", id: "handmade" },
        { to: "aws_iam_role_policies_exclusive.watch", id: "handmade" },
      ],
    ],
  ])("an adopted access imports %s", (_, props, imported) => {
    expect(synthesizeAccess(props).import).toEqual(imported);
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
    const addresses = [
      ...resources,
      ...resources.map((address) => `import ${address}`),
      "data.aws_iam_policy_document.watch",
      "data.aws_iam_policy_document.watch_trust",
    ];
    expect(providersOf(stack)).toEqual(Object.fromEntries(addresses.map((address) => [address, "aws.payments"])));
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
    expect(problems()).toContainEqual(
      expect.stringContaining(
        '"stack/payments-full/service-quotas-role" already has aws_iam_service_linked_role.service_quotas_payments. Choose another id or, ',
      ),
    );
  });
});

describe("what other code can use", () => {
  test("other code can use an access's role, policy, ARNs and capabilities", () => {
    const stack = newStack();
    const access = new SupportAppAccess(stack, "oncall", { access: "full", without: ["live-chat", "attach-files"] });
    expect(access.capabilities).toEqual(
      CAPABILITIES.filter((capability) => !/live-chat|attach-files/.test(capability)),
    );
    new TerraformOutput(stack, "used", { value: [access.roleArn, access.policyArn, access.policy?.name] });
    expect(terraformOf(stack).output?.used?.value).toEqual([
      "${aws_iam_role.oncall.arn}",
      "${aws_iam_policy.oncall.arn}",
      "${aws_iam_policy.oncall.name}",
    ]);
    expect(access.serviceQuotasRole).toBeUndefined();
  });

  test("values may be Terraform variables, which Terraform checks", () => {
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
    const { watch } = terraformOf(stack).resource?.aws_iam_role ?? {};
    expect(watch).toMatchObject({
      name: "${var.role_name}",
      path: "${var.path}",
      permissions_boundary: "arn:aws:iam::111122223333:policy/boundary",
      max_session_duration: "${var.session}",
      tags: { Owner: "${var.owner}" },
    });
  });
});

describe("between the accesses of a stack", () => {
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
    const a = new SupportAppAccess(stack, "a", { access: "full", roleName: "Support", policyName: "a" });
    const b = new SupportAppAccess(stack, "b", { access: "full", roleName: "support", policyName: "A" });
    expect(a.node.validate()).toEqual([]); // reported once
    expect(b.node.validate()).toEqual([
      'SupportAppAccess "stack/b", roleName: received "support", expected a unique name: "stack/a" already has this one, and IAM ignores case. Set another roleName.',
      'SupportAppAccess "stack/b", policyName: received "A", expected a unique name: "stack/a" already has this one, and IAM ignores case. Set another policyName.',
    ]);
  });
});

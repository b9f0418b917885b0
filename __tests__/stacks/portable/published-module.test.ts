import { publishedModule } from "../../../stacks/portable/published-module";

/** Blocks by their names. */
type Blocks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What is read of a module. */
interface Module {
  readonly locals: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, Blocks>>;
  readonly resource: Readonly<Record<string, Blocks>>;
  readonly output: Blocks;
}

const moduleOf = (access: "full" | "read-only") => publishedModule(access) as unknown as Module;

test("full access gives the capabilities that a caller doesn't leave out", () => {
  const { locals, data, output } = moduleOf("full");
  expect(locals.capabilities).toBe(
    `\${compact([
  "view-cases",
  var.create_cases ? "create-cases" : "",
  var.reply_to_cases ? "reply-to-cases" : "",
  var.attach_files ? "attach-files" : "",
  var.resolve_cases ? "resolve-cases" : "",
  var.live_chat ? "live-chat" : "",
  var.request_quota_increases ? "request-quota-increases" : "",
])}`,
  );
  expect(locals.actions).toMatchObject({ "live-chat": ["support:InitiateChatForCase"] });
  expect(data.aws_iam_policy_document?.full).toMatchObject({
    statement: [{ actions: "${flatten([for capability in local.capabilities : local.actions[capability]])}" }],
    dynamic: {
      statement: {
        for_each: '${var.request_quota_increases && var.service_quotas_role == "on-demand" ? ["on-demand"] : []}',
        content: { actions: ["iam:CreateServiceLinkedRole"] },
      },
    },
  });
  expect(output.capabilities?.value).toBe("${local.capabilities}");
});

test("read-only access has nothing to leave out, and no Service Quotas role", () => {
  const { locals, resource, data, output } = moduleOf("read-only");
  expect(Object.keys(locals)).toEqual(["policy_arn", "channels"]);
  expect(Object.keys(resource)).not.toContain("aws_iam_service_linked_role");
  expect(data.aws_iam_policy_document?.read_only).not.toHaveProperty("dynamic");
  expect(output.capabilities?.value).toEqual(["view-cases"]);
});

test("the role has the policy that a caller chooses, and no other", () => {
  const { locals, resource } = moduleOf("full");
  expect(locals.policy_arn).toBe(
    '${var.policy == "aws-managed" ? "arn:aws:iam::aws:policy/AWSSupportAppFullAccess" : one(aws_iam_policy.full[*].arn)}',
  );
  expect(resource.aws_iam_policy?.full?.count).toBe('${var.policy == "customer-managed" ? 1 : 0}');
  expect(resource.aws_iam_role_policy_attachment?.full?.policy_arn).toBe("${local.policy_arn}");
  expect(resource.aws_iam_role_policy_attachments_exclusive?.full?.policy_arns).toEqual(["${local.policy_arn}"]);
});

test("AWS's policy together with what would narrow it is refused", () => {
  const conditionsOf = (access: "full" | "read-only", name: string) => {
    const lifecycle = moduleOf(access).resource.aws_iam_role?.[name]?.lifecycle as { precondition: object[] };
    return lifecycle.precondition.map((one) => Reflect.get(one, "condition"));
  };
  const named = (policy: string) =>
    `\${var.policy != "aws-managed" || (var.policy_name == "${policy}" && var.policy_description == null)}`;
  expect(conditionsOf("read-only", "read_only")).toEqual([named("AWSSupportAppReadOnlyRolePolicy")]);
  expect(conditionsOf("full", "full")).toEqual([
    '${var.policy != "aws-managed" || (var.create_cases && var.reply_to_cases && var.attach_files && var.resolve_cases && var.live_chat && var.request_quota_increases && var.service_quotas_role == "on-demand")}',
    named("AWSSupportAppFullRolePolicy"),
  ]);
});

test("the Support App may be trusted on behalf of one account only", () => {
  const { data } = moduleOf("read-only");
  expect(data.aws_iam_policy_document?.read_only_trust?.statement).toMatchObject([
    {
      actions: ["sts:AssumeRole"],
      dynamic: {
        condition: {
          for_each: "${var.source_account[*]}",
          content: { test: "StringEquals", variable: "aws:SourceAccount", values: ["${condition.value}"] },
        },
      },
    },
  ]);
});

import { PARTS } from "../../../../cli/terraform/shapes";
import type { Terraform } from "../../../../cli/terraform/synthesized-folder";
import {
  ACCOUNT_ALIAS_TYPE,
  CLOUD_CONTROL_SCHEMAS,
  SLACK_CHANNEL_TYPE,
  SLACK_WORKSPACE_TYPE,
} from "../../../../modules/support-app/model/cloud-control-types";
import { policyText } from "../../../support/policy-text";

// biome-ignore lint/suspicious/noExplicitAny: a case changes what Terraform has at any place
export type Draft = any;

export const ACCOUNT = "111122223333";

/** A policy of those statements, in JSON. */
export const document = (...statements: readonly object[]) =>
  policyText(...statements.map((one) => ({ Effect: "Allow", ...one })));
export const TRUST = document({ Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } });

/** Allows actions on everything, in JSON. */
export const allowing = (...actions: readonly string[]) => document({ Action: actions, Resource: "*" });
export const POLICY = allowing("support:CreateCase", "support:ResolveCase");

/** What a policy document in Terraform has for that JSON. */
export function documentOf(json: string): Draft {
  const statement = JSON.parse(json).Statement.map(({ Effect, Action, Resource, Principal, Condition }: Draft) => ({
    ...{ effect: Effect, actions: [Action].flat() },
    ...(Resource && { resources: [Resource].flat() }),
    ...(Principal && { principals: [{ type: "Service", identifiers: [Principal.Service].flat() }] }),
    ...(Condition && {
      condition: Object.entries(Condition).flatMap(([test, all]) =>
        Object.entries(all as object).map(([variable, values]) => ({ test, variable, values: [values].flat() })),
      ),
    }),
  }));
  return { statement };
}

/** A role with a policy of its own, as the constructs write them. */
export function roleIn(code: Draft, role: string, name: string, policy: string = POLICY): void {
  const add = (section: "resource" | "data", type: string, arguments_: object, suffix = "") => {
    const body = section === "data" ? arguments_ : { ...arguments_, lifecycle: { create_before_destroy: true } };
    code[section] = { ...code[section], [type]: { ...code[section]?.[type], [`${role}${suffix}`]: body } };
  };
  const own = `\${aws_iam_policy.${role}.arn}`;
  const document = "aws_iam_policy_document";
  add("data", document, documentOf(TRUST), "_trust");
  add("data", document, documentOf(policy));
  add("resource", "aws_iam_role", {
    ...{ name, assume_role_policy: `\${data.${document}.${role}_trust.json}` },
    depends_on: [`aws_iam_policy.${role}`],
  });
  add("resource", "aws_iam_policy", { name: `${name}Policy`, policy: `\${data.${document}.${role}.json}` });
  add("resource", "aws_iam_role_policy_attachment", { role: `\${aws_iam_role.${role}.name}`, policy_arn: own });
  add("resource", "aws_iam_role_policy_attachments_exclusive", {
    ...{ role_name: `\${aws_iam_role_policy_attachment.${role}.role}`, policy_arns: [own] },
  });
  add("resource", "aws_iam_role_policies_exclusive", {
    ...{ role_name: `\${aws_iam_role_policy_attachments_exclusive.${role}.role_name}`, policy_names: [] },
  });
}

/** A channel with the role `full`, as the constructs write it. */
export function channelIn(code: Draft, name = "oncall"): void {
  const flags = ["NotifyOnCreateOrReopenCase", "NotifyOnAddCorrespondenceToCase", "NotifyOnResolveCase"];
  const state = [
    `"TeamId" = "T01", "ChannelId" = "C01", "ChannelName" = "${name}", "ChannelRoleArn" = aws_iam_role.full.arn`,
    ...['"NotifyOnCaseSeverity" = "none"', ...flags.map((flag) => `"${flag}" = false`)],
  ];
  const desired_state = `\${jsonencode({${state.join(", ")}})}`;
  code.resource.aws_cloudcontrolapi_resource = {
    channel: {
      ...{ type_name: SLACK_CHANNEL_TYPE, desired_state, schema: CLOUD_CONTROL_SCHEMAS[SLACK_CHANNEL_TYPE] },
      depends_on: PARTS.map((type) => `${type}.full`),
    },
  };
}

/** A registered workspace, or the account's alias, as the constructs write them. */
export function registration(kind: "TeamId" | "AccountAlias", value: string): Draft {
  const type_name = kind === "TeamId" ? SLACK_WORKSPACE_TYPE : ACCOUNT_ALIAS_TYPE;
  const desired_state = `\${jsonencode({"${kind}" = "${value}"})}`;
  return { type_name, desired_state, schema: CLOUD_CONTROL_SCHEMAS[type_name] };
}

/** The Service Quotas role, as the constructs write it. */
export function serviceQuotasRoleIn({ resource }: Draft): void {
  const lifecycle = { prevent_destroy: true, ignore_changes: ["description"] };
  resource.aws_iam_service_linked_role = {
    service_quotas: { aws_service_name: "servicequotas.amazonaws.com", lifecycle },
  };
}

/** Gives a role another policy. */
export function setPolicy({ data }: Draft, json: string, role = "full"): void {
  data.aws_iam_policy_document[role] = documentOf(json);
}

/** An environment without a role. */
export const EMPTY: Draft = {
  terraform: {
    required_providers: { aws: { source: "aws", version: ">= 5.100.0, < 7.0.0" } },
    backend: { local: { path: "paid.tfstate" } },
  },
  provider: { aws: [{ region: "us-east-1", allowed_account_ids: [ACCOUNT] }] },
};

/** An environment with the role `full`. */
export const CODE: Draft = edited((code) => roleIn(code, "full", "Full"), EMPTY);

/** The code after an edit. */
export function edited(edit: (code: Draft) => void, code: Terraform = CODE): Draft {
  const copy = structuredClone(code);
  edit(copy);
  return copy;
}

/** Sets the value at a path, whose steps are separated by spaces. A function makes it of the value that is there; undefined removes it. */
export function set(draft: Draft, path: string, value: unknown): void {
  const steps = path.split(" ");
  const last = steps.pop() ?? "";
  const parent = steps.reduce((inside, step) => {
    inside[step] ??= {};
    return inside[step];
  }, draft);
  parent[last] = typeof value === "function" ? value(parent[last]) : value;
  if (value === undefined) delete parent[last];
}

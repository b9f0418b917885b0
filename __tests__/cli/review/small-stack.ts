import type { Terraform } from "../../../cli/terraform/synthesized-folder";
import type { Draft } from "../../support/plan-fixtures";

export const ACCOUNT = "111122223333";

/** A policy of those statements, in JSON. */
export const document = (...statements: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements.map((one) => ({ Effect: "Allow", ...one })) });
export const TRUST = document({ Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } });

/** Allows actions on everything, in JSON. */
export const allowing = (...actions: readonly string[]) => document({ Action: actions, Resource: "*" });
export const POLICY = allowing("support:CreateCase", "support:ResolveCase");

/** A role with a policy of its own, both written into the code as texts. */
export function roleIn(code: Draft, role: string, name: string, policy: string = POLICY): void {
  const add = (type: string, body: object) => {
    code.resource = { ...code.resource, [type]: { ...code.resource?.[type], [role]: body } };
  };
  const role_name = `\${aws_iam_role.${role}.name}`;
  const policy_arn = `\${aws_iam_policy.${role}.arn}`;
  add("aws_iam_role", { name, assume_role_policy: TRUST });
  add("aws_iam_policy", { name: `${name}Policy`, policy });
  add("aws_iam_role_policy_attachment", { role: role_name, policy_arn });
  add("aws_iam_role_policy_attachments_exclusive", { role_name, policy_arns: [policy_arn] });
  add("aws_iam_role_policies_exclusive", { role_name, policy_names: [] });
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

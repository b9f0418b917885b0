import { digestOf } from "../../cli/commands/review/approval-digest";
import { type EnvironmentChange, environmentChanges } from "../../cli/commands/review/environment-change";
import { markdown } from "../../cli/commands/review/report";
import { reviewOf } from "../../cli/commands/review/review";
import { withoutDigest } from "../../cli/terraform/stack";
import type { Terraform } from "../../cli/terraform/synthesized-folder";
import { NOW } from "./now";
import { schemaErrors } from "./review-schema";
import { synthesize } from "./synthesize";

// biome-ignore lint/suspicious/noExplicitAny: the cases change what Terraform has at any place
export type Draft = any;

/** Where the Terraform has the channel of `ONCALL`. */
export const CHANNEL = "channel_T01_C01";
export const ONCALL = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";
export const BOUNDED = 'permissions-boundary: "arn:aws:iam::111122223333:policy/b"';

/** The Terraform of the environment `paid`, without the digest, which no change by hand would keep. */
export function terraformOf(levels: string): Terraform {
  const text = `environments: { paid: { account: "111122223333", region: us-east-1, ${levels} } }`;
  return withoutDigest(JSON.parse(synthesize(text).paid ?? ""));
}

/** An environment with both access levels, a permissions boundary and a channel. */
export const FULL = terraformOf(`full: { ${BOUNDED}, ${ONCALL} }, read-only: {}`);
export const AWS_MANAGED = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
export const GET_OBJECT = '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}';

/** What changes in the environment `paid`, after checking it against the schema of the report. */
export function change(base: Terraform | undefined, head: Terraform | undefined): EnvironmentChange {
  const only = (terraform: Terraform | undefined) => new Map(terraform ? [["paid", terraform]] : []);
  const [found] = environmentChanges(only(base), only(head), NOW);
  if (!found) throw new Error("Received no environment, expected one.");
  const { approved: _, ...reported } = found;
  expect(schemaErrors("ReviewedEnvironment", reported)).toEqual([]);
  return found;
}

/** The digest that approves a change. */
export function digest(found: EnvironmentChange): string {
  return digestOf(found.approved);
}

/** What a reviewer reads of a change. */
export function report(found: EnvironmentChange): string {
  return markdown(reviewOf([found]));
}

/** What an edit of `FULL` changes. */
export function changed(edit: (draft: Draft) => void): EnvironmentChange {
  const head = structuredClone(FULL);
  edit(head);
  return change(FULL, head);
}

/** The statements of a policy document. */
export const statements = (draft: Draft, name = "full") => draft.data.aws_iam_policy_document[name].statement;

/** Attaches AWS's own policy of full access to a role, as its only one. */
export function attachAwsManaged({ resource }: Draft, role: string): void {
  delete resource.aws_iam_policy[role];
  resource.aws_iam_role_policy_attachment[role].policy_arn = AWS_MANAGED;
  resource.aws_iam_role_policy_attachments_exclusive[role].policy_arns = [AWS_MANAGED];
}

/** Writes a policy into a role, as the only one that it keeps. */
export function writeInto({ resource }: Draft, role: string, policy: string): void {
  resource.aws_iam_role_policy = { more: { name: "more", role: `\${aws_iam_role.${role}.id}`, policy } };
  resource.aws_iam_role_policies_exclusive[role].policy_names = ["more"];
}

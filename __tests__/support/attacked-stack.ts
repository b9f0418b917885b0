import type { EnvironmentChange } from "../../cli/commands/review/environment-change";
import type { Terraform } from "../../cli/terraform/synthesized-folder";
import { needsApproval } from "../../cli/terraform/verdict";
import { change, type Draft, terraformOf } from "./edited-stack";

export const ACCOUNT = "111122223333";

/** The Terraform of the environment `paid` with that backend. */
export function stackOf(backend: string, levels: string): Terraform {
  return terraformOf(`backend: ${backend}, ${levels}`);
}

export const S3 = "{ type: s3, bucket: states, region: us-east-1 }";

export const LEVELS =
  'full: { permissions-boundary: "arn:aws:iam::111122223333:policy/b", source-account-condition: true, tags: { Owner: a }, channels: [{ name: oncall, workspace: T01, channel: C01 }] }, read-only: {}, slack-workspaces: [T01], account-alias: Payments';

/** An environment with all that a change could hide something in. */
export const ATTACKED = stackOf(S3, LEVELS);

/** What an edit of `ATTACKED` changes. */
export function edited(edit: (draft: Draft) => void, base = ATTACKED): EnvironmentChange {
  const head = structuredClone(base);
  edit(head);
  return change(base, head);
}

/** Whether a change goes through without anybody's approval. */
export function passes({ verdict, violations }: EnvironmentChange): boolean {
  return !needsApproval(verdict) && violations.length === 0;
}

/** The role of full access. */
export const fullRole = (draft: Draft) => draft.resource.aws_iam_role.full;

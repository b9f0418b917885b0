import type { EnvironmentChange } from "../../cli/commands/review/environment-change";
import { needsApproval } from "../../cli/terraform/verdict";
import { change, type Draft, ONCALL, terraformOf } from "./edited-stack";

export const ACCOUNT = "111122223333";

/** An environment with all that a change could hide something in. */
export const ATTACKED = terraformOf(
  `backend: { type: s3, bucket: states, region: us-east-1 },
  full: { permissions-boundary: "arn:aws:iam::111122223333:policy/b", source-account-condition: true, tags: { Owner: a }, ${ONCALL} },
  read-only: {}, slack-workspaces: [T01], account-alias: Payments`,
);

/** What an edit of `ATTACKED` changes. */
export function edited(edit: (draft: Draft) => void): EnvironmentChange {
  const head = structuredClone(ATTACKED);
  edit(head);
  return change(ATTACKED, head);
}

/** Whether a change goes through without anybody's approval. */
export function passes({ verdict, violations }: EnvironmentChange): boolean {
  return !needsApproval(verdict) && violations.length === 0;
}

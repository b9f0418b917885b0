import type { UnreadablePolicyReason } from "../iam/policy";

/** Why a part of a stack is unreadable. */
export type UnreadableReason =
  | UnreadablePolicyReason
  | "unknown-section"
  | "unknown-type"
  | "unknown-argument"
  | "unknown-provider"
  | "unknown-backend"
  | "not-a-block"
  | "reads-elsewhere"
  | "no-name"
  | "duplicate-name"
  | "duplicate-exclusive"
  | "duplicate-channel"
  | "foreign-role"
  | "foreign-policy"
  | "foreign-import"
  | "foreign-move"
  | "foreign-removal"
  | "unattached-policy"
  | "boundary-by-arn"
  | "not-exclusive"
  | "not-kept"
  | "attached-twice"
  | "overwritten"
  | "unusual-action"
  | "unusual-resource"
  | "unusual-principal"
  | "unusual-condition"
  | "wrong-digest";

/** An unreadable part of a stack: it may give access, and may depend on everything else. */
export interface Unreadable {
  readonly reason: UnreadableReason;
  /** Where it is, such as `aws_iam_role.full`, `terraform.backend` or `output.role_arn`. */
  readonly address: string;
  /** What is there. Undefined: nothing. */
  readonly source?: unknown;
}

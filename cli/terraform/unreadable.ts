import type { UnreadablePolicyReason } from "../iam/policy";

/** Why a part of a stack is unreadable. */
export type UnreadableReason =
  | UnreadablePolicyReason
  | "unknown-section"
  | "unknown-type"
  | "other-form"
  | "incomplete"
  | "left-over"
  | "unknown-argument"
  | "unknown-provider"
  | "unknown-backend"
  | "not-a-block"
  | "reads-elsewhere"
  | "duplicate-name"
  | "duplicate"
  | "foreign-role"
  | "foreign-policy"
  | "foreign-import"
  | "foreign-move"
  | "foreign-removal"
  | "boundary-by-arn"
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

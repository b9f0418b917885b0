import { UNREADABLE_POLICY } from "../iam/policy";

/** What can be unreadable in a stack, in words. */
export const UNREADABLE = {
  ...UNREADABLE_POLICY,
  "no-environment": "no environment beside the stack, in the form that this version writes",
  "other-version": "something that another version wrote, so that what differs may only be written otherwise",
  changed: "something that changes, in a stack of which nothing is known",
  differs: "something other than the constructs write for this environment",
  missing: "something missing that the constructs write for this environment",
  "unknown-addition": "something beside what the constructs write, which may affect access",
  "reads-elsewhere":
    "a value that depends on something outside of the Terraform, such as a file, a program or a module",
  "wrong-digest": "a digest of other Terraform, which would make a deploy treat this stack as already applied",
};

/** Why a part of a stack is unreadable. */
export type UnreadableReason = keyof typeof UNREADABLE;

/** An unreadable part of a stack: it may give access, and may depend on everything else. */
export interface Unreadable {
  readonly reason: UnreadableReason;
  /** Where it is, such as `aws_iam_role.full`, `terraform.backend` or `output.role_arn`. */
  readonly address: string;
  /** What is there. Undefined: nothing. */
  readonly source?: unknown;
}

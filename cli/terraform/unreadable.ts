import { UNREADABLE_POLICY } from "../iam/policy";

/** What can be unreadable in a stack, in words. */
export const UNREADABLE = {
  ...UNREADABLE_POLICY,
  "unknown-type": "an unknown type of resource or data source, which may affect access",
  "other-form": "something other than these stacks have, or in another form",
  incomplete: "a role without all that the constructs write with it: its attachment and its exclusive lists",
  "left-over": "something that belongs to no role of this stack",
  "reads-elsewhere":
    "a value that depends on something outside of the Terraform, such as a file, a program or a module",
  "duplicate-name": "a name in IAM that something else in this stack has, too",
  duplicate: "a channel that is configured twice",
  "foreign-role": "a role that isn't in this stack",
  "foreign-policy": "a policy whose content is unknown",
  "foreign-import":
    "an import of something other than what this stack creates under that name: Terraform would take it over",
  "foreign-move": "a move of something other than what this stack had before and has after",
  "foreign-removal": "something that Terraform stops managing",
  "boundary-by-arn": "a permissions boundary that this stack creates, referred to by its ARN",
  "unusual-statement": "a part of a policy statement that the constructs don't write, which AWS may refuse",
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

import { DIGEST_OUTPUT } from "../../stacks/output/stack-digest";

// biome-ignore lint/suspicious/noExplicitAny: the cases change what a state has at any place
export type StateDraft = any;

/** The digest of what is applied. */
export const APPLIED_DIGEST = "d".repeat(64);

/** A state after a successful apply of a role and its policy, with edits. */
export function appliedState(edit: (state: StateDraft) => void = () => {}): string {
  const resourceOf = (mode: string, type: string) => ({
    mode,
    type,
    name: "full",
    provider: "P",
    instances: [{ attributes: {} }],
  });
  const state: StateDraft = {
    version: 4,
    serial: 7,
    lineage: "L",
    outputs: { [DIGEST_OUTPUT]: { value: APPLIED_DIGEST, type: "string" } },
    resources: [
      resourceOf("data", "aws_iam_policy_document"),
      resourceOf("managed", "aws_iam_role"),
      resourceOf("managed", "aws_iam_policy"),
    ],
    check_results: [{ object_kind: "output", config_addr: `output.${DIGEST_OUTPUT}`, status: "pass" }],
  };
  edit(state);
  return JSON.stringify(state);
}

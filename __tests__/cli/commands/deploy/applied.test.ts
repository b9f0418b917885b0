import { isApplied, readState } from "../../../../cli/commands/deploy/applied";
import { DIGEST_OUTPUT } from "../../../../stacks/output/digest";

const code = { digest: "d".repeat(64), resources: ["aws_iam_policy.full", "aws_iam_role.full"] };

/** A state after a successful apply, with edits. */
function state(edit: (state: Draft) => void = () => {}): string {
  const resource = (type: string) => ({ mode: "managed", type, name: "full", instances: [{ attributes: {} }] });
  const whole: Draft = {
    version: 4,
    outputs: { [DIGEST_OUTPUT]: { value: code.digest, type: "string" } },
    resources: [
      { mode: "data", type: "aws_iam_policy_document", name: "full", instances: [{}] },
      resource("aws_iam_role"),
      resource("aws_iam_policy"),
    ],
    check_results: [{ object_kind: "output", config_addr: `output.${DIGEST_OUTPUT}`, status: "pass" }],
  };
  edit(whole);
  return JSON.stringify(whole);
}

// biome-ignore lint/suspicious/noExplicitAny: the cases change what a state has at any place
type Draft = any;

test("a state with the digest, a passed precondition and every resource of the code is applied", () => {
  expect(isApplied(readState(state()), code)).toBe(true);
});

test.each<[string, (state: Draft) => void]>([
  ["another digest", (draft) => (draft.outputs[DIGEST_OUTPUT].value = "e".repeat(64))],
  ["no digest", (draft) => delete draft.outputs[DIGEST_OUTPUT]],
  ["a precondition that isn't known, as after a failed apply", (draft) => (draft.check_results[0].status = "unknown")],
  ["no check results, as after a kill", (draft) => delete draft.check_results],
  ["another form", (draft) => (draft.version = 5)],
  ["a role that was taken out of the state", (draft) => draft.resources.splice(1, 1)],
  ["a role of which nothing is there", (draft) => (draft.resources[1].instances = [])],
  ["a role that is there twice", (draft) => draft.resources.push(draft.resources[1])],
  ["a tainted role", (draft) => (draft.resources[1].instances[0].status = "tainted")],
  ["a deposed role beside the new one", (draft) => draft.resources[1].instances.push({ deposed: "a" })],
  ["something that should be gone", (draft) => draft.resources.push({ ...draft.resources[1], name: "old" })],
  ["something of a module", (draft) => (draft.resources[1].module = "module.a")],
  ["something that is no resource", (draft) => draft.resources.push("x")],
])("one with %s is not", (_, edit) => {
  expect(isApplied(readState(state(edit)), code)).toBe(false);
});

test.each(["", "[]", "x", "null"])("nor is %j", (text) => {
  expect(isApplied(readState(text), code)).toBe(false);
});

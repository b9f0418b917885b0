import { writeFileSync } from "node:fs";
import { isApplied, readStackCode } from "../../../../cli/commands/deploy/stack-code";
import { readState } from "../../../../cli/terraform/state";
import { DIGEST_OUTPUT } from "../../../../stacks/output/stack-digest";
import { APPLIED_DIGEST, appliedState, type StateDraft } from "../../../support/applied-state";
import { folderInTests } from "../../../support/folder";

const code = { digest: APPLIED_DIGEST, resources: ["aws_iam_policy.full", "aws_iam_role.full"] };

test("a state with the digest, a passed precondition and every resource of the code is applied", () => {
  expect(isApplied(readState(appliedState()), code)).toBe(true);
});

test.each<[string, (state: StateDraft) => void]>([
  ["another digest", (draft) => (draft.outputs[DIGEST_OUTPUT].value = "e".repeat(64))],
  ["no digest", (draft) => delete draft.outputs[DIGEST_OUTPUT]],
  ["a precondition that isn't known, as after a failed apply", (draft) => (draft.check_results[0].status = "unknown")],
  ["no check results, as after a kill", (draft) => delete draft.check_results],
  ["a role that was taken out of the state", (draft) => draft.resources.splice(1, 1)],
  ["a role of which nothing is there", (draft) => (draft.resources[1].instances = [])],
  ["one role of many", (draft) => (draft.resources[1].instances[0].index_key = 0)],
  ["a role that is there twice", (draft) => draft.resources.push(draft.resources[1])],
  ["a tainted role", (draft) => (draft.resources[1].instances[0].status = "tainted")],
  ["a deposed role beside the new one", (draft) => draft.resources[1].instances.push({ deposed: "a" })],
  ["something that should be gone", (draft) => draft.resources.push({ ...draft.resources[1], name: "old" })],
  ["something of a module", (draft) => (draft.resources[1].module = "module.a")],
])("a state with %s isn't applied", (_, edit) => {
  expect(isApplied(readState(appliedState(edit)), code)).toBe(false);
});

test("a missing state isn't applied", () => {
  expect(isApplied(undefined, code)).toBe(false);
});

const folder = folderInTests();
const output = { [DIGEST_OUTPUT]: { value: code.digest } };
const resource = { aws_iam_policy: { full: {} }, aws_iam_role: { full: {} } };
const hcl = `resource "aws_iam_policy" "full" {\n}\nresource "aws_iam_role" "full" {\n}\n\noutput "support_app_digest" {\n  description = "}"\n  value       = "${code.digest}"\n}\n`;

test.each<[string, string, string, unknown]>([
  ["JSON", "cdk.tf.json", JSON.stringify({ output, resource }), code],
  ["JSON without a digest", "cdk.tf.json", JSON.stringify({ resource }), undefined],
  ["broken JSON", "cdk.tf.json", "{", undefined],
  ["HCL", "cdk.tf", hcl, code],
  ["HCL without a description", "cdk.tf", hcl.replace(/ {2}description.*\n/, ""), code],
  ["HCL with another digest's name", "cdk.tf", hcl.replace("support_app_digest", "digest"), undefined],
  ["nothing", "other.tf", "", undefined],
])("a stack in %s has its digest and its resources", (_, name, text, expected) => {
  writeFileSync(folder(name), text);
  const stackCode = readStackCode(folder());
  expect(stackCode && { ...stackCode, resources: [...stackCode.resources].sort() }).toEqual(expected);
});

import { writeFileSync } from "node:fs";
import { isApplied, readStackCode } from "../../../../cli/commands/deploy/stack-code";
import { readState } from "../../../../cli/terraform/state";
import { DIGEST_OUTPUT } from "../../../../stacks/output/stack-digest";
import { folderInTests } from "../../../support/folder";

const code = { digest: "d".repeat(64), resources: ["aws_iam_policy.full", "aws_iam_role.full"] };

// biome-ignore lint/suspicious/noExplicitAny: the cases change what a state has at any place
type Draft = any;

/** A state after a successful apply, with edits. */
function state(edit: (state: Draft) => void = () => {}): string {
  const of = (mode: string, type: string) => ({
    mode,
    type,
    name: "full",
    provider: "P",
    instances: [{ attributes: {} }],
  });
  const whole: Draft = {
    ...{ version: 4, serial: 7, lineage: "L" },
    outputs: { [DIGEST_OUTPUT]: { value: code.digest, type: "string" } },
    resources: [of("data", "aws_iam_policy_document"), of("managed", "aws_iam_role"), of("managed", "aws_iam_policy")],
    check_results: [{ object_kind: "output", config_addr: `output.${DIGEST_OUTPUT}`, status: "pass" }],
  };
  edit(whole);
  return JSON.stringify(whole);
}

test("a state with the digest, a passed precondition and every resource of the code is applied", () => {
  expect(isApplied(readState(state()), code)).toBe(true);
});

test.each<[string, (state: Draft) => void]>([
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
])("one with %s is not", (_, edit) => {
  expect(isApplied(readState(state(edit)), code)).toBe(false);
});

test("nor is none", () => {
  expect(isApplied(undefined, code)).toBe(false);
});

const folder = folderInTests();
const output = { [DIGEST_OUTPUT]: { value: code.digest } };
const resource = { aws_iam_policy: { full: {} }, aws_iam_role: { full: {} } };
const hcl = `resource "aws_iam_policy" "full" {\n}\nresource "aws_iam_role" "full" {\n}\n\noutput "support_app_digest" {\n  description = "}"\n  value       = "${code.digest}"\n}\n`;

test.each<[string, string, string, unknown]>([
  ["JSON", "cdk.tf.json", JSON.stringify({ output, resource }), code],
  ["JSON of an earlier version, without a digest", "cdk.tf.json", JSON.stringify({ resource }), undefined],
  ["broken JSON", "cdk.tf.json", "{", undefined],
  ["HCL", "cdk.tf", hcl, code],
  ["HCL without a description", "cdk.tf", hcl.replace(/ {2}description.*\n/, ""), code],
  ["HCL with another digest's name", "cdk.tf", hcl.replace("support_app_digest", "digest"), undefined],
  ["nothing", "other.tf", "", undefined],
])("a stack in %s has its digest and its resources", (_, name, text, expected) => {
  writeFileSync(folder(name), text);
  const found = readStackCode(folder());
  expect(found && { ...found, resources: [...found.resources].sort() }).toEqual(expected);
});

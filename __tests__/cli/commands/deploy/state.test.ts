import { writeFileSync } from "node:fs";
import { isApplied, missingIn, readStackCode, readState, taintedIn } from "../../../../cli/commands/deploy/state";
import { DIGEST_OUTPUT } from "../../../../stacks/output/stack-digest";
import { folderInTests } from "../../../support/folder";

const code = { digest: "d".repeat(64), resources: ["aws_iam_policy.full", "aws_iam_role.full"] };

// biome-ignore lint/suspicious/noExplicitAny: the cases change what a state has at any place
type Draft = any;

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
  ["one role of many", (draft) => (draft.resources[1].instances[0].index_key = 0)],
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

test("what is tainted or missing is found in the root module, regardless of what a replacement has left", () => {
  const [tainted, deposed] = [{ status: "tainted" }, { status: "tainted", deposed: "a" }];
  const found = readState(
    state((draft) => {
      draft.resources[1].instances = [deposed];
      draft.resources[2].instances = [tainted];
      draft.resources.push({ ...draft.resources[2], type: "aws_iam_role", module: "module.a" });
    }),
  );
  expect([taintedIn(found), missingIn(found, code)]).toEqual([["aws_iam_policy.full"], ["aws_iam_role.full"]]);
  expect([taintedIn(undefined), missingIn(undefined, code)]).toEqual([[], code.resources]);
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

import type { Verdict } from "../../../cli/terraform/verdict";
import { change, changed, type Draft, ONCALL, report, terraformOf } from "../../support/edited-stack";

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["an import", "settings", (draft) => (draft.import = [{ to: "aws_iam_role.full", id: "AWSSupportAppFullRole" }])],
    ["an import of another role", "unknown", (draft) => (draft.import = [{ to: "${aws_iam_role.full}", id: "a" }])],
    [
      "an import of another policy",
      "unknown",
      (draft) => (draft.import = [{ to: "aws_iam_policy.full", id: "arn:aws:iam::111122223333:policy/a" }]),
    ],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

test("a role that is taken over from somebody", () => {
  const own = terraformOf(`full: { ${ONCALL} }`);
  const taken = terraformOf(`full: { adopt: true, role-name: Theirs, policy-name: TheirsPolicy, ${ONCALL} }`);
  expect(change(own, taken)).toMatchObject({ verdict: "unknown", unreadable: [] });
  expect(report(change(own, taken))).toContain(
    "- `Theirs` is imported as `aws_iam_role.full`, which was something else before. Whoever has it already gets what it says here.",
  );
  expect(change(own, terraformOf(`full: { adopt: true, ${ONCALL} }`))).toMatchObject({ verdict: "settings" });
});

import { environmentChanges } from "../../../cli/review/environment-change";
import { markdown } from "../../../cli/review/report";
import { reviewOf } from "../../../cli/review/review";
import type { Verdict } from "../../../cli/terraform/verdict";
import { S3, stackOf } from "../../support/attacked-stack";
import { AWS_MANAGED, change, changed, type Draft, FULL, report, statements } from "../../support/edited-stack";
import { NOW } from "../../support/now";

describe("each change, beside its twin that looks alike", () => {
  test.each<[string, Verdict, (draft: Draft) => void]>([
    ["nothing", "unchanged", () => {}],
    ["CDKTF's remarks", "cosmetic", (draft) => delete draft["//"]],
    ["tags", "cosmetic", (draft) => Object.assign(draft.resource.aws_iam_role.full, { tags: { Owner: "a" } })],
    [
      "a role's description",
      "cosmetic",
      (draft) => Object.assign(draft.resource.aws_iam_role.full, { description: "a" }),
    ],
    ["an output", "cosmetic", (draft) => delete draft.output.full_role_arn],
  ])("%s: %s", (_, verdict, edit) => {
    expect(changed(edit).verdict).toBe(verdict);
  });
});

describe("what hides a change is not taken for nothing", () => {
  test("nothing is known for certain beside what can't be read", () => {
    const base = structuredClone(FULL) as Draft;
    base.resource.aws_iam_policy_attachment = {
      admin: { roles: ["${aws_iam_role.full.name}"], policy_arn: AWS_MANAGED },
    };
    const head = structuredClone(base);
    statements(head)[0].actions.pop();
    expect(change(base, head)).toMatchObject({
      verdict: "unknown",
      access: { channels: [{ verdict: "narrowed", lost: [] }] },
    });
    const tagged = structuredClone(base);
    tagged.resource.aws_iam_role.full.tags = { Owner: "a" };
    expect(change(base, tagged).verdict).toBe("unknown");
  });
});

describe("what it says of people", () => {
  test("a new environment gives all that it has; one that goes takes it", () => {
    expect(change(undefined, FULL)).toMatchObject({
      verdict: "broadened",
      access: { channels: [{ verdict: "broadened", lost: [] }] },
    });
    const retired = structuredClone(FULL) as Draft;
    for (const section of ["resource", "data", "output"]) delete retired[section];
    expect(change(FULL, retired)).toMatchObject({
      verdict: "narrowed",
      access: { channels: [{ verdict: "narrowed", gained: [] }] },
    });
  });

  test("a new environment needs an approval even with nothing in it: its state decides what is destroyed", () => {
    const { "//": _, provider, terraform } = FULL;
    expect(change(undefined, { provider, terraform })).toMatchObject({ verdict: "broadened", plannable: "approved" });
  });

  test("an environment that is removed leaves everything behind, unless it was retired and deployed", () => {
    const { provider, terraform } = FULL;
    const left = change(FULL, undefined);
    expect(left).toMatchObject({
      verdict: "left-behind",
      plannable: "never",
      leftBehind: { roles: ["AWSSupportAppFullRole", "AWSSupportAppReadOnlyRole"], channels: [{ name: "oncall" }] },
    });
    const text = report(left);
    expect(text).toContain("## ⚠️ Access is left behind in 1 environment");
    expect(text.indexOf("**`paid` is removed from the file, and everything that it deployed stays**")).toBeGreaterThan(
      0,
    );
    expect(text).toContain("the channel `#oncall` (`C01`)");
    expect(text).toContain("Set `retired: true` instead, deploy, and remove it then.");
    const renamed = environmentChanges(new Map([["paid", FULL]]), new Map([["renamed", FULL]]), NOW);
    expect(renamed.map(({ verdict }) => verdict)).toEqual(["left-behind", "broadened"]);

    const retired = change({ provider, terraform }, undefined);
    expect(retired.verdict).toBe("settings");
    expect(report(retired)).toContain("This retired environment is removed from the file.");
  });

  test("where a new environment is, and within what a new role is", () => {
    const text = report(change(undefined, FULL));
    expect(text).toContain("- This environment is new, in the account `111122223333`.");
    expect(text).toContain(
      "- The role `AWSSupportAppFullRole` is added, within the permissions boundary `arn:aws:iam::111122223333:policy/b`.",
    );
  });
});

test("a name that a role of another environment of the account had", () => {
  const named = (levels: string) => stackOf(S3, levels);
  const change = (reading: string, full: string) =>
    environmentChanges(
      new Map([
        ["a", named("read-only: {}")],
        ["b", named("full: { role-name: OtherFull }")],
      ]),
      new Map([
        ["a", named(`read-only: { role-name: ${reading} }`)],
        ["b", named(`full: { role-name: ${full} }`)],
      ]),
      NOW,
    );
  const taken = change("Reading", "AWSSupportAppReadOnlyRole");
  expect(taken.map(({ verdict }) => verdict)).toEqual(["settings", "unknown"]);
  expect(markdown(reviewOf(taken))).toContain(
    "- The name `AWSSupportAppReadOnlyRole` was that of a role of `a`, in the same account. A channel that was configured by hand with it gets the access of this role.",
  );
  expect(change("Reading", "Writing").map(({ verdict }) => verdict)).toEqual(["settings", "settings"]);
});

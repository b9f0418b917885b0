import { markdown } from "../../../../../cli/commands/review/report";
import type { RuleChange, TierChange } from "../../../../../cli/commands/review/rules-change";
import { review } from "./reported";

const tierChange = (overrides: Partial<TierChange> = {}): TierChange => ({
  ...{ isNew: false, environments: ["one"], changes: [], ...overrides },
});
const loosened: RuleChange = { rule: "max-days-until-end", isLoosened: true, before: { most: 9 } };
const tightened: RuleChange = { rule: "max-days-until-end", isLoosened: false, after: { most: 9 } };
const reportOf = (isLoosened: boolean, ...tiers: readonly TierChange[]) =>
  markdown(review([], { rules: { isLoosened, tiers } }));
const lines = (...tiers: readonly TierChange[]) =>
  reportOf(true, ...tiers)
    .split("\n")
    .filter((line) => /^ *- /.test(line));

test("rules are explained where they are loosened", () => {
  expect(reportOf(true, tierChange({ changes: [loosened] }))).toBe(
    `## ✅ Nobody's access changes, and rules are loosened

### Rules: loosened

The rules limit what environments.yaml may say. More may be given than before. **This needs an approval.**

- The rules of every environment change (\`one\`):
  - **loosened**: maximum days until an end: 9 → any
`,
  );
});

test("rules are explained where they are tightened", () => {
  expect(reportOf(false, tierChange({ changes: [tightened] }))).toBe(
    `## ✅ Nobody's access changes, and rules change

### Rules

The rules limit what environments.yaml may say. Nothing may be given that could not be given before.

- The rules of every environment change (\`one\`):
  - tightened: maximum days until an end: any → 9
`,
  );
});

const [STAYS, NEW] = [
  { before: "a", after: "a" },
  { isNew: true, environments: [] },
];
test.each<[Partial<TierChange>, string]>([
  [{ changes: [tightened] }, "The rules of every environment change (`one`):"],
  [{ changes: [tightened], environments: [] }, "The rules of every environment change (no environment):"],
  [{ ...STAYS, changes: [tightened] }, "The rules of the tier `a` change (`one`):"],
  [{ before: "a", after: "b" }, "The tier changes: `a` → `b` (`one`). The same rules apply."],
  [{ before: "a", after: "b", changes: [tightened] }, "The tier changes: `a` → `b` (`one`):"],
  [{ before: "a" }, "The tier changes: `a` → none (`one`). The same rules apply."],
  [{ after: "a", isNew: true }, "The tier changes: none → `a`, which is new (`one`). The same rules apply."],
  [{ ...NEW, after: "b" }, "The tier `b` is new, compared with every environment before. The same rules apply."],
  [
    { ...NEW, before: "a", after: "b", changes: [tightened] },
    "The tier `b` is new, compared with the tier `a` before:",
  ],
])("rules are listed by tiers: %j", (tier, words) => {
  expect(lines(tierChange(tier))[0]).toBe(`- ${words}`);
});

test.each<[Partial<RuleChange>, string]>([
  [{ rule: "access-levels", before: { only: ["read-only"] } }, "access levels: `read-only` → any"],
  [{ rule: "capabilities", after: { only: [] } }, "capabilities that may be given without an end: any → none"],
  [{ rule: "temporarily", after: { only: ["a", "b"] } }, "capabilities that may be given with an end: any → `a`, `b`"],
  [{ rule: "max-days-until-end", before: { most: 9 }, after: { most: 8 } }, "maximum days until an end: 9 → 8"],
  [{ rule: "slack-workspaces", after: { only: ["T01"] } }, "Slack workspaces: any → `T01`"],
  [{ rule: "policy", after: { only: ["aws-managed"] } }, "policies: any → `aws-managed`"],
  [{ rule: "permissions-boundary", after: { required: ["a"] } }, "required permissions boundary: none → `a`"],
  [{ rule: "path", before: { required: ["/a/"] } }, "required path: `/a/` → none"],
  [{ rule: "tags", before: { required: ["a"] }, after: { required: ["a", "b"] } }, "required tags: `a` → `a`, `b`"],
  [{ rule: "max-members", after: { most: 5 } }, "maximum people in a channel: any → 5"],
  [{ rule: "tags.Owner", after: { only: ["a"] } }, "values of the tag `Owner`: any → `a`"],
  [{ rule: "guests", after: { required: ["none"] } }, "`guests`: none → `none`"],
])("rules are named as people call them: %j", (change, words) => {
  const rule: RuleChange = { rule: "", isLoosened: false, ...change };
  expect(lines(tierChange({ changes: [rule] }))[1]).toBe(`  - tightened: ${words}`);
});

import { markdown } from "../../../../../cli/commands/review/report";
import type { RuleChange, TierChange } from "../../../../../cli/commands/review/rules-change";
import { review } from "./reported";

describe("rules", () => {
  const tierChange = (more: Partial<TierChange> = {}): TierChange => ({
    ...{ isNew: false, environments: ["one"], changes: [], ...more },
  });
  const loosened: RuleChange = { rule: "longest", isLoosened: true, before: { most: 9 } };
  const tightened: RuleChange = { rule: "longest", isLoosened: false, after: { most: 9 } };
  const shown = (isLoosened: boolean, ...tiers: readonly TierChange[]) =>
    markdown(review([], { rules: { isLoosened, tiers } }));
  const lines = (...tiers: readonly TierChange[]) =>
    shown(true, ...tiers)
      .split("\n")
      .filter((line) => /^ *- /.test(line));

  test("are explained where they are loosened", () => {
    expect(shown(true, tierChange({ changes: [loosened] }))).toBe(
      `## ✅ Nobody's access changes, and rules are loosened

### Rules: loosened

The rules limit what environments.yaml may say. More may be given than before. **This needs an approval.**

- The rules of every environment change (\`one\`):
  - **loosened**: maximum days until an end: 9 → any
`,
    );
  });

  test("are explained where they are tightened", () => {
    expect(shown(false, tierChange({ changes: [tightened] }))).toBe(
      `## ✅ Nobody's access changes, and rules are tightened

### Rules: tightened

The rules limit what environments.yaml may say. Nothing may be given that could not be given before.

- The rules of every environment change (\`one\`):
  - tightened: maximum days until an end: any → 9
`,
    );
  });

  test.each<[string, readonly TierChange[]]>([
    ["tiers change", [tierChange({ before: "a", after: "b" })]],
    ["tiers change", [tierChange({ after: "b", isNew: true, environments: [], changes: [tightened] })]],
    ["rules are tightened", [tierChange({ after: "b", isNew: true, changes: [tightened] })]],
    ["rules are tightened", [tierChange({ environments: [], changes: [tightened] }), tierChange()]],
  ])("that aren't loosened, in the headline: %s", (words, tiers) => {
    expect(shown(false, ...tiers).split("\n")[0]).toBe(`## ✅ Nobody's access changes, and ${words}`);
    expect(shown(false, ...tiers)).toContain(`### Rules: ${words.replace("rules are ", "")}\n`);
  });

  test.each<[string, readonly TierChange[], readonly string[]]>([
    [
      "the rules of every environment, of which there is none",
      [tierChange({ environments: [], changes: [tightened] })],
      ["- The rules of every environment change (no environment):"],
    ],
    [
      "the rules of a tier",
      [tierChange({ before: "a", after: "a", changes: [tightened] })],
      ["- The rules of the tier `a` change (`one`):"],
    ],
    [
      "the rules of tiers, in the same way, with the environments of all of them",
      [
        tierChange({ before: "b", after: "b", environments: ["two", "four"], changes: [tightened] }),
        tierChange({ before: "a", after: "a", environments: ["three", "one"], changes: [tightened] }),
      ],
      ["- The rules of the tiers `b`, `a` change (`four`, `one`, `three`, `two`):"],
    ],
    [
      "another tier",
      [tierChange({ before: "a", after: "b" })],
      ["- The tier changes: `a` → `b` (`one`). The same rules apply."],
    ],
    [
      "other tiers",
      [
        tierChange({ before: "a", after: "b" }),
        tierChange({ before: "a", after: "c", environments: ["two"] }),
        tierChange({ before: "b", after: "c", environments: ["three"] }),
      ],
      [
        "- The tier changes: `a` → `b` (`one`). The same rules apply.",
        "- The tier changes: `a` → `c` (`two`). The same rules apply.",
        "- The tier changes: `b` → `c` (`three`). The same rules apply.",
      ],
    ],
    [
      "another tier, with other rules",
      [tierChange({ before: "a", after: "b", changes: [tightened] })],
      ["- The tier changes: `a` → `b` (`one`):"],
    ],
    [
      "no tier any more",
      [tierChange({ before: "a" })],
      ["- The tier changes: `a` → none (`one`). The same rules apply."],
    ],
    [
      "a first tier, which is new",
      [tierChange({ after: "a", isNew: true })],
      ["- The tier changes: none → `a`, which is new (`one`). The same rules apply."],
    ],
    [
      "a new tier, which nobody has",
      [tierChange({ before: "a", after: "b", isNew: true, environments: [] })],
      ["- The tier `b` is new, with the same rules as the tier `a` before."],
    ],
    [
      "new tiers beside rules for everybody",
      [
        tierChange({ after: "b", isNew: true, environments: [] }),
        tierChange({ after: "c", isNew: true, environments: [] }),
      ],
      ["- The tiers `b`, `c` are new, with the same rules as every environment before."],
    ],
    [
      "new tiers that are compared with different ones",
      [
        tierChange({ before: "a", after: "c", isNew: true, environments: [], changes: [tightened] }),
        tierChange({ before: "b", after: "d", isNew: true, environments: [], changes: [tightened] }),
      ],
      [
        "- The tier `c` is new. Compared with the tier `a` before:",
        "- The tier `d` is new. Compared with the tier `b` before:",
      ],
    ],
    [
      "a new tier beside a tier that loses its environments in the same way",
      [
        tierChange({ after: "c", isNew: true, environments: [], changes: [tightened] }),
        tierChange({ after: "c", isNew: true, changes: [tightened] }),
      ],
      [
        "- The tier `c` is new. Compared with every environment before:",
        "- The tier changes: none → `c`, which is new (`one`):",
      ],
    ],
    [
      "tiers that stay beside a tier that environments leave",
      [
        tierChange({ before: "a", after: "a", changes: [tightened] }),
        tierChange({ before: "a", changes: [tightened] }),
      ],
      ["- The rules of the tier `a` change (`one`):", "- The tier changes: `a` → none (`one`):"],
    ],
    [
      "tiers whose rules change in different ways",
      [
        tierChange({ before: "a", after: "a", changes: [tightened] }),
        tierChange({ before: "b", after: "b", changes: [loosened] }),
      ],
      ["- The rules of the tier `a` change (`one`):", "- The rules of the tier `b` change (`one`):"],
    ],
  ])("are listed by tiers: %s", (_, tiers, expected) => {
    expect(lines(...tiers).filter((line) => line.startsWith("- "))).toEqual(expected);
  });

  test.each<[Partial<RuleChange>, string]>([
    [{ rule: "access-levels", before: { only: ["read-only"] } }, "access levels: `read-only` → any"],
    [{ rule: "capabilities", after: { only: [] } }, "capabilities that may be given without an end: any → none"],
    [
      { rule: "temporarily", after: { only: ["a", "b"] } },
      "capabilities that may be given with an end: any → `a`, `b`",
    ],
    [{ rule: "longest", before: { most: 9 }, after: { most: 8 } }, "maximum days until an end: 9 → 8"],
    [{ rule: "slack-workspaces", after: { only: ["T01"] } }, "Slack workspaces: any → `T01`"],
    [{ rule: "policy", after: { only: ["aws-managed"] } }, "policies: any → `aws-managed`"],
    [{ rule: "permissions-boundary", after: { required: ["a"] } }, "required permissions boundary: none → `a`"],
    [{ rule: "path", before: { required: ["/a/"] } }, "required path: `/a/` → none"],
    [{ rule: "tags", before: { required: ["a"] }, after: { required: ["a", "b"] } }, "required tags: `a` → `a`, `b`"],
    [{ rule: "members", after: { most: 5 } }, "maximum people in a channel: any → 5"],
    [{ rule: "tags.Owner", after: { only: ["a"] } }, "values of the tag `Owner`: any → `a`"],
    [{ rule: "guests", after: { required: ["none"] } }, "`guests`: none → `none`"],
  ])("are named as people call them: %j", (change, words) => {
    const rule: RuleChange = { rule: "", isLoosened: false, ...change };
    expect(lines(tierChange({ changes: [rule] }))[1]).toBe(`  - tightened: ${words}`);
  });
});

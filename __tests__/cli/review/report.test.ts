import type { AllowedCases, Difference, Right } from "../../../cli/iam/compare";
import type { Condition, Targets } from "../../../cli/iam/policy";
import type { Drift, PlannedChange } from "../../../cli/review/plan";
import { markdown } from "../../../cli/review/report";
import type { Review, ReviewedEnvironment } from "../../../cli/review/review";
import type { RuleChange, TierChange } from "../../../cli/review/rules-change";
import type { StateChange } from "../../../cli/review/state-changes";
import type { Violation } from "../../../cli/review/violations";
import type { RoleAccess } from "../../../cli/terraform/access";
import type { AccessChanges } from "../../../cli/terraform/access-changes";
import type { ChannelChange, ChannelWithRole } from "../../../cli/terraform/channel-changes";
import type { RoleChange } from "../../../cli/terraform/role-changes";
import type { UnreadableReason } from "../../../cli/terraform/unreadable";
import type { Verdict } from "../../../cli/terraform/verdict";
import { SECURE, until } from "../terraform/small-access";

const ACCOUNT = "111122223333";
const OTHER_ACCOUNT = "999999999999";
const DIGEST = "d".repeat(40);
const SAME: Difference = { gained: [], lost: [], undecided: [] };
const NO_CHANGES: AccessChanges = { roles: [], channels: [], registrations: [] };

/** An environment that changes in nothing but its verdict. */
function environment(more: Partial<ReviewedEnvironment> = {}): ReviewedEnvironment {
  return {
    ...{ environment: "paid", verdict: "settings", isNew: false, isRemoved: false, account: ACCOUNT },
    ...{ access: NO_CHANGES, state: [], unreadable: [], violations: [], plannable: "always" },
    ...more,
  };
}

/** Environments of those names, each with its own account. */
const named = (names: readonly string[], more: Partial<ReviewedEnvironment> = {}) =>
  names.map((name, index) => environment({ environment: name, account: `${100_000_000_000 + index}`, ...more }));

/** So many names. */
const names = (count: number) => Array.from({ length: count }, (_, index) => `e${index}`);

function review(environments: readonly ReviewedEnvironment[], more: Partial<Review> = {}): Review {
  return { schemaVersion: 2, digest: DIGEST, approvalNeeded: false, refused: false, environments, ...more };
}

const headline = (...given: Parameters<typeof review>) => markdown(review(...given)).split("\n")[0];

/** The list of what changes in an environment. */
const list = (...given: Parameters<typeof environment>) =>
  markdown(review([environment(...given)]))
    .split("\n")
    .filter((line) => /^ *- /.test(line));

const inAccess = (access: Partial<AccessChanges>) => list({ access: { ...NO_CHANGES, ...access } });

describe("the headline", () => {
  test.each<[string, readonly Verdict[]]>([
    ["✅ Nobody's access changes", []],
    ["✅ Nobody's access changes", ["unchanged", "cosmetic"]],
    ["✅ Nobody's access changes, but settings change in 1 environment", ["settings", "cosmetic"]],
    ["✅ Nobody's access changes, but settings change in 2 environments", ["settings", "settings"]],
    ["✅ Access is narrowed in 1 environment", ["narrowed", "settings"]],
    ["✅ Access is narrowed in 2 environments", ["narrowed", "narrowed"]],
    [
      "✅ Access is left behind in 1, broadened in 2, unknown in 1, narrowed in 1 environments",
      ["narrowed", "unknown", "broadened", "settings", "broadened", "left-behind"],
    ],
  ])("%s: %j", (words, verdicts) => {
    expect(headline(verdicts.map((verdict) => environment({ verdict })))).toBe(`## ${words}`);
  });

  const lock = { kind: "added", providers: [] } as const;
  const rules = { isLoosened: true, tiers: [] };
  const ENDED: Violation = {
    ...{ kind: "ended", role: "Full", actions: { not: false, patterns: ["a:b"] }, end: "2026-01-02T00:00:00Z" },
  };
  const ELSEWHERE: Violation = {
    ...{ kind: "reads-elsewhere", unreadable: { reason: "reads-elsewhere", address: "a.b", source: "x" } },
  };

  test("says whether an approval is needed, and what changes besides access", () => {
    expect(headline([], { approvalNeeded: true, lock })).toBe(
      "## ⚠️ Nobody's access changes, and the provider lock file changes",
    );
    expect(headline([], { lock, rules })).toBe(
      "## ✅ Nobody's access changes, and the provider lock file changes, and rules are loosened",
    );
  });

  test.each<[string, readonly (readonly Violation[])[]]>([
    ["⛔ Forbidden access: no approval allows this change", [[ELSEWHERE]]],
    ["⛔ Forbidden access: no approval allows this change", [[ENDED], [ELSEWHERE, ENDED]]],
    ["⛔ A date has passed: no approval allows this change", [[ENDED], []]],
  ])("%s", (words, violations) => {
    const environments = violations.map((one) => environment({ violations: one }));
    expect(headline(environments, { refused: true, approvalNeeded: true, lock })).toBe(`## ${words}`);
  });
});

describe("the whole report", () => {
  test("of nothing is a line", () => {
    expect(markdown(review([]))).toBe("## ✅ Nobody's access changes\n");
  });

  test("of environments in which nobody's access changes names them, without a digest", () => {
    expect(markdown(review(named(["a", "b"], { verdict: "cosmetic" })), "Approve.")).toBe(
      "## ✅ Nobody's access changes\n\nChanged, but nobody's access changes: `a`, `b`.\n",
    );
  });

  test("has a digest where there is something to approve, and says how to", () => {
    const found = review([environment({ verdict: "broadened" })], { approvalNeeded: true });
    const [head, digest, approval] = [
      "## ⚠️ Access is broadened in 1 environment\n\n",
      `Digest of this change: \`${DIGEST}\`\n\n`,
      "Approve.\n\n",
    ];
    const rest = "### `paid`: access is broadened\n\nSomebody can do more than before. **This needs an approval.**\n\n";
    expect(markdown(found)).toBe(head + digest + rest);
    expect(markdown(found, "Approve.")).toBe(head + digest + approval + rest);
    expect(markdown({ ...found, approvalNeeded: false }, "Approve.")).not.toContain("Approve.");
    expect(markdown({ ...found, refused: true }, "Approve.")).not.toContain("Approve.");
  });

  test("has no digest where nothing is to be approved, or may be", () => {
    for (const more of [{ approvalNeeded: false }, { approvalNeeded: true, refused: true }]) {
      expect(markdown(review([environment()], more))).not.toContain("Digest of this change");
    }
  });

  test("says how many environments aren't planned, as a workflow has only so many jobs", () => {
    expect(markdown(review([]), undefined, 2)).toBe(
      "## ✅ Nobody's access changes\n\nOnly the first 256 environments, by name, are planned: GitHub Actions accepts no more jobs in one matrix. 2 more could be planned.\n",
    );
  });

  test("has an environment with a plan or something forbidden, even if nothing else changes there", () => {
    const planned = environment({ verdict: "unchanged", plan: { changes: [] } });
    expect(markdown(review([planned]))).toBe(
      "## ✅ Nobody's access changes\n\n### `paid`: unchanged\n\nThe code is the same.\n\nTerraform would change nothing.\n",
    );
    const unreadable = { reason: "reads-elsewhere", address: "a.b", source: undefined } as const;
    const forbidden = environment({ verdict: "cosmetic", violations: [{ kind: "reads-elsewhere", unreadable }] });
    expect(markdown(review([forbidden], { refused: true }))).toBe(
      `## ⛔ Forbidden access: no approval allows this change

### \`paid\`: changed in form only

- ⛔ Unsupported: a value that depends on something outside of the Terraform, such as a file, a program or a module, in \`a.b\`. An approval would also cover whatever that becomes later. Write the value itself into the Terraform.

**No approval allows this.**

`,
    );
  });

  test.each<[Verdict, string, string]>([
    ["unchanged", "unchanged", "The code is the same."],
    ["cosmetic", "changed in form only", "Everybody can do what they could before."],
    ["settings", "settings change", "Everybody can do what they could before, with other settings."],
    ["narrowed", "access is narrowed", "Somebody can do less than before, and nobody more."],
    ["broadened", "access is broadened", "Somebody can do more than before. **This needs an approval.**"],
    [
      "unknown",
      "access is unknown",
      "Something in this change may let somebody do more, or have Terraform act on something else: see below. **This needs an approval.**",
    ],
    ["left-behind", "left behind", "**This needs an approval.**"],
  ])("explains the verdict %s", (verdict, short, sentence) => {
    const shown = environment({ verdict, plan: { changes: [] } });
    expect(markdown(review([shown]))).toContain(
      `### \`paid\`: ${short}\n\n${sentence}\n\nTerraform would change nothing.\n`,
    );
  });

  test("says what happens to live chats if something changes for a channel, and only then", () => {
    const sentence =
      "\nWhatever a channel gains or loses also applies to live-chat channels created from it later. AWS doesn't say what happens to earlier ones: archive them if a channel loses something.\n";
    const of = (...verdicts: readonly Verdict[]) =>
      markdown(
        review([
          environment({ access: { ...NO_CHANGES, channels: verdicts.map((verdict) => channel({ verdict })) } }),
          environment({ environment: "other", verdict: "narrowed" }),
        ]),
      );
    expect(of("unchanged", "settings").slice(-sentence.length)).toBe(sentence);
    expect(of("unchanged")).not.toContain("live-chat");
  });
});

describe("many environments", () => {
  test("are named in a sentence up to five, and more of them in a list at the end", () => {
    const quiet = (count: number) => markdown(review(named(names(count), { verdict: "cosmetic" })));
    expect(quiet(5)).toBe(
      "## ✅ Nobody's access changes\n\nChanged, but nobody's access changes: `e0`, `e1`, `e2`, `e3`, `e4`.\n",
    );
    const list = (count: number) => [
      "## ✅ Nobody's access changes",
      "",
      `Changed, but nobody's access changes: ${count} environments, listed below.`,
      "",
      `<details><summary>The ${count} environments in which nobody's access changes</summary>`,
      "",
    ];
    expect(quiet(6).split("\n")).toEqual([...list(6), "`e0`, `e1`, `e2`, `e3`, `e4`, `e5`", "", "</details>", ""]);
    expect(quiet(11).split("\n")).toEqual([
      ...list(11),
      "`e0`, `e1`, `e2`, `e3`, `e4`, `e5`, `e6`, `e7`, `e8`, `e9`,",
      "`e10`",
      "",
      "</details>",
      "",
    ]);
    expect(quiet(20).split("\n")).toHaveLength(11);
  });

  test("that change in the same way are reported once", () => {
    expect(markdown(review(named(["a", "b"], { verdict: "narrowed" })))).toBe(
      `## ✅ Access is narrowed in 2 environments

### 2 environments: access is narrowed

The same in \`a\`, \`b\`.

Somebody can do less than before, and nobody more.

`,
    );
  });

  test("that are new are reported once, with their accounts, as the first of them", () => {
    expect(markdown(review(named(["a", "b"], { verdict: "broadened", isNew: true })))).toContain(
      `### 2 environments: access is broadened

The same in \`a\` (\`100000000000\`), \`b\` (\`100000000001\`). The text below is about \`a\`: each of the others has its own account instead, and its own name in the location of its state.

Somebody can do more than before. **This needs an approval.**

- This environment is new, in the account \`100000000000\`.
`,
    );
  });

  test("are listed at the end: those with other rules, those that change alike, those that are quiet", () => {
    const moved: TierChange = { before: "a", after: "b", isNew: false, environments: names(6), changes: [] };
    const found = review([...named(names(7), { verdict: "narrowed" }), ...named(names(8), { verdict: "cosmetic" })], {
      rules: { isLoosened: false, tiers: [moved] },
    });
    expect(markdown(found).match(/<summary>.*/g)).toEqual([
      "<summary>The 6 environments for which the tier changes: a → b</summary>",
      "<summary>The 7 environments that change like e0</summary>",
      "<summary>The 8 environments in which nobody's access changes</summary>",
    ]);
    expect(markdown(found)).toContain("The same in 7 environments, listed below.\n");
    expect(markdown(found)).toContain("- The tier changes: `a` → `b` (6 environments, listed below). The same rules");
    expect(markdown(found)).toContain("tier changes: a → b</summary>\n\n`e0`, `e1`, `e2`, `e3`, `e4`, `e5`\n");
  });
});

describe("the provider lock file", () => {
  const AWS = "registry.terraform.io/hashicorp/aws";
  const locked = (version: string, hashes: readonly string[], constraints?: string) => ({
    ...{ version, hashes, constraints },
  });

  test("is explained", () => {
    expect(markdown(review([], { lock: { kind: "changed", providers: [] } }))).toBe(
      `## ✅ Nobody's access changes, and the provider lock file changes

### Provider lock file: changed

This file decides which providers Terraform installs and runs, with the rights of every deploy. Nothing is planned before this change is approved. **This needs an approval.**

`,
    );
  });

  type Lock = NonNullable<Review["lock"]>;
  test.each<[Lock, string]>([
    [
      { kind: "removed", providers: [] },
      "- Without the file, Terraform installs the newest version that is allowed, whatever its checksum.",
    ],
    [
      { kind: "changed" },
      "- Unsupported: a lock file in another form than Terraform writes. What Terraform reads from it is unknown. Regenerate it with `npx support-app lock`.",
    ],
    [
      { kind: "added", providers: [{ address: AWS, after: locked("6.0.0", ["h1:a"]) }] },
      `- \`${AWS}\` \`6.0.0\` is locked (1 checksum).`,
    ],
    [
      { kind: "changed", providers: [{ address: AWS, before: locked("6.0.0", ["h1:a", "h1:b"]) }] },
      `- \`${AWS}\` \`6.0.0\` is no longer locked (2 checksums).`,
    ],
    [
      {
        kind: "changed",
        providers: [
          {
            address: AWS,
            before: locked("6.0.0", ["h1:a", "h1:b"], ">= 6.0.0"),
            after: locked("6.1.0", ["h1:b", "h1:c", "h1:d"]),
          },
        ],
      },
      `- \`${AWS}\`: \`6.0.0\` → \`6.1.0\`; 2 checksums added, so that packages are accepted that were not accepted before; 1 checksum removed; locked for the versions \`>= 6.0.0\` → any.`,
    ],
    [
      {
        kind: "changed",
        providers: [{ address: AWS, before: locked("6.0.0", ["h1:a"]), after: locked("6.0.0", ["h1:a"], "6.0.0") }],
      },
      `- \`${AWS}\`: \`6.0.0\`; locked for the versions any → \`6.0.0\`.`,
    ],
    [
      {
        kind: "changed",
        providers: [{ address: AWS, before: locked("6.0.0", ["h1:a"]), after: locked("6.0.0", ["h1:a", "h1:b"]) }],
      },
      `- \`${AWS}\`: \`6.0.0\`; 1 checksum added, so that packages are accepted that were not accepted before.`,
    ],
  ])("%j", (lock, line) => {
    const lines = markdown(review([], { lock })).split("\n");
    expect(lines.filter((one) => one.startsWith("- "))).toEqual([line]);
  });
});

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
      "those of every environment, of which there is none",
      [tierChange({ environments: [], changes: [tightened] })],
      ["- The rules of every environment change (no environment):"],
    ],
    [
      "those of a tier",
      [tierChange({ before: "a", after: "a", changes: [tightened] })],
      ["- The rules of the tier `a` change (`one`):"],
    ],
    [
      "those of tiers, in the same way, with the environments of all of them",
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
      "a new tier beside one that loses its environments in the same way",
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
      "tiers that stay beside one that environments leave",
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
  ])("are told by tiers: %s", (_, tiers, told) => {
    expect(lines(...tiers).filter((line) => line.startsWith("- "))).toEqual(told);
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

describe("an environment", () => {
  test.each<[string, Partial<ReviewedEnvironment>, string]>([
    ["new, in an account", { isNew: true }, `- This environment is new, in the account \`${ACCOUNT}\`.`],
    ["new, in any account", { isNew: true, account: undefined }, "- This environment is new, in any account."],
    [
      "new, with a tier",
      { isNew: true, tier: "strict" },
      `- This environment is new, in the account \`${ACCOUNT}\`, and has the tier \`strict\`.`,
    ],
    [
      "removed after it was retired",
      { isRemoved: true },
      "- This retired environment is removed from the file. Its last deploy removes everything from the account: make sure that it ran.",
    ],
  ])("is %s", (_, more, line) => {
    expect(list(more)).toEqual([line]);
  });

  test("that leaves things behind names them, and says what to do", () => {
    const left = (more: Partial<ReviewedEnvironment>) =>
      markdown(review([environment({ verdict: "left-behind", isRemoved: true, ...more })], { approvalNeeded: true }));
    const notify = { severity: "none" } as const;
    const channel = { workspace: "T01", channel: "C01", name: "oncall", role: "full", notify };
    expect(left({ leftBehind: { roles: ["Full", "Reading"], channels: [channel] } })).toBe(
      `## ⚠️ Access is left behind in 1 environment

Digest of this change: \`${DIGEST}\`

### \`paid\`: left behind

**\`paid\` is removed from the file, but everything that it deployed stays** in the account \`${ACCOUNT}\`: the role \`Full\`, the role \`Reading\`, the channel \`#oncall\` (\`C01\`). No deploy and no \`support-app destroy\` will find it. Instead, set \`retired: true\`, deploy, and only then remove it.

**This needs an approval.**

`,
    );
    expect(left({ leftBehind: { roles: [], channels: [] }, account: undefined })).toContain(
      "stays** in its account: whatever its Terraform created. No deploy",
    );
  });

  test.each<[Violation, string]>([
    [
      { kind: "read-only-writes", role: "Reading", actions: { not: false, patterns: ["support:createcase", "s3:*"] } },
      "The read-only role `Reading` allows `support:CreateCase`, `s3:*`, expected only `support:DescribeCases` and `support:DescribeCommunications`. Move the channel to full access, or drop the action.",
    ],
    [
      { kind: "read-only-writes", role: "Reading", actions: { not: true, patterns: ["s3:*"] } },
      "The read-only role `Reading` allows all but `s3:*`, expected only `support:DescribeCases` and `support:DescribeCommunications`. Move the channel to full access, or drop the action.",
    ],
    [
      {
        ...{ kind: "read-only-unreadable", role: "Reading" },
        unreadable: { reason: "unknown-type", address: "aws_x.y", source: undefined },
      },
      "Something new may give the read-only role `Reading` more: Unsupported: an unknown type of resource or data source, which may affect access, in `aws_x.y`.",
    ],
    [
      {
        ...{ kind: "ended", role: "Full", actions: { not: false, patterns: ["support:resolvecase"] } },
        ...{ end: "2026-01-02T00:00:00Z", level: "full", capabilities: ["resolve-cases", "live-chat"] },
      },
      "The role `Full` is given `support:ResolveCase` until the end of 2026-01-01 (UTC), which has passed: it would give nobody anything. Set a later date, or remove `resolve-cases`, `live-chat` from `temporarily` of the access level `full`.",
    ],
    [
      {
        ...{ kind: "ended", role: "Full", actions: { not: false, patterns: ["support:resolvecase"] } },
        ...{ end: "2026-01-02T10:00:00Z", level: "read-only" },
      },
      "The role `Full` is given `support:ResolveCase` until 2026-01-02T10:00:00Z, which has passed: it would give nobody anything. Set a later date, or remove the access level `read-only`. Don't just remove `until`: everything would be given without an end.",
    ],
    [
      {
        ...{ kind: "ended", role: "Full", actions: { not: false, patterns: ["s3:get"] } },
        ...{ end: "2026-01-02T00:00:00Z", capabilities: [] },
      },
      "The role `Full` is given `s3:get` until the end of 2026-01-01 (UTC), which has passed: it would give nobody anything. Set a later date, or remove the statement from the role.",
    ],
  ])("with something forbidden says what to do: %j", (violation, words) => {
    expect(list({ violations: [violation] })).toEqual([`- ⛔ ${words}`]);
  });

  test("lists what is unsupported, each once, and not again if it is forbidden", () => {
    const [open, forbidden] = ["a", "b"].map((address) => ({ reason: "expression", address, source: "x" }) as const);
    if (!open || !forbidden) throw new Error();
    const violations: Violation[] = [
      { kind: "read-only-writes", role: "Reading", actions: { not: false, patterns: ["s3:*"] } },
      { kind: "read-only-unreadable", role: "Reading", unreadable: forbidden },
    ];
    expect(list({ unreadable: [open, forbidden, { ...open }], violations }).slice(2)).toEqual([
      "- Unsupported: an expression, in `a` (`x`).",
    ]);
  });

  test.each<[UnreadableReason, string]>([
    ["not-json", "a policy that isn't JSON, or has a key twice"],
    ["not-a-policy", "something that isn't a policy of the version 2012-10-17"],
    ["not-a-statement", "something that isn't a policy statement"],
    ["unknown-element", "an unknown element of a policy"],
    ["no-effect", "a statement that neither allows nor denies"],
    ["no-action", "a statement without actions"],
    ["not-a-text", "something that isn't a text"],
    ["not-a-condition", "something that isn't a condition"],
    ["expression", "an expression"],
    ["unknown-section", "a section of Terraform that these stacks don't have"],
    ["unknown-type", "an unknown type of resource or data source, which may affect access"],
    ["unknown-argument", "an argument or a value that these stacks don't have"],
    ["unknown-provider", "a provider or a provider source other than hashicorp/aws"],
    ["unknown-backend", "a backend, or a setting of it, that these stacks don't have"],
    ["not-a-block", "something in another form than CDKTF writes"],
    [
      "reads-elsewhere",
      "a value that depends on something outside of the Terraform, such as a file, a program or a module",
    ],
    ["no-name", "a name that isn't a text"],
    ["duplicate-name", "a name in IAM that something else in this stack has, too"],
    ["duplicate-exclusive", "a second exclusive list for the same role"],
    ["duplicate-channel", "a channel that is configured twice"],
    ["foreign-role", "a role that isn't in this stack"],
    ["foreign-policy", "a policy whose content is unknown"],
    [
      "foreign-import",
      "an import of something other than what this stack creates under that name: Terraform would take it over",
    ],
    ["foreign-move", "a move of something other than what this stack had before and has after"],
    ["foreign-removal", "something that Terraform is told to stop managing"],
    ["unattached-policy", "a policy that is attached to no role in this stack"],
    ["boundary-by-arn", "a permissions boundary that this stack creates, referred to by its ARN"],
    ["not-exclusive", "a role that keeps policies that are added to it by hand"],
    ["not-kept", "a policy that is added to the role and removed again, or kept without being added"],
    ["overwritten", "an inline policy that another of the same name overwrites"],
    ["unusual-action", "an action in a form that AWS may refuse"],
    ["unusual-resource", "a resource in IAM, whose name may change, or a resource in a form that AWS may refuse"],
    ["unusual-principal", "a principal whose name may change, or a principal in a form that AWS may refuse"],
    ["unusual-condition", "a condition on something that other parts of the stack may change"],
    ["wrong-digest", "a digest of other Terraform, which would make a deploy treat this stack as already applied"],
  ])("explains what is unsupported: %s", (reason, words) => {
    expect(list({ unreadable: [{ reason, address: "a.b", source: undefined }] })).toEqual([
      `- Unsupported: ${words}, in \`a.b\`.`,
    ]);
  });

  test.each<[unknown, string]>([
    ["a text", "a text"],
    [{ b: 1, a: [true] }, '{"a":[true],"b":1}'],
    ["x".repeat(300), "x".repeat(300)],
    ["x".repeat(301), `${"x".repeat(300)}… (301 characters)`],
  ])("shows as much of what is unsupported as helps: %j", (source, shown) => {
    expect(list({ unreadable: [{ reason: "expression", address: "a", source }] })).toEqual([
      `- Unsupported: an expression, in \`a\` (\`${shown}\`).`,
    ]);
  });

  test("lists what can't be decided, of permissions and trust, each once", () => {
    const action = { not: false, patterns: ["support:createcase"] };
    const undecided = [{ reason: "too-many-patterns" }, { reason: "too-many-combinations", action }] as const;
    const of = (...all: Difference["undecided"]): Difference => ({ ...SAME, undecided: all });
    const roles = [
      role({ permissions: of(...undecided) }),
      role({ permissions: of(undecided[1]), trust: of({ reason: "too-many-combinations" }) }),
    ];
    expect(inAccess({ roles })).toEqual([
      "- Unsupported: too many patterns in a policy to try everything that they can match.",
      "- Unsupported: too many combinations of conditions of `support:CreateCase` to try.",
      "- Unsupported: too many combinations of conditions to try.",
    ]);
  });
});

const ROLE: RoleAccess = {
  ...{ name: "Full", path: "/", trust: [] },
  permissions: [{ effect: "Allow", actions: { not: false, patterns: ["support:resolvecase"] }, conditions: [] }],
};

/** The channel #oncall, whose people have that role. */
const oncall = (more: Partial<ChannelWithRole> = {}): ChannelWithRole => ({
  ...{ workspace: "T01", channel: "C01", name: "oncall", role: "full" },
  ...{ notify: { severity: "none", on: [] }, access: ROLE, ...more },
});

/** A channel in which nothing changes. */
function channel(more: Partial<ChannelChange> = {}): ChannelChange {
  return {
    ...{ workspace: "T01", channel: "C01", verdict: "unchanged", before: oncall(), after: oncall(), isMoved: false },
    ...{ permissions: SAME, trust: SAME, gained: [], lost: [], limited: [], ...more },
  };
}

/** A role in which nothing changes. */
function role(more: Partial<RoleChange> = {}): RoleChange {
  return {
    ...{ role: "full", verdict: "unchanged", before: ROLE, after: ROLE, permissions: SAME, trust: SAME },
    ...more,
  };
}

/** Something that is allowed after the change alone. */
function right(more: Partial<Right> = {}): Right {
  return {
    action: targets("support:resolvecase"),
    resource: targets("*"),
    allowed: ALWAYS,
    example: { action: "support:resolvecase", resource: "arn:x", keys: {} },
    depends: [],
    ...more,
  };
}

const ALWAYS: AllowedCases = { when: [], unless: [] };
const targets = (...patterns: readonly string[]): Targets => ({ not: false, patterns });
const gaining = (...gained: readonly Right[]): Difference => ({ ...SAME, gained });
const losing = (...lost: readonly Right[]): Difference => ({ ...SAME, lost });

describe("a channel", () => {
  const HERE = "`#oncall` (`C01`)";
  const lines = (more: Partial<ChannelChange>) => inAccess({ channels: [channel(more)] });
  const NOTHING: RoleAccess = { ...ROLE, permissions: [] };
  const OTHER: RoleAccess = { ...ROLE, name: "Other", path: "/team/" };
  const boundedBy = (policy: string): RoleAccess => ({ ...ROLE, boundary: { policy } });

  test.each<[string, Partial<ChannelChange>, readonly string[]]>([
    ["nothing changes", {}, []],
    ["it isn't there", { before: undefined, after: undefined, verdict: "broadened" }, []],
    ["it is added", { before: undefined }, [`- ${HERE} is added, with the role \`Full\`.`]],
    [
      "it is added, with a role in a path",
      { before: undefined, after: oncall({ access: OTHER }) },
      [`- ${HERE} is added, with the role \`/team/Other\`.`],
    ],
    ["it is removed", { after: undefined }, [`- ${HERE} is removed.`]],
    [
      "it is added, with a role that gives nothing",
      { before: undefined, after: oncall({ access: NOTHING }) },
      [
        `- ${HERE} is added, with the role \`Full\`.`,
        `- ${HERE}: the role \`Full\` gives nothing. If it had an end, that has passed.`,
      ],
    ],
    ["its role gave nothing before, either", { after: oncall({ access: NOTHING }) }, []],
    [
      "it moves to a role that gives nothing",
      { isMoved: true, after: oncall({ access: { ...NOTHING, name: "Other" } }) },
      [
        `- ${HERE}: the role \`Other\` gives nothing. If it had an end, that has passed.`,
        `- ${HERE} moves from the role \`Full\` to \`Other\`.`,
      ],
    ],
    [
      "it is added, with a role from elsewhere, of which nothing is known",
      { before: undefined, after: oncall({ access: { ...NOTHING, name: "" } }) },
      [`- ${HERE} is added, with the role \`   \`.`],
    ],
    [
      "its role has another address",
      { isMoved: true },
      [`- ${HERE}: its role \`Full\` has a new address in Terraform.`],
    ],
    [
      "it moves to another role",
      { isMoved: true, after: oncall({ access: OTHER }) },
      [`- ${HERE} moves from the role \`Full\` to \`/team/Other\`.`],
    ],
    [
      "it moves to a role with another boundary",
      { isMoved: true, after: oncall({ access: { ...OTHER, boundary: { policy: "arn:b" } } }) },
      [
        `- ${HERE} moves from the role \`Full\` to \`/team/Other\`.`,
        `- ${HERE}, with its new role: its permissions boundary changes: none → \`arn:b\`.`,
      ],
    ],
    [
      "its role loses its boundary",
      { before: oncall({ access: boundedBy("arn:b") }) },
      [`- ${HERE}: its permissions boundary changes: \`arn:b\` → none.`],
    ],
    [
      "the boundary of its role changes",
      {
        before: oncall({ access: boundedBy("aws_iam_policy.b") }),
        after: oncall({ access: { ...ROLE, boundary: { policy: "aws_iam_policy.b", statements: [] } } }),
      },
      [`- ${HERE}: its permissions boundary \`aws_iam_policy.b\` changes.`],
    ],
    [
      "its role has the same boundary",
      { before: oncall({ access: boundedBy("a") }), after: oncall({ access: boundedBy("a") }) },
      [],
    ],
    [
      "its role may be used by the Support App under other conditions",
      { trust: losing(right()) },
      [
        `- ${HERE}: the trust policy of its role changes, so the Support App may use the role under other conditions: see the table.`,
      ],
    ],
    [
      "it is notified of something else",
      {
        before: oncall({ notify: { severity: "high", on: ["case-created", "reply-added"] } }),
        after: oncall({ notify: { severity: "all", on: ["case-created"] } }),
      },
      [
        `- ${HERE}: its notification settings change: high severity (case-created, reply-added) → all severities (case-created).`,
      ],
    ],
    [
      "it isn't notified any more",
      {
        before: oncall({ notify: { severity: "all", on: ["case-resolved"] } }),
        after: oncall({ notify: { severity: "none" } }),
      },
      [`- ${HERE}: its notification settings change: all severities (case-resolved) → no notifications.`],
    ],
    ["it was called something else", { before: oncall({ name: "ops" }) }, [`- ${HERE} was called \`#ops\`.`]],
    ["only the table says what changes", { verdict: "unknown" }, [`- People in ${HERE}: see the table.`]],
    [
      "something is said already",
      { verdict: "settings", before: oncall({ name: "ops" }) },
      [`- ${HERE} was called \`#ops\`.`],
    ],
  ])("%s", (_, more, told) => {
    expect(lines(more)).toEqual(told);
  });

  test("gains, loses, and keeps for a shorter time or under conditions", () => {
    const [first, second] = ["2026-01-02T00:00:00Z", "2026-02-02T00:00:00Z"];
    expect(
      lines({
        verdict: "broadened",
        gained: ["resolve-cases", "view-cases"],
        lost: ["attach-files"],
        shortened: ["create-cases"],
        limited: ["reply-to-cases"],
        ends: {
          before: { "resolve-cases": first, "attach-files": first, "reply-to-cases": first },
          after: { "resolve-cases": second, "create-cases": second, "reply-to-cases": second },
        },
      }),
    ).toEqual([
      `- People in ${HERE} **gain**:`,
      "  - resolve-cases: resolve a case (`support:ResolveCase`), until the end of 2026-02-01 (UTC); before: until the end of 2026-01-01 (UTC)",
      "  - view-cases: search support cases and read them (`support:DescribeCases`, `support:DescribeCommunications`)",
      `- People in ${HERE} **lose**:`,
      "  - attach-files: attach files to a new case or a reply (`support:AddAttachmentsToSet`), before: until the end of 2026-01-01 (UTC)",
      `- People in ${HERE} **keep for a shorter time** than before:`,
      "  - create-cases: open a support case (`support:CreateCase`, `support:DescribeSeverityLevels`), until the end of 2026-02-01 (UTC)",
      `- People in ${HERE} can do **only under some conditions**, which the table shows:`,
      "  - reply-to-cases: add to a case's correspondence, which also reopens it (`support:AddCommunicationToCase`), before: until the end of 2026-01-01 (UTC)",
    ]);
  });
});

describe("a role", () => {
  const lines = (more: Partial<RoleChange>) => inAccess({ roles: [role(more)] });
  const OTHER: RoleAccess = { ...ROLE, name: "Other", path: "/team/" };

  test.each<[string, Partial<RoleChange>, readonly string[]]>([
    ["in which nothing changes", {}, []],
    ["is added", { before: undefined }, ["- The role `Full` is added."]],
    [
      "is added, within a boundary",
      { before: undefined, after: { ...ROLE, boundary: { policy: "arn:b" } } },
      ["- The role `Full` is added, within the permissions boundary `arn:b`."],
    ],
    [
      "is removed",
      { after: undefined },
      ["- The role `Full` is removed. A channel that was configured by hand and uses it can then do nothing."],
    ],
    [
      "has another name",
      { after: OTHER },
      [
        "- The role `Full` is replaced by `/team/Other`. A channel that was configured by hand keeps the old one, which is removed; a channel that was configured by hand with the new name gets this access.",
      ],
    ],
    ["has another address", { movedFrom: "old" }, ["- The role `Full` had the address `aws_iam_role.old` before."]],
    [
      "has policies with other names",
      { before: { ...ROLE, policies: ["/a", "/b"] }, after: { ...ROLE, policies: ["/c"] } },
      ["- The policies of the role `Full` have new names: `/a`, `/b` → `/c`."],
    ],
    [
      "has a policy for the first time",
      { after: { ...ROLE, policies: ["/c"] } },
      ["- The policies of the role `Full` have new names: none → `/c`."],
    ],
    [
      "has longer sessions",
      { before: { ...ROLE, maxSessionDuration: 3600 }, after: { ...ROLE, maxSessionDuration: 7200 } },
      ["- The maximum session duration of the role `Full` changes: 3600 seconds → 7200 seconds."],
    ],
    [
      "has sessions of IAM's default",
      { before: { ...ROLE, maxSessionDuration: 3600 } },
      ["- The maximum session duration of the role `Full` changes: 3600 seconds → IAM's default."],
    ],
    [
      "has another boundary",
      { before: { ...ROLE, boundary: { policy: "arn:a" } }, after: { ...ROLE, boundary: { policy: "arn:b" } } },
      ["- The role `Full`: its permissions boundary changes: `arn:a` → `arn:b`."],
    ],
    [
      "has the name that another one had",
      { namesake: "old" },
      [
        "- The name `Full` belonged to `aws_iam_role.old` and now belongs to `aws_iam_role.full`. A channel that was configured by hand with it gets the access of this role.",
      ],
    ],
  ])("%s", (_, more, told) => {
    expect(lines(more)).toEqual(told);
  });
});

test.each<[AccessChanges["registrations"][number], string]>([
  [
    { address: "a.b", after: { kind: "workspace", value: "T01" } },
    "- The registered Slack workspace `T01` is added (`a.b`).",
  ],
  [
    { address: "a.b", before: { kind: "workspace", value: "T01" } },
    "- The registered Slack workspace `T01` is removed (`a.b`).",
  ],
  [
    {
      ...{ address: "a.b", before: { kind: "account-alias", value: "x" } },
      after: { kind: "account-alias", value: "y" },
    },
    "- The account's alias changes: `x` → `y`.",
  ],
])("a registration: %j", (change, line) => {
  expect(inAccess({ registrations: [change] })).toEqual([line]);
});

test.each<["managed" | "handed-back" | "destroyed", boolean, string]>([
  ["managed", false, "is managed by the stack."],
  [
    ...(["managed", true] as const),
    "is created. Whoever may request quota increases, but couldn't create the role, may have been waiting for it.",
  ],
  ["handed-back", false, "leaves the stack. It stays in the account."],
  [...(["destroyed", false] as const), "is **destroyed**: the stack neither has it nor hands it back to the account."],
])("the Service Quotas role becomes %s, awaited: %p", (becomes, isAwaited, words) => {
  expect(inAccess({ serviceQuotasRole: { verdict: "settings", becomes, isAwaited } })).toEqual([
    `- The Service Quotas role \`AWSServiceRoleForServiceQuotas\` ${words}`,
  ]);
});

type OfKind<One> = One extends StateChange ? Omit<One, "verdict"> : never;

test.each<[OfKind<StateChange>, string]>([
  [{ kind: "account", before: "1", after: "2" }, "The account changes: `1` → `2`."],
  [{ kind: "account" }, "The account changes: any → any."],
  [
    {
      kind: "backend",
      before: { type: "s3", settings: { bucket: "b", use_lockfile: true } },
      after: { type: "local", settings: {} },
    },
    "The backend changes: s3 with bucket `b`, use_lockfile `true` → local. The state decides what Terraform destroys, and which providers it installs and runs: nothing is planned here before this change is approved.",
  ],
  [
    { kind: "backend" },
    "The backend changes: none → none. The state decides what Terraform destroys, and which providers it installs and runs: nothing is planned here before this change is approved.",
  ],
  [
    {
      ...{ kind: "provider", before: { region: "us-east-1" }, isLeft: true },
      after: { assumeRole: "arn:aws:iam::111122223333:role/terraform" },
    },
    "The region that Terraform acts in, or the role that it acts as, changes: `us-east-1` → the default region as `arn:aws:iam::111122223333:role/terraform`. Channels and registrations stay in the old region, where no deploy will find them. Retire the environment and deploy first.",
  ],
  [
    { kind: "provider", before: { region: "a" }, after: { region: "b" }, isLeft: false },
    "The region that Terraform acts in, or the role that it acts as, changes: `a` → `b`.",
  ],
  [
    { kind: "profile", of: "provider", after: "ops" },
    "The AWS profile whose credentials Terraform acts with changes: none → `ops`.",
  ],
  [
    { kind: "profile", of: "backend", before: "ops" },
    "The AWS profile whose credentials read the state changes: `ops` → none.",
  ],
  [
    { kind: "provider-version", before: "5", after: "6" },
    "The version constraint of the AWS provider changes: `5` → `6`.",
  ],
  [{ kind: "provider-version" }, "The version constraint of the AWS provider changes: none → none."],
  [{ kind: "terraform-version", before: "1" }, "The version constraint of Terraform changes: `1` → none."],
  [{ kind: "terraform-version", after: "1" }, "The version constraint of Terraform changes: none → `1`."],
  [{ kind: "import", to: "a.b", id: "x", isTakenOver: false }, "`x` is imported as `a.b`."],
  [
    { kind: "import", to: "a.b", id: "x", isTakenOver: true },
    "`x` is imported as `a.b`, which was something else before. Whoever already uses it gets the access of this code.",
  ],
  [
    { kind: "name-of-other", role: "Full", environment: "other" },
    "The name `Full` belonged to a role of `other`, in the same account. A channel that was configured by hand with it gets the access of this role.",
  ],
  [
    { kind: "read-only-address", role: "Reading" },
    "The read-only role `Reading` gets a new address in Terraform. From then on, nothing forbids that it writes.",
  ],
  [{ kind: "move", from: "a.b", to: "a.c" }, "`a.b` is moved to `a.c` in the state."],
])("around the access: %j", (change, words) => {
  expect(list({ state: [{ ...change, verdict: "settings" }] })).toEqual([`- ${words}`]);
});

describe("the table", () => {
  const table = (access: Partial<AccessChanges>, more: Partial<ReviewedEnvironment> = {}) =>
    markdown(review([environment({ access: { ...NO_CHANGES, ...access }, ...more })]));
  const rows = (...given: Parameters<typeof table>) => table(...given).match(/^\| (?:gains|loses|may) .*/gm) ?? [];
  const rowOf = (one: Right) => rows({ roles: [role({ permissions: gaining(one) })] })[0];
  const WHOEVER = "whoever uses the role `Full`";

  test("is folded, with the number of its rows", () => {
    expect(table({ roles: [role({ permissions: gaining(right()) })] })).toBe(
      `## ✅ Nobody's access changes, but settings change in 1 environment

### \`paid\`: settings change

Everybody can do what they could before, with other settings.

<details><summary>Each action, and who gains or loses it (1)</summary>

| | who | action | on | when | for example |
|---|---|---|---|---|---|
| gains | whoever uses the role \`Full\` | \`support:ResolveCase\` | everything |  |  |

</details>
`,
    );
  });

  test("names the people in all channels that have the role, and the role if there are none", () => {
    const roles = [role({ permissions: { ...gaining(right()), lost: [right({ action: targets("s3:*") })] } })];
    const ops = channel({ before: oncall({ name: "ops" }), after: undefined });
    const other = channel({ before: oncall({ role: "other" }), after: oncall({ role: "other" }) });
    const row = (sign: string, who: string, rest: string) => `| ${sign} | ${who} | ${rest} |`;
    const [gains, loses] = [
      "`support:ResolveCase` | everything |  | ",
      "`s3:*` | everything |  | `support:ResolveCase`",
    ];
    expect(rows({ roles, channels: [channel(), ops, other] })).toEqual([
      row("gains", "people in `#oncall`, `#ops`", gains),
      row("loses", "people in `#oncall`, `#ops`", loses),
    ]);
    expect(rows({ roles, channels: [other] })).toEqual([row("gains", WHOEVER, gains), row("loses", WHOEVER, loses)]);
    expect(rows({ roles: [role({ permissions: gaining(right()), after: undefined })] })).toEqual([
      row("gains", WHOEVER, gains),
    ]);
  });

  test("has the difference between two roles for a channel that moves, instead of that of its new role", () => {
    const moved = channel({ isMoved: true, permissions: losing(right()) });
    expect(rows({ channels: [moved, channel({ permissions: gaining(right()) })] })).toEqual([
      "| loses | people in `#oncall` | `support:ResolveCase` | everything |  |  |",
    ]);
    expect(rows({ roles: [role({ permissions: gaining(right()) })], channels: [moved] })).toEqual([
      `| gains | ${WHOEVER} | \`support:ResolveCase\` | everything |  |  |`,
      "| loses | people in `#oncall` | `support:ResolveCase` | everything |  |  |",
    ]);
  });

  const AWS = { type: "AWS", id: `arn:aws:iam::${OTHER_ACCOUNT}:role/a` };
  test.each<[string, Right["requester"], string]>([
    ["anybody", undefined, "anybody"],
    ["anybody else", { is: "other" }, "anybody"],
    ["their own account", { is: "other-of-account", account: ACCOUNT }, `anybody in the account \`${ACCOUNT}\``],
    [
      "another account",
      { is: "other-of-account", account: OTHER_ACCOUNT },
      `anybody in the account \`${OTHER_ACCOUNT}\` (**another account**)`,
    ],
    [
      "somebody whose account isn't known",
      { is: "named", principal: { type: "AWS", id: "AIDAEXAMPLE" } },
      "`AIDAEXAMPLE`",
    ],
    ["a role of another account", { is: "named", principal: AWS }, `\`${AWS.id}\` (**another account**)`],
    [
      "a role of their own account",
      { is: "named", principal: { ...AWS, id: `arn:aws:iam::${ACCOUNT}:role/a` } },
      `\`arn:aws:iam::${ACCOUNT}:role/a\``,
    ],
    [
      "a service",
      { is: "named", principal: { type: "Service", id: "ec2.amazonaws.com" } },
      "`Service ec2.amazonaws.com`",
    ],
  ])("names whoever may assume a role: %s", (_, requester, who) => {
    const trust = gaining(right({ requester, action: targets("sts:assumerole") }));
    expect(rows({ roles: [role({ trust })] })).toEqual([
      `| gains | ${who}, with the role \`Full\` | \`sts:AssumeRole\` | everything |  |  |`,
    ]);
  });

  const when = (...alternatives: readonly (readonly Condition[])[]): AllowedCases => ({
    when: alternatives,
    unless: [],
  });
  const REGION: Condition = { operator: "StringEquals", key: "aws:requestedregion", values: ["a", "b"] };
  const SOMEWHERE = "`aws:requestedregion` `StringEquals` `a` or `b`";
  const SECURELY = "`aws:securetransport` `Bool` `true`";
  const example = (keys: Right["example"]["keys"]) => ({ action: "support:resolvecase", resource: "arn:x", keys });

  test.each<[string, Partial<Right>, string]>([
    ["one action, always", {}, "`support:ResolveCase` | everything |  | "],
    ["actions", { action: targets("s3:get", "s3:put") }, "`s3:get`, `s3:put` | everything |  | "],
    [
      "a pattern, with an example",
      { action: targets("support:resolvecas?") },
      "`support:resolvecas?` | everything |  | `support:ResolveCase`",
    ],
    [
      "a pattern beside an action, with an example",
      { action: targets("s3:get", "support:*") },
      "`s3:get`, `support:*` | everything |  | `support:ResolveCase`",
    ],
    [
      "all but an action, with an example",
      { action: { not: true, patterns: ["s3:get"] } },
      "all but `s3:get` | everything |  | `support:ResolveCase`",
    ],
    [
      "a resource, in an example",
      { resource: targets("arn:x", "arn:y"), action: targets("support:*") },
      "`support:*` | `arn:x`, `arn:y` |  | `support:ResolveCase` on `arn:x`",
    ],
    ["all but everything", { resource: { not: true, patterns: ["*"] } }, "`support:ResolveCase` | all but `*` |  | "],
    ["everything, and more", { resource: targets("arn:x", "*") }, "`support:ResolveCase` | everything |  | "],
    [
      "a condition, with an example of it",
      { allowed: when([REGION]), example: example({ "aws:requestedregion": ["a"] }) },
      `\`support:ResolveCase\` | everything | ${SOMEWHERE} | \`support:ResolveCase\`, \`aws:requestedregion\` = \`a\``,
    ],
    [
      "an example with values, without any, and without a key",
      { action: targets("support:*"), example: example({ a: ["x", "y"], b: [], "aws:sourceaccount": undefined }) },
      "`support:*` | everything |  | `support:ResolveCase`, `a` = `x`, `y`, `b` = none, without `aws:SourceAccount`",
    ],
    [
      "alternatives of conditions",
      { allowed: when([REGION, SECURE], [SECURE]) },
      `\`support:ResolveCase\` | everything | ${SOMEWHERE} and ${SECURELY}, or ${SECURELY} | \`support:ResolveCase\``,
    ],
    [
      "exceptions",
      { allowed: { when: [[SECURE]], unless: [[REGION, SECURE], [REGION]] } },
      `\`support:ResolveCase\` | everything | ${SECURELY}, unless ${SOMEWHERE} and ${SECURELY}, unless ${SOMEWHERE} | \`support:ResolveCase\``,
    ],
    [
      "an exception alone",
      { allowed: { when: [], unless: [[REGION]] } },
      `\`support:ResolveCase\` | everything | unless ${SOMEWHERE} | \`support:ResolveCase\``,
    ],
    [
      "an end",
      { allowed: when([until("2027-01-01T00:00:00Z")]) },
      "`support:ResolveCase` | everything | until the end of 2026-12-31 (UTC) | `support:ResolveCase`",
    ],
    [
      "a condition without a key",
      { allowed: when([{ operator: "unsupported", key: "", values: ["x"] }]) },
      "`support:ResolveCase` | everything | `unsupported` `x` | `support:ResolveCase`",
    ],
    [
      "a condition less than before",
      { otherwise: when([SECURE]) },
      `\`support:ResolveCase\` | everything | ${SECURELY} → always | \`support:ResolveCase\``,
    ],
    [
      "another condition than before",
      { allowed: when([REGION]), otherwise: when([SECURE]) },
      `\`support:ResolveCase\` | everything | ${SECURELY} → ${SOMEWHERE} | \`support:ResolveCase\``,
    ],
    [
      "always before, too",
      { allowed: when([REGION]), otherwise: ALWAYS },
      `\`support:ResolveCase\` | everything | always → ${SOMEWHERE} | \`support:ResolveCase\``,
    ],
  ])("says what is allowed, on what, and when: %s", (_, more, words) => {
    expect(rowOf(right(more))).toBe(`| gains | ${WHOEVER} | ${words} |`);
  });

  test("turns around how the conditions of something that is lost change", () => {
    const lost = right({ allowed: when([REGION]), otherwise: when([SECURE]) });
    expect(rows({ roles: [role({ permissions: losing(lost) })] })).toEqual([
      `| loses | ${WHOEVER} | \`support:ResolveCase\` | everything | ${SOMEWHERE} → ${SECURELY} | \`support:ResolveCase\` |`,
    ]);
  });

  test("says what can't be decided, each operator once", () => {
    const depends = [SECURE, REGION, SECURE];
    const uncertain = right({ depends, allowed: when([SECURE]) });
    const words = `\`support:ResolveCase\` | everything | ${SECURELY}, unsupported: \`Bool\`, \`StringEquals\` | \`support:ResolveCase\` |`;
    expect(rows({ roles: [role({ permissions: gaining(uncertain) })] })).toEqual([
      `| may gain | ${WHOEVER} | ${words}`,
    ]);
    expect(rows({ roles: [role({ permissions: losing(uncertain) })] })).toEqual([`| may lose | ${WHOEVER} | ${words}`]);
    expect(rowOf(right({ depends: [SECURE] }))).toBe(
      `| may gain | ${WHOEVER} | \`support:ResolveCase\` | everything | unsupported: \`Bool\` |  |`,
    );
  });
});

describe("a plan", () => {
  const planned = (more: Partial<PlannedChange> = {}): PlannedChange => ({
    ...{ address: "aws_iam_role.full", type: "aws_iam_role", action: "update", attributes: [], drift: false },
    ...{ removed: [], attached: [], isDeposed: false, ...more },
  });
  const lines = (...changes: readonly PlannedChange[]) => list({ plan: { changes } });

  test("is listed", () => {
    expect(markdown(review([environment({ plan: { changes: [planned()] } })]))).toContain(
      "with other settings.\n\nTerraform\n\n- updates `aws_iam_role.full`.\n",
    );
    expect(lines(planned(), planned({ action: "import" }))).toHaveLength(2);
  });

  const ROLE_BREAKS = "A channel that was configured by hand and uses the role can do nothing once it is removed.";
  test.each<[Partial<PlannedChange>, string]>([
    [{ action: "create" }, "creates `aws_iam_role.full`."],
    [{ action: "import" }, "imports `aws_iam_role.full`."],
    [{ action: "forget" }, "stops managing `aws_iam_role.full`."],
    [{ action: "replace" }, `**replaces** \`aws_iam_role.full\`. ${ROLE_BREAKS}`],
    [{ action: "delete" }, `**deletes** \`aws_iam_role.full\`. ${ROLE_BREAKS}`],
    [{ action: "delete", isDeposed: true }, "**deletes** `aws_iam_role.full` (deposed)."],
    [
      { action: "delete", type: "aws_iam_policy" },
      "**deletes** `aws_iam_role.full`. Whatever else the policy is attached to loses it.",
    ],
    [
      { action: "delete", type: "aws_iam_role_policy_attachment" },
      "**deletes** `aws_iam_role.full`. Whoever has the role loses what the policy allows.",
    ],
    [
      { action: "delete", type: "aws_iam_service_linked_role" },
      "**deletes** `aws_iam_role.full`. Nobody in the account can request quota increases until it is there again.",
    ],
    [
      { action: "delete", type: "aws_cloudcontrolapi_resource" },
      "**deletes** `aws_iam_role.full`. People in the channel can't use the Support App until it is configured again.",
    ],
    [{ action: "delete", type: "aws_iam_user" }, "**deletes** `aws_iam_role.full`."],
    [{ drift: true }, "**Drift**, not a change of the code: updates `aws_iam_role.full`."],
    [
      {
        attributes: [
          { name: "a", drift: false },
          { name: "b", drift: true },
          { name: "c", drift: false },
          { name: "d", drift: true },
        ],
      },
      "updates `aws_iam_role.full` (`a`, `c`; by **drift**: `b`, `d`).",
    ],
    [{ attributes: [{ name: "b", drift: true }] }, "updates `aws_iam_role.full` (by **drift**: `b`)."],
    [
      {
        drift: true,
        attributes: [
          { name: "a", drift: false },
          { name: "b", drift: true },
        ],
      },
      "**Drift**, not a change of the code: updates `aws_iam_role.full` (`a`, `b`).",
    ],
    [
      {
        attached: ["aws_iam_policy.full"],
        removed: [
          { policy: "x", byHand: true },
          { policy: "y", byHand: false },
        ],
      },
      "updates `aws_iam_role.full`. It attaches `aws_iam_policy.full`. It removes `x`, which was added by hand. It removes `y`.",
    ],
  ])("says what Terraform does: %j", (more, words) => {
    expect(lines(planned(more))).toEqual([`- ${words}`]);
  });

  const drift = (more: Partial<Drift> = {}): Drift => ({
    ...{ verdict: "broadened", access: NO_CHANGES, unknownPolicies: [], unreadable: [], approved: null, ...more },
  });
  const DIFFERS =
    "**The account differs from the code before this change, and this deploy gives, or may give, more than the code change does.** Somebody changed the account by hand, or it was never deployed.";
  const access: AccessChanges = {
    ...NO_CHANGES,
    roles: [role({ before: undefined, permissions: gaining(right()) })],
    channels: [channel({ verdict: "broadened", gained: ["resolve-cases"] })],
  };

  test("that gives more than the code change says why", () => {
    const found = drift({
      access,
      unknownPolicies: [{ role: "full", policy: "theirs" }],
      unreadable: [{ role: "full", reason: "no-effect", source: "x" }],
    });
    expect(markdown(review([environment({ plan: { changes: [], drift: found } })]))).toContain(
      `with other settings.

${DIFFERS}

- People in \`#oncall\` (\`C01\`) **gain**:
  - resolve-cases: resolve a case (\`support:ResolveCase\`)
- The role \`Full\` is added.
- The policy \`theirs\` is removed from \`aws_iam_role.full\`. Its content is unknown: if it denies something, that is then allowed.
- Unsupported: a statement that neither allows nor denies, in \`aws_iam_role.full\` (\`x\`).

<details><summary>What the deploy gives and takes, compared with the account (1)</summary>

| | who | action | on | when | for example |
|---|---|---|---|---|---|
| gains | people in \`#oncall\` | \`support:ResolveCase\` | everything |  |  |

</details>

Terraform would change nothing.
`,
    );
  });

  test("that gives nothing more has no table", () => {
    const shown = environment({ plan: { changes: [], drift: drift({ verdict: "narrowed", access }) } });
    expect(markdown(review([shown])).slice(markdown(review([shown])).indexOf(DIFFERS))).toBe(
      `${DIFFERS}

- People in \`#oncall\` (\`C01\`) **gain**:
  - resolve-cases: resolve a case (\`support:ResolveCase\`)
- The role \`Full\` is added.

Terraform would change nothing.
`,
    );
  });
});

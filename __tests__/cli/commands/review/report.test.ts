import { markdown } from "../../../../cli/commands/review/report";
import type { TierChange } from "../../../../cli/commands/review/rules-change";
import type { Violation } from "../../../../cli/commands/review/violations";
import type { Verdict } from "../../../../cli/terraform/verdict";
import {
  channel,
  DIGEST,
  environment,
  environmentsNamed,
  headline,
  NO_CHANGES,
  NO_PLAN,
  names,
  review,
} from "./report/reported";

describe("the headline", () => {
  test.each<[string, readonly Verdict[]]>([
    ["✅ Nobody's access changes", []],
    ["✅ Nobody's access changes", ["unchanged", "cosmetic"]],
    ["✅ Nobody's access changes, but settings change in 1 environment", ["settings", "cosmetic"]],
    ["✅ Nobody's access changes, but settings change in 2 environments", ["settings", "settings"]],
    ["✅ Access is narrowed in 1 environment", ["narrowed", "settings"]],
    ["✅ Access is narrowed in 2 environments", ["narrowed", "narrowed"]],
    [
      "✅ Access is possibly left behind in 1, broadened in 2, unknown in 1, narrowed in 1 environments",
      ["narrowed", "unknown", "broadened", "settings", "broadened", "left-behind"],
    ],
  ])('the headline is "%s" for the verdicts %j', (words, verdicts) => {
    expect(headline(verdicts.map((verdict) => environment({ verdict })))).toBe(`## ${words}`);
  });

  test("the headline says of how many removed environments it is known that something is left behind", () => {
    const removed = environment({ verdict: "left-behind", isRemoved: true });
    const inUse = { ...removed, leftBehind: { roles: ["Full"], channels: [] } };
    expect(headline([inUse])).toBe("## ✅ Access is left behind in 1 environment");
    expect(headline([inUse, removed, removed])).toBe(
      "## ✅ Access is left behind in 1, possibly left behind in 2 environments",
    );
  });

  const lock = { kind: "added", providers: [] } as const;
  const rules = { isLoosened: true, tiers: [] };
  const ENDED: Violation = {
    ...{ kind: "ended", role: "Full", actions: { not: false, patterns: ["a:b"] }, end: "2026-01-02T00:00:00Z" },
  };
  const ELSEWHERE: Violation = {
    ...{ kind: "reads-elsewhere", unreadable: { reason: "reads-elsewhere", address: "a.b", source: "x" } },
  };

  test("the headline shows whether an approval is needed, and what changes besides access", () => {
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
  ])('the headline of something forbidden is "%s"', (words, violations) => {
    const environments = violations.map((group) => environment({ violations: group }));
    expect(headline(environments, { refused: true, approvalNeeded: true, lock })).toBe(`## ${words}`);
  });
});

const APPROVAL = { approval: ["Approve."] };

describe("the whole report", () => {
  test("the whole report of nothing is a line", () => {
    expect(markdown(review([]))).toBe("## ✅ Nobody's access changes\n");
  });

  test("the whole report of environments in which nobody's access changes names them, without a digest", () => {
    expect(markdown(review([environment({ verdict: "cosmetic" })]), APPROVAL)).toBe(
      "## ✅ Nobody's access changes\n\nChanged, but nobody's access changes: `paid`.\n",
    );
  });

  test("the whole report has a digest where there is something to approve, and how to", () => {
    const report = review([environment({ verdict: "broadened" })], { approvalNeeded: true });
    const [head, digest, approval] = [
      "## ⚠️ Access is broadened in 1 environment\n\n",
      `Digest of this change: \`${DIGEST}\`\n\n`,
      "Approve.\n\n",
    ];
    const rest = "### `paid`: access is broadened\n\nSomebody can do more than before. **This needs an approval.**\n\n";
    expect(markdown(report)).toBe(head + digest + rest);
    expect(markdown(report, APPROVAL)).toBe(head + digest + approval + rest);
    expect(markdown({ ...report, approvalNeeded: false }, APPROVAL)).not.toContain("Approve.");
    expect(markdown({ ...report, refused: true }, APPROVAL)).not.toContain("Approve.");
  });

  test("the whole report shows how many environments aren't planned, as a workflow has only so many jobs", () => {
    expect(markdown(review([]), { unplanned: { count: 2, planned: 256 } })).toBe(
      "## ✅ Nobody's access changes\n\nOnly the first 256 environments, by name, are planned: CI accepts no more jobs in one matrix. 2 more could be planned.\n",
    );
  });

  test("the whole report has an environment with a plan or something forbidden, even if nothing else changes there", () => {
    const planned = environment({ verdict: "unchanged", plan: NO_PLAN });
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
  ])("the whole report explains the verdict %s", (verdict, short, sentence) => {
    const plannedEnvironment = environment({ verdict, plan: NO_PLAN });
    expect(markdown(review([plannedEnvironment]))).toContain(
      `### \`paid\`: ${short}\n\n${sentence}\n\nTerraform would change nothing.\n`,
    );
  });

  test("the whole report explains what happens to live chats if something changes for a channel, and only then", () => {
    const sentence =
      "\nWhatever a channel gains or loses also applies to live-chat channels created from it later. AWS doesn't say what happens to earlier ones: archive them if a channel loses something.\n";
    const markdownOf = (...verdicts: readonly Verdict[]) =>
      markdown(
        review([
          environment({ access: { ...NO_CHANGES, channels: verdicts.map((verdict) => channel({ verdict })) } }),
          environment({ environment: "other", verdict: "narrowed" }),
        ]),
      );
    expect(markdownOf("unchanged", "settings").slice(-sentence.length)).toBe(sentence);
    expect(markdownOf("unchanged")).not.toContain("live-chat");
  });
});

describe("many environments", () => {
  test("many environments that change in the same way are reported once", () => {
    expect(markdown(review(environmentsNamed(["a", "b"], { verdict: "narrowed" })))).toBe(
      `## ✅ Access is narrowed in 2 environments

| environments | change | people gain | people lose | also changes |
|---|---|---|---|---|
| 2: \`a\`, \`b\` | access is narrowed |  |  |  |

### 2 environments: access is narrowed

The same in \`a\`, \`b\`. The text below is about \`a\`: each of the others has its own account instead, and its own name in the location of its state.

Somebody can do less than before, and nobody more.

`,
    );
  });

  test("environments with other rules, environments that change alike and quiet environments are listed at the end if they are many", () => {
    const moved: TierChange = { before: "a", after: "b", isNew: false, environments: names(6), changes: [] };
    const report = review(
      [
        ...environmentsNamed(names(7), { verdict: "narrowed" }),
        ...environmentsNamed(names(8), { verdict: "cosmetic" }),
      ],
      {
        rules: { isLoosened: false, tiers: [moved] },
      },
    );
    expect(markdown(report).match(/<summary>.*/g)).toEqual([
      "<summary>The 7 environments that change like e0</summary>",
      "<summary>The 6 environments for which the tier changes: a → b</summary>",
      "<summary>The 8 environments in which nobody's access changes</summary>",
    ]);
    expect(markdown(report)).toContain("The same in 7 environments, listed below. The text");
    expect(markdown(report)).toContain("- The tier changes: `a` → `b` (6 environments, listed below). The same rules");
    expect(markdown(report)).toContain("tier changes: a → b</summary>\n\n`e0`,\n`e1`,\n`e2`,\n`e3`,\n`e4`,\n`e5`\n");
  });
});

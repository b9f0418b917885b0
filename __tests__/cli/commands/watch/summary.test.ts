import { watchLines, watchMarkdown } from "../../../../cli/commands/watch/summary";
import type { WatchedFinding, WatchReport } from "../../../../cli/commands/watch/watch-report";
import { finding as reportedFinding } from "../../../support/watching";

const ISSUE = { number: 7, url: "https://github.com/acme/access/issues/7" };

function finding(title: string, overrides: Partial<WatchedFinding> = {}): WatchedFinding {
  return {
    ...{ id: title, subject: { environment: "production" }, kind: "trust", about: ["full"], title },
    ...{ state: "found", silenced: false, waiting: false, reported: [], ...overrides },
  };
}

function reportOf(findings: readonly WatchedFinding[], overrides: Partial<WatchReport> = {}): WatchReport {
  const environments = [{ name: "production", account: "111122223333", answer: "unhealthy" as const }];
  return {
    ...{ schemaVersion: 2, answer: "unhealthy", environments, accounts: [], findings: [...findings] },
    ...{ healed: [], ...overrides },
  };
}

const REPORTED = reportedFinding({ resource: "```", impact: "*x*" });
const UNSEEN: Partial<WatchedFinding> = { state: "not-looked-at", reported: [] };

const healed = (because: WatchReport["healed"][number]["because"]) => ({
  ...{ id: because, subject: { environment: "production" }, kind: "trust", about: ["full"], title: because, because },
});
const MIXED = reportOf(
  [
    finding("a", { state: "not-looked-at", change: "stays" }),
    finding("b", { change: "stays", silenced: true }),
    finding("c", { change: "stays", issue: ISSUE }),
    finding("d", { change: "stays", waiting: true }),
    finding("e"),
    finding("f", { change: "new", waiting: true }),
  ],
  {
    healed: [healed("healed"), healed("environment-removed"), { ...healed("check-removed"), issue: ISSUE }],
  },
);
const MIXED_COUNTS =
  "1 environment: 0 healthy, 1 unhealthy, 0 unknown. Findings: 1 not looked at, 1 silenced, 1 stays, 1 without an issue, 1 found, 1 new, 3 healed or closed.";

test("new findings are first, then those that stay, those that aren't known, and healed ones with the reason", () => {
  expect(watchLines(MIXED, ["A report is broken."])).toEqual([
    "new               f",
    "found             e",
    "without an issue  d",
    "stays             c  https://github.com/acme/access/issues/7",
    "silenced          b",
    "not looked at     a",
    "healed            healed",
    "closed            environment-removed",
    "closed            check-removed  https://github.com/acme/access/issues/7",
    MIXED_COUNTS,
    "2 findings without an issue: at most 25 issues of a kind are open at once.",
    "A report is broken.",
  ]);
});

test("a notice that is gone is closed", () => {
  const ending = { ...healed("healed"), kind: "ending" };
  expect(watchLines(reportOf([], { healed: [ending] }), [])[0]).toBe("closed  healed");
});

test("a summary of no finding has the counts alone", () => {
  const environments = (["healthy", "unknown", "healthy"] as const).map((answer, index) => ({
    ...{ name: `e${index}`, account: "1", answer },
  }));
  const counts = "3 environments: 2 healthy, 0 unhealthy, 1 unknown. Findings: none.";
  expect(watchLines(reportOf([], { environments }), [])).toEqual([counts]);
  expect(watchMarkdown(reportOf([], { environments }), [])).toBe(`## Watch\n\n${counts}\n\n`);
});

test("the summary has a table with links, remarks, and what doctor says, in which nothing is Markdown", () => {
  const report = reportOf([
    finding("a | b", { change: "new", issue: ISSUE, reported: [REPORTED] }),
    finding("c", UNSEEN),
  ]);
  expect(watchMarkdown(report, ["<b> is broken"])).toBe(`## Watch

1 environment: 0 healthy, 1 unhealthy, 0 unknown. Findings: 1 new, 1 not looked at.

\`<b> is broken\`

|  | finding | issue |
| --- | --- | --- |
| new | \`a \\| b\` | [#7](https://github.com/acme/access/issues/7) |
| not looked at | \`c\` |  |

### \`a | b\`

      unhealthy: trust: \`\`\`
        means     *x*
        expected  it is as environments.yaml says
        found     it is otherwise
        fix       Deploy the environment.
                  $ npx support-app deploy production

`);
});

test("the summary stays within GitHub's limit of 1 MiB, whatever doctor says", () => {
  const longFinding = reportedFinding({ found: "\u20ac".repeat(3_000) });
  const long = Array.from({ length: 600 }, (_, index) => finding(`e${index}`, { reported: [longFinding] }));
  const markdown = watchMarkdown(reportOf(long), []);
  expect(Buffer.byteLength(markdown)).toBeLessThan(1024 * 1024);
  expect(markdown.match(/^### /gm)?.length).toBeGreaterThan(50);
  expect(markdown.endsWith("\n\nThe rest is in the report.\n")).toBe(true);
});

test("accounts are counted beside environments, and a subject without a report says where to look", () => {
  const accounts = [{ account: "999988887777", answer: "unhealthy" as const }];
  expect(watchLines(reportOf([], { accounts }), [])).toEqual([
    "1 environment and 1 account with findings: 0 healthy, 2 unhealthy, 0 unknown. Findings: none.",
  ]);
  expect(watchMarkdown(reportOf([finding("c")]), [])).toContain(
    "### `c`\n\n    No report counts: its job didn't start",
  );
});

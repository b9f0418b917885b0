import { watchLines, watchMarkdown } from "../../../../cli/commands/watch/summary";
import type { WatchedFinding, WatchReport } from "../../../../cli/commands/watch/watch-report";

const ISSUE = { number: 7, url: "https://github.com/acme/access/issues/7" };

function finding(title: string, of: Partial<WatchedFinding> = {}): WatchedFinding {
  return {
    ...{ id: title, environment: "production", check: "trust", about: ["full"], title },
    ...{ state: "found", silenced: false, waiting: false, lines: [], ...of },
  };
}

function reportOf(findings: readonly WatchedFinding[], of: Partial<WatchReport> = {}): WatchReport {
  const environments = [{ name: "production", account: "111122223333", answer: "unhealthy" as const }];
  return { schemaVersion: 1, answer: "unhealthy", environments, findings: [...findings], healed: [], ...of };
}

const healed = (because: WatchReport["healed"][number]["because"]) => ({
  ...{ id: because, environment: "production", check: "trust", about: ["full"], title: because, because },
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
    "2 findings without an issue: at most 25 issues of a check are open at once.",
    "A report is broken.",
  ]);
});

test("a notice that is gone is closed", () => {
  const ending = { ...healed("healed"), check: "ending" };
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
  const report = reportOf([finding("a | b", { change: "new", issue: ISSUE, lines: ["```", "*x*"] }), finding("c")]);
  expect(watchMarkdown(report, ["<b> is broken"])).toBe(`## Watch

1 environment: 0 healthy, 1 unhealthy, 0 unknown. Findings: 1 new, 1 found.

\`<b> is broken\`

|  | finding | issue |
| --- | --- | --- |
| new | \`a \\| b\` | [#7](https://github.com/acme/access/issues/7) |
| found | \`c\` |  |

### \`a | b\`

    \`\`\`
    *x*

`);
});

test("the summary stays within GitHub's limit of 1 MiB, whatever doctor says", () => {
  const long = Array.from({ length: 600 }, (_, index) => finding(`e${index}`, { lines: ["\u20ac".repeat(3_000)] }));
  const markdown = watchMarkdown(reportOf(long), []);
  expect(Buffer.byteLength(markdown)).toBeLessThan(1024 * 1024);
  expect(markdown.match(/^### /gm)?.length).toBeGreaterThan(50);
  expect(markdown.endsWith("\n\nThe rest is in the report.\n")).toBe(true);
});

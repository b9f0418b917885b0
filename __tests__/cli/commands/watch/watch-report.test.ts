import { writeFileSync } from "node:fs";
import type { SyncedIssues } from "../../../../cli/commands/watch/sync-issues";
import {
  readWatchReport,
  type WatchReport,
  watchReport,
  watchReportSchema,
} from "../../../../cli/commands/watch/watch-report";
import type { KeptFinding, Resolution, WatchRun } from "../../../../cli/commands/watch/watch-run";
import { CommandError } from "../../../../cli/terminal/command-error";
import { folderInTests } from "../../../support/folder";
import { finding } from "../../../support/watching";

const ISSUE = { number: 7, url: "https://github.com/acme/access/issues/7" };
const KEY = { id: "a", subject: { environment: "production" }, kind: "not-looked-at", about: ["environment"] };
const REPORTED = [finding({ answer: "unknown" })];
const environments: WatchReport["environments"] = [
  { name: "production", account: "111122223333", answer: "unknown" },
  { name: "staging", account: "111122223334", answer: "healthy" },
];

/** A run that finds it, or in which it has such a resolution. */
function runWith(resolution: Resolution = "found"): WatchRun {
  const findings: KeptFinding[] = [{ ...KEY, answer: "unknown", reported: REPORTED }];
  const run = { environments, accounts: [], areAllUsable: true, resolutionOf: () => resolution };
  return { ...run, findings: resolution === "found" ? findings : [] };
}

/** What became of the issues. */
function keptWith(overrides: Partial<SyncedIssues>): SyncedIssues {
  return { issues: new Map(), silenced: new Set(), waiting: new Set(), failures: [], ...overrides };
}

const FIRST = watchReport(runWith(), undefined, undefined, undefined);

test("without an earlier run, findings are listed, and it isn't known whether they are new", () => {
  expect(JSON.parse(JSON.stringify(watchReportSchema.parse(FIRST)))).toEqual({
    schemaVersion: 2,
    answer: "unknown",
    environments,
    accounts: [],
    findings: [
      {
        ...{ ...KEY, title: "production: not looked at", state: "found" },
        ...{ silenced: false, waiting: false, reported: REPORTED },
      },
    ],
    healed: [],
  });
});

test.each<[string, Partial<SyncedIssues>, WatchReport["findings"], WatchReport | undefined, object]>([
  ["new", { issues: new Map([["a", ISSUE]]) }, [], undefined, { issue: ISSUE, change: "new" }],
  ["known", {}, FIRST.findings, undefined, { issue: undefined, change: "stays" }],
  ["silenced", { silenced: new Set(["a"]) }, [], undefined, { change: "stays", silenced: true }],
  // Without an issue, only an earlier report says since when it is there.
  ["waiting for an issue", { waiting: new Set(["a"]) }, [], undefined, { change: undefined, waiting: true }],
  ["new and waiting", { waiting: new Set(["a"]) }, [], { ...FIRST, findings: [] }, { change: "new", waiting: true }],
])("a finding may be %s", (_, overrides, knownFindings, before, finding) => {
  expect(watchReport(runWith(), knownFindings, keptWith(overrides), before).findings[0]).toMatchObject(finding);
});

const ENDED = ["healed", "environment-removed", "check-removed"] as const;
test.each<[Resolution, object]>([
  [
    "not-looked-at",
    { findings: [{ state: "not-looked-at", change: "stays", reported: REPORTED, issue: ISSUE }], healed: [] },
  ],
  ...ENDED.map((because): [Resolution, object] => [
    because,
    { findings: [], healed: [{ id: "a", because, issue: ISSUE }] },
  ]),
])("an earlier finding that is %s is in the report as such, with its issue and its lines", (resolution, report) => {
  const before = { ...FIRST, findings: FIRST.findings.map((finding) => ({ ...finding, issue: ISSUE })) };
  expect(watchReport(runWith(resolution), before.findings, undefined, before)).toMatchObject(report);
});

test.each([
  ["http://ghe.example.com:8080/acme/access/issues/7", true],
  ["https://github.com/acme/access/issues/7|x", false],
  ["javascript:alert(1)", false],
])("the issue's URL in a report is a link and nothing more: %s", (url, is) => {
  const findings = FIRST.findings.map((finding) => ({ ...finding, issue: { ...ISSUE, url } }));
  expect(watchReportSchema.safeParse({ ...FIRST, findings }).success).toBe(is);
});

const folder = folderInTests();

test("the report of an earlier run is read as it was written, and needn't be there; another one is refused", () => {
  const file = folder("before.json");
  expect(readWatchReport(file)).toBeUndefined();
  writeFileSync(file, JSON.stringify(FIRST));
  expect(readWatchReport(file)).toMatchObject({ findings: [{ id: "a", reported: REPORTED }] });
  writeFileSync(file, JSON.stringify({ ...FIRST, schemaVersion: 1 }));
  expect(() => readWatchReport(file)).toThrow(
    new CommandError(
      `Received --since "${file}" in another form, expected what watch --report has written. Give that file, or leave --since out.`,
    ),
  );
});

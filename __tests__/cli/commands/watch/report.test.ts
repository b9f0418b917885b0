import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kept } from "../../../../cli/commands/watch/keep-issues";
import {
  readWatchReport,
  type WatchReport,
  watchReport,
  watchReportSchema,
} from "../../../../cli/commands/watch/report";
import { type Resolution, type WatchRun, watchRun } from "../../../../cli/commands/watch/watch-run";
import { CommandError } from "../../../../cli/terminal/command-error";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { doctorReport, finding, type Said } from "../../../support/watching";

const FILE = "environments.yaml";
const environments = parseEnvironments(
  `defaults: { region: us-east-1 }
environments:
  production: { account: "111122223333", full: {} }
  staging: { account: "111122223334", full: {} }
  old: { account: "111122223335", full: {}, retired: true }
`,
  FILE,
);
const ISSUE = { number: 7, url: "https://github.com/acme/access/issues/7" };
const TRUST: Said = { findings: { trust: [{}] } };

/** A run in which doctor says that of production and staging. Undefined: it has no report. */
function runWith(production: Said | undefined, staging: Said | undefined = {}) {
  const reports = doctorReport({ production: production ?? {}, staging: staging ?? {} }).environments;
  const known = reports.filter(({ name }) => (name === "production" ? production : staging) !== undefined);
  return watchRun(FILE, environments, new Map(known.map((one) => [one.name, one])));
}

/** The report of a run after another one. */
function after(before: WatchReport | undefined, production: Said | undefined): WatchReport {
  const run = runWith(production);
  return watchReport(run, before?.findings, undefined, before);
}

/** What became of the issues. */
function keptWith(of: Partial<Kept>): Kept {
  return { issues: new Map(), silenced: new Set(), waiting: new Set(), failures: [], ...of };
}

const FIRST = after(undefined, TRUST);
const [FOUND] = FIRST.findings;
const id = FOUND?.id ?? "";

test("without an earlier run, findings are listed, and it isn't known whether they are new", () => {
  expect(FIRST).toEqual({
    schemaVersion: 1,
    answer: "unhealthy",
    environments: [
      { name: "production", account: "111122223333", answer: "unhealthy" },
      { name: "staging", account: "111122223334", answer: "healthy" },
    ],
    findings: [
      {
        ...{ id: expect.stringMatching(/^[\da-f]{12}$/), environment: "production", check: "trust", about: ["full"] },
        ...{ title: "production: trust: full", state: "found", change: undefined, silenced: false, waiting: false },
        ...{ issue: undefined, checks: undefined },
        lines: [
          "  unhealthy: trust: role AWSSupportAppFullRole (full)",
          "    expected  it is as environments.yaml says",
          "    found     it is otherwise",
          "    fix       Deploy the environment.",
          "              $ npx support-app deploy production",
        ],
      },
    ],
    healed: [],
  });
  expect(watchReportSchema.parse(FIRST)).toEqual(FIRST);
});

test("after an earlier run, a finding stays, is new, or is healed", () => {
  expect(after(FIRST, TRUST)).toMatchObject({ findings: [{ id, change: "stays" }], healed: [] });
  expect(after(FIRST, { findings: { role: [{}] } })).toMatchObject({
    findings: [{ check: "role", change: "new" }],
    healed: [{ id, title: "production: trust: full", because: "healed" }],
  });
});

test("what can't be looked at stays, with what was said of it before, every time", () => {
  const second = after(FIRST, undefined);
  const unseen = {
    ...{ id, state: "not-looked-at", change: "stays", silenced: false, waiting: false },
    lines: FOUND?.lines,
  };
  expect(second).toMatchObject({ answer: "unknown", findings: [{ check: "not-looked-at", change: "new" }, unseen] });
  expect(after(second, undefined).findings[1]).toMatchObject(unseen);
});

test("what is unknown is one finding, with its checks", () => {
  const unknown = { findings: { role: [finding({ answer: "unknown" })], trust: [finding({ answer: "unknown" })] } };
  expect(after(undefined, unknown).findings).toMatchObject([{ check: "not-looked-at", checks: ["role", "trust"] }]);
});

test("a finding has its issue, and is silenced or waits for one", () => {
  const of = (kept: Partial<Kept>, known: WatchReport["findings"] = [], before?: WatchReport) =>
    watchReport(runWith(TRUST), known, keptWith(kept), before).findings[0];
  const issues = new Map([[id, ISSUE]]);
  expect(of({ issues })).toMatchObject({ issue: ISSUE, change: "new" });
  expect(of({ issues }, FIRST.findings)).toMatchObject({ issue: ISSUE, change: "stays" });
  const silenced = new Set([id]);
  expect(of({ issues, silenced })).toMatchObject({ issue: ISSUE, change: "stays", silenced: true });
  // Without an issue, only an earlier report says since when it is there.
  const waiting = new Set([id]);
  expect(of({ waiting })).toMatchObject({ change: undefined, silenced: false, waiting: true });
  expect(of({ waiting }, [], { ...FIRST, findings: [] })).toMatchObject({ change: "new", waiting: true });
});

test.each<[Resolution, object]>([
  ["found", { findings: [], healed: [] }],
  ["not-looked-at", { findings: [{ id, state: "not-looked-at", change: "stays" }], healed: [] }],
  ["environment-removed", { findings: [], healed: [{ id, because: "environment-removed" }] }],
  ["check-removed", { findings: [], healed: [{ id, because: "check-removed" }] }],
])("an earlier finding that is %s is in the report as such", (resolution, report) => {
  const run: WatchRun = { environments: [], found: [], resolutionOf: () => resolution };
  expect(watchReport(run, FIRST.findings, undefined, undefined)).toMatchObject(report);
});

test("the issue in the earlier report counts if none is kept now", () => {
  const before = { ...FIRST, findings: FIRST.findings.map((one) => ({ ...one, issue: ISSUE })) };
  expect(after(before, TRUST).findings[0]?.issue).toEqual(ISSUE);
  expect(after(before, {}).healed[0]?.issue).toEqual(ISSUE);
});

test.each([
  ["https://github.com/acme/access/issues/7", true],
  ["http://ghe.example.com:8080/acme/access/issues/7", true],
  ["https://github.com/acme/access/issues/7|x", false],
  ["javascript:alert(1)", false],
])("the issue's URL in a report is a link and nothing more: %s", (url, is) => {
  const findings = FIRST.findings.map((one) => ({ ...one, issue: { ...ISSUE, url } }));
  expect(watchReportSchema.safeParse({ ...FIRST, findings }).success).toBe(is);
});

describe("the report of an earlier run", () => {
  const folder = mkdtempSync(join(tmpdir(), "support-app-watch-report-"));
  const file = join(folder, "before.json");
  beforeEach(() => rmSync(file, { recursive: true, force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is read as it was written, and needn't be there", () => {
    expect(readWatchReport(file)).toBeUndefined();
    writeFileSync(file, JSON.stringify(FIRST));
    expect(readWatchReport(file)).toEqual(JSON.parse(JSON.stringify({ schemaVersion: 1, findings: FIRST.findings })));
  });

  const EXPECTED = "expected what watch --report has written. Give that file, or leave --since out.";

  test.each([
    ["of something else", {}],
    ["of another version", { ...FIRST, schemaVersion: 2 }],
  ])("that is %s is refused", (_, content) => {
    writeFileSync(file, JSON.stringify(content));
    expect(() => readWatchReport(file)).toThrow(
      new CommandError(`Received --since "${file}" in another form, ${EXPECTED}`),
    );
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../../../cli/command-error";
import { type Changes, changesSince } from "../../../cli/watch/changes";
import type { Kept } from "../../../cli/watch/keep-issues";
import { nightOf } from "../../../cli/watch/night";
import {
  readWatchReport,
  type WatchReport,
  watchReport,
  watchReportJsonSchema,
  watchReportSchema,
} from "../../../cli/watch/report";
import { parseEnvironments } from "../../../stacks/environments";
import { doctorReport, finding, type Said } from "../../support/watching";

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

/** A night on which doctor says that of production and staging. Undefined: it has no report. */
function nightWith(production: Said | undefined, staging: Said | undefined = {}) {
  const reports = doctorReport({ production: production ?? {}, staging: staging ?? {} }).environments;
  const known = reports.filter(({ name }) => (name === "production" ? production : staging) !== undefined);
  return nightOf(FILE, environments, new Map(known.map((one) => [one.name, one])));
}

/** The report of a night after another one. */
function after(before: WatchReport | undefined, production: Said | undefined): WatchReport {
  const night = nightWith(production);
  return watchReport(night, before && changesSince(before.findings, night), undefined, before);
}

/** What became of the issues. */
function keptWith(changes: Changes | undefined, of: Partial<Kept> = {}): Kept {
  return { issues: new Map(), silenced: new Set(), waiting: new Set(), unmarked: [], changes, failures: [], ...of };
}

const FIRST = after(undefined, TRUST);
const [FOUND] = FIRST.findings;
const id = FOUND?.id ?? "";

test("without an earlier night, findings are listed, and it isn't known whether they are new", () => {
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

test("after an earlier night, a finding stays, is new, or is healed", () => {
  expect(after(FIRST, TRUST)).toMatchObject({ findings: [{ id, change: "stays" }], healed: [] });
  expect(after(FIRST, { findings: { role: [{}] } })).toMatchObject({
    findings: [{ check: "role", change: "new" }],
    healed: [{ id, title: "production: trust: full", because: "healed" }],
  });
});

test("what can't be looked at stays, with what was said of it before, every night", () => {
  const second = after(FIRST, undefined);
  const unseen = {
    ...{ id, state: "not-looked-at", change: "stays", silenced: false, waiting: false },
    lines: FOUND?.lines,
  };
  expect(second).toMatchObject({ answer: "unknown", findings: [{ check: "not-looked-at", change: "new" }, unseen] });
  expect(after(second, undefined).findings[1]).toMatchObject(unseen);
});

test("a check that was unknown stays among those of its finding until it is looked at", () => {
  const unknown = { findings: { role: [finding({ answer: "unknown" })] } };
  const first = after(undefined, unknown);
  expect(first.findings).toMatchObject([{ check: "not-looked-at", checks: ["role"] }]);
  const trust = { findings: { trust: [finding({ answer: "unknown" })] } };
  expect(after(first, { ...trust, without: ["role"] }).findings).toMatchObject([{ checks: ["role", "trust"] }]);
  expect(after(first, trust).findings).toMatchObject([{ checks: ["trust"] }]);
});

test("a finding has its issue, and is silenced or waits for one", () => {
  const night = nightWith(TRUST);
  const of = (kept: Partial<Kept>, isNew: readonly string[] = [], before?: WatchReport) => {
    const changes: Changes = { isNew: new Set(isNew), unseen: [], healed: [] };
    return watchReport(night, changes, keptWith(changes, kept), before).findings[0];
  };
  expect(of({ issues: new Map([[id, ISSUE]]) }, [id])).toMatchObject({ issue: ISSUE, change: "new" });
  expect(of({ issues: new Map([[id, ISSUE]]), silenced: new Set([id]) })).toMatchObject({
    ...{ issue: ISSUE, change: "stays", silenced: true, waiting: false },
  });
  // Without an issue, only an earlier report says since when it is there.
  expect(of({ waiting: new Set([id]) })).toMatchObject({ change: undefined, silenced: false, waiting: true });
  expect(of({ waiting: new Set([id]) }, [], FIRST)).toMatchObject({ change: "stays", waiting: true });
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

describe("the report of an earlier night", () => {
  const folder = mkdtempSync(join(tmpdir(), "support-app-watch-report-"));
  const file = join(folder, "before.json");
  beforeEach(() => rmSync(file, { recursive: true, force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is read as it was written, and needn't be there", () => {
    expect(readWatchReport(file)).toBeUndefined();
    writeFileSync(file, JSON.stringify(FIRST));
    expect(readWatchReport(file)).toEqual(JSON.parse(JSON.stringify(FIRST)));
  });

  const EXPECTED = "expected what watch --report has written. Give that file, or leave --since out.";

  test.each([
    ["of something else", {}],
    ["of another version", { ...FIRST, schemaVersion: 2 }],
  ])("that is %s is refused", (_, content) => {
    writeFileSync(file, JSON.stringify(content));
    expect(() => readWatchReport(file)).toThrow(CommandError);
    expect(() => readWatchReport(file)).toThrow(
      new CommandError(`Received --since "${file}" in another form, ${EXPECTED}`),
    );
  });

  test("that is half of one is refused", () => {
    writeFileSync(file, "{");
    expect(() => readWatchReport(file)).toThrow(/^Received --since ".+" that is not JSON \(.+\), expected what watch /);
  });

  test("that is a folder is refused", () => {
    mkdirSync(file);
    expect(() => readWatchReport(file)).toThrow(
      new CommandError(
        `Received --since "${file}" that can't be read (EISDIR: illegal operation on a directory, read), ${EXPECTED}`,
      ),
    );
  });
});

test("the JSON Schema of the report is current: npm run schema", () => {
  const written = JSON.parse(readFileSync("docs/watch-report.schema.json", "utf8"));
  expect(written).toEqual(JSON.parse(JSON.stringify(watchReportJsonSchema())));
});

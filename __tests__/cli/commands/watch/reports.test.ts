import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { reportsIn } from "../../../../cli/commands/watch/reports";
import type { DoctorReport } from "../../../../cli/reports/doctor-report";
import { CommandError } from "../../../../cli/terminal/command-error";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { NOW } from "../../../support/now";
import { doctorReport, type Said } from "../../../support/watching";

const folder = mkdtempSync(join(tmpdir(), "support-app-reports-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const environments = parseEnvironments(
  `defaults: { region: us-east-1 }
environments:
  production: { account: "111122223333", read-only: {} }
  staging: { account: "111122223334", read-only: {} }
`,
  "environments.yaml",
);

/** What is read of such files. */
function read(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return reportsIn(folder, environments, NOW);
}

/** What doctor wrote of environments, half an hour ago. */
function reportOf(says: Readonly<Record<string, Said>>, of: Partial<DoctorReport> = {}): string {
  return JSON.stringify({ ...doctorReport(says), readAt: "2026-05-31T23:30:00Z", ...of });
}

test("every report below the folder is read, and nothing else", () => {
  const { environments, unusable, unreadable } = read({
    "doctor-a/report.json": reportOf({ production: {} }),
    "doctor-b/deep/report.json": reportOf({ b: {}, staging: { findings: { role: [{}] } } }),
    "doctor-c/other.json": "no report",
    "doctor-d/report.json/other": "a folder of that name",
  });
  expect([...environments].map(([name, { answer }]) => [name, answer])).toEqual([
    ["production", "healthy"],
    ["staging", "unhealthy"],
  ]);
  expect([unusable, unreadable]).toEqual([new Map(), []]);
});

test("a folder that doesn't exist has none", () => {
  expect(reportsIn(join(folder, "nowhere"), environments, NOW)).toEqual({
    environments: new Map(),
    unusable: new Map(),
    unreadable: [],
  });
});

test("environments that aren't in the file are ignored", () => {
  const { environments, unusable } = read({ "report.json": reportOf({ gone: {} }) });
  expect([environments.size, unusable.size]).toEqual([0, 0]);
});

test("two reports on one environment: one of them isn't of this run", () => {
  const files = { "a/report.json": reportOf({ gone: {} }), "b/report.json": reportOf({ gone: {} }) };
  expect(() => read(files)).toThrow(
    new CommandError(
      `Received two reports on the environment "gone", "${folder}/a/report.json" and "${folder}/b/report.json", expected one. Remove the report of the other run.`,
    ),
  );
});

test.each([
  ["half of one", '{ "schemaVersion": 1, "environments": [', /^that is not JSON \(.+\)$/],
  ["an empty one", "", /^that is not JSON \(.+\)$/],
  ["one of another version", '{ "schemaVersion": 2 }', /^in another form$/],
])("%s is named, and the others count", (_, text, what) => {
  const { environments, unreadable } = read({ "a/report.json": text, "b/report.json": reportOf({ production: {} }) });
  expect([...environments.keys()]).toEqual(["production"]);
  const [, found] =
    unreadable
      .join()
      .match(
        /^Received the report "[^"]+\/a\/report\.json" (.*), expected a report of support-app doctor, whole and of this version\. Its environments count as not looked at\.$/,
      ) ?? [];
  expect(found).toMatch(what);
});

const AGAIN = "Run doctor again. In GitHub, start a new run of the workflow instead of re-running an old one.";
const otherwise = (says: Said, of: object = {}, inEnvironment: object = {}) => {
  const { environments } = doctorReport({ production: says });
  return reportOf({}, { environments: environments.map((one) => ({ ...one, ...inEnvironment })), ...of });
};

test.each<[string, string, object]>([
  [
    "of another account",
    otherwise({}, {}, { account: "999999999999" }),
    {
      ...{ expected: "a report on the account 111122223333 in us-east-1", fix: AGAIN },
      found: "one on the account 999999999999 in us-east-1",
    },
  ],
  [
    "of another region",
    otherwise({}, {}, { region: "us-west-2" }),
    {
      ...{ expected: "a report on the account 111122223333 in us-east-1", fix: AGAIN },
      found: "one on the account 111122223333 in us-west-2",
    },
  ],
  [
    "of more than a day ago",
    otherwise({}, { readAt: "2026-05-30T23:59:59Z" }),
    { expected: "a report of the last 24 hours", found: "one of 2026-05-30T23:59:59Z", fix: AGAIN },
  ],
  [
    "of a time to come",
    otherwise({}, { readAt: "2026-06-02T00:00:01Z" }),
    { expected: "a report of the last 24 hours", found: "one of 2026-06-02T00:00:01Z", fix: AGAIN },
  ],
  [
    "without a time",
    otherwise({}, { readAt: undefined }),
    { expected: "a report of the last 24 hours", found: "one without a time", fix: AGAIN },
  ],
])("a report %s doesn't show the environment as it is now, and that is said", (_, text, why) => {
  const { environments, unusable } = read({ "report.json": text });
  expect(environments.size).toBe(0);
  expect(unusable).toEqual(new Map([["production", why]]));
});

test.each([
  ["of a day ago", otherwise({}, { readAt: "2026-05-31T00:00:00Z" })],
  ["of a clock that is a day ahead", otherwise({}, { readAt: "2026-06-02T00:00:00Z" })],
])("a report %s counts", (_, text) => {
  expect([...read({ "report.json": text }).environments.keys()]).toEqual(["production"]);
});

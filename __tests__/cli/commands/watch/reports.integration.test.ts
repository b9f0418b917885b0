import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { reportsIn } from "../../../../cli/commands/watch/reports";
import type { DoctorReport } from "../../../../cli/reports/doctor-report";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { folderInTests } from "../../../support/folder";
import { NOW } from "../../../support/now";
import { doctorReport, type Said } from "../../../support/watching";

const folder = folderInTests();

const environments = parseEnvironments(
  `defaults: { region: us-east-1 }
environments:
  production: { account: "111122223333", read-only: {} }
  staging: { account: "111122223334", read-only: {} }
`,
  "environments.yaml",
);

/** What is read of such files. */
function readFiles(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(folder(name)), { recursive: true });
    writeFileSync(folder(name), text);
  }
  return reportsIn(folder(), environments, NOW);
}

/** What doctor wrote of environments, half an hour ago. */
function reportOf(says: Readonly<Record<string, Said>>, overrides: Partial<DoctorReport> = {}): string {
  return JSON.stringify({ ...doctorReport(says), readAt: "2026-05-31T23:30:00Z", ...overrides });
}

const UNSEEN = "Its environments and accounts count as not looked at.";
const WHOLE = `expected a report of support-app doctor or audit, whole and of this version. ${UNSEEN}`;

test("every report below the folder is read, whatever its name, and nothing else: no other files, and no environments that aren't in the file", () => {
  const { environments, unusable } = readFiles({
    "prod.json": reportOf({ production: {}, gone: {} }),
    "doctor-b/deep/report.json": reportOf({ b: {}, staging: { findings: { role: [{}] } } }),
    "doctor-c/README.md": "no report",
  });
  expect([...environments].map(([name, { answer }]) => [name, answer])).toEqual([
    ["staging", "unhealthy"],
    ["production", "healthy"],
  ]);
  expect(unusable).toEqual([]);
});

test("a JSON file that isn't a report is named, though every environment has one", () => {
  const { environments, unusable } = readFiles({
    "report.json": reportOf({ production: {}, staging: {} }),
    "package.json": '{ "name": "access" }',
  });
  expect([[...environments.keys()], unusable]).toEqual([
    ["production", "staging"],
    [`Received the report "${folder("package.json")}" in another form, ${WHOLE}`],
  ]);
});

test("of two reports on one environment, none counts: one is of another run", () => {
  const healthy = reportOf({ production: {}, staging: {} });
  const unhealthy = reportOf({ production: { findings: { role: [{}] } } });
  const { environments, unusable } = readFiles({ "a/report.json": unhealthy, "b/report.json": healthy });
  expect([...environments.keys()]).toEqual(["staging"]);
  expect(unusable).toEqual([expect.stringContaining('Received two reports on "production"')]);
});

const HOURS = `expected one of the last 24 hours. ${UNSEEN} Run the command that wrote it again.`;
const wrongPlace = (place: string) =>
  `on production with the account ${place}, expected 111122223333 in us-east-1. ${UNSEEN}`;

/** A report on production, with other fields of the environment or of the report. */
function oddReport(inEnvironment: object, overrides: object = {}): string {
  const { environments } = doctorReport({ production: {} });
  return reportOf(
    {},
    { environments: environments.map((environment) => ({ ...environment, ...inEnvironment })), ...overrides },
  );
}

test.each([
  ["half of one", '{ "schemaVersion": 1, "environments": [', `that is not JSON (WHY), ${WHOLE}`],
  ["of another version", '{ "schemaVersion": 1 }', `in another form, ${WHOLE}`],
  ["of another account", oddReport({ account: "999999999999" }), wrongPlace("999999999999 in us-east-1")],
  ["of another region", oddReport({ region: "us-west-2" }), wrongPlace("111122223333 in us-west-2")],
  ["of more than a day ago", oddReport({}, { readAt: "2026-05-30T23:59:59Z" }), `of 2026-05-30T23:59:59Z, ${HOURS}`],
  ["of a time to come", oddReport({}, { readAt: "2026-06-02T00:00:01Z" }), `of 2026-06-02T00:00:01Z, ${HOURS}`],
  ["without a time", oddReport({}, { readAt: undefined }), `in another form, ${WHOLE}`],
])("a report that is %s doesn't count, with the reason, and the others do", (_, text, reason) => {
  const { environments, unusable } = readFiles({
    "a/report.json": text,
    "b/report.json": reportOf({ other: {}, staging: {} }),
  });
  expect([...environments.keys()]).toEqual(["staging"]);
  expect(unusable.map((problem) => problem.replace(/\(.*\)/, "(WHY)"))).toEqual([
    `Received the report "${folder()}/a/report.json" ${reason}`,
  ]);
});

test.each([
  ["of a day ago", "2026-05-31T00:00:00Z"],
  ["of a clock that is a day ahead", "2026-06-02T00:00:00Z"],
])("a report %s counts", (_, readAt) => {
  expect([...readFiles({ "report.json": oddReport({}, { readAt }) }).environments.keys()]).toEqual(["production"]);
});

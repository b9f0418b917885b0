import { writeFileSync } from "node:fs";
import { readPlannedReport, writePlannedReport } from "../../../cli/findings/planned-report";
import { folderInTests } from "../../support/folder";

const folder = folderInTests();
const DIGEST = "0".repeat(64);
const CHANGE = { kind: "output", name: "arn", digest: DIGEST } as const;
const PLAN = { name: "paid", digest: DIGEST, version: "1.11.4", changes: [CHANGE] };

test("plans are read as they were written", () => {
  const plans = new Map([
    ["paid", { digest: DIGEST, version: "1.11.4", changes: [CHANGE] }],
    ["free", { digest: "f".repeat(64), changes: [] }],
  ]);
  writePlannedReport(folder("report.json"), plans);
  expect(readPlannedReport(folder("report.json"))).toEqual(plans);
});

test("plans that can't be written are an error", () => {
  expect(() => writePlannedReport(folder("missing/report.json"), new Map())).toThrow("Can't write --planned");
});

test.each<[string, object]>([
  ["of a later version", { schemaVersion: 2 }],
  ["with something else", { more: 1 }],
  ["with a digest that is none", { environments: [{ ...PLAN, digest: "0" }] }],
  ["with a name that is none", { environments: [{ ...PLAN, name: "a b" }] }],
  ["without what they change", { environments: [{ ...PLAN, changes: undefined }] }],
  ["with a change of another kind", { environments: [{ ...PLAN, changes: [{ ...CHANGE, kind: "variable" }] }] }],
  ["with a value", { environments: [{ ...PLAN, changes: [{ ...CHANGE, after: "x" }] }] }],
])("plans %s are an error", (_, content) => {
  writeFileSync(folder("report.json"), JSON.stringify({ schemaVersion: 1, environments: [PLAN], ...content }));
  expect(() => readPlannedReport(folder("report.json"))).toThrow("in another form, expected what support-app diff");
});

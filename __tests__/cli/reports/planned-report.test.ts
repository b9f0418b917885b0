import { writeFileSync } from "node:fs";
import { readPlannedReport, writePlannedReport } from "../../../cli/reports/planned-report";
import { folderInTests } from "../../support/folder";

const folder = folderInTests();
const DIGEST = "0".repeat(64);

test("the digests of plans are read as they were written", () => {
  const digests = new Map([
    ["paid", DIGEST],
    ["free", "f".repeat(64)],
  ]);
  writePlannedReport(folder("report.json"), digests);
  expect(readPlannedReport(folder("report.json"))).toEqual(digests);
});

test("digests that can't be written are an error", () => {
  expect(() => writePlannedReport(folder("missing/report.json"), new Map())).toThrow("Can't write --planned");
});

test.each<[string, object]>([
  ["of a later version", { schemaVersion: 2, environments: [] }],
  ["with something else", { schemaVersion: 1, environments: [], more: 1 }],
  ["with a digest that is none", { schemaVersion: 1, environments: [{ name: "paid", digest: "0" }] }],
  ["with a name that is none", { schemaVersion: 1, environments: [{ name: "a b", digest: DIGEST }] }],
])("digests %s are an error", (_, content) => {
  writeFileSync(folder("report.json"), JSON.stringify(content));
  expect(() => readPlannedReport(folder("report.json"))).toThrow("in another form, expected what support-app diff");
});

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportFiles } from "../../../cli/reports/report-files";
import { CommandError, UsageError } from "../../../cli/terminal/command-error";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "support-app-reports-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("reports at any depth, in order; a folder that doesn't exist has none", () => {
  for (const path of ["b", "a/deep", "c/report.json"]) mkdirSync(join(folder, path), { recursive: true });
  for (const path of ["b/report.json", "a/deep/report.json", "a/other.json"]) writeFileSync(join(folder, path), "");
  expect(reportFiles(folder)).toEqual([join(folder, "a/deep/report.json"), join(folder, "b/report.json")]);
  expect(reportFiles(join(folder, "nowhere"))).toEqual([]);
});

test("what isn't a folder is an error, and so is an empty name", () => {
  writeFileSync(join(folder, "file"), "");
  symlinkSync("loop", join(folder, "loop"));
  expect(() => reportFiles(join(folder, "file"))).toThrow(CommandError);
  expect(() => reportFiles(join(folder, "loop"))).toThrow(CommandError);
  expect(() => reportFiles("")).toThrow(UsageError);
});

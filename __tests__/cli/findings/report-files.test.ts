import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expectWritable, reportFiles } from "../../../cli/findings/report-files";
import { CommandError } from "../../../cli/terminal/command-error";
import { folderInTests } from "../../support/folder";

const folder = folderInTests();

test("reports are read at any depth, in order, whatever their names; a folder that doesn't exist has none", () => {
  for (const path of ["b", "a/deep", "c/report.json"]) mkdirSync(folder(path), { recursive: true });
  for (const path of ["b/report.json", "a/deep/report.json", "a/prod.json", "a/notes.md"])
    writeFileSync(folder(path), "");
  expect(reportFiles(folder())).toEqual([folder("a/deep/report.json"), folder("a/prod.json"), folder("b/report.json")]);
  expect(reportFiles(folder("nowhere"))).toEqual([]);
});

test("a report that can't be written is an error before the work", () => {
  const nowhere = folder("none/report.json");
  expect(() => expectWritable("--report", nowhere)).toThrow(
    new CommandError(
      `Can't write --report "${nowhere}": there is no such file or folder. Nothing was changed. Choose another file.`,
    ),
  );
  expect(() => expectWritable("--report", folder())).toThrow("it is a folder");
});

test("a report that can be written is left as it is: an earlier one, or none", () => {
  const [earlier, fresh] = [folder("earlier.json"), folder("fresh.json")];
  writeFileSync(earlier, "{}");
  for (const file of [earlier, fresh]) expectWritable("--report", file);
  expect([readFileSync(earlier, "utf8"), existsSync(fresh)]).toEqual(["{}", false]);
});

import { writeFileSync } from "node:fs";
import { RECORD, readRecord, recordText } from "../../../../cli/commands/init/record";
import { folderInTests } from "../../../support/folder";

folderInTests({ isWorkingDirectory: true });

test("a record has the version that wrote the files, and what they are for", () => {
  const text = recordText({ branch: "trunk", ci: "gitlab", version: "0.1.0" });
  expect(text).toBe('{\n  "version": "0.1.0",\n  "ci": "gitlab",\n  "branch": "trunk"\n}\n');
  writeFileSync(RECORD, text);
  expect(readRecord()).toEqual({ version: "0.1.0", ci: "gitlab", branch: "trunk" });
});

test.each<[string, string | undefined, RegExp]>([
  ["nothing", undefined, /^Can't read \.support-app\.json: there is no such file or folder\. Change/],
  ["a list", "[]", /^Received \.support-app\.json in another form, /],
  ["a forge that there isn't", '{ "version": "0.1.0", "ci": "a", "branch": "main" }', /in another form, /],
  ["a branch that isn't one", '{ "version": "0.1.0", "ci": "github", "branch": "a\\"]" }', /in another form, /],
])("with %s for a record, the folder isn't the root of a repository", (_, text, reason) => {
  if (text !== undefined) writeFileSync(RECORD, text);
  expect(readRecord).toThrow(reason);
  expect(readRecord).toThrow(/ Change to the root of a repository created by support-app init, or restore /);
});

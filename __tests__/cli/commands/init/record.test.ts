import { writeFileSync } from "node:fs";
import { isAsWritten, RECORD, readRecord, recordOf } from "../../../../cli/commands/init/record";
import { VERSION } from "../../../../cli/commands/init/repository";
import { CommandError } from "../../../../cli/terminal/command-error";
import { checksum } from "../../../../common/checksum";
import { PIPELINES } from "../../../support/default-pipelines";
import { folderInTests } from "../../../support/folder";

folderInTests({ isWorkingDirectory: true });

const write = (record: object) => writeFileSync(RECORD, JSON.stringify(record));

test("a record has the lines of the files as they were written, in order, and keeps the records of other files", () => {
  const files = new Map(Object.entries({ "cdktf.json": "{}\n", ".gitignore": "a" }));
  const text = recordOf(PIPELINES, files, { "tsconfig.json": "0".repeat(64), "cdktf.json": "1".repeat(64) });
  expect(text).toBe(`{
  "//": "Written by support-app init: its files as it wrote them, so that init --upgrade keeps what you change.",
  "version": "${VERSION}",
  "files": {
    ".gitignore": [
      "a"
    ],
    "cdktf.json": [
      "{}",
      ""
    ],
    "tsconfig.json": "${"0".repeat(64)}"
  }
}
`);
  writeFileSync(RECORD, text);
  expect(readRecord()).toEqual({ ...JSON.parse(text), ...PIPELINES });
  writeFileSync(RECORD, recordOf({ ...PIPELINES, branch: "trunk" }, files));
  expect(readRecord().branch).toBe("trunk");
});

test.each([
  ["its lines", ["a", ""]],
  ["its checksum, as earlier versions recorded it", checksum("a\n")],
])("a file is as it was written if it has %s", (_, fileRecord) => {
  expect([isAsWritten("a\n", fileRecord), isAsWritten("a", fileRecord)]).toEqual([true, false]);
});

test.each<[string, string | undefined, RegExp]>([
  ["nothing", undefined, /^Can't read \.support-app\.json: there is no such file or folder\. Change/],
  ["a list", "[]", /^Received \.support-app\.json in another form, /],
  [
    "a checksum that is none",
    '{ "version": "0.1.0", "files": { "cdktf.json": "b" } }',
    /^Received \.support-app\.json in another form, /,
  ],
  ["a version that is none", '{ "version": "new", "files": {} }', /^Received \.support-app\.json in another form, /],
  [
    "a branch that isn't one",
    '{ "version": "0.1.0", "branch": "a\\"]", "files": {} }',
    /^Received \.support-app\.json in another form, /,
  ],
  [
    "something that no version writes",
    '{ "version": "0.1.0", "files": {}, "run": "a" }',
    /^Received \.support-app\.json in another form, /,
  ],
])("with %s for a record, the folder isn't the root of a repository", (_, text, reason) => {
  if (text !== undefined) writeFileSync(RECORD, text);
  expect(readRecord).toThrow(reason);
  expect(readRecord).toThrow(
    / \.support-app\.json.* Change to the root of a repository created by support-app init, or restore /,
  );
});

test("a record of an earlier version is read, and one of a newer version is refused: its files aren't downgraded", () => {
  write({ version: "0.0.1", files: {} });
  expect(readRecord()).toEqual({ version: "0.0.1", ...PIPELINES, files: {} });
  write({ version: "99.0.0", files: {} });
  expect(readRecord).toThrow(
    new CommandError(
      `Received .support-app.json of version 99.0.0, expected one of ${VERSION}, which is running, or of an earlier version. Run npm install, then the same command again.`,
    ),
  );
});

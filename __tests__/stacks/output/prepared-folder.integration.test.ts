import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { hasEnded, preparedFolder } from "../../../stacks/output/prepared-folder";
import { folderInTests } from "../../support/folder";

const scratch = folderInTests();

/** The process ID of a process that has ended. */
const ENDED = spawnSync("true").pid;

test("a run prepares in a new folder that nobody else reads", () => {
  const [first, second] = [preparedFolder(scratch(".name")), preparedFolder(scratch(".other"))];
  expect(first).toMatch(new RegExp(`/\\.name-${process.pid}-\\w{6}$`));
  expect(statSync(first).mode & 0o777).toBe(0o700);
  expect(readdirSync(scratch())).toHaveLength(2);
  expect(second).not.toBe(first);
});

test("the folders of runs that have ended are removed, and nothing else", () => {
  const keptNames = [`.name-${process.ppid}-abcdef`, ".name-notes", `.other-${ENDED}-abcdef`, `name-${ENDED}-abcdef`];
  for (const name of [...keptNames, `.name-${ENDED}-abcdef`]) mkdirSync(scratch(name));
  writeFileSync(scratch(`.name-${ENDED}-abcdef`, "file"), "");
  const ownFolder = preparedFolder(scratch(".name"));
  expect(readdirSync(scratch()).sort()).toEqual([...keptNames, basename(ownFolder)].sort());
});

test.each([
  [`.name-${ENDED}-abcdef`, true],
  [`.name-${process.pid}-abcdef`, true], // a run doesn't run beside itself
  [`.name-${process.ppid}-abcdef`, false],
  [".name-1-abcdef", false],
  ["", false],
  ["1-2-a-host", false],
])("the folder %j is of a run that has ended: %p", (name, expected) => {
  expect(hasEnded(name)).toBe(expected);
});

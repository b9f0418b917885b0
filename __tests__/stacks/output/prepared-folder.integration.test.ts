import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { hasEnded, preparedFolder } from "../../../stacks/output/prepared-folder";
import { folderInTests } from "../../support/folder";

const scratch = folderInTests();

/** The process ID of a process that has ended. */
const ENDED = spawnSync("true").pid;

test("a run prepares in a new folder that nobody else reads", () => {
  const [one, other] = [preparedFolder(scratch(".name")), preparedFolder(scratch(".other"))];
  expect(one).toMatch(new RegExp(`/\\.name-${process.pid}-\\w{6}$`));
  expect(statSync(one).mode & 0o777).toBe(0o700);
  expect(readdirSync(scratch())).toHaveLength(2);
  expect(other).not.toBe(one);
});

test("the folders of runs that have ended are removed, and nothing else", () => {
  const kept = [`.name-${process.ppid}-abcdef`, ".name-notes", `.other-${ENDED}-abcdef`, `name-${ENDED}-abcdef`];
  for (const name of [...kept, `.name-${ENDED}-abcdef`]) mkdirSync(scratch(name));
  writeFileSync(scratch(`.name-${ENDED}-abcdef`, "file"), "");
  const own = preparedFolder(scratch(".name"));
  expect(readdirSync(scratch()).sort()).toEqual([...kept, basename(own)].sort());
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

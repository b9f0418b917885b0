import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { text } from "node:stream/consumers";
import { replaceFile } from "../../../cli/terminal/replace-file";
import { folderInTests } from "../../support/folder";

let file: string;
const folder = folderInTests();
beforeEach(() => {
  file = folder("environments.yaml");
});

const replace = (before?: string) => replaceFile({ file, text: "new\n", before, command: "import" });

test.each(["old\n", undefined])("the target of a link is replaced and keeps its mode: expected text %j", (before) => {
  writeFileSync(folder("real.yaml"), "old\n");
  chmodSync(folder("real.yaml"), 0o646);
  symlinkSync("real.yaml", file);
  replace(before);
  expect(readFileSync(file, "utf8")).toBe("new\n");
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o646);
  expect(readdirSync(folder()).sort()).toEqual(["environments.yaml", "real.yaml"]);
});

test("a file isn't replaced if somebody has changed or removed it meanwhile", () => {
  writeFileSync(file, "theirs\n");
  expect(() => replace("old\n")).toThrow(
    /: it has changed since it was read\. Nothing was written\. Run import again\.$/,
  );
  expect(readFileSync(file, "utf8")).toBe("theirs\n");
  expect(readdirSync(folder())).toEqual(["environments.yaml"]);
  rmSync(file);
  expect(() => replace("old\n")).toThrow(
    /^Can't replace ".*": no such file or directory, .* It is unchanged\. .* Then run import again\.$/,
  );
  expect(readdirSync(folder())).toEqual([]);
});

test("a file that needn't exist is created, with its folder", () => {
  file = folder("a/b/lock");
  replace();
  expect(readFileSync(file, "utf8")).toBe("new\n");
  expect(readdirSync(folder("a/b"))).toEqual(["lock"]);
});

test("a folder in the file's place is an error, and stays", () => {
  mkdirSync(file);
  expect(() => replace()).toThrow(
    /^Can't replace ".*": (illegal operation on a directory|directory not empty|file already exists|not a directory), in /,
  );
  expect(readdirSync(folder())).toEqual(["environments.yaml"]);
});

test("a pipe is written into, and stays one", async () => {
  execFileSync("mkfifo", [file]);
  const reader = spawn("cat", [file]);
  try {
    replace();
    expect(statSync(file).isFIFO()).toBe(true);
    expect(await text(reader.stdout)).toBe("new\n");
    expect(readdirSync(folder())).toEqual(["environments.yaml"]);
  } finally {
    reader.kill();
  }
});

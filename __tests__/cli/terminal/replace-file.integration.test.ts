import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
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

const replace = () => replaceFile({ file, text: "new\n", command: "bootstrap" });

test("the target of a link is replaced and keeps its mode", () => {
  writeFileSync(folder("real.yaml"), "old\n");
  chmodSync(folder("real.yaml"), 0o646);
  symlinkSync("real.yaml", file);
  replace();
  expect(readFileSync(file, "utf8")).toBe("new\n");
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o646);
  expect(readdirSync(folder()).sort()).toEqual(["environments.yaml", "real.yaml"]);
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

import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolders, removeFolders } from "../../common/make-folders";
import { folderInTests } from "../support/folder";

const folder = folderInTests();

test("what is missing is created, and removed again unless something is in it", () => {
  mkdirSync(folder("a"));
  const folders = makeFolders(folder("a/b/c"));
  expect(folders).toEqual([folder("a/b"), folder("a/b/c")]);
  expect(makeFolders(folder("a/b/c"))).toEqual([]);
  writeFileSync(folder("a/b/file"), "");
  removeFolders(folders);
  expect(readdirSync(folder("a/b"))).toEqual(["file"]);
});

test.each([
  ["that is a file", "file", "EEXIST"],
  ["that is a broken link", "broken", "ENOENT"],
  ["below a file", "file/x/y", "ENOTDIR"],
  ["below a broken link", "broken/x", "ENOENT"],
  ["below a link to itself", "loop/x/y", "ELOOP"],
  ["with a name that is too long", `new/${"n".repeat(300)}/x`, "ENAMETOOLONG"],
])("a folder %s is an error, and nothing is left of it", (_, path, code) => {
  writeFileSync(folder("file"), "");
  symlinkSync("nowhere", folder("broken"));
  symlinkSync("loop", folder("loop"));
  expect(() => makeFolders(folder(path))).toThrow(expect.objectContaining({ code }));
  expect(readdirSync(folder()).sort()).toEqual(["broken", "file", "loop"]);
});

test("creating folders ends with an error where nobody may create anything", () => {
  const [nowhere = ""] = ["/proc", "/dev/fd"].filter((place) => existsSync(place));
  expect(() => makeFolders(join(nowhere, "x/y/z"))).toThrow(expect.objectContaining({ syscall: "mkdir" }));
});

test("an empty name is an error", () => {
  expect(() => makeFolders("")).toThrow(expect.objectContaining({ code: "ENOENT" }));
});

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolders, removeFolders } from "../../../stacks/output/make-folders";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "support-app-folders-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what is missing is created, and removed again unless something is in it", () => {
  mkdirSync(join(folder, "a"));
  const made = makeFolders(join(folder, "a/b/c"));
  expect(made).toEqual([join(folder, "a/b"), join(folder, "a/b/c")]);
  expect(makeFolders(join(folder, "a/b/c"))).toEqual([]);
  writeFileSync(join(folder, "a/b/file"), "");
  removeFolders(made);
  expect(readdirSync(join(folder, "a/b"))).toEqual(["file"]);
});

test.each([
  ["that is a file", "file", "EEXIST"],
  ["that is a broken link", "broken", "ENOENT"],
  ["below a file", "file/x/y", "ENOTDIR"],
  ["below a broken link", "broken/x", "ENOENT"],
  ["below a link to itself", "loop/x/y", "ELOOP"],
  ["with a name that is too long", `new/${"n".repeat(300)}/x`, "ENAMETOOLONG"],
])("%s: it is an error, and nothing is left", (_, path, code) => {
  writeFileSync(join(folder, "file"), "");
  symlinkSync("nowhere", join(folder, "broken"));
  symlinkSync("loop", join(folder, "loop"));
  expect(() => makeFolders(join(folder, path))).toThrow(expect.objectContaining({ code }));
  expect(readdirSync(folder).sort()).toEqual(["broken", "file", "loop"]);
});

test("where nobody may create anything, it ends", () => {
  const [nowhere = ""] = ["/proc", "/dev/fd"].filter((place) => existsSync(place));
  expect(() => makeFolders(join(nowhere, "x/y/z"))).toThrow(expect.objectContaining({ syscall: "mkdir" }));
});

test("an empty name is an error", () => {
  expect(() => makeFolders("")).toThrow(expect.objectContaining({ code: "ENOENT" }));
});

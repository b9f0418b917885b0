import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import { dirname, join } from "node:path";
import { GENERATOR } from "../../../../cli/commands/publish/published-folder";
import { replaceFolder } from "../../../../cli/commands/publish/replace-folder";
import { checksum } from "../../../../common/checksum";
import { jsonText } from "../../../../common/json";
import { asOtherProcess, contentsOf, failingAt, killedBefore, meanwhile, watchChanges } from "../../../support/changes";
import { folderInTests } from "../../../support/folder";

let out: string;
const scratch = folderInTests({ isReal: true });
afterEach(() => {
  jest.restoreAllMocks();
});

/** A small publication in which everything names the run that made it. */
function publicationOf(name: string): Map<string, string> {
  const files = new Map([
    ["manifest.json", jsonText({ generator: GENERATOR, name })],
    [`environments/${name}.tf`, name],
  ]);
  const sums = [...files].map(([path, text]) => `${checksum(text)}  ${path}\n`).join("");
  return files.set("SHA256SUMS", sums);
}

const publish = (name: string) => replaceFolder(out, publicationOf(name));

/** The run whose complete publication is in the folder. Undefined: there is none. */
function published(): string | undefined {
  const { environments, ...files } = contentsOf(out);
  if (Object.keys(files).length === 0) return undefined;
  const { name } = JSON.parse(files["manifest.json"] ?? "{}");
  expect({ name, files }).toEqual({ name, files: Object.fromEntries(publicationOf(name)) });
  return name;
}

/** Starts with the publication of "old", or none, and nothing else. */
function start(old?: string): void {
  out = join(mkdtempSync(scratch("case-")), "out");
  if (old) publish(old);
}

/** The next run has nothing in its way, and leaves nothing. */
function expectHealed(): void {
  expect(publish("last")).toBe(3);
  expect(published()).toBe("last");
  expect(readdirSync(dirname(out))).toEqual(["out"]);
}

/** Publishes "new" once for each of its changes. */
function atEachChange(old: string | undefined, run: (change: number) => void): void {
  start(old);
  const { changes } = watchChanges(() => publish("new"));
  for (let change = 0; change < changes; change++) {
    start(old);
    run(change);
    expectHealed();
  }
}

test.each(["old", undefined])(
  "a run that is killed anywhere leaves the old folder, %p, or the new one, or for a moment none",
  (old) => {
    const outcomes = new Set<string | undefined>();
    atEachChange(old, (change) => {
      watchChanges(() => publish("new"), killedBefore(change));
      outcomes.add(published());
    });
    expect([...outcomes]).toEqual(old ? [old, undefined, "new"] : [undefined, "new"]);
  },
);

test("a disk error anywhere leaves the old folder or the new one, and nothing else", () => {
  const outcomes = new Set<string>();
  atEachChange("old", (change) => {
    const { error } = watchChanges(() => publish("new"), failingAt(change));
    if (error) {
      expect(error.message).toMatch(
        /^Can't publish to ".*": EIO: i\/o error, in ".*"\. Nothing was changed\. Make it writable, or choose another folder\.$/,
      );
      expect(readdirSync(dirname(out))).toEqual(["out"]);
    }
    outcomes.add(`${error ? "failed" : "done"}: ${published()}`);
  });
  expect([...outcomes]).toEqual(["failed: old", "done: new"]);
});

test("an old folder that can't be put back isn't removed", () => {
  start("old");
  const { changes } = watchChanges(() => publish("new"));
  start("old");
  // The last changes: away with the old one, the new one into its place, away with what was prepared.
  const failing = (change: number) => {
    if ([changes - 2, changes - 1].includes(change)) failingAt(change)(change);
  };
  const { error } = watchChanges(() => publish("new"), failing);
  const old = join(dirname(out), readdirSync(dirname(out))[0] ?? "", "old");
  expect(error?.message).toContain(
    `EIO: i/o error, in "${dirname(out)}". What it had is in "${old}", until the next run.`,
  );
  expect(contentsOf(old)).toMatchObject({ "environments/old.tf": "old" });
});

test("of two runs at once, one has published, whole, and a run that fails has changed nothing", () => {
  const outcomes = new Set<string>();
  for (const old of ["old", undefined]) {
    atEachChange(old, (change) => {
      const beside = () => asOtherProcess(() => publish("second"));
      const { error } = watchChanges(() => publish("new"), meanwhile(change, beside));
      if (error) expect(error.message).toMatch(/^Can't publish to ".*Nothing was changed\.|, which would be lost\./);
      outcomes.add(`${error ? "failed" : "done"}: ${published()}`);
    });
  }
  expect([...outcomes].sort()).toEqual(["done: new", "done: second", "failed: second"]);
});

test.each<[string, (files: Map<string, string>) => Generator<readonly [string, string]>, string]>([
  [
    "files that can't be generated",
    function* (files) {
      yield* files;
      throw new Error("There is an error in one of them.");
    },
    "There is an error in one of them.",
  ],
  [
    "a file that somebody writes into it meanwhile",
    function* (files) {
      yield* files;
      writeFileSync(join(out, "precious.txt"), "");
    },
    'this one has "precious.txt" in it, which would be lost. If another run is publishing to it, publish again; otherwise, choose another folder, or move that away.',
  ],
])("the old folder stays as it is after %s", (_, generate, sentence) => {
  start("old");
  expect(() => replaceFolder(out, generate(publicationOf("new")))).toThrow(sentence);
  expect(readFileSync(join(out, "environments/old.tf"), "utf8")).toBe("old");
  rmSync(join(out, "precious.txt"), { force: true });
  expectHealed();
});

test("an empty folder, one below folders that don't exist, and the target of a link are written", () => {
  start();
  mkdirSync(out);
  publish("empty");
  expect(published()).toBe("empty");
  const link = scratch("link");
  symlinkSync(out, link);
  replaceFolder(link, publicationOf("linked"));
  expect([published(), lstatSync(link).isSymbolicLink()]).toEqual(["linked", true]);
  out = scratch("a/b/c");
  publish("deep");
  expect(published()).toBe("deep");
});

test.each<[string, string, RegExp]>([
  ["a home", "homes/alice", /^Received --out ".*", expected a dedicated folder, since it is replaced as a whole\./],
  ["a folder that contains the home folder", "homes", /^Received --out ".*", expected a dedicated folder/],
  ["a folder below a file", "file/below", /^Can't publish to ".*": ENOTDIR: not a directory/],
])("%s is refused", (_, path, sentence) => {
  jest.spyOn(os, "homedir").mockReturnValue(scratch("homes", "alice"));
  writeFileSync(scratch("file"), "");
  const before = readdirSync(scratch());
  expect(() => replaceFolder(scratch(path), [])).toThrow(sentence);
  expect(readdirSync(scratch())).toEqual(before);
  replaceFolder(scratch("homes/alice/access"), publicationOf("new"));
  expect(existsSync(scratch("homes/alice/access/SHA256SUMS"))).toBe(true);
});

test.each([".", "..", "/"])("%s, which contains the current folder, is refused", (folder) => {
  expect(() => replaceFolder(folder, [])).toThrow("expected a dedicated folder");
});

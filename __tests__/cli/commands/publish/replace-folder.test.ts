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
import { isDeepStrictEqual } from "node:util";
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

/** What somebody else has in the folder. */
const THEIRS = {
  "environments/terragrunt.hcl": "theirs",
  "environments/old.d": null,
  "environments/old.d/backend.tf": "theirs",
  "environments/old.d/.terraform": null,
  "environments/old.d/.terraform/main.tf": "theirs",
  "notes.txt": "theirs",
};

/** The run whose complete publication is in the folder, "none", or "mixed" for that of several runs. */
function published(): string {
  const { environments, ...files } = contentsOf(out);
  const ours = Object.fromEntries(Object.entries(files).filter(([path]) => !Object.hasOwn(THEIRS, path)));
  if (Object.keys(ours).length === 0) return "none";
  const { name = "mixed" } = JSON.parse(ours["manifest.json"] ?? "{}");
  return isDeepStrictEqual(ours, Object.fromEntries(publicationOf(name))) ? name : "mixed";
}

/** Starts with the publication of "old", or none, with somebody else's files or nothing else. */
function start(old?: string, theirs = {}): void {
  out = join(mkdtempSync(scratch("case-")), "out");
  if (old) publish(old);
  for (const [path, text] of Object.entries<string | null>(theirs)) {
    if (text === null) continue;
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
  }
}

/** Nothing that somebody else has is gone, or in the way of the next run, which leaves nothing of its own. */
function expectHealed(theirs = {}): void {
  expect(contentsOf(out)).toMatchObject(theirs);
  expect(publish("last")).toMatchObject({ count: 3 });
  expect(published()).toBe("last");
  expect(contentsOf(out)).toMatchObject(theirs);
  expect(readdirSync(dirname(out))).toEqual(["out"]);
}

/** Publishes "new" once for each of its changes. */
function atEachChange(old: string | undefined, theirs: object, run: (change: number) => void): void {
  start(old, theirs);
  const { changes } = watchChanges(() => publish("new"));
  expect(changes).toBeGreaterThan(8);
  for (let change = 0; change < changes; change++) {
    start(old, theirs);
    run(change);
    expectHealed(theirs);
  }
}

test.each<[string | undefined, string, object, string[]]>([
  ["old", "nothing", {}, ["old", "mixed", "new"]],
  ["old", "somebody else's files", THEIRS, ["old", "mixed", "new"]],
  [undefined, "nothing", {}, ["none", "new"]],
  [undefined, "somebody else's files", THEIRS, ["none", "mixed", "new"]],
])(
  "a run that is killed anywhere, with %p before and %s beside it, is in nobody's way, and the next run replaces what it has left",
  (old, _, theirs, expected) => {
    const outcomes = new Set<string>();
    atEachChange(old, theirs, (change) => {
      watchChanges(() => publish("new"), killedBefore(change));
      outcomes.add(published());
    });
    expect([...outcomes]).toEqual(expected);
  },
);

test.each([{}, THEIRS])("a disk error anywhere leaves the old folder or the new one, and nothing else", (theirs) => {
  const outcomes = new Set<string>();
  atEachChange("old", theirs, (change) => {
    const { error } = watchChanges(() => publish("new"), failingAt(change));
    if (error) {
      expect(error.message).toMatch(
        /^Can't publish to ".*": i\/o error, in ".*"\. Nothing was changed\. Make it writable, or choose another folder\.$/,
      );
      expect(readdirSync(dirname(out))).toEqual(["out"]);
    }
    outcomes.add(`${error ? "failed" : "done"}: ${published()}`);
  });
  expect([...outcomes]).toEqual(["failed: old", "done: new"]);
});

test("files that can't be put back are replaced by the next run, which the error says", () => {
  start("old");
  const { changes } = watchChanges(() => publish("new"));
  start("old");
  const failing = (change: number) => {
    if (change >= changes - 3) failingAt(change)(change); // after that, it removes what it has prepared
  };
  const { error } = watchChanges(() => publish("new"), failing);
  expect(error?.message).toContain("Some files are new, and some old, until you publish again. Make it writable");
  expect(published()).toBe("mixed");
  expectHealed();
});

test("of two runs at once, one has published, whole, and a run that fails has changed nothing", () => {
  const outcomes = new Set<string>();
  for (const [old, theirs] of [
    ["old", {}],
    [undefined, {}],
    ["old", THEIRS],
  ] as const) {
    atEachChange(old, theirs, (change) => {
      let besideError: Error | undefined;
      const beside = () => asOtherProcess(() => ({ error: besideError } = watchChanges(() => publish("second"))));
      const { error } = watchChanges(() => publish("new"), meanwhile(change, beside));
      expect(error).toBeUndefined();
      if (besideError)
        expect(besideError.message).toMatch(
          /^Can't publish to ".*": another run is publishing to it\. Nothing was changed\./,
        );
      outcomes.add(`${besideError ? "failed" : "done"}: ${published()}`);
    });
  }
  expect([...outcomes].sort()).toEqual(["done: new", "failed: new"]);
});

test("a folder that isn't published any more is removed, or named with what somebody else has in it", () => {
  start();
  const files = (...names: string[]) => {
    const content = new Map([["manifest.json", jsonText({ generator: GENERATOR, names })]]);
    for (const name of names) content.set(`environments/${name}/main.tf`, name);
    const sums = [...content].map(([path, text]) => `${checksum(text)}  ${path}\n`).join("");
    return content.set("SHA256SUMS", sums);
  };
  replaceFolder(out, files("a", "b", "c"));
  writeFileSync(join(out, "environments/b/terragrunt.hcl"), "theirs");
  const { leftovers } = replaceFolder(out, files("a"));
  expect([...leftovers]).toEqual([["environments/b", ["terragrunt.hcl"]]]);
  expect(readdirSync(join(out, "environments")).sort()).toEqual(["a", "b"]);
  expect(readFileSync(join(out, "environments/b/terragrunt.hcl"), "utf8")).toBe("theirs");
});

test("a file that is as it was isn't written again", () => {
  start("old");
  const { changes } = watchChanges(() => publish("old"));
  const manifest = join(out, "manifest.json");
  const { mtimeMs, ino } = lstatSync(manifest);
  rmSync(join(out, "environments/old.tf"));
  publish("old");
  expect(lstatSync(manifest)).toMatchObject({ mtimeMs, ino });
  expect(published()).toBe("old");
  expect(changes).toBeLessThan(watchChanges(() => publish("new")).changes);
});

test.each<[string, (files: Map<string, string>) => Generator<readonly [string, string]>, string | RegExp]>([
  [
    "files that can't be generated",
    function* (files) {
      yield* files;
      throw new Error("There is an error in one of them.");
    },
    "There is an error in one of them.",
  ],
  [
    "a file that somebody changes meanwhile",
    function* (files) {
      yield* files;
      writeFileSync(join(out, "manifest.json"), "mine");
    },
    /^Received --out ".*" with "manifest\.json", "SHA256SUMS", expected published files as publish wrote them and, beside them, no other file that Terraform reads, except for a backend where the root has none\. Nothing was changed\. Move that away, or choose another folder\.$/,
  ],
])("the old folder stays as it is after %s", (_, generate, sentence) => {
  start("old");
  expect(() => replaceFolder(out, generate(publicationOf("new")))).toThrow(sentence);
  expect(readFileSync(join(out, "environments/old.tf"), "utf8")).toBe("old");
  writeFileSync(join(out, "manifest.json"), publicationOf("old").get("manifest.json") ?? "");
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
  ["a home", "homes/alice", /^Received --out ".*", expected a dedicated folder\./],
  ["a folder that contains the home folder", "homes", /^Received --out ".*", expected a dedicated folder/],
  ["a folder below a file", "file/below", /^Can't publish to ".*": not a directory/],
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

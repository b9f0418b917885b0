import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  differences,
  GENERATOR,
  readManifest,
  writePublication,
} from "../../../../cli/commands/publish/write-publication";
import { checksum } from "../../../../common/checksum";
import { jsonText } from "../../../../common/json";
import { contentsOf, failingAt, killedBefore, watchChanges } from "../../../support/changes";
import { folderInTests } from "../../../support/folder";

let out: string;
const scratch = folderInTests({ isReal: true });
beforeEach(() => {
  out = join(mkdtempSync(scratch("case-")), "out");
});

/** A small publication in which everything names its version, with that many environments. */
function publicationOf(version: string, ...environments: string[]): Map<string, string> {
  const files = new Map([
    ["README.md", `Version ${version}.\n`],
    ...environments.map((name) => [`environments/${name}/main.tf`, `# ${version} ${name}\n`] as const),
    ["manifest.json", jsonText({ schemaVersion: 1, generator: GENERATOR, version })],
  ]);
  const sums = [...files].map(([path, text]) => `${checksum(text)}  ${path}\n`).join("");
  return files.set("SHA256SUMS", sums);
}

const OLD = publicationOf("1.0.0", "a", "b");
const NEW = publicationOf("1.1.0", "b", "c");

function write(path: string, text: string): void {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  writeFileSync(join(out, path), text);
}

function link(path: string, target: string): void {
  rmSync(join(out, path), { force: true, recursive: true });
  mkdirSync(dirname(join(out, path)), { recursive: true });
  symlinkSync(target, join(out, path));
}

/** What somebody else has in the folder. */
const THEIRS = {
  "environments/a/backend.tf": "theirs",
  "environments/b/terragrunt.hcl": "theirs",
  "environments/b/.terraform/main.tf": "theirs",
  "notes.txt": "theirs",
};

/** The files of the folder, with their texts, but for those of interrupted writes. */
const filesIn = () =>
  Object.fromEntries(Object.entries(contentsOf(out)).filter(([path, text]) => text !== null && !path.endsWith(".tmp")));

test.each<Record<string, string>>([{}, THEIRS])(
  "what publish wrote is replaced or removed, and the rest is left alone: %j",
  (theirs) => {
    for (const [path, text] of Object.entries(theirs)) write(path, text);
    for (const files of [OLD, NEW, OLD, OLD]) {
      writePublication(out, files);
      expect(filesIn()).toEqual({ ...Object.fromEntries(files), ...theirs });
      expect(differences(out, files)).toEqual([]);
    }
  },
);

test.each([
  ["another publication", OLD],
  ["nothing", undefined],
])(
  "a run that is killed anywhere, or whose disk fails anywhere, over %s, is completed by the next one, and nothing of somebody else is touched",
  (_, before) => {
    const start = () => {
      rmSync(out, { recursive: true, force: true });
      for (const [path, text] of Object.entries(THEIRS)) write(path, text);
      if (before) writePublication(out, before);
    };
    start();
    const { changes } = watchChanges(() => writePublication(out, NEW));
    expect(changes).toBeGreaterThan(8);
    for (let change = 0; change < changes; change++) {
      for (const harm of [killedBefore(change), failingAt(change)]) {
        start();
        const { error } = watchChanges(() => writePublication(out, NEW), harm);
        expect(error?.message ?? "").toMatch(/^$|killed|i\/o error/);
        expect(filesIn()).toMatchObject(THEIRS);
        const next = publicationOf("1.2.0", "b", "d");
        writePublication(out, next);
        expect(filesIn()).toEqual({ ...Object.fromEntries(next), ...THEIRS });
      }
    }
  },
);

test("a file that is as it should be isn't written again", () => {
  writePublication(out, OLD);
  expect(watchChanges(() => writePublication(out, OLD)).changes).toBe(0);
});

test("a published file that was changed by hand is written again", () => {
  writePublication(out, OLD);
  write("README.md", "changed");
  writePublication(out, OLD);
  expect(filesIn()).toEqual(Object.fromEntries(OLD));
});

test("a folder that has nothing published any more is removed, or named each time where somebody else's files keep it", () => {
  writePublication(out, publicationOf("1.0.0", "a", "b", "c"));
  write("environments/b/terragrunt.hcl", "theirs");
  for (let run = 1; run <= 2; run++)
    expect(writePublication(out, publicationOf("1.0.0", "a"))).toEqual(["environments/b"]);
  expect(readdirSync(join(out, "environments")).sort()).toEqual(["a", "b"]);
});

test.each<[string, () => void, foreign: string]>([
  ["somebody else's file with another text", () => write("README.md", "theirs"), '"README.md"'],
  ["a link in place of a file", () => link("README.md", "/dev/null"), '"README.md"'],
  ["a dangling link", () => link("SHA256SUMS", "nowhere"), '"SHA256SUMS"'],
  [
    "a link in place of a folder",
    () => link("environments", scratch()),
    '"environments/b/main.tf", "environments/c/main.tf"',
  ],
  ["a folder in place of a file", () => write("README.md/x", "theirs"), '"README.md"'],
  ["a file in place of a folder", () => write("environments/b", "theirs"), '"environments/b/main.tf"'],
])("%s in the place of a published file is an error, and nothing is changed", (_, change, foreign) => {
  change();
  const before = contentsOf(out);
  expect(() => writePublication(out, NEW)).toThrow(
    `Received --out ${JSON.stringify(out)} with ${foreign}, expected nothing there but what publish wrote. Nothing was changed. Move that away, or choose another folder.`,
  );
  expect(contentsOf(out)).toEqual(before);
});

test("a link in place of a folder that isn't published any more is an error: what is behind it stays", () => {
  writePublication(out, OLD);
  write("elsewhere/main.tf", "# 1.0.0 a\n");
  link("environments/a", "../elsewhere");
  expect(() => writePublication(out, NEW)).toThrow('with "environments/a/main.tf", expected nothing there but');
  expect(filesIn()["elsewhere/main.tf"]).toBe("# 1.0.0 a\n");
});

test("checksums lead to no file outside of the folder", () => {
  writePublication(out, OLD);
  const outside = join(out, "../outside.txt");
  writeFileSync(outside, "theirs");
  write(
    "SHA256SUMS",
    `${OLD.get("SHA256SUMS")}${checksum("theirs")}  ../outside.txt\n${checksum("theirs")}  ${outside}\n`,
  );
  writePublication(out, NEW);
  expect(readdirSync(dirname(out)).sort()).toEqual(["out", "outside.txt"]);
});

test("checksums lead to nothing hidden, which publish never writes", () => {
  writePublication(out, OLD);
  const hidden = [".git/config", ".github/CODEOWNERS", ".terraform.lock.hcl", "environments/b/.terraform/state"];
  for (const path of hidden) write(path, "theirs");
  const lines = hidden.map((path) => `${checksum("theirs")}  ${path}\n`).join("");
  write("SHA256SUMS", `${OLD.get("SHA256SUMS")}${lines}`);
  writePublication(out, NEW);
  expect(filesIn()).toEqual({
    ...Object.fromEntries(NEW),
    ...Object.fromEntries(hidden.map((path) => [path, "theirs"])),
  });
});

test("checksums with line ends of Windows are read, too", () => {
  writePublication(out, OLD);
  write("SHA256SUMS", OLD.get("SHA256SUMS")?.replaceAll("\n", "\r\n") ?? "");
  expect(differences(out, OLD)).toEqual([{ path: "SHA256SUMS", kind: "differs", isForeign: false }]);
  writePublication(out, NEW);
  expect(filesIn()).toEqual(Object.fromEntries(NEW));
});

test("each difference of a folder is listed, whoever made it", () => {
  writePublication(out, OLD);
  rmSync(join(out, "README.md"));
  write("environments/b/main.tf", "theirs");
  write("environments/c/main.tf", "theirs");
  expect(differences(out, NEW).map(({ kind, path, isForeign }) => [kind, path, isForeign])).toEqual([
    ["missing", "README.md", false],
    ["differs", "environments/b/main.tf", false],
    ["differs", "environments/c/main.tf", true],
    ["differs", "manifest.json", false],
    ["differs", "SHA256SUMS", false],
    ["not published", "environments/a/main.tf", false],
  ]);
});

test("a manifest of somebody else is refused, and a folder without one is no publication", () => {
  expect(readManifest(out)).toBeUndefined();
  write("manifest.json", '{ "schemaVersion": 1, "generator": "another", "version": "1.0.0" }');
  expect(() => writePublication(out, NEW)).toThrow(
    `Received manifest.json in --out ${JSON.stringify(out)} in another form, expected the manifest of a publication, as publish writes it. Restore it, or choose another folder.`,
  );
});

test("the target of a link and a folder below folders that don't exist are written", () => {
  mkdirSync(out);
  symlinkSync(out, scratch("link"));
  writePublication(scratch("link"), OLD);
  expect(filesIn()).toEqual(Object.fromEntries(OLD));
  out = scratch("x/y/z");
  writePublication(out, OLD);
  expect(filesIn()).toEqual(Object.fromEntries(OLD));
});

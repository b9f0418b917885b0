import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { differences, foreignPath, GENERATOR } from "../../../../cli/commands/publish/published-folder";
import { checksum } from "../../../../common/checksum";
import { jsonText } from "../../../../common/json";
import { folderInTests } from "../../../support/folder";

const MANIFEST = jsonText({ generator: GENERATOR });
const CONTENT: readonly (readonly [string, string])[] = [
  ["README.md", "The modules.\n"],
  ["environments/one/main.tf", "one"],
  ["manifest.json", MANIFEST],
];
const SUMS = CONTENT.map(([path, text]) => `${checksum(text)}  ${path}\n`).join("");
const FILES = [...CONTENT, ["SHA256SUMS", SUMS] as const];
const LESS_SUMS = ["SHA256SUMS", SUMS.replace(/.*README.*\n/, "")] as const;
const WINDOWS_SUMS = ["SHA256SUMS", SUMS.replaceAll("\n", "\r\n")] as const;

const folder = folderInTests();
beforeEach(() => {
  for (const [path, text] of FILES) write(path, text);
});

function write(path: string, text: string): void {
  mkdirSync(dirname(folder(path)), { recursive: true });
  writeFileSync(folder(path), text);
}

const remove = (path: string) => rmSync(folder(path), { force: true });

function link(path: string, target: string): void {
  remove(path);
  symlinkSync(target, folder(path));
}

test("a folder that publish wrote differs in nothing, and has nothing foreign", () => {
  expect(differences(folder(), FILES)).toEqual([]);
  expect(foreignPath(folder())).toBeUndefined();
});

test.each<[string, () => void, line: string, foreign: string | undefined]>([
  ["is missing", () => remove("README.md"), "missing: README.md", undefined],
  ["was changed", () => write("README.md", "mine"), "differs: README.md", "README.md"],
  ["was replaced by a link", () => link("README.md", "manifest.json"), "differs: README.md", "README.md"],
  ["is a broken link", () => link("a", "nowhere"), "not published: a", "a"],
  ["was added", () => write("environments/a.tf", ""), "not published: environments/a.tf", "environments/a.tf"],
  ["is another manifest", () => write("manifest.json", `${MANIFEST}\n`), "differs: manifest.json", "manifest.json"],
  ["is checksums that lack one", () => write(...LESS_SUMS), "differs: SHA256SUMS", "README.md"],
  ["is checksums with Windows' line ends", () => write(...WINDOWS_SUMS), "differs: SHA256SUMS", undefined],
])("a file that %s is named", (_, change, line, foreign) => {
  change();
  expect(differences(folder(), FILES)).toEqual([line]);
  expect(foreignPath(folder())).toBe(foreign);
});

test.each<[string, () => void]>([
  ["without a manifest", () => remove("manifest.json")],
  [
    "with checksums of another generator",
    () => {
      const otherManifest = jsonText({ generator: "another" });
      write("manifest.json", otherManifest);
      write("SHA256SUMS", SUMS.replace(/.*(?= {2}manifest)/, checksum(otherManifest)));
    },
  ],
  ["without checksums", () => remove("SHA256SUMS")],
])("a folder %s isn't a publication: everything in it is foreign", (_, change) => {
  change();
  expect(foreignPath(folder())).toBeDefined();
});

test("a folder that can't be read is an error in a sentence", () => {
  expect(() => differences(folder("README.md"), FILES)).toThrow(
    /^Can't read --check ".*README\.md": ENOTDIR: not a directory, in ".*"\. Choose another folder\.$/,
  );
});

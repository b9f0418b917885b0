import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { differences, foreignPath, GENERATOR } from "../../../../cli/commands/publish/published-folder";
import { checksum } from "../../../../cli/terminal/checksum";
import { jsonText } from "../../../../cli/terminal/json";

const CONTENT: readonly (readonly [string, string])[] = [
  ["README.md", "The modules.\n"],
  ["environments/one/main.tf", "one"],
  ["manifest.json", jsonText({ generator: GENERATOR })],
];
const SUMS = CONTENT.map(([path, text]) => `${checksum(text)}  ${path}\n`).join("");
const FILES = [...CONTENT, ["SHA256SUMS", SUMS] as const];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "support-app-published-"));
  for (const [path, text] of FILES) write(path, text);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const edit = (path: string, change: (text: string) => string) =>
  write(path, change(readFileSync(join(folder, path), "utf8")));
const remove = (path: string) => rmSync(join(folder, path));

test("a folder that publish wrote differs in nothing, and has nothing foreign", () => {
  expect(differences(folder, FILES)).toEqual([]);
  expect(foreignPath(folder)).toBeUndefined();
});

test.each<[string, () => void, foreign: string | undefined, lines: string[]]>([
  ["is missing", () => remove("README.md"), undefined, ["missing: README.md"]],
  ["was changed", () => write("README.md", "mine"), "README.md", ["differs: README.md"]],
  [
    "was replaced by a link",
    () => {
      remove("README.md");
      symlinkSync("manifest.json", join(folder, "README.md"));
    },
    "README.md",
    ["differs: README.md"],
  ],
  [
    "was added",
    () => write("environments/extra.tf", ""),
    "environments/extra.tf",
    ["not published: environments/extra.tf"],
  ],
  ["is a broken link", () => symlinkSync("nowhere", join(folder, "a")), "a", ["not published: a"]],
  [
    "is a manifest that was changed",
    () => edit("manifest.json", (text) => `${text}\n`),
    "manifest.json",
    ["differs: manifest.json"],
  ],
  [
    "is checksums that lack one",
    () => write("SHA256SUMS", SUMS.replace(/.*README.*\n/, "")),
    "README.md",
    ["differs: SHA256SUMS"],
  ],
  [
    "is checksums with Windows' line ends",
    () => edit("SHA256SUMS", (text) => text.replaceAll("\n", "\r\n")),
    undefined,
    ["differs: SHA256SUMS"],
  ],
])("a file that %s is named, with what to do", (_, change, foreign, lines) => {
  change();
  expect(differences(folder, FILES)).toEqual([
    `${folder} is not what publish would write. Publish again. If it has anything that publish didn't write as it is, move that away first.`,
    ...lines,
  ]);
  expect(foreignPath(folder)).toBe(foreign);
});

test.each<[string, () => void]>([
  ["without a manifest", () => remove("manifest.json")],
  [
    "with checksums of another generator",
    () => {
      const other = jsonText({ generator: "another" });
      write("manifest.json", other);
      edit("SHA256SUMS", (text) => text.replace(/.*(?= {2}manifest)/, checksum(other)));
    },
  ],
  ["without checksums", () => remove("SHA256SUMS")],
])("a folder %s isn't a publication: everything in it is foreign", (_, change) => {
  change();
  expect(foreignPath(folder)).toBeDefined();
});

test("a folder that can't be read is an error in a sentence", () => {
  expect(() => differences(join(folder, "README.md"), FILES)).toThrow(
    /^Can't read --check ".*README\.md": ENOTDIR: not a directory, in ".*"\. Choose another folder\.$/,
  );
});

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { compare, differences, GENERATOR, outlineOf } from "../../../../cli/commands/publish/published-folder";
import { checksum } from "../../../../common/checksum";
import { jsonText } from "../../../../common/json";
import { folderInTests } from "../../../support/folder";

const MANIFEST = jsonText({ generator: GENERATOR });
const CONTENT: readonly (readonly [string, string])[] = [
  ["README.md", "The modules.\n"],
  ["environments/a/main.tf", "a"],
  ["environments/a/versions.tf", "terraform {}"],
  ["environments/b/versions.tf", 'terraform {\n  backend "s3" {}\n}\n'],
  ["modules/m/versions.tf", "terraform {}"],
  ["manifest.json", MANIFEST],
];
const SUMS = CONTENT.map(([path, text]) => `${checksum(text)}  ${path}\n`).join("");
const FILES = [...CONTENT, ["SHA256SUMS", SUMS] as const];
const WINDOWS_SUMS = ["SHA256SUMS", SUMS.replaceAll("\n", "\r\n")] as const;

const folder = folderInTests();
beforeEach(() => {
  for (const [path, text] of FILES) write(path, text);
});

function write(path: string, text: string): void {
  mkdirSync(dirname(folder(path)), { recursive: true });
  writeFileSync(folder(path), text);
}

const remove = (path: string) => rmSync(folder(path), { force: true, recursive: true });

function link(path: string, target: string): void {
  remove(path);
  symlinkSync(target, folder(path));
}

/** What is outdated or obsolete, and what is foreign, where `files` are to be published. */
function compared(files: typeof FILES = FILES) {
  const { missing, ...comparison } = compare(folder(), outlineOf(files));
  return comparison;
}

const NOTHING = { outdated: [], obsolete: [], foreign: [] };

test("a folder that publish wrote differs in nothing, and has nothing foreign", () => {
  expect(differences(folder(), FILES)).toEqual([]);
  expect(compared()).toEqual(NOTHING);
});

test.each<[string, () => void, line: string, foreign: string | undefined]>([
  ["is missing", () => remove("README.md"), "missing: README.md", undefined],
  ["was changed", () => write("README.md", "mine"), "differs: README.md", "README.md"],
  ["was replaced by a link", () => link("README.md", "manifest.json"), "differs: README.md", "README.md"],
  [
    "is Terraform beside a root",
    () => write("environments/a/a.tf", ""),
    "not published: environments/a/a.tf",
    "environments/a/a.tf",
  ],
  [
    "is Terraform beside a module",
    () => write("modules/m/a.tf", ""),
    "not published: modules/m/a.tf",
    "modules/m/a.tf",
  ],
  ["is another manifest", () => write("manifest.json", `${MANIFEST}\n`), "differs: manifest.json", "manifest.json"],
  ["is checksums with Windows' line ends", () => write(...WINDOWS_SUMS), "differs: SHA256SUMS", undefined],
])("a file that %s is named", (_, change, line, foreign) => {
  change();
  expect(differences(folder(), FILES)).toEqual([line]);
  expect(compared().foreign).toEqual(foreign === undefined ? [] : [foreign]);
});

test("a folder that is a link isn't followed: what is behind it isn't ours", () => {
  write("elsewhere/main.tf", "a");
  write("elsewhere/versions.tf", "terraform {}");
  link("environments/a", "../elsewhere");
  expect(compared().foreign).toEqual(["environments/a/main.tf", "environments/a/versions.tf"]);
});

const BACKEND = 'terraform {\n  backend "s3" {}\n}\n';

test.each<[path: string, text: string]>([
  ["environments/a/terragrunt.hcl", 'include "root" {}\n'],
  ["environments/a/backend.tf", BACKEND],
  ["environments/a/.terraform.lock.hcl", ""],
  ["environments/a/.terraform/providers/main.tf", ""],
  ["environments/a/terraform.tfstate", "{}"],
  ["environments/a/backend.hcl", ""],
  ["environments/a/NOTES.md", ""],
  ["environments/a/.main.tf", ""],
  ["environments/c/main.tf", ""],
  ["atlantis.yaml", "version: 3\n"],
  ["precious.txt", ""],
])("%s of somebody else is left alone, and isn't a difference", (path, text) => {
  write(path, text);
  expect(compared()).toEqual(NOTHING);
  expect(differences(folder(), FILES)).toEqual([]);
});

test.each<[path: string, text: string]>([
  ["environments/a/override.tf", 'resource "aws_iam_role" "full" {}\n'],
  ["environments/a/main_override.tf.json", "{}"],
  ["environments/a/main.tofu", BACKEND],
  ["environments/a/more.tofu.json", "{}"],
  ["environments/a/terraform.tfvars", ""],
  ["environments/a/terraform.tfvars.json", "{}"],
  ["environments/a/x.auto.tfvars", ""],
  ["environments/a/x.auto.tfvars.json", "{}"],
  ["environments/b/backend.tf", BACKEND], // a second one
  ["modules/m/backend.tf", BACKEND],
])("%s of somebody else is refused, since Terraform or OpenTofu would read it with ours", (path, text) => {
  write(path, text);
  expect(compared()).toEqual({ ...NOTHING, foreign: [path] });
  expect(differences(folder(), FILES)).toEqual([`not published: ${path}`]);
});

test("a backend that is a link isn't read", () => {
  write("backend.txt", BACKEND);
  link("environments/a/backend.tf", "../../backend.txt");
  expect(compared().foreign).toEqual(["environments/a/backend.tf"]);
});

test("what isn't published any more is obsolete, unless somebody changed it", () => {
  const rest = FILES.filter(([path]) => !path.startsWith("environments/a/"));
  write("environments/a/main.tf", "mine");
  write("environments/a/backend.tf", BACKEND);
  expect(compared(rest)).toEqual({
    ...NOTHING,
    obsolete: ["environments/a/versions.tf"],
    foreign: ["environments/a/main.tf"],
  });
  expect(differences(folder(), rest)).toEqual([
    "not published: environments/a/main.tf",
    "not published: environments/a/versions.tf",
  ]);
});

test("while a run replaces files, the old and the new ones are ours", () => {
  write("README.md", "Old.\n");
  write("SHA256SUMS", `${checksum("Old.\n")}  README.md\n${SUMS}`);
  expect(compared()).toEqual({ ...NOTHING, outdated: ["README.md", "SHA256SUMS"] });
  const changed = FILES.map(([path, text]) => [path, path === "README.md" ? "Newer.\n" : text] as const);
  write("README.md", "The modules.\n");
  expect(compared(changed).foreign).toEqual([]);
});

test("checksums lead to no file outside of the folder", () => {
  write("../outside.txt", "mine");
  write("SHA256SUMS", `${SUMS}${checksum("mine")}  ../outside.txt\n${checksum("mine")}  ${folder("../outside.txt")}\n`);
  expect(compared()).toEqual({ ...NOTHING, outdated: ["SHA256SUMS"] });
  remove("../outside.txt");
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
])("a folder %s isn't a publication: whatever differs in it is foreign", (_, change) => {
  change();
  const files = FILES.map(([path, text]) => [path, path === "README.md" ? "New.\n" : text] as const);
  expect(compared(files).foreign).toContain("README.md");
});

test("a folder that can't be read is an error in a sentence", () => {
  expect(() => differences(folder("README.md"), FILES)).toThrow(
    /^Can't read --out ".*README\.md": not a directory, in ".*"\. Choose another folder\.$/,
  );
});

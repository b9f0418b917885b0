import { readFileSync, rmSync, writeFileSync } from "node:fs";
import {
  changedText,
  readEditableEnvironments,
  replaceEnvironments,
  showBrokenRules,
} from "../../../cli/adoption/environments-file";
import { parseRules } from "../../../stacks/rules/rules";
import { YamlFileError } from "../../../stacks/yaml/yaml-file-error";
import { folderInTests } from "../../support/folder";
import { printedInTests } from "../../support/printed";

const printed = printedInTests();
const folder = folderInTests({ isReal: true });
const before = { ...process.env };
let file: string;
beforeEach(() => {
  file = folder("environments.yaml");
  process.env.SUPPORT_APP_ENVIRONMENTS = file;
});
afterEach(() => {
  process.env = { ...before };
});

function openFile(text: string) {
  writeFileSync(file, text);
  return readEditableEnvironments(true);
}

const TEXT = 'defaults: { region: us-east-1 }\nenvironments:\n  a: { account: "111122223333", read-only: {} }\n';

test("a file is read with its text, its defaults and its environments, whatever SUPPORT_APP_ONLY chooses or rules forbid", () => {
  process.env.SUPPORT_APP_ONLY = "b";
  writeFileSync(folder("rules.yaml"), "all: { path: /team/ }\n");
  expect(openFile(TEXT)).toMatchObject({
    ...{ name: file, text: TEXT, defaults: { region: "us-east-1" }, rules: { file: folder("rules.yaml") } },
    environments: [expect.objectContaining({ name: "a", region: "us-east-1" })],
  });
});

test("a file may have no environments yet and, unless it is to be written, may be missing", () => {
  const empty = { environments: [], defaults: { region: "us-east-1" } };
  expect(openFile("defaults: { region: us-east-1 }\nenvironments: {}\n")).toMatchObject(empty);
  rmSync(file);
  expect(readEditableEnvironments(false)).toMatchObject({ name: file, text: "", environments: [], defaults: {} });
  expect(() => readEditableEnvironments(true)).toThrow("there is no such file or folder");
});

test.each([
  ["no mapping of environments", "environments: []\n"],
  ["no YAML", "environments: {\n"],
  ["an unknown key", TEXT.replace("read-only", "reed-only")],
])("a file with %s is an error", (_, text) => {
  expect(() => openFile(text)).toThrow(YamlFileError);
});

test("a change is made as a whole, or not at all", () => {
  const environmentsFile = openFile(TEXT);
  const added = { b: { account: "444455556666", "read-only": {} } };
  const text = changedText(environmentsFile, { added, retired: ["a"] });
  expect(text).toMatch(/^ {2}a: \{ retired: true, account.*\n {2}b:\n {4}account: "4+5+6+"\n {4}read-only: \{\}$/m);
  replaceEnvironments(environmentsFile, text);
  expect(() => replaceEnvironments(environmentsFile, TEXT)).toThrow("it has changed since it was read");
  expect(() => replaceEnvironments({ ...environmentsFile, text }, "environments: {}\n")).toThrow(YamlFileError);
  expect([environmentsFile.name, readFileSync(file, "utf8")]).toEqual([file, text]);
  const merging = openFile(`${TEXT.replace("a: {", "a: &a {")}  c: { <<: *a, account: "222233334444" }\n`);
  const replaced = { a: { account: "111122223333", full: {} } };
  for (const change of [{ retired: ["a"] }, { replaced }])
    expect(() => changedText(merging, { added: {}, ...change })).toThrow(`Can't change ${file} without changing any`);
});

test.each([
  [
    "/team/",
    [
      "This breaks rules, so synthesizing refuses it. Change it, or have rules.yaml changed:",
      'The imported environment:3:33: environments.a.read-only: received "/", expected "/team/", as all.path in rules.yaml:1:14 says. Set path to it.',
    ],
  ],
  ["/", []],
  [undefined, []],
])("rules that require the path %s are printed if they are broken", (path, lines) => {
  const rules = path === undefined ? undefined : parseRules(`all: { path: ${path} }\n`, "rules.yaml");
  showBrokenRules(TEXT, "The imported environment", rules);
  expect(printed.join("\n")).toBe(lines.join("\n"));
});

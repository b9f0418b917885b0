import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileToAddTo, showBrokenRules } from "../../../../cli/commands/import/file-to-add-to";
import { EnvironmentsError } from "../../../../stacks/environments/environments";
import { parseRules } from "../../../../stacks/rules/rules";
import { printedInTests } from "../../../support/printed";

const printed = printedInTests();
const folder = realpathSync(mkdtempSync(join(tmpdir(), "support-app-file-to-add-to-")));
const file = join(folder, "environments.yaml");
const before = { ...process.env };
beforeEach(() => {
  process.env.SUPPORT_APP_ENVIRONMENTS = file;
});
afterEach(() => {
  process.env = { ...before };
  for (const path of [file, join(folder, "rules.yaml")]) rmSync(path, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  writeFileSync(file, text);
  return readFileToAddTo(true);
}

const ENTRY = '{ account: "111122223333", read-only: {} }';

test("a file is read with its text, its defaults and its environments, whatever SUPPORT_APP_ONLY chooses", () => {
  process.env.SUPPORT_APP_ONLY = "b";
  const text = `defaults: { region: us-east-1 }\nenvironments:\n  a: ${ENTRY}\n`;
  expect(read(text)).toEqual({
    ...{ name: file, text, defaults: { region: "us-east-1" }, rules: undefined },
    environments: [expect.objectContaining({ name: "a", region: "us-east-1" })],
    value: { defaults: { region: "us-east-1" }, environments: { a: { account: "111122223333", "read-only": {} } } },
  });
});

test("a file may have no environments yet, which are no error then", () => {
  expect(read("environments: {} # none\n")).toMatchObject({ environments: [], defaults: {} });
  expect(read("defaults: { region: us-east-1 }\nenvironments: {}\n").defaults).toEqual({ region: "us-east-1" });
});

test.each([
  ["no mapping of environments", "environments: []\n"],
  ["no YAML", "environments: {\n"],
  ["an unknown key", `environments: { a: { account: "111122223333", region: us-east-1, reed-only: {} } }\n`],
])("a file with %s is an error", (_, text) => {
  expect(() => read(text)).toThrow(EnvironmentsError);
});

test("without a file, there is nothing to add to, unless it is to be written", () => {
  const none = { name: file, text: "", defaults: {}, environments: [], value: undefined, rules: undefined };
  expect(readFileToAddTo(false)).toEqual(none);
  expect(() => readFileToAddTo(true)).toThrow(
    `${file}: expected a readable YAML file in UTF-8, but: ENOENT: no such file or directory, open '${file}'. Check the name, or give another in SUPPORT_APP_ENVIRONMENTS.`,
  );
});

test("the rules beside the file are read even without it; breaking one is no error yet, but an error in them is", () => {
  writeFileSync(join(folder, "rules.yaml"), "all: { path: /team/ }\n");
  expect(readFileToAddTo(false).rules?.file).toBe(join(folder, "rules.yaml"));
  expect(read(`defaults: { region: us-east-1 }\nenvironments: { a: ${ENTRY} }\n`).environments).toHaveLength(1);
  writeFileSync(join(folder, "rules.yaml"), "all: { pth: /team/ }\n");
  expect(() => readFileToAddTo(false)).toThrow(/rules\.yaml has an error\./);
});

describe("broken rules", () => {
  const text = `defaults: { region: us-east-1 }\nenvironments:\n  a: ${ENTRY}\n`;
  const rules = (path: string) => parseRules(`all: { path: ${path} }\n`, "rules.yaml");

  test("are told with what to do, and with both lines", () => {
    showBrokenRules(text, "The imported environment", rules("/team/"));
    expect(printed.join("\n").split("\n")).toEqual([
      "This breaks rules, so synthesizing refuses it. Change it, or have rules.yaml changed:",
      'The imported environment:3:33: environments.a.read-only: received "/", expected "/team/", as all.path in rules.yaml:1:14 says. Set path to it.',
    ]);
  });

  test.each([
    ["there are no rules", undefined],
    ["none is broken", rules("/")],
  ])("aren't told if %s", (_, kept) => {
    showBrokenRules(text, "environments.yaml", kept);
    expect(printed).toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { insertEnvironments, markRetired } from "../../../../cli/commands/import/edit-environments";
import type { EnvironmentEntry } from "../../../../stacks/environments/environments-schema";

const ENTRY: EnvironmentEntry = {
  account: "444455556666",
  region: "us-east-1",
  full: { adopt: true, without: ["live-chat"] },
};
const LINES = `  new:
    account: "444455556666"
    region: us-east-1
    full:
      adopt: true
      without: [live-chat]
`;

/** In the library's style, without an environment to follow. */
const PADDED = LINES.replace("[live-chat]", "[ live-chat ]");

test("in a block, every byte stays, and the environment is added at the end", () => {
  const example = readFileSync("__tests__/cli/commands/import/environments.yaml", "utf8");
  expect(insertEnvironments(example, { new: ENTRY })).toBe(`${example.trimEnd()}\n\n${LINES}`);
});

test.each([
  ["one environment", "environments:\n  a: { account: x }\n", `environments:\n  a: { account: x }\n${LINES}`],
  ["no line break at the end", "environments:\n  a: 1", `environments:\n  a: 1\n${LINES}`],
  [
    "a section and comments after it",
    "environments:\n  a: 1 # one\n    # of a\n# of defaults\ndefaults: {}\n",
    `environments:\n  a: 1 # one\n    # of a\n${LINES}# of defaults\ndefaults: {}\n`,
  ],
  [
    "comments of other sections, and of its own, at the end",
    "environments:\n  a:\n    b: 1\n  # old: 1\n\n# ours\n",
    `environments:\n  a:\n    b: 1\n  # old: 1\n${LINES}\n# ours\n`,
  ],
  [
    "a deeper margin",
    "environments:\n    a:\n        full:\n            - b\n",
    `environments:\n    a:\n        full:\n            - b\n${LINES.replace(/^ {2}/gm, "    ")}`,
  ],
  [
    "the other line breaks",
    "environments:\r\n  a: 1\r\n",
    `environments:\r\n  a: 1\r\n${LINES.replaceAll("\n", "\r\n")}`,
  ],
  ["a byte order mark", "\ufeffenvironments:\n  a: 1\n", `\ufeffenvironments:\n  a: 1\n${LINES}`],
  [
    "a text of several lines at the end",
    "environments:\n  a: |\n    b\n    c\n",
    `environments:\n  a: |\n    b\n    c\n${LINES}`,
  ],
  ["no environment yet", "# ours\nenvironments: {} # none\n", `# ours\nenvironments:\n${PADDED}  # none\n`],
  [
    "no environments",
    "# ours\ndefaults: { region: us-east-1 }\n",
    `# ours\ndefaults: { region: us-east-1 }\nenvironments:\n${PADDED}`,
  ],
  ["nothing", "", `environments:\n${PADDED}`],
  [
    "environments that merge others",
    "environments:\n  a: &a { account: x }\n  b:\n    <<: *a # as a\n",
    `environments:\n  a: &a { account: x }\n  b:\n    <<: *a # as a\n${LINES}`,
  ],
  [
    "environments within braces that merge others",
    "environments: { a: &a { account: x }, b: { <<: [*a, { c: 5 }], account: y } } # all",
    'environments: { a: &a { account: x }, b: { <<: [ *a, { c: 5 } ], account: y }, new: { account: "444455556666", region: us-east-1, full: { adopt: true, without: [ live-chat ] } } } # all\n',
  ],
])("%s", (_, text, expected) => {
  expect(insertEnvironments(text, { new: ENTRY })).toBe(expected);
});

test("in braces, the values and comments stay", () => {
  const text = "# ours\nenvironments: { a: { account: x }, b: 1 } # two\n";
  const result = insertEnvironments(text, { new: ENTRY }) ?? "";
  expect(result).toMatch(/^# ours\n.*# two\n/s);
  expect(parse(result)).toEqual({ environments: { a: { account: "x" }, b: 1, new: ENTRY } });
});

test("an alias stays an alias", () => {
  const text = "environments:\n  a: &a\n    full: {}\n  b: *a\n";
  expect(insertEnvironments(text, { new: ENTRY })).toBe(`${text}${LINES}`);
});

test.each([
  ["a list", "environments: [a]\n"],
  ["an alias", "x: &x { a: 1 }\nenvironments: *x\n"],
  ["no mapping", "- environments\n"],
  ["text", "environments\n"],
  ["two documents", "environments: {}\n---\nenvironments: {}\n"],
])("there is no place for it in %s", (_, text) => {
  expect(insertEnvironments(text, { new: ENTRY })).toBeUndefined();
});

describe("an environment is retired", () => {
  test.each([
    [
      "within braces",
      "environments:\n  a: { account: x } # one\n",
      "environments:\n  a: { retired: true, account: x } # one\n",
    ],
    [
      "in lines, as the first one",
      "environments:\n  a: # ours\n    # of x\n    account: x\n    # of a\n\n  b: 1\n",
      "environments:\n  a: # ours\n    retired: true\n    # of x\n    account: x\n    # of a\n\n  b: 1\n",
    ],
    [
      "without a line break at the end",
      "environments:\n  a:\n    account: x",
      "environments:\n  a:\n    retired: true\n    account: x",
    ],
    [
      "with other line breaks and a mark",
      "\ufeffenvironments:\r\n  a:\r\n    account: x\r\n",
      "\ufeffenvironments:\r\n  a:\r\n    retired: true\r\n    account: x\r\n",
    ],
    [
      "in place of another value",
      "environments:\n  a:\n    retired: false # yet\n    account: x\n",
      "environments:\n  a:\n    retired: true # yet\n    account: x\n",
    ],
    [
      "in an environment that merges another",
      "environments:\n  b: &b { account: y }\n  a:\n    <<: *b\n",
      "environments:\n  b: &b { account: y }\n  a:\n    retired: true\n    <<: *b\n",
    ],
    [
      "overriding a merged value",
      "environments:\n  b: &b { retired: false }\n  a: { <<: *b }\n",
      "environments:\n  b: &b { retired: false }\n  a: { retired: true, <<: *b }\n",
    ],
    [
      "within braces of several lines",
      "environments:\n  a: {\n    account: x, # one\n  }\n",
      "environments:\n  a: {\n    retired: true, account: x, # one\n  }\n",
    ],
    [
      "with everything in braces",
      "{ environments: { a: { account: x }, b: { account: y } } }\n",
      "{ environments: { a: { retired: true, account: x }, b: { account: y } } }\n",
    ],
  ])("%s", (_, text, expected) => {
    expect(markRetired(text, ["a"])).toBe(expected);
  });

  test("several, whatever their order", () => {
    const text = "environments:\n  a: { x: 1 }\n  b: { x: 2 }\n  c:\n    x: 3\n";
    const retired = "environments:\n  a: { retired: true, x: 1 }\n  b: { x: 2 }\n  c:\n    retired: true\n    x: 3\n";
    expect(markRetired(text, ["c", "a"])).toBe(retired);
  });

  test.each([
    ["an alias", "environments:\n  b: &b { account: y }\n  a: *b\n"],
    ["what others merge", "environments:\n  a: &a { account: y }\n  b: { <<: *a, account: x }\n"],
    ["what another has by an alias", "environments:\n  a: &a { account: y }\n  b: *a\n"],
  ])("%s can't be retired by itself", (_, text) => {
    expect(markRetired(text, ["a"])).toBeUndefined();
  });
});

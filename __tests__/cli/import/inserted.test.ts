import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { inserted } from "../../../cli/import/inserted";
import type { EnvironmentEntry } from "../../../stacks/environments-schema";

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
  const example = readFileSync("__tests__/cli/import/environments.yaml", "utf8");
  expect(inserted(example, { new: ENTRY })).toBe(`${example.trimEnd()}\n\n${LINES}`);
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
  expect(inserted(text, { new: ENTRY })).toBe(expected);
});

test("in braces, the values and comments stay", () => {
  const text = "# ours\nenvironments: { a: { account: x }, b: 1 } # two\n";
  const result = inserted(text, { new: ENTRY }) ?? "";
  expect(result).toMatch(/^# ours\n.*# two\n/s);
  expect(parse(result)).toEqual({ environments: { a: { account: "x" }, b: 1, new: ENTRY } });
});

test("an alias stays an alias", () => {
  const text = "environments:\n  a: &a\n    full: {}\n  b: *a\n";
  expect(inserted(text, { new: ENTRY })).toBe(`${text}${LINES}`);
});

test.each([
  ["a list", "environments: [a]\n"],
  ["an alias", "x: &x { a: 1 }\nenvironments: *x\n"],
  ["no mapping", "- environments\n"],
  ["text", "environments\n"],
  ["two documents", "environments: {}\n---\nenvironments: {}\n"],
])("there is no place for it in %s", (_, text) => {
  expect(inserted(text, { new: ENTRY })).toBeUndefined();
});

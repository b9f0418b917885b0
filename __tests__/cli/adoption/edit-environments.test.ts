import {
  environmentYaml,
  insertEnvironments,
  markRetired,
  placeholdersIn,
  replaceEntries,
} from "../../../cli/adoption/edit-environments";
import type { EnvironmentEntry } from "../../../stacks/environments/environments-schema";

const ENTRY: EnvironmentEntry = { account: "444455556666", full: { adopt: true, without: ["live-chat"] } };
const LINES = `  new:
    account: "444455556666"
    full:
      adopt: true
      without: [ live-chat ]
`;

test.each([
  ["one environment", "environments:\n  a: { account: x }\n", `environments:\n  a: { account: x }\n${LINES}`],
  [
    "environments with lines between them",
    "environments:\n  a: 1 # ours\n\n  b:\n    c: # - d\n\n",
    `environments:\n  a: 1 # ours\n\n  b:\n    c: # - d\n\n${LINES}\n`,
  ],
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
    "a byte order mark and the other line breaks",
    "\ufeffenvironments:\r\n  a: 1\r\n",
    `\ufeffenvironments:\r\n  a: 1\r\n${LINES.replaceAll("\n", "\r\n")}`,
  ],
  [
    "an alias and a merged environment",
    "environments:\n  a: &a { account: x }\n  b: *a\n  c:\n    <<: *a # as a\n",
    `environments:\n  a: &a { account: x }\n  b: *a\n  c:\n    <<: *a # as a\n${LINES}`,
  ],
  ["no environment yet", "# ours\nenvironments: {} # none\n", `# ours\nenvironments:\n${LINES}  # none\n`],
  ["no environments", "# ours\ndefaults: { a: b }\n", `# ours\ndefaults: { a: b }\nenvironments:\n${LINES}`],
  ["nothing", "", `environments:\n${LINES}`],
  [
    "environments within braces",
    "# ours\nenvironments: { a: &a { b: 1 }, c: { <<: *a } } # all\n",
    '# ours\nenvironments: { a: &a { b: 1 }, c: { <<: *a }, new: { account: "444455556666", full: { adopt: true, without: [ live-chat ] } } } # all\n',
  ],
])("an environment is added to %s", (_, text, expected) => {
  expect(insertEnvironments(text, { new: ENTRY })).toBe(expected);
});

test.each([
  ["a list", "environments: [a]\n"],
  ["an alias", "x: &x { a: 1 }\nenvironments: *x\n"],
  ["no mapping", "- environments\n"],
  ["two documents", "environments: {}\n---\nenvironments: {}\n"],
])("an environment can't be added to %s", (_, text) => {
  expect(insertEnvironments(text, { new: ENTRY })).toBeUndefined();
});

const retired = "retired: true";
test.each([
  ["within braces", "  a: { account: x } # one\n", `  a: { ${retired}, account: x } # one\n`],
  [
    "as the first line",
    "  a: # ours\n    # of x\n    account: x\n    # of a\n\n  b: 1\n",
    `  a: # ours\n    # of x\n    ${retired}\n    account: x\n    # of a\n\n  b: 1\n`,
  ],
  ["without a line break at the end", "  a:\n    account: x", `  a:\n    ${retired}\n    account: x`],
  ["with other line breaks", "  a:\r\n    account: x\r\n", `  a:\r\n    ${retired}\r\n    account: x\r\n`],
  [
    "where it merges another one",
    "  b: &b { account: y }\n  a:\n    <<: *b\n",
    `  b: &b { account: y }\n  a:\n    ${retired}\n    <<: *b\n`,
  ],
  [
    "with another one",
    "  c: { x: 1 }\n  b: { x: 2 }\n  a:\n    x: 3\n",
    `  c: { ${retired}, x: 1 }\n  b: { x: 2 }\n  a:\n    ${retired}\n    x: 3\n`,
  ],
])("an environment is retired %s", (_, text, expected) => {
  const names = text.includes("  c:") ? ["a", "c"] : ["a"];
  expect(markRetired(`\ufeffenvironments:\n${text}`, names)).toBe(`\ufeffenvironments:\n${expected}`);
});

test.each([
  ["an alias", "  b: &b { account: y }\n  a: *b\n"],
  ["what others merge", "  a: &a { account: y }\n  b: { <<: *a, account: x }\n"],
])("%s can't be retired by itself", (_, text) => {
  expect(markRetired(`environments:\n${text}`, ["a"])).toBeUndefined();
});

const PLACEHOLDERS = `# ours
environments:
  a: { account: "1", read-only: {} }
  b:
    account: "1"
    region: us-east-1
    read-only: {}
  set: { account: "1", read-only: { path: /a/ } }
  tagged: { account: "1", read-only: {}, tags: {} }
  empty:
  after: { account: "1", read-only: {} } # to do
  at: # to do
    account: "1"
    read-only: {}
  within: { account: "1", # to do
    read-only: {} }
  # to do
  below: { account: "1", read-only: {} }
`;

const COMMENTED = 'environments:\n  # to do\n  a: { account: "1", read-only: {} }\n';

test("a placeholder has nothing but read-only access, and is replaced with all other text as it was", () => {
  expect([PLACEHOLDERS, COMMENTED, "environments: {}\n", "[]", ""].map(placeholdersIn)).toEqual([
    ["a", "b"],
    [],
    [],
    [],
    [],
  ]);
  const body = LINES.replace(/^.*\n/, "\n").trimEnd();
  const replaced = PLACEHOLDERS.replace(/(?<= a:)[^\n]*\}|(?<= b:)\n {4}account.*?\{\}/gs, body);
  const entries = { a: ENTRY, b: ENTRY };
  expect(replaceEntries(PLACEHOLDERS, entries)).toBe(replaced);
  expect(replaceEntries(PLACEHOLDERS.replaceAll("\n", "\r\n"), entries)).toBe(replaced.replaceAll("\n", "\r\n"));
  expect(replaceEntries("environments:\n  a: &a {}\n  b: *a\n", { a: ENTRY })).toBeUndefined();
  expect(replaceEntries("environments:\n  a: {}\n  b: {}\n", {})).toBe("environments:\n  a: {}\n  b: {}\n");
});

const LONG = "word ".repeat(40).trim();
test("a mapping is written in the style of environments.yaml: lists, tags and long texts in one line, the rest in lines of its own", () => {
  expect(
    environmentYaml({
      production: {
        account: "444455556666",
        tags: { Owner: "platform", Stage: "live" },
        full: {
          without: ["resolve-cases", "live-chat"],
          temporarily: [{ capability: "live-chat", until: "2026-12-31" }],
          channels: [{ name: "oncall", notify: { severity: "high", events: ["case-created", "reply-added"] } }],
        },
        "read-only": { description: LONG },
      },
    }),
  ).toBe(`production:
  account: "444455556666"
  tags: { Owner: platform, Stage: live }
  full:
    without: [ resolve-cases, live-chat ]
    temporarily:
      - capability: live-chat
        until: 2026-12-31
    channels:
      - name: oncall
        notify: { severity: high, events: [ case-created, reply-added ] }
  read-only:
    description: ${LONG}
`);
});

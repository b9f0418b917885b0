import fc from "fast-check";
import { Places } from "../../../../stacks/environments/yaml/places";
import { parseYaml } from "../../../../stacks/environments/yaml/yaml-syntax";
import { errorsOf } from "../../../support/errors";
import { propertyRuns } from "../../../support/thorough";

const GOOD = `defaults:
  region: us-east-1
environments:
  test:
    account: "111122223333"
    read-only: {}
    full:
      without: [live-chat]
      channels:
        - { name: a, workspace: T1, channel: C1 }
  prod:
    account: "444455556666"
    full: {}
`;

const TOO_DEEP =
  "received values nested more than 100 deep, expected at most 8 levels: neither environments.yaml nor rules.yaml has more.";

test("the file in which mistakes are made is valid", () => {
  expect(errorsOf(GOOD)).toEqual([]);
});

describe("a mistake in YAML is one error, where it was made", () => {
  test.each<[name: string, yaml: string, error: string]>([
    [
      "a missing comma",
      GOOD.replace("a, workspace", "a workspace"),
      '10:19: received "- { name: a workspace: T1, channel: C1 }", expected a comma after each entry within brackets, and no hyphens there.',
    ],
    ["an older YAML", `%YAML 1.1\n---\n${GOOD}`, "1:1: received YAML 1.1, expected YAML 1.2. Remove the directive."],
    ["a key that is a list", "environments:\n  ? [a]\n  : {}", '2:5: received "? [a]", expected a key that is a text.'],
    ["a flow of lists", `a: ${"[".repeat(200_000)}`, `1:103: ${TOO_DEEP}`],
    ["a list of lists, closed", `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`, `1:103: ${TOO_DEEP}`],
    ["lists in lists", "- ".repeat(200_000), `1:200: ${TOO_DEEP}`],
  ])("a mistake in YAML is one error, where it was made: %s", (_, yaml, error) => {
    expect(errorsOf(yaml)).toEqual([`environments.yaml:${error}`]);
  });
});

test("whatever is changed in a file, it is read or has errors with places in it", () => {
  const piece = fc.constantFrom(
    ..."[]{}:,\"'#&*!|>%@`-? \n\t".split(""),
    "&a ",
    "*a",
    "<<: ",
    "? ",
    "- ",
    "\r\n",
    "Ä",
    "😀",
    "\u0000",
  );
  const change = fc.record({ at: fc.nat(GOOD.length), remove: fc.nat(3), insert: piece });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const yaml = changes.reduce(
        (text, { at: offset, remove, insert }) => text.slice(0, offset) + insert + text.slice(offset + remove),
        GOOD,
      );
      const lines = yaml.split(/\r?\n/);
      for (const error of errorsOf(yaml).slice(0, 10)) {
        const [, line, column] = /^environments\.yaml:(\d+):(\d+): ./.exec(error) ?? [];
        const text = lines[Number(line) - 1];
        expect([...(text ?? "")].length + 1).toBeGreaterThanOrEqual(Number(column));
        expect(text).toBeDefined();
      }
    }),
    propertyRuns(300),
  );
});

/** The error of a text, with its place. */
function syntaxErrorsOf(text: string): string[] {
  const { error } = parseYaml(new Places(text));
  return error === undefined ? [] : [`${error.line}:${error.column}: ${error.message}`];
}

test("a text without an error is a document, and one with errors is its first", () => {
  expect(parseYaml(new Places("a: [1]"))).toMatchObject({ document: { contents: {} } });
  expect(parseYaml(new Places(""))).toMatchObject({ document: { contents: null } });
  expect(syntaxErrorsOf("%YAML 1.2\n---\na: 1")).toEqual([]);
  expect(parseYaml(new Places("- !one x\n- {} x"))).not.toHaveProperty("document");
  expect(syntaxErrorsOf("- {} x\n- !one x\n---\na: 1")).toEqual([
    '1:6: received "- {} x", expected YAML: Unexpected scalar at node end.',
  ]);
});

describe("what is left open, or closes nothing", () => {
  const open = (mark: string) => `received a ${mark} that nothing closes, expected its end.`;

  test.each<[text: string, error: string]>([
    ["- [1\n- [2", `1:3: ${open("[")}`],
    ["{ a: {}", `1:1: ${open("{")}`],
    ["[[1], [2", `1:7: ${open("[")}`],
    ["[{ a: 1 ]", `1:2: ${open("{")}`],
    ["a: ]", "1:4: received a ] that closes nothing, expected none. Remove it."],
    ["a: 'b'\nc: [1, 'x]", `2:8: ${open("'")}`],
    ['"a\\\\', `1:1: ${open('"')}`],
    ['a: "b\n  c', `1:4: ${open('"')}`],
  ])("%j has an error at its bracket or quote", (text, error) => expect(syntaxErrorsOf(text)).toEqual([error]));

  test.each(["{ a: [{}] }", "'it''s'", '"a\\"b"', "a]: 1"])("%j leaves nothing open", (text) =>
    expect(syntaxErrorsOf(text)).toEqual([]),
  );
});

test("a text may be nested as deep as the limit, and no deeper", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  expect(syntaxErrorsOf(nested(99))).toEqual([]);
  expect(syntaxErrorsOf(nested(100))).toEqual([`1:101: ${TOO_DEEP}`]);
});

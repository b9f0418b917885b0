import { parseEnvironments } from "../../../stacks/environments/environments";
import { Places } from "../../../stacks/yaml/places";
import { errorsOf } from "../../support/errors";

/** An environment with one more line, line 5, in which `adopt` is wrong. */
function environment(line: string): string {
  return `environments:\n  test:\n    account: "111122223333"\n    region: us-east-1\n    ${line}`;
}

describe("a place in the file is counted as an editor does", () => {
  test.each<[name: string, yaml: string, place: string]>([
    ["letters", environment("full: { description: Ärger, adopt: 5 }"), "5:40"],
    [
      "decomposed letters, of which each accent is a character",
      environment("full: { description: A\u0308rger, adopt: 5 }"),
      "5:41",
    ],
    ["four of them", environment("full: { description: o\u0308a\u0308u\u0308e\u0301, adopt: 5 }"), "5:43"],
    ["an emoji, which is one character of two units", environment("full: { x😀: a, adopt: 5 }"), "5:27"],
    ["two of them before and one after", environment("full: { x😀😀: a, adopt: 5, y😀: b }"), "5:28"],
    ["a tab between values", environment("full: {\tadopt:\t5 }"), "5:20"],
    ["Windows line ends", environment("full: { adopt: 5 }").replaceAll("\n", "\r\n"), "5:20"],
    ["a byte order mark, which isn't counted", `\ufeff${environment("full: { adopt: 5 }")}`, "5:20"],
    [
      "a byte order mark in the line itself",
      '\ufeff{ environments: { a: { account: "111122223333", region: us-east-1, full: { adopt: 5 } } } }',
      "1:83",
    ],
    [
      "a composed letter in an earlier line",
      environment("full: { adopt: 5 } # u\u0308").replace("test", '"u\u0308"'),
      "5:20",
    ],
  ])("%s", (_, yaml, place) => {
    const errors = errorsOf(yaml).filter((error) => error.includes(".adopt: "));
    expect(errors.map((error) => error.split(": ")[0])).toEqual([`environments.yaml:${place}`]);
  });

  test("also with thousands in one line", () => {
    const all = Array.from({ length: 300 }, (_, n) => `e${n}: { account: "${n + 100_000_000_000}", ü😀: 5, full: {} }`);
    const yaml = `{ defaults: { region: us-east-1 }, environments: { ${all.join(", ")} } }`;
    const characters = [...yaml];
    for (const error of errorsOf(yaml)) {
      const [, column] = /^environments\.yaml:1:(\d+): /.exec(error) ?? [];
      expect(characters.slice(Number(column) - 1, Number(column) + 1).join("")).toBe("ü😀");
    }
    expect(errorsOf(yaml)).toHaveLength(300);
  });

  test("a place beyond a line or the text is its end", () => {
    const places = new Places("ab\r\nc😀\n\n");
    expect([0, 1, 2, 3, 4, 5, 7, 8, 99].map((offset) => Object.values(places.at(offset)).join(":"))).toEqual([
      ..."1:1 1:2 1:3 1:3 2:1 2:2 2:3 2:3 2:3".split(" "),
    ]);
    const [before, after] = [new Places("😀😀\na😀b"), new Places("a\na😀b")].map((one) =>
      one.at(one.lineText(1).length + 4),
    );
    expect([before, after]).toEqual([
      { line: 2, column: 3 },
      { line: 2, column: 3 },
    ]);
    expect(new Places("").at(5)).toEqual({ line: 1, column: 1 });
  });
});

test("texts and keys come to be what Terraform makes of them: in Unicode's NFC", () => {
  const yaml = environment("full: { tags: { Gro\u0308ße: u\u0308 } }");
  expect(parseEnvironments(yaml, "e.yaml")[0]?.accesses[0]?.tags).toEqual({ Größe: "ü" });
  expect(errorsOf(environment("full: { role-name: u\u0308 }"))[0]).toContain('received "ü", expected a role name');
});

test("keys that are one in NFC are one key", () => {
  expect(errorsOf(environment("full: { tags: { u\u0308: a, ü: b } }"))).toEqual([
    'environments.yaml:5:28: environments.test.full.tags."ü": received the key "ü" a second time, expected it once: line 5 already has it.',
  ]);
});

test("an anchor and its alias may differ as far", () => {
  const yaml = `${environment("full: &u\u0308 { without: [live-chat] }")}\n  other: { account: "444455556666", region: us-east-1, full: *ü }`;
  expect(parseEnvironments(yaml, "e.yaml")[1]?.accesses[0]?.without).toEqual(["live-chat"]);
});

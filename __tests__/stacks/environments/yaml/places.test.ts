import { Places } from "../../../../stacks/environments/yaml/places";
import { errorsOf } from "../../../support/errors";

/** An environment with one more line, line 5, in which `adopt` is wrong. */
function environment(line: string): string {
  return `environments:\n  test:\n    account: "111122223333"\n    region: us-east-1\n    ${line}`;
}

describe("a place in the file is counted as an editor does", () => {
  test.each<[name: string, yaml: string, place: string]>([
    ["decomposed letters: each accent is one", environment("full: { description: A\u0308rger, adopt: 5 }"), "5:41"],
    ["an emoji, which is one character of two units", environment("full: { x😀: a, adopt: 5 }"), "5:27"],
    ["two of them before and one after", environment("full: { x😀😀: a, adopt: 5, y😀: b }"), "5:28"],
    ["a tab between values", environment("full: {\tadopt:\t5 }"), "5:20"],
    ["Windows line ends", environment("full: { adopt: 5 }").replaceAll("\n", "\r\n"), "5:20"],
    ["a byte order mark, which isn't counted", `\ufeff${environment("full: { adopt: 5 }")}`, "5:20"],
  ])("a place in the file is counted as an editor does, with %s", (_, yaml, place) => {
    const errors = errorsOf(yaml).filter((error) => error.includes(".adopt: "));
    expect(errors.map((error) => error.split(": ")[0])).toEqual([`environments.yaml:${place}`]);
  });

  test("a place beyond a line or the text is its end", () => {
    const places = new Places("ab\r\nc😀\n\n");
    expect([0, 1, 2, 3, 4, 5, 7, 8, 99].map((offset) => Object.values(places.at(offset)).join(":"))).toEqual([
      ..."1:1 1:2 1:3 1:3 2:1 2:2 2:3 2:3 2:3".split(" "),
    ]);
    for (const instance of [new Places("😀😀\na😀b"), new Places("a\na😀b")])
      expect(instance.at(instance.lineText(1).length + 4)).toEqual({ line: 2, column: 3 });
    expect(new Places("").at(5)).toEqual({ line: 1, column: 1 });
  });
});

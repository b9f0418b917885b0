import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { code, codeBlock, codeOr, linesOf, markdownTable } from "../../../cli/terminal/markdown";
import { character } from "../../support/character";
import { HOSTILE_JSON } from "../../support/hostile";
import { propertyRuns } from "../../support/thorough";

const PIECES = fc.constantFrom("`", "``", "|", "\\", "\\|", " ", "\n", "u{", "\\u{0007}", "\u0007", "a", HOSTILE_JSON);
const TEXTS = fc.oneof(
  fc.array(PIECES, { maxLength: 6 }).map((parts) => parts.join("")),
  fc.string({ unit: character }),
);

/** A text as rendered Markdown: the kinds of its parts, and its code. */
function partsOf(markdown: string): [kind: string, code: string][] {
  const tokens = new MarkdownIt({ html: true, linkify: true }).parse(markdown, {});
  return tokens
    .flatMap((token) => token.children ?? [])
    .map(({ type, content }) => [type, type === "code_inline" ? content : ""]);
}

test("any text is one piece of code, by itself and in a cell", () => {
  fc.assert(
    fc.property(TEXTS, (text) => {
      const [[kind, content] = [], ...otherParts] = partsOf(code(text));
      expect([kind, otherParts]).toEqual(["code_inline", []]);
      const cells = partsOf(markdownTable(["a", "b"], [[code(text), code(text)]])).slice(2);
      expect(cells).toEqual([
        ["code_inline", content],
        ["code_inline", content],
      ]);
    }),
    propertyRuns(300),
  );
});

test("any lines are one code block, and what follows is none of it", () => {
  fc.assert(
    fc.property(fc.array(TEXTS, { minLength: 1, maxLength: 4 }), (lines) => {
      const markdown = ["a", "", ...codeBlock(["x", ...lines, "y"]), "", "b"].join("\n");
      const tokens = new MarkdownIt({ html: true, linkify: true }).parse(markdown, {});
      expect(tokens.map(({ type }) => type).filter((type) => !type.startsWith("paragraph"))).toEqual([
        ...["inline", "code_block", "inline"],
      ]);
    }),
    propertyRuns(300),
  );
});

test("different texts look different", () => {
  fc.assert(
    fc.property(TEXTS, TEXTS, (first, second) => {
      fc.pre(first.trim() !== second.trim());
      expect(code(first)).not.toBe(code(second));
    }),
    propertyRuns(1000),
  );
  expect([codeOr("a", "none"), codeOr(undefined, "none"), code("a`b")]).toEqual(["`a`", "none", "``a`b``"]);
  expect(code("a\u200b")).toBe("`a\\u{200b}`");
  expect(code("a\\u{200b}")).toBe("`a\\u{005c}u{200b}`");
});

test("lines whose condition is false and missing lines are left out, empty ones stay", () => {
  expect(linesOf("a", false, "", undefined, ["b", "c"])).toEqual(["a", "", "b", "c"]);
});

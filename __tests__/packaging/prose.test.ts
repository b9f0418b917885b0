import MarkdownIt from "markdown-it";
import { prose } from "../../packaging/prose";

test.each([
  ["  One\n\n  line. ", "One line."],
  ["letters, digits and _ + = @ -", "letters, digits and \\_ + = @ -"],
  ["AWS_PROFILE", "AWS_PROFILE"],
  ["other than __proto__ and _children", "other than \\_\\_proto\\_\\_ and \\_children"],
  ["without * or ?, such as [a](b) or <img>", "without \\* or ?, such as \\[a\\](b) or \\<img\\>"],
  ["a\\b", "a\\\\b"],
  ["run `npm run *` or `_a_ <b>`, not *", "run `npm run *` or `_a_ <b>`, not \\*"],
  ["", ""],
])("%j becomes %j", (text, expected) => {
  expect(prose(text)).toBe(expected);
});

test("no text of a description is taken for markup", () => {
  const text =
    "a __proto__ _a_ __a__b__ a_b_c **bold** *a* [a](https://example.com) <b>c</b> <https://example.com> \\_a_";
  const [paragraph] = new MarkdownIt({ html: true }).parseInline(prose(text), {});
  expect(new Set(paragraph?.children?.map(({ type }) => type))).toEqual(new Set(["text"]));
  expect(paragraph?.children?.map(({ content }) => content).join("")).toBe(text);
});

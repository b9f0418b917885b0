import { errorsOf } from "../../../support/errors";

const NO_BREAK = "It has a no-break space (U+00A0): type a normal space.";
const CURLY = "It has a curly quote (U+201C): type a straight one.";
const ZERO_WIDTH = "It has a zero-width space (U+200B): delete it.";

/** An environment with a line more. */
const environment = (line: string) =>
  `environments:\n  a:\n    account: "111122223333"\n    region: us-east-1\n    read-only: {}\n${line}`;

test.each([
  ["indents a key", "    \u00a0full: {}", `Did you mean full? ${NO_BREAK}`],
  ["is in a value", "    account-alias: my\u00a0alias", NO_BREAK],
  ["follows a colon", "    full:\u00a0{}", NO_BREAK],
  ["indents a line", "\u00a0   full: {}", NO_BREAK],
  ["is the name of an environment", "  b\u200b: {}", ZERO_WIDTH],
  ["is in a key", "    ful\u200bl: {}", ZERO_WIDTH],
  ["surrounds a value", "    account-alias: \u201calias\u201d", CURLY],
  ["opens a text", '    account-alias: \u201calias"', CURLY],
  ["closes a text", '    account-alias: "alias\u201d', "It has a curly quote (U+201D): type a straight one."],
  ["is a narrow space", "    full: { until: 2026-12-31\u202f}", "It has a narrow no-break space (U+202F)"],
])("a character that looks like another is named in the error that it causes, where it %s", (_, line, hint) => {
  expect(errorsOf(environment(line)).join("\n")).toContain(hint);
});

test("a character that looks like another is no error where it is allowed, and isn't named in other errors", () => {
  const commented = (line: string) => environment(`${line} # it\u00a0is`);
  expect(errorsOf(commented("    full: {}"))).toEqual([]);
  expect(errorsOf(commented("    region-name: a"))).toEqual([expect.not.stringContaining("It has")]);
});

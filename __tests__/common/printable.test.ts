import fc from "fast-check";
import { causeOfFetch, messageOf, printable, printableLines, withoutSlackTokens } from "../../common/printable";
import { character } from "../support/character";
import { HOSTILE_JSON, obeyedIn } from "../support/hostile";
import { propertyRuns } from "../support/thorough";

test.each([
  ["a line break", "a\nb", "a\\u{000a}b"],
  ["what moves a terminal's cursor", "\u001b[2J\r\u009b1m", "\\u{001b}[2J\\u{000d}\\u{009b}1m"],
  ["the direction of text", "a\u202eb", "a\\u{202e}b"],
  ["what isn't seen", "a\u200b\u3164\ufe0f\u{e0100}b", "a\\u{200b}\\u{3164}\\u{fe0f}\\u{e0100}b"],
  ["separators", "\u2028\u2029", "\\u{2028}\\u{2029}"],
  ["a space that looks like the usual one", "a\u00a0b\u2003c", "a\\u{00a0}b\\u{2003}c"],
  ["half a character", "\ud83d", "\\u{d83d}"],
  ["what has no meaning", "\ue000\u{10ffff}", "\\u{e000}\\u{10ffff}"],
  ["a command of GitHub Actions anywhere", "a ##[error]b ###[x", "a \\u{0023}#[error]b #\\u{0023}#[x"],
  ["a command of Azure Pipelines", "##vso[task.complete]", "\\u{0023}#vso[task.complete]"],
])("%s is escaped", (_, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test.each([
  "é e\u0301 日本語\u3000עברית 👍🏽 ⚠️",
  "## A heading [with brackets]",
  "a::b ::1",
  "C#[0]",
  "tab-less \\u{x",
])("the text %j stays as it is", (text) => {
  expect(printable(text)).toBe(text);
});

test("a line never begins with a GitHub Actions command, and its line breaks are escaped", () => {
  expect(printableLines(" ::error::a\n::b")).toBe(" \\u{003a}:error::a\\u{000a}::b");
  expect(printableLines(["::a", "b ::c", ""])).toBe("\\u{003a}:a\nb ::c\n");
});

test("for any text, nothing is obeyed and nothing is escaped twice", () => {
  const pieces = fc.constantFrom("#", "[", "::", "vso", " ", "\n", "\ufe0f", "⚠", "\\u{000a}", HOSTILE_JSON);
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: character })), { maxLength: 8 }), (parts) => {
      const actual = printableLines(parts.join(""));
      expect(obeyedIn(actual)).toEqual([]);
      expect(actual).not.toContain("\n");
      expect(printableLines(actual)).toBe(actual);
      expect(printable(printable(parts.join("")))).toBe(printable(parts.join("")));
    }),
    propertyRuns(1000),
  );
});

test.each<[string, unknown, string]>([
  ["an error", new Error("a\nb"), "a\\u{000a}b"],
  ["something else that has a message", { message: "a" }, "a"],
  ["a text", "##[a]", "\\u{0023}#[a]"],
  ["nothing", undefined, "undefined"],
  ["null", null, "null"],
])("the message of %s is escaped", (_, error, message) => {
  expect(messageOf(error)).toBe(message);
});

test.each<[string, unknown, string]>([
  ["one address", new Error("connect ECONNREFUSED 127.0.0.1:9"), "connect ECONNREFUSED 127.0.0.1:9"],
  ["several addresses", { errors: [new Error("no ::1"), new Error("no 127.0.0.1")] }, "no ::1; no 127.0.0.1"],
  ["a cause without a message", new Error(""), "fetch failed"],
  ["no cause", undefined, "fetch failed"],
])("a fetch that fails with %s says why", (_, cause, words) => {
  expect(causeOfFetch(new TypeError("fetch failed", { cause }))).toBe(words);
});

test.each([
  ['Received "xoxb-1-AbC", expected a folder.', 'Received "…", expected a folder.'],
  ["xoxe.xoxp-1-AbC and XOXB-1-AbC", "… and …"],
  ["no token: xox-1, xoxb, xoxb_1", "no token: xox-1, xoxb, xoxb_1"],
])("a token that was passed as an argument isn't repeated: %s", (text, without) => {
  expect(withoutSlackTokens(text)).toBe(without);
});

import {
  environmentsWords,
  gainWords,
  lossWords,
  nameWords,
  valueCell,
} from "../../../../../cli/commands/review/report/words";
import type { PersonChange } from "../../../../../cli/commands/review/review";

const END = "2027-02-01T00:00:00Z";
const person = (change: Partial<PersonChange>): PersonChange => ({
  kind: "channel",
  name: "oncall",
  owner: "full",
  gains: [],
  loses: [],
  endsWholly: false,
  ...change,
});

test.each<[string, Partial<PersonChange>["gains"]]>([
  ["live-chat, resolve-cases", [{ capability: "live-chat" }, { capability: "resolve-cases" }]],
  ["live-chat until 2027-01-31", [{ capability: "live-chat", until: END }]],
  ["live-chat until 2027-01-31T12:00:00Z", [{ capability: "live-chat", until: "2027-01-31T12:00:00Z" }]],
  ["live-chat for good (before: until 2027-01-31)", [{ capability: "live-chat", before: END }]],
  ["view-cases; live-chat until 2027-01-31", [{ capability: "view-cases" }, { capability: "live-chat", until: END }]],
])("what people gain is told with its end: %s", (words, gains) => {
  expect(gainWords(person({ gains }))).toBe(words);
});

test.each<[string, Partial<PersonChange>]>([
  ["live-chat", { loses: [{ capability: "live-chat", hasEnded: false }] }],
  ["live-chat ends 2027-01-31", { loses: [{ capability: "live-chat", until: END, hasEnded: false }] }],
  ["live-chat (ended 2027-01-31)", { loses: [{ capability: "live-chat", until: END, hasEnded: true }] }],
  [
    "live-chat; everything ends 2027-01-31",
    {
      loses: [
        { capability: "live-chat", hasEnded: false },
        { capability: "view-cases", until: END, hasEnded: false },
      ],
      endsWholly: true,
    },
  ],
])("what people lose is told with what ends: %s", (words, change) => {
  expect(lossWords(person(change))).toBe(words);
});

test("names that Markdown could take for something else are code, and many are counted", () => {
  expect([nameWords("team-1"), nameWords("_b_")]).toEqual(["team-1", "`_b_`"]);
  expect(environmentsWords(["a"])).toBe("a");
  expect(environmentsWords(["a", "b", "c", "d"])).toBe("4: a, b, c …");
});

test.each([
  [undefined, "none"],
  ["", "none"],
  [[], "none"],
  [false, "`false`"],
  [["a", "b"], "`a, b`"],
  [{ severity: "all", events: ["a", "b"] }, "`severity: all, events: [a, b]`"],
  [[{ capability: "live-chat", until: "2027-01-31" }], "`{ capability: live-chat, until: 2027-01-31 }`"],
  [{ a: "b, c: d" }, '`{"a":"b, c: d"}`'],
  ["x".repeat(241), `<details><summary>241 characters</summary>\`${"x".repeat(241)}\`</details>`],
])("a value is code, so that different values look different: %j", (value, cell) => {
  expect(valueCell(value)).toBe(cell);
});

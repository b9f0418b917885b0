import { capabilitiesInWords, endWords, givenWords, untilWords } from "../../../cli/iam/until-words";

const [YEAR, NOON] = ["2027-01-01T00:00:00Z", "2026-06-01T12:00:00Z"];

test.each([
  [YEAR, "the end of 2026-12-31 (UTC)"],
  ["2028-03-01T00:00:00Z", "the end of 2028-02-29 (UTC)"],
  [NOON, NOON],
  ["2027-01-01T00:00:01Z", "2027-01-01T00:00:01Z"],
])("access without the second %s lasts until %s", (end, words) => {
  expect(endWords(end)).toBe(words);
  expect(untilWords(end)).toBe(`until ${words}`);
});

test("what is granted has its end beside it, if it has one", () => {
  expect(givenWords("full", undefined)).toBe("full");
  expect(givenWords("full", YEAR)).toBe("full (until the end of 2026-12-31 (UTC))");
});

test("each capability has its end beside it, too", () => {
  const ends = { "resolve-cases": NOON };
  expect(capabilitiesInWords(["view-cases", "resolve-cases"], ends)).toBe(`view-cases, resolve-cases (until ${NOON})`);
  expect(capabilitiesInWords(["view-cases"])).toBe("view-cases");
  expect(capabilitiesInWords([], ends)).toBe("");
});

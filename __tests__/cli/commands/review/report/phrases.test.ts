import { nameInWords, namesInWords, namesLines } from "../../../../../cli/commands/review/report/phrases";
import { ACCOUNT, environment, names } from "./reported";

test("up to five names stand in the sentence, and more are listed below", () => {
  expect(namesInWords(names(5))).toBe("e0, e1, e2, e3, e4");
  expect(namesLines(names(5), "that change")).toEqual([]);
  expect(namesInWords(names(6))).toBe("6 environments, listed below");
  expect(namesLines(names(6), "that change")).toEqual([
    "<details><summary>The 6 environments that change</summary>",
    "",
    "e0, e1, e2, e3, e4, e5",
    "",
    "</details>",
    "",
  ]);
});

test("a list has ten names in a line", () => {
  expect(namesLines(names(21), "that change")[2]?.split("\n")).toEqual([
    "e0, e1, e2, e3, e4, e5, e6, e7, e8, e9,",
    "e10, e11, e12, e13, e14, e15, e16, e17, e18, e19,",
    "e20",
  ]);
});

test("a new or a removed environment has its account beside its name: it may not be the expected one", () => {
  expect(nameInWords(environment())).toBe("`paid`");
  expect(nameInWords(environment({ isNew: true }))).toBe(`\`paid\` (\`${ACCOUNT}\`)`);
  expect(nameInWords(environment({ isRemoved: true }))).toBe(`\`paid\` (\`${ACCOUNT}\`)`);
  expect(nameInWords(environment({ isNew: true, account: undefined }))).toBe("`paid`");
});

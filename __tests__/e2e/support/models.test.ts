import {
  checkedText,
  type Deviation,
  goneDifferences,
  KNOWN_DIFFERENCES,
  type ModelReport,
  modelProblems,
} from "./models";

const deviation: Deviation = {
  side: "answer",
  operation: "iam:GetRole",
  path: "Role.Path",
  kind: "missing",
  received: "nothing",
  expected: "a value",
  sender: "aws-sdk-js/3.1",
};
const reportOf = (...deviations: Deviation[]): ModelReport => ({ checked: {}, unchecked: {}, deviations });
const difference = { operation: "iam:GetRole", path: "Role.Path", kind: "missing", consequence: "None." };

test("an answer that differs from AWS's model is a problem unless the difference is known", () => {
  const problems = modelProblems(reportOf(deviation), [{ ...difference, kind: "type" }]);
  expect(problems).toEqual([
    'The emulator\'s answer differs from AWS\'s model: iam:GetRole, Role.Path. Received nothing, expected a value (missing). Add to __tests__/e2e/emulator-differences.json what that means for the tests: {"operation":"iam:GetRole","path":"Role.Path","kind":"missing","consequence":"…"}',
  ]);
  expect(modelProblems(reportOf(deviation), [difference])).toEqual([]);
});

test("a request that AWS's model refuses is a problem, also where the emulator's answer is known to differ", () => {
  expect(modelProblems(reportOf({ ...deviation, side: "request" }), [difference])).toEqual([
    "AWS's model refuses a request of aws-sdk-js/3.1: iam:GetRole, Role.Path. Received nothing, expected a value (missing). Correct what sends it.",
  ]);
});

test("a known difference that no answer had is gone", () => {
  expect(goneDifferences(reportOf(deviation), [difference])).toEqual([]);
  expect(goneDifferences(reportOf({ ...deviation, side: "request" }), [difference])).toEqual([
    "No test met a difference of the emulator: iam:GetRole, Role.Path (missing). Remove it from __tests__/e2e/emulator-differences.json.",
  ]);
});

test("the known differences are in order, each is there once, and each says what it means", () => {
  expect(KNOWN_DIFFERENCES.filter(({ consequence }) => !consequence.endsWith("."))).toEqual([]);
  const keys = KNOWN_DIFFERENCES.map(({ operation, path, kind }) => `${operation} ${path} ${kind}`);
  expect(keys).toEqual([...new Set(keys)].sort());
});

test("how much was checked is a sentence, with what wasn't", () => {
  const checked = { "iam:GetRole": 2, "sts:AssumeRole": 1 };
  expect(checkedText({ checked, unchecked: { s3: 4 }, deviations: [] })).toBe(
    "Checked 3 calls of 2 operations against AWS's models; not checked: 4 (s3).",
  );
  expect(checkedText({ checked, unchecked: {}, deviations: [] })).toBe(
    "Checked 3 calls of 2 operations against AWS's models.",
  );
});

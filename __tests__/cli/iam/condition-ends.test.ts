import { endIn, endsIn, statementsAt, statementsFrom } from "../../../cli/iam/condition";
import { readPolicy, type Statement } from "../../../cli/iam/policy";
import { policyText } from "../../support/live-account";

const JUNE = "2030-06-01T00:00:00Z";
const JULY = "2030-07-01T00:00:00Z";
const MAY = "2030-05-01T00:00:00Z";

function allowing(...conditions: object[]): Statement[] {
  const statements = conditions.map((Condition) => ({ Effect: "Allow", Action: "a:B", Resource: "*", Condition }));
  return [...readPolicy(policyText(...statements)).statements];
}

const before = (end: string) => ({ DateLessThan: { "aws:CurrentTime": end } });
const SECURE = { Bool: { "aws:SecureTransport": "true" } };

test("the ends of statements are each named once, earliest first", () => {
  expect(endsIn(allowing(before(JULY), SECURE, before(JUNE), before(JULY)))).toEqual([JUNE, JULY]);
  expect(endsIn(allowing({}, SECURE))).toEqual([]);
});

test("a statement is in force until its end, and not in that second", () => {
  const statements = allowing(before(JUNE), SECURE);
  expect(statementsAt(statements, MAY)).toHaveLength(2);
  expect(statementsAt(statements, JUNE)).toEqual(allowing(SECURE));
  expect(statementsAt(statements, JULY)).toEqual(allowing(SECURE));
});

test("before its end, a statement counts as one without an end, and keeps its other conditions", () => {
  expect(statementsAt(allowing({ ...before(JUNE), ...SECURE }), MAY)).toEqual(allowing(SECURE));
});

test("a statement that hasn't ended by a time keeps its end", () => {
  const [june, always, both] = [before(JUNE), {}, { ...before(JULY), ...SECURE }];
  expect(statementsFrom(allowing(june, always, both), MAY)).toEqual(allowing(june, always, both));
  expect(statementsFrom(allowing(june, always, both), JUNE)).toEqual(allowing(always, both));
  expect(statementsFrom(allowing(june, always, both), JULY)).toEqual(allowing(always));
});

test.each<[what: string, condition: object, end: string | undefined]>([
  ["a time before which requests are allowed", before(JUNE), JUNE],
  ["another key", { DateLessThan: { "aws:TokenIssueTime": JUNE } }, undefined],
  ["the other direction", { DateGreaterThan: { "aws:CurrentTime": JUNE } }, undefined],
  ["another operator", SECURE, undefined],
  ["a text", { StringEquals: { "aws:PrincipalAccount": "111122223333" } }, undefined],
])("of conditions, %s has the end %s", (_, condition, end) => {
  const [statement] = allowing(condition);
  expect(statement?.conditions.map(endIn)).toEqual([end]);
});

import { compare } from "../../../cli/iam/compare";
import type { Policy } from "../../../cli/iam/policy";
import { reachOf } from "../../../cli/iam/reach";
import { DECEMBER, difference, JANUARY, policy, SEE, type Statement, until } from "./differences";

describe("a later end gives, an earlier one takes", () => {
  const ONE = { ...SEE, Action: "support:DescribeCases" };
  const DENY = { ...ONE, Effect: "Deny" };
  const when = (Condition?: object) => ({ ...ONE, Condition });
  test.each<[string, Statement[], Statement[]]>([
    ["another day", [when(until(JANUARY))], [when(until(DECEMBER))]],
    ["a second", [when(until("2027-01-31T00:00:01Z"))], [when(until(JANUARY))]],
    ["an end", [when()], [when(until(JANUARY))]],
    ["an end of two", [when(until(DECEMBER)), when(until(JANUARY))], [when(until(DECEMBER))]],
    [
      "a Deny that ends later",
      [when(), { ...DENY, Condition: until(DECEMBER) }],
      [when(), { ...DENY, Condition: until(JANUARY) }],
    ],
    ["an end beside a condition", [when({ Bool: { mfa: "true" } })], [when(until(JANUARY, { Bool: { mfa: "true" } }))]],
  ])("%s", (_, longer, shorter) => {
    const signs = (base: Statement[], head: Statement[]) =>
      difference(policy(...base), policy(...head)).map((words) => words.split(" ")[0]);
    expect(signs(longer, shorter)).toEqual(["-"]);
    expect(signs(shorter, longer)).toEqual(["+"]);
  });

  test("the later of two ends counts, and neither does beside a statement without an end", () => {
    const two = policy(when(until(DECEMBER)), when(until(JANUARY)));
    expect(difference(policy(when(until(JANUARY))), two)).toEqual([]);
    expect(difference(policy(when()), policy(when(), when(until(JANUARY))))).toEqual([]);
  });

  test("an example's time is the second before the end, or after all ends", () => {
    const time = (base: Policy, head: Policy) =>
      compare(base.statements, head.statements).gained.map(({ example }) => example.keys["aws:currenttime"]);
    expect(time(policy(when(until(DECEMBER))), policy(when(until(JANUARY))))).toEqual([["2027-01-30T23:59:59Z"]]);
    expect(time(policy(when(until(DECEMBER))), policy(when()))).toEqual([[DECEMBER]]);
  });

  test("another end of the key decides nothing, nor does another condition on the time", () => {
    const later = [until("2027-02-28T00:00:00Z"), until(JANUARY), { DateGreaterThan: { "aws:CurrentTime": DECEMBER } }];
    const others = later.map((Condition, index) => ({ ...ONE, Action: `a:a${index}`, Condition }));
    const { gained, lost } = compare(
      policy(when(until(DECEMBER)), ...others).statements,
      policy(when(), ...others).statements,
    );
    expect(lost).toEqual([]);
    expect(gained).toMatchObject([{ depends: [], example: { keys: { "aws:currenttime": ["2027-01-30T23:59:59Z"] } } }]);
  });

  test("an example's time is after the last end, wherever that stands", () => {
    const all = { ...ONE, Action: "support:*", Condition: until(JANUARY) };
    const { gained } = compare(
      policy(all).statements,
      policy({ ...all, Condition: undefined }, when(until(DECEMBER))).statements,
    );
    expect(gained.map(({ example }) => example.keys)).toEqual([{ "aws:currenttime": [JANUARY] }]);
  });

  test.each([
    { DateLessThan: { "aws:EpochTime": JANUARY } },
    { DateLessThan: { "aws:CurrentTime": "2027-01-31" } },
    { DateLessThan: { "aws:CurrentTime": "2027-02-30T00:00:00Z" } },
    { DateLessThan: { "aws:CurrentTime": "2027-01-31T01:00:00+01:00" } },
    { DateLessThan: { "aws:CurrentTime": "1801353600" } },
    { DateLessThan: { "aws:CurrentTime": [DECEMBER, JANUARY] } },
    { DateLessThanEquals: { "aws:CurrentTime": JANUARY } },
    { DateLessThanIfExists: { "aws:CurrentTime": JANUARY } },
    { DateGreaterThan: { "aws:CurrentTime": DECEMBER } },
  ])("%j is unsupported", (condition) => {
    expect(difference(policy(), policy(when(condition)))[0]).toMatch(/^\+\? /);
    expect(reachOf(policy(when(condition)).statements, "support:DescribeCases")).toBe("sometimes");
    // Beside an end, neither hides what the other gives.
    expect(difference(policy(when(until(DECEMBER))), policy(when(until(JANUARY)), when(condition)))[0]).toMatch(/^\+/);
  });

  test("a text condition on the time stays unsupported beside an end", () => {
    const text = { StringEquals: { "aws:CurrentTime": DECEMBER } };
    expect(difference(policy(when(until(DECEMBER))), policy(when(until(DECEMBER)), when(text)))[0]).toMatch(/^\+\? /);
  });
});

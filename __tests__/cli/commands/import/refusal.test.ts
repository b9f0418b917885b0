import { type Refusal, refusalWords } from "../../../../cli/commands/import/refusal";

const condition = (operator: string, key: string, ...values: string[]) => ({ operator, key, values });
const viewing = (...conditions: ReturnType<typeof condition>[]): Refusal => ({
  kind: "sometimes-viewing",
  policy: "p",
  conditions,
});
const VIEWING = "its policy p doesn't always allow view-cases, which every access level has";
const FORM =
  "An end is adopted as DateLessThan of aws:CurrentTime with a time in UTC to the second, such as 2027-01-01T00:00:00Z; a start isn't";

test.each<[Refusal, string]>([
  [viewing(), VIEWING],
  [
    viewing(condition("StringEquals", "aws:principaltag/team", "a", "b")),
    `${VIEWING}: it depends on StringEquals of aws:principaltag/team a, b`,
  ],
  [
    viewing(condition("DateGreaterThan", "aws:currenttime", "2027-01-01T00:00:00Z")),
    `${VIEWING}: it depends on DateGreaterThan of aws:CurrentTime 2027-01-01T00:00:00Z. ${FORM}`,
  ],
  [
    viewing(...["a", "b", "c", "d", "e", "f"].map((key) => condition("Bool", key, "true"))),
    `${VIEWING}: it depends on Bool of a true, Bool of b true, Bool of c true, Bool of d true, Bool of e true and 1 more`,
  ],
  [
    { kind: "too-complex" },
    "its trust policy is too complex to compare with what environments.yaml would give. Use fewer wildcards and conditions for the Support App's actions",
  ],
  [
    { kind: "too-complex", policy: "p" },
    "its policies are too complex to compare with what environments.yaml would give in place of p. Use fewer wildcards and conditions for the Support App's actions",
  ],
  [{ kind: "more", policy: "p" }, "its policy p can't be expressed without giving more access"],
  [
    { kind: "shared-policy", policy: "p", twin: "r" },
    "it shares p with r, as policy or as permissions boundary: each access level has its own policy, and whoever deploys could rewrite it",
  ],
  [{ kind: "policy-of-another-account", arn: "a" }, "its policy a belongs to another account"],
])("%j in words", (refusal, words) => {
  expect(refusalWords(refusal)).toBe(words);
});

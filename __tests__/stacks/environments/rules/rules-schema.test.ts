import { CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { rulesSchema } from "../../../../stacks/environments/rules/rules-schema";
import { testSchema } from "../../../support/schema";

testSchema("stacks/rules.schema.json");

const repeat = <T>(count: number, value: T) => Array.from({ length: count }, () => value);
const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, {}]));
const expectedBy = (value: unknown) => (rulesSchema.safeParse(value).error?.issues ?? []).map(({ message }) => message);

const DAYS = "a whole number of days from 1 to 36525";
const BOUNDARY =
  "the end of the ARN of a policy of the environment's own account, such as policy/boundary, or the ARN of an AWS managed policy";
const TAG_RULE = "{} for any value, or the values that it may have, such as { values: [platform] }";

describe("what is expected instead of a wrong rule that isn't in bad-inputs/rules.yaml", () => {
  test.each<[rules: object, ...expected: string[]]>([
    [{ "access-levels": repeat(3, "full") }, "at most 2 access levels, each once"],
    [{ capabilities: "view-cases" }, "a list of capabilities, such as [view-cases]"],
    [{ capabilities: repeat(20, "live-chat") }, `at most ${CAPABILITIES.length} capabilities, each once`],
    [{ "max-days-until-end": 36_526 }, DAYS],
    [{ "slack-workspaces": "T1" }, "a list of Slack workspace IDs"],
    [{ "slack-workspaces": repeat(1001, "T1") }, "at most 1000 workspaces"],
    [{ tags: ["Owner"] }, "a mapping of tag keys to {} or to { values: [...] }"],
    [{ tags: { Owner: { values: "me" } } }, "a list of tag values"],
    [{ tags: { Owner: { values: [" "] } } }, "a tag value that isn't blank"],
    [{ tags: { Owner: { values: repeat(1001, "a") } } }, "at most 1000 values"],
    [{ tags: { ...tags(50), own: "me" } }, TAG_RULE, "at most 50 tags, the IAM limit for a role or a policy"],
    [{ "max-members": 501 }, "a whole number from 1 to 500"],
  ])("the error for %j says what is expected", (rules, ...expected) => {
    expect(expectedBy({ all: rules })).toEqual(expected);
    expect(expectedBy({ tiers: { t: rules } })).toEqual(expected);
  });

  test.each<[string, object]>([
    ["no rule at all", {}],
    ["empty lists", { "access-levels": [], capabilities: [], temporarily: [], "slack-workspaces": [] }],
    ["the fewest days", { "max-days-until-end": 1 }],
    ["the most days", { "max-days-until-end": 36_525 }],
    ["the most tags", { tags: tags(50) }],
    ["the longest lists", { "slack-workspaces": repeat(1000, "T1"), tags: { a: { values: repeat(1000, "a b") } } }],
  ])("rules with %s are accepted", (_, rules) => {
    expect(expectedBy({ all: rules })).toEqual([]);
  });
});

describe("a required boundary", () => {
  const boundary = (value: string) => expectedBy({ all: { "permissions-boundary": value } });

  const long = (count: number) => "p".repeat(count);
  const accepted =
    "policy/boundary policy/a/b.c:d!e[]~/Az09_+=,.@- policy/*/b arn:aws:iam::aws:policy/job-function/Billing";
  test.each([...accepted.split(" "), `policy/${long(128)}`, `policy/${long(510)}/b`])("%s is accepted", (value) => {
    expect(boundary(value)).toEqual([]);
  });

  test.each([
    ..."boundary policy/ role/boundary xpolicy/b policy/a\\b/c policy// policy/* policy/b!".split(" "),
    ...["", "policy/b ", "policy/b\n", "policy/a b/c", `policy/${long(129)}`, `policy/${long(511)}/b`],
    ...["arn:aws:iam::111122223333:policy/b", "x-arn:aws:iam::aws:policy/b"],
    ...["$", "%", "#", "&"].map((sign) => `policy/${sign}{a}/b`),
  ])("a required boundary can't be %p", (value) => expect(boundary(value)).toEqual([BOUNDARY]));
});

import { abilityOf, abilityWords, actionsWords } from "../../../cli/iam/ability-words";
import { readPolicy, type Statement } from "../../../cli/iam/policy";
import { policyText } from "../../support/policy-text";
import { allow, VIEW } from "../../support/trusting-role";

const NOW = "2026-06-01T00:00:00Z";
const statements = (...rawStatements: object[]): readonly Statement[] =>
  readPolicy(policyText(...rawStatements)).statements;
const until = (end: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": end } } });

test.each<[string, object[], object[] | undefined]>([
  ["do nothing", [], undefined],
  ["do everything", [allow("*")], undefined],
  ["do everything", [allow("*:*")], undefined],
  ["view-cases", [VIEW], undefined],
  ["view-cases", [allow("*")], [VIEW]],
  ["view-cases, call s3:get*", [VIEW, allow("s3:Get*")], undefined],
  ["view-cases", [VIEW, { ...allow("support:ResolveCase"), ...until("2026-01-01T00:00:00Z") }], undefined],
  [
    "view-cases, resolve-cases",
    [VIEW, { ...allow("support:ResolveCase"), ...until("2027-01-01T00:00:00Z") }],
    undefined,
  ],
  ["call support:CreateCase", [allow("support:CreateCase")], undefined],
  ["view-cases, call support:CreateCase, s3:get*", [VIEW, allow("support:CreateCase", "s3:Get*")], undefined],
])("people can %s", (words, ownStatements, boundary) => {
  expect(abilityWords(abilityOf(statements(...ownStatements), boundary && statements(...boundary), NOW))).toBe(words);
});

test("at most twenty actions are listed, whatever form they have", () => {
  const actions = Array.from({ length: 25 }, (_, index) => `a:b${index}`);
  const twenty = actions.slice(0, 20).join(", ");
  const targets = (not: boolean, patterns: string[]) => ({ not, patterns });
  expect(actionsWords([targets(false, actions)])).toBe(`${twenty} and 5 more`);
  expect(actionsWords(actions.map((action) => targets(false, [action])))).toBe(`${twenty} and 5 more`);
  expect(actionsWords([targets(true, actions)])).toBe(`all but ${twenty} and 5 more`);
  expect(actionsWords([targets(true, []), targets(false, [])])).toBe("all but nothing, nothing");
  expect(actionsWords([targets(false, ["support:createcase"])])).toBe("support:CreateCase");
});

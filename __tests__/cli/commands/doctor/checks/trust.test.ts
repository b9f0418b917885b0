import { type LiveDocument, readLiveDocument } from "../../../../../cli/aws/live-document";
import { GUIDE_TOPICS } from "../../../../../cli/findings/kinds";
import { ACCOUNT, documentOf } from "../../../../support/live-account";
import { policyText } from "../../../../support/policy-text";
import { DEPLOY, examine, only, restoring, withRole } from "./examined";

const app = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };
const deny = { ...app, Effect: "Deny" };
const when = (operator: string, key: string, value: unknown) => ({ Condition: { [operator]: { [key]: value } } });
const SOURCE = "aws:SourceAccount";
const ofAccount = { ...app, ...when("StringEquals", SOURCE, ACCOUNT) };
const forArn = when("StringEquals", "aws:SourceArn", ACCOUNT);
const TIME = "aws:CurrentTime";
const until = (year: number) => when("DateLessThan", TIME, `${year}-01-01T00:00:00Z`);
const encrypted = when("Bool", "aws:SecureTransport", "true");
const BARE = "full: {}";
const CONDITION = "full: { source-account-condition: true }";

const RESTORE = restoring("the trust policy");

const foundIn = (yaml: string, document: LiveDocument) =>
  examine("trust", yaml, withRole("full", { trust: document })).findings;
const WIDER = "on behalf of other accounts, too";
const NOTHING = "no statement that lets it in";
const DENIES = "a Deny that locks it out";
const MAY = "a condition or an exception that isn't in environments.yaml and may lock it out";

test.each<[string, string, object[], string | undefined]>([
  ["lets the app in", BARE, [app], undefined],
  ["says nothing", BARE, [], NOTHING],
  ["has a condition that isn't in environments.yaml", BARE, [ofAccount], MAY],
  ["has ended", BARE, [{ ...app, ...until(2026) }], NOTHING],
  ["ends later", BARE, [{ ...app, ...until(2027) }], MAY],
  ["may begin later", BARE, [{ ...app, ...when("DateGreaterThan", TIME, "2027-01-01T00:00:00Z") }], MAY],
  ["has a Deny that has ended", BARE, [app, { ...deny, ...until(2026) }], undefined],
  ["has a Deny that ends later", BARE, [app, { ...deny, ...until(2027) }], MAY],
  ["excepts a principal from a Deny", BARE, [app, { ...deny, Principal: undefined, NotPrincipal: { AWS: "1" } }], MAY],
  ["denies", BARE, [app, deny], DENIES],
  ["denies another account", BARE, [app, { ...deny, ...when("StringEquals", SOURCE, "999999999999") }], undefined],
  ["denies requests without an account", BARE, [app, { ...deny, ...when("Null", SOURCE, "true") }], MAY],
  ["has the condition", CONDITION, [ofAccount], undefined],
  ["has it in any case", CONDITION, [{ ...app, ...when("StringEqualsIgnoreCase", SOURCE, ACCOUNT) }], undefined],
  ["has it as a pattern", CONDITION, [{ ...app, ...when("StringLike", SOURCE, ACCOUNT) }], undefined],
  ["has it, and denies", CONDITION, [ofAccount, { ...deny, ...when("StringNotEquals", SOURCE, ACCOUNT) }], undefined],
  ["has it and another", CONDITION, [{ ...app, Condition: { ...ofAccount.Condition, ...encrypted.Condition } }], MAY],
  ["has it for another account", CONDITION, [{ ...app, ...when("StringEquals", SOURCE, "9") }], NOTHING],
  ["lacks it", CONDITION, [app], WIDER],
  ["has it with a wildcard", CONDITION, [{ ...app, ...when("StringLike", SOURCE, [ACCOUNT, "1*"]) }], WIDER],
  ["has it for two accounts", CONDITION, [{ ...app, ...when("StringEquals", SOURCE, [ACCOUNT, "9"]) }], WIDER],
  ["has it if the key is there", CONDITION, [{ ...app, ...when("StringEqualsIfExists", SOURCE, ACCOUNT) }], WIDER],
  ["has it, and once for another key", CONDITION, [ofAccount, { ...app, ...forArn }], WIDER],
])("a trust policy that %s has exactly the finding that belongs to it (%s)", (_, yaml, statements, actual) => {
  const findings = foundIn(yaml, documentOf(...statements).known);
  if (actual === undefined) expect(findings).toEqual([]);
  else expect(only(findings)).toMatchObject({ answer: "unhealthy", found: `${actual}: ${policyText(...statements)}` });
});

test.each<[string, object, string]>([
  ["another principal", { Principal: { AWS: "1" } }, "AWS 1"],
  ["a web identity", { Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: "f" } }, "Federated f"],
  ["EC2", { Principal: { Service: [app.Principal.Service, "ec2.amazonaws.com"] } }, "Service ec2.amazonaws.com"],
])("a trust policy that lets in %s, too, is unhealthy", (_, overrides, found) => {
  expect(foundIn(BARE, documentOf(app, { ...app, ...overrides }).known)).toEqual([
    {
      answer: "unhealthy",
      resource: "trust of the role AWSSupportAppFullRole (full)",
      about: ["full"],
      found,
      expected: "nobody but supportapp.amazonaws.com may assume the role",
      fix: RESTORE,
    },
  ]);
});

test("a trust policy that lets others in in place of the app has both in one finding", () => {
  const strangerStatements = [{ ...app, Principal: { AWS: ["1", "2"] } }];
  expect(only(foundIn(BARE, documentOf(...strangerStatements).known))).toMatchObject({
    expected: "supportapp.amazonaws.com may assume the role",
    found: `${NOTHING}: ${policyText(...strangerStatements)}; and it trusts AWS 1; AWS 2`,
    topic: GUIDE_TOPICS.missingRole,
    fix: RESTORE,
  });
});

test("a trust policy for other accounts, too, is wider than environments.yaml says", () => {
  expect(only(foundIn(CONDITION, documentOf(app).known))).toMatchObject({
    expected: `only on behalf of ${ACCOUNT} (source-account-condition)`,
  });
});

const part = "x" as never;
const strangerStatement = { ...app, Principal: { AWS: "1" } };
const documentWith = (...statements: object[]) => documentOf(...statements).known;
const NO_JSON = "unsupported (a policy that isn't JSON, or has a key twice): {";
const NO_STATEMENT = "unsupported (something that isn't a policy statement): x";
test.each<[string, LiveDocument, string, string]>([
  ["is no JSON", readLiveDocument("{"), "unknown", NO_JSON],
  [
    "lets others in by its other parts",
    documentWith(app, strangerStatement, part),
    "unhealthy",
    `AWS 1; ${NO_STATEMENT}`,
  ],
  ["locks the app out by its other parts", documentWith(app, deny, part), "unhealthy", DENIES],
])("an unsupported trust policy that %s is never healthy", (_, document, answer, actual) => {
  for (const yaml of [BARE, CONDITION]) {
    const finding = only(foundIn(yaml, document));
    expect(finding).toMatchObject({ answer, found: expect.stringContaining(actual) });
    expect(finding.fix.commands).toEqual(DEPLOY);
  }
});

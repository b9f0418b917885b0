import fc from "fast-check";
import { allowedBeyond } from "../../../cli/iam/allowed-beyond";
import { matches } from "../../../cli/iam/pattern";
import { readPolicy, type Statement, type Targets } from "../../../cli/iam/policy";
import { policyText } from "../../support/policy-text";
import { CREATES_QUOTAS_ROLE, FOR_QUOTAS } from "../../support/quotas-statement";
import { propertyRuns } from "../../support/thorough";
import { change, requestsNear } from "./random-policies";
import { allows, type JsonStatement, type Request } from "./request";

const statementsOf = (...statements: readonly object[]) => readPolicy(policyText(...statements)).statements;

/** What is beyond, in words, so that tests read well. */
function beyond(head: readonly object[], base: readonly object[]): string[] {
  const words = ({ not, patterns }: Targets) => (not ? "all but " : "") + patterns.join();
  return allowedBeyond(statementsOf(...head), statementsOf(...base)).map(
    ({ actions, resources, principals, conditions }) =>
      [
        ...(principals?.all.map(({ type, id }) => `${type} ${id}`) ?? []),
        words(actions),
        ...(resources && words(resources) !== "*" ? [`on ${words(resources)}`] : []),
        ...(conditions.length > 0 ? ["if"] : []),
      ].join(" "),
  );
}

const ANY = { Effect: "Allow", Action: "a:a", Resource: "*" };
const DENY = { ...ANY, Effect: "Deny" };
const allowOn = (...Resource: string[]) => ({ ...ANY, Resource });
const allowOnAllBut = (...NotResource: string[]) => ({ ...ANY, Resource: undefined, NotResource });
const actions = (...Action: string[]) => ({ ...ANY, Action });
const allBut = (...NotAction: string[]) => ({ Effect: "Allow", NotAction, Resource: "*" });
const when = (Condition: object) => ({ ...ANY, Condition });
const denyWhen = (Condition: object) => ({ ...DENY, Condition });
const SECURE = { Bool: { "aws:SecureTransport": "true" } };
const TEAM = { StringEquals: { "aws:PrincipalTag/team": "a" } };
const until = (year: number) => ({ DateLessThan: { "aws:CurrentTime": `${year}-01-01T00:00:00Z` } });

describe("each beside a twin: a head allows beyond a base", () => {
  test.each<[what: string, head: object[], base: object[], expected: string[]]>([
    ["nothing, if a statement is split", [actions("a:a", "a:b")], [actions("a:b"), actions("a:a")], []],
    ["what the base lacks", [actions("a:a", "b:b")], [ANY], ["b:b"]],
    ["nothing, if a pattern of the base covers it", [actions("a:a", "a:b*")], [actions("a:*")], []],
    ["a pattern that is wider", [actions("a:*")], [actions("a:b*")], ["a:*"]],
    ["all but one service", [allBut("iam:*")], [ANY], ["all but iam:*"]],
    ["nothing, within all but one service", [ANY], [allBut("iam:*")], []],
    ["what may be in that service", [actions("i*:a")], [allBut("iam:*")], ["i*:a"]],
    ["nothing, if it leaves out more", [allBut("iam:*", "s3:*")], [allBut("iam:Pass*")], []],
    ["what it leaves out less", [allBut("iam:Pass*")], [allBut("iam:*")], ["all but iam:pass*"]],
    ["all but one service, which only *'s pattern covers", [allBut("iam:*")], [actions("*")], []],
    ["an action on another resource", [allowOn("r:a", "r:b")], [allowOn("r:a")], ["a:a on r:a,r:b"]],
    ["nothing on fewer resources", [allowOn("r:a/b")], [allowOn("r:a/*", "r:c")], []],
    ["nothing on all but some of all", [allowOnAllBut("r:a")], [ANY], []],
    ["what is on all", [ANY], [allowOnAllBut("r:a")], ["a:a"]],
    ["what a variable may be", [allowOn("r:${aws:username}")], [allowOn("r:a")], ["a:a on r:${aws:username}"]],
    ["nothing where a variable is covered", [allowOn("r:${aws:username}")], [allowOn("r:*")], []],
    ["nothing of the same variable", [allowOn("r:${aws:username}")], [allowOn("r:${aws:username}")], []],
    ["what no variable covers", [allowOn("r:a")], [allowOn("r:${aws:username}")], ["a:a on r:a"]],
    ["nothing by a condition more", [when({ ...SECURE, ...TEAM })], [when(TEAM)], []],
    ["something by a condition less", [when(TEAM)], [when({ ...SECURE, ...TEAM })], ["a:a if"]],
    ["something by another condition", [when(TEAM)], [when(SECURE)], ["a:a if"]],
    ["nothing by an earlier end", [when(until(2027))], [when(until(2028))], []],
    ["something by a later end", [when(until(2028))], [when(until(2027))], ["a:a if"]],
    ["something without an end", [ANY], [when(until(2027))], ["a:a"]],
    ["nothing that it denies", [ANY, DENY], [], []],
    ["nothing that a wider Deny denies", [when(TEAM), { ...DENY, Action: "a:*" }], [], []],
    ["what it denies at times", [ANY, denyWhen(TEAM)], [], ["a:a"]],
    ["nothing, if what allows it is denied then", [when(TEAM), denyWhen(TEAM)], [], []],
    ["what the base denies", [ANY], [ANY, DENY], ["a:a"]],
    ["what the base denies in part", [actions("a:*")], [actions("a:*"), { ...DENY, Action: "a:b" }], ["a:*"]],
    ["nothing, if the base denies something else", [ANY], [ANY, { ...DENY, Action: "b:*" }], []],
    ["nothing, if the base denies it elsewhere", [allowOn("r:a")], [ANY, { ...DENY, Resource: "q:*" }], []],
    ["nothing, if both deny the same", [ANY, denyWhen(TEAM)], [ANY, denyWhen(TEAM)], []],
    ["what it denies for a shorter time", [ANY, denyWhen(until(2027))], [ANY, denyWhen(until(2028))], ["a:a"]],
    ["nothing, if it denies for longer", [ANY, denyWhen(until(2028))], [ANY, denyWhen(until(2027))], []],
    ["a right, once", [ANY, ANY, actions("a:A")], [], ["a:a"]],
    [
      "the guide's right under no condition",
      [{ ...CREATES_QUOTAS_ROLE, Condition: {} }],
      [CREATES_QUOTAS_ROLE],
      ["iam:createservicelinkedrole"],
    ],
    [
      "nothing of two statements that are one",
      [when({ StringEquals: { b: ["1", "2"] } })],
      [when({ StringEquals: { b: ["2", "1"] } })],
      [],
    ],
    // More than there is: what several statements of the base allow together isn't seen.
    ["what two statements allow together", [actions("*")], [allBut("s3:*"), actions("s3:*")], ["*"]],
    [
      "what two conditions allow together",
      [when({ StringEquals: { b: ["1", "2"] } })],
      ["1", "2"].map((b) => when({ StringEquals: { b } })),
      ["a:a if"],
    ],
    [
      "what another operator allows alike",
      [CREATES_QUOTAS_ROLE],
      [{ ...CREATES_QUOTAS_ROLE, Condition: { StringLike: FOR_QUOTAS.StringEquals } }],
      ["iam:createservicelinkedrole if"],
    ],
  ])("%s", (_, head, base, expected) => {
    expect(beyond(head, base)).toEqual(expected);
  });

  const ROLE = "arn:aws:iam::111122223333:role/a";
  const trust = (principal: object) => ({ Effect: "Allow", Action: "sts:AssumeRole", ...principal });
  const APP = { Service: "supportapp.amazonaws.com" };
  const ANYBODY = trust({ Principal: "*" });
  const [OF_APP, OF_ROLE] = [trust({ Principal: APP }), trust({ Principal: { AWS: ROLE } })];
  const OF_ACCOUNT = trust({ Principal: { AWS: "111122223333" } });
  const BUT_ROLE = trust({ NotPrincipal: { AWS: ROLE } });
  test.each<[what: string, head: object[], base: object[], expected: string[]]>([
    ["anybody", [ANYBODY], [OF_APP], ["AWS * sts:assumerole"]],
    ["nobody, if anybody may", [OF_APP, BUT_ROLE], [ANYBODY], []],
    ["a role more", [trust({ Principal: { ...APP, AWS: ROLE } })], [OF_APP], [`AWS ${ROLE} sts:assumerole`]],
    ["nobody of an account that may", [OF_ROLE], [OF_ACCOUNT], []],
    ["the others of an account", [OF_ACCOUNT], [OF_ROLE], ["AWS 111122223333 sts:assumerole"]],
    ["all but one", [BUT_ROLE], [OF_ROLE], [`AWS ${ROLE} sts:assumerole`]],
    ["nobody by the same list", [BUT_ROLE], [BUT_ROLE], []],
    ["somebody whom a negated list may leave out", [OF_ROLE], [BUT_ROLE], [`AWS ${ROLE} sts:assumerole`]],
    [
      "a role that the base denies",
      [OF_ROLE],
      [OF_ROLE, { ...OF_ACCOUNT, Effect: "Deny" }],
      [`AWS ${ROLE} sts:assumerole`],
    ],
    ["whoever has the policy", [trust({})], [OF_ROLE], ["sts:assumerole"]],
  ])("by trust policies: %s", (_, head, base, expected) => {
    expect(beyond(head, base)).toEqual(expected);
  });
});

/** Whether what is beyond names a request. Its conditions count as met. */
function isNamed(statements: readonly Statement[], { action, resource }: Request): boolean {
  const isIn = (targets: Targets | undefined, text: string) =>
    targets?.patterns.some((pattern) => matches(pattern, text)) !== targets?.not;
  return statements.some(({ actions, resources }) => isIn(actions, action) && isIn(resources, resource));
}

test("for any two policies, no request that only one of them allows is missed, and few are named for nothing", () => {
  let [pairs, gainingPairs, falseAlarms] = [0, 0, 0];
  const readAll = (statements: readonly JsonStatement[]) => statementsOf(...statements);
  fc.assert(
    fc.property(change, fc.nat(), ({ base, head }, seed) => {
      const statements = allowedBeyond(readAll(head), readAll(base));
      const requests = fc.sample(requestsNear({ base, head }), { numRuns: 50, seed });
      const gains = requests.filter((request) => allows(head, request) && !allows(base, request));
      for (const request of gains)
        expect({ base, head, request, isNamed: isNamed(statements, request) }).toMatchObject({ isNamed: true });
      pairs++;
      if (gains.length > 0) gainingPairs++;
      else if (statements.length > 0) falseAlarms++;
      expect(allowedBeyond(readAll(head), readAll(head))).toEqual([]);
    }),
    propertyRuns(1_000),
  );
  expect(falseAlarms / pairs).toBeLessThan(0.2);
  expect(gainingPairs / pairs).toBeGreaterThan(0.2);
});

import fc from "fast-check";
import { excessOf } from "../../../cli/iam/excess";
import { matches } from "../../../cli/iam/pattern";
import { readPolicy } from "../../../cli/iam/policy";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/model/capability";
import { policyText } from "../../support/policy-text";
import { CREATES_QUOTAS_ROLE, FOR_QUOTAS } from "../../support/quotas-statement";
import { propertyRuns } from "../../support/thorough";
import { allow } from "../../support/trusting-role";
import { allows, type JsonStatement } from "./request";

const NOW = "2026-06-01T00:00:00Z";
const statementsOf = (statements: readonly object[]) => readPolicy(policyText(...statements)).statements;

const only = (...patterns: string[]) => ({ not: false, patterns });
const allBut = (...patterns: string[]) => ({ not: true, patterns });
const deny = (...Action: string[]) => ({ ...allow(...Action), Effect: "Deny" });
const denyOn = (Resource?: string) => ({ ...deny("s3:*"), Resource });
const OTHERS = { Effect: "Allow", NotAction: "iam:*", Resource: "*" };

const ACTIONS = ["support:createcase", "support:ratecase", "s3:getobject", "s3:getbucket", "iam:passrole"];
const PATTERNS = [
  "*",
  "support:*",
  "s3:*",
  "s3:get*",
  "s3:*object",
  "*:*",
  "support:createcase",
  "support:ratecase",
  "iam:pass?ole",
];
const ENDED = { DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } };
const SECURE = { Bool: { "aws:SecureTransport": "true" } };

const statement = fc
  .record({
    Effect: fc.constantFrom<"Allow" | "Deny">("Allow", "Allow", "Deny"),
    key: fc.constantFrom("Action", "Action", "NotAction"),
    patterns: fc.subarray(PATTERNS, { minLength: 1, maxLength: 3 }),
    Resource: fc.constantFrom("*", "*", "arn:aws:s3:::a"),
    Condition: fc.constantFrom({}, {}, SECURE, ENDED),
  })
  .map(({ key, patterns, ...rest }) => ({ ...rest, [key]: patterns }) as JsonStatement);
const policy = fc.array(statement, { minLength: 1, maxLength: 4 });

test("whatever a role may do, for any resource and any values, is in AWSSupportAppFullAccess or in the excess", () => {
  const full = new Set(actionsOf(CAPABILITIES).map((action) => action.toLowerCase()));
  let count = 0;
  fc.assert(
    fc.property(policy, fc.option(policy, { nil: undefined, freq: 2 }), (ownPolicy, boundary) => {
      const excess = excessOf(statementsOf(ownPolicy), boundary && statementsOf(boundary), NOW);
      for (const action of ACTIONS) {
        const isIn = excess.some(({ not, patterns }) => patterns.some((text) => matches(text, action)) !== not);
        for (const resource of ["arn:aws:s3:::a", "arn:aws:s3:::b"]) {
          for (const secure of ["true", "false"]) {
            const request = { action, resource, keys: { "aws:currenttime": [NOW], "aws:securetransport": [secure] } };
            if (full.has(action) || !allows(ownPolicy, request) || (boundary && !allows(boundary, request))) continue;
            count++;
            expect({ own: ownPolicy, boundary, request, isIn }).toEqual({
              own: ownPolicy,
              boundary,
              request,
              isIn: true,
            });
          }
        }
      }
    }),
    propertyRuns(500),
  );
  expect(count).toBeGreaterThan(10);
});

const MANY = Array.from({ length: 1500 }, (_, index) => `a:${index}`);

test.each<[what: string, own: object[], boundary: object[] | undefined, excess: object[]]>([
  ["nothing", [allow("support:CreateCase")], undefined, []],
  ["an action, once", [allow("s3:*"), allow("s3:*", "s3:Get*")], undefined, [only("s3:*")]],
  ["everything", [allow("*")], undefined, [only("*")]],
  ["everything but what is denied", [allow("*"), deny("iam:*")], undefined, [allBut("iam:*")]],
  ["all but one service", [OTHERS], undefined, [allBut("iam:*")]],
  ["what its boundary allows, too", [allow("*")], [allow("s3:Get*")], [only("s3:get*")]],
  ["nothing within an empty boundary", [allow("*")], [], []],
  ["all within a boundary with NotAction", [allow("s3:*")], [OTHERS], [only("s3:*")]],
  ["nothing that its boundary denies", [allow("s3:*")], [allow("*"), deny("s3:*")], []],
  ["nothing by the guide's statement", [CREATES_QUOTAS_ROLE], undefined, []],
  ["nothing by that of its boundary", [allow("*")], [allow("support:CreateCase"), CREATES_QUOTAS_ROLE], []],
  [
    "what its boundary allows besides",
    [allow("*")],
    [allow("iam:Create*"), CREATES_QUOTAS_ROLE],
    [only("iam:create*")],
  ],
  ["no service that is denied", [allow("s3:*", "ec2:*"), deny("ec2:*")], undefined, [only("s3:*")]],
  ["nothing by a Deny under a condition", [{ ...deny("s3:*"), Condition: SECURE }], undefined, []],
  ["nothing by such a Deny of its boundary", [allow("s3:*")], [{ ...deny("s3:*"), Condition: SECURE }], []],
  ["what is denied for some", [allow("s3:*"), denyOn("arn:aws:s3:::*")], undefined, [only("s3:*")]],
  ["everything, if some is denied for some", [allow("*"), denyOn("arn:aws:s3:::*")], undefined, [only("*")]],
  ["everything, if some is denied for none", [allow("*"), { ...denyOn(), NotResource: "*" }], undefined, [only("*")]],
  [
    "everything, if some is denied at times",
    [allow("*"), { ...denyOn("*"), Condition: SECURE }],
    undefined,
    [only("*")],
  ],
  ["what is denied for none", [allow("s3:*"), { ...denyOn(), NotResource: "*" }], undefined, [only("s3:*")]],
  [
    "nothing, if all else is denied",
    [allow("*"), { Effect: "Deny", NotAction: "support:createcase", Resource: "*" }],
    undefined,
    [],
  ],
  ["nothing that is denied for all", [allow("s3:*"), denyOn("**")], undefined, []],
  ["hundreds of actions", [allow(...MANY, "support:CreateCase")], undefined, MANY.map((action) => only(action))],
  ["all but hundreds of actions", [{ ...OTHERS, NotAction: MANY }], undefined, [allBut(...MANY)]],
])("the excess beyond AWSSupportAppFullAccess is %s", (_, ownStatements, boundary, excess) => {
  expect(excessOf(statementsOf(ownStatements), boundary && statementsOf(boundary), NOW)).toEqual(excess);
});

const when = (Condition?: object) => ({ ...CREATES_QUOTAS_ROLE, Condition });
const and = (conditions: object) => when({ ...FOR_QUOTAS, ...conditions });
const ofService = (name: string) => ({ "iam:AWSServiceName": `${name}.amazonaws.com` });

test.each<[string, object, boolean]>([
  ["the guide's statement", CREATES_QUOTAS_ROLE, true],
  ["the same in another spelling", { ...CREATES_QUOTAS_ROLE, Action: ["IAM:createservicelinkedrole"] }, true],
  ["the same with an end", and({ DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } }), true],
  ["the right for every service", when(), false],
  ["the right for another service", when({ StringEquals: ofService("lambda") }), false],
  ["a wider pattern", when({ StringLike: ofService("servicequotas") }), false],
  ["one more action", { ...CREATES_QUOTAS_ROLE, Action: ["iam:CreateServiceLinkedRole", "s3:GetObject"] }, false],
  ["all other actions", { ...CREATES_QUOTAS_ROLE, Action: undefined, NotAction: "iam:CreateServiceLinkedRole" }, false],
  ["one more condition", and(SECURE), true],
])(
  "the guide's right to create the Service Quotas role, and nothing else, is no excess: %s",
  (_, statement, isRight) => {
    expect(excessOf(statementsOf([statement]), undefined, NOW)).toHaveLength(isRight ? 0 : 1);
  },
);

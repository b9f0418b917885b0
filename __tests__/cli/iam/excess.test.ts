import fc from "fast-check";
import { excessOf } from "../../../cli/iam/excess";
import { matches } from "../../../cli/iam/pattern";
import { readPolicy } from "../../../cli/iam/policy";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/model/capability";
import { policyText } from "../../support/live-account";
import { propertyRuns } from "../../support/thorough";
import { allows, type JsonStatement } from "./request";

const NOW = "2026-06-01T00:00:00Z";
const statementsOf = (statements: readonly object[]) => readPolicy(policyText(...statements)).statements;

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
    fc.property(policy, fc.option(policy, { nil: undefined, freq: 2 }), (own, boundary) => {
      const excess = excessOf(statementsOf(own), boundary && statementsOf(boundary), NOW);
      for (const action of ACTIONS) {
        const isIn = excess.some(({ not, patterns }) => patterns.some((text) => matches({ text }, action)) !== not);
        for (const resource of ["arn:aws:s3:::a", "arn:aws:s3:::b"]) {
          for (const secure of ["true", "false"]) {
            const request = {
              action,
              resource,
              keys: { "aws:currenttime": [NOW], "aws:securetransport": [secure] },
            };
            if (full.has(action) || !allows(own, request) || (boundary && !allows(boundary, request))) continue;
            count++;
            expect({ own, boundary, request, isIn }).toEqual({ own, boundary, request, isIn: true });
          }
        }
      }
    }),
    { numRuns: propertyRuns(4_000) },
  );
  expect(count).toBeGreaterThan(100);
});

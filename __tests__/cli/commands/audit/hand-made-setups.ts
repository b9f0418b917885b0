import fc, { type Arbitrary } from "fast-check";
import { readLiveDocument } from "../../../../cli/aws/live-document";
import type { KnownPolicy, KnownRole } from "../../../../cli/commands/audit/live-setup";
import FULL_ACCESS from "../../../../cli/iam/aws-managed-policies/AWSSupportAppFullAccess.json";
import READ_ONLY_ACCESS from "../../../../cli/iam/aws-managed-policies/AWSSupportAppReadOnlyAccess.json";
import { actionsOf, CAPABILITIES, type Capability } from "../../../../modules/support-app/model/capability";
import { ACCOUNT, TRUST } from "../../../support/live-account";
import { policyText } from "../../../support/policy-text";
import { CREATES_QUOTAS_ROLE } from "../../../support/quotas-statement";
import { attached, ofAws, role } from "../../../support/trusting-role";
import { VIEWING_POLICIES } from "../../../support/viewing-policies";
import type { JsonCondition } from "../../iam/request";

/*
 * Roles as people make them in the console: AWS's policies beside their own, copied statements, something denied,
 * something for a time, a condition from another role.
 */

const ENDED = { DateLessThan: { "aws:CurrentTime": "2026-05-01T00:00:00Z" } };
const UNTIL = { DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } };
const CONDITIONS: readonly JsonCondition[] = [
  { DateLessThan: { "aws:CurrentTime": "2027-02-01" } },
  { DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00+01:00" } },
  { DateLessThanEquals: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } },
  { DateGreaterThan: { "aws:CurrentTime": "2026-09-01T00:00:00Z" } },
  { DateLessThan: { "aws:CurrentTime": "2101-01-01T00:00:00Z" } },
  { StringEquals: { "aws:PrincipalTag/team": "a" } },
  { Bool: { "aws:SecureTransport": "true" } },
  { NumericLessThan: { "aws:MultiFactorAuthAge": "3600" } },
];

/** One of these, as often as people have it. */
function mixed<T>(...choices: readonly (readonly [weight: number, arbitrary: Arbitrary<T>])[]): Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

/** A condition, as often as people use one. */
const condition = mixed(
  [8, fc.constant(undefined)],
  [2, fc.constantFrom(ENDED, UNTIL)],
  [1, fc.constantFrom(...CONDITIONS)],
);

/** Many patterns with two wildcards each. */
const MANY_ARNS = Array.from({ length: 10 }, (_, index) => `arn:aws:s3:::data-*-team-${index}-eu-central-1-*`);

function statementOf(Effect: string, Action: unknown, Condition?: object, Resource: unknown = "*") {
  return { Effect, Action, Resource, ...(Condition && { Condition }) };
}

const capabilitySet = fc.subarray([...CAPABILITIES], { minLength: 1 });
const withViewing = capabilitySet.map((capabilities): Capability[] => [
  "view-cases",
  ...capabilities.filter((capability) => capability !== "view-cases"),
]);

/** What a statement about the Support App allows. */
const allowing = mixed<readonly object[]>(
  [4, withViewing.map((capabilities) => [statementOf("Allow", actionsOf(capabilities)), CREATES_QUOTAS_ROLE])],
  [
    2,
    fc
      .tuple(withViewing, condition)
      .map(([capabilities, when]) => [statementOf("Allow", actionsOf(capabilities), when)]),
  ],
  [
    3,
    fc
      .array(fc.tuple(fc.constantFrom(...CAPABILITIES), condition), { minLength: 1, maxLength: 3 })
      .map((pairs) => [
        statementOf("Allow", actionsOf(["view-cases"])),
        ...pairs.map(([capability, when]) => statementOf("Allow", actionsOf([capability]), when)),
      ]),
  ],
  [1, condition.map((when) => [statementOf("Allow", ["support:*", "servicequotas:*"], when)])],
  [1, fc.constantFrom("*", "support:Describe*", "support:Resolve?ase").map((action) => [statementOf("Allow", action)])],
);

/** What else people write. */
const beside = mixed<readonly object[]>(
  [18, fc.constant([])],
  [
    6,
    fc
      .tuple(capabilitySet, condition)
      .map(([capabilities, when]) => [statementOf("Deny", actionsOf(capabilities), when)]),
  ],
  [1, fc.constant([statementOf("Deny", "support:DescribeCases", undefined, MANY_ARNS)])],
  [
    3,
    fc
      .constantFrom(
        statementOf("Allow", ["s3:GetObject", "s3:ListBucket"]),
        statementOf("Deny", "s3:*"),
        statementOf("Deny", "s3:*", ENDED),
        statementOf("Deny", "iam:*"),
        { Effect: "Deny", NotAction: ["support:*", "servicequotas:*", "iam:*"], Resource: "*" },
        statementOf("Allow", "s3:GetObject", undefined, MANY_ARNS),
        statementOf("Deny", "support:ResolveCase", undefined, MANY_ARNS),
      )
      .map((statement) => [statement]),
  ],
);

const text = fc
  .tuple(allowing, beside)
  .map(([statements, extraStatements]) => policyText(...statements, ...extraStatements));

const ownPolicy = fc.record({ text, isShared: fc.integer({ min: 0, max: 7 }) }).map(
  ({ text, isShared }) =>
    (index: number): KnownPolicy =>
      attached(text, { name: `policy${index}`, isShared: isShared === 0 }),
);

const policyOfAws = fc
  .constantFrom<[string, string]>(
    ["AWSSupportAppFullAccess", JSON.stringify(FULL_ACCESS)],
    ["AWSSupportAppFullAccess", JSON.stringify(FULL_ACCESS)],
    ["AWSSupportAppReadOnlyAccess", JSON.stringify(READ_ONLY_ACCESS)],
    ["AWSSupportAccess", policyText(statementOf("Allow", "support:*"))],
    ...["ViewOnlyAccess", "CloudWatchReadOnlyAccess", "CloudWatchReadOnlyAccess"].map((name): [string, string] => [
      name,
      VIEWING_POLICIES[name] ?? "",
    ]),
  )
  .map(
    ([name, text]) =>
      (): KnownPolicy =>
        ofAws(name, text),
  );

const trust = mixed<object[]>(
  [8, fc.constant([TRUST])],
  [
    1,
    fc.constantFrom(
      [{ ...TRUST, Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } }],
      [{ ...TRUST, Condition: { StringEquals: { "aws:SourceAccount": "444455556666" } } }],
      [{ ...TRUST, Condition: UNTIL }],
      [TRUST, { ...TRUST, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }],
      [TRUST, { ...TRUST, Effect: "Deny", Condition: { StringNotEquals: { "aws:SourceAccount": ACCOUNT } } }],
      [{ ...TRUST, Action: "sts:*", Principal: "*" }],
    ),
  ],
);

/** A role that was made by hand. */
export const handMadeRole: Arbitrary<KnownRole> = fc
  .record({
    policies: mixed<readonly ((index: number) => KnownPolicy)[]>(
      [5, fc.tuple(fc.oneof({ weight: 3, arbitrary: ownPolicy }, { weight: 2, arbitrary: policyOfAws }))],
      [3, fc.tuple(fc.oneof(ownPolicy, policyOfAws), fc.oneof(ownPolicy, policyOfAws))],
    ),
    inline: mixed<string[]>(
      [18, fc.constant<string[]>([])],
      [1, fc.constant([policyText(statementOf("Allow", "support:DescribeCases", undefined, MANY_ARNS))])],
      [4, fc.array(text, { minLength: 1, maxLength: 2 })],
    ),
    trust,
  })
  .map(({ policies, inline, trust }) => {
    const attachedPolicies = policies.map((make, index) => make(index));
    return role({
      trust: readLiveDocument(policyText(...trust)),
      policies: [
        ...attachedPolicies.filter(
          ({ arn }, index) => attachedPolicies.findIndex((candidate) => candidate.arn === arn) === index,
        ),
        ...inline.map((text, index) => ({ name: `inline${index}`, document: readLiveDocument(text) })),
      ],
    });
  });

import { adviceFor } from "../../../../cli/aws/advice";
import type { LivePolicy } from "../../../../cli/aws/live-role";
import type { LookupFailure } from "../../../../cli/aws/lookup";
import type { LiveAccess, Simulated } from "../../../../cli/commands/doctor/account";
import { checkAction, isLimited } from "../../../../cli/commands/doctor/check-action";
import type { Access } from "../../../../modules/support-app/model/access";
import {
  ACCOUNT,
  boundaryWith,
  DENIED,
  documentOf,
  environmentOf,
  healthyAccount,
} from "../../../support/live-account";

const ACTION = "support:CreateCase";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
const OWN = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
const own = { name: "AWSSupportAppFullRolePolicy", arn: OWN };
const boundary = { name: "boundary", arn: BOUNDARY };

const allow = { Effect: "Allow", Action: "support:*", Resource: "*" };
const deny = { ...allow, Effect: "Deny" };
const conditional = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
const odd = { ...allow, Who: "x" };
const oddly = `unsupported (an unknown element of a policy): ${JSON.stringify(odd)}`;

function propsOf(yaml: string): Access {
  const [props] = environmentOf(yaml).accesses;
  if (!props) throw new Error(yaml);
  return props;
}

/** The check of an action, where the account has something else of the access level. */
function checked(changed: Partial<LiveAccess>, yaml = "full: {}", action = ACTION) {
  const [access] = healthyAccount(environmentOf(yaml)).accesses;
  if (!access) throw new Error(yaml);
  return checkAction({ ...access, simulated: { known: undefined }, ...changed }, action);
}

const policies = (...known: LivePolicy[]) => ({ policies: { known } });
const ownWith = (...statements: object[]) => policies({ ...own, document: documentOf(...statements) });
const byHand = (...statements: object[]): LivePolicy => ({ name: "by-hand", document: documentOf(...statements) });
const bounded = (...statements: object[]) => ({ boundary: boundaryWith(BOUNDARY, ...statements) });
const within = `full: { permissions-boundary: "${BOUNDARY}" }`;
const simulation = (more: Partial<Simulated>) => ({
  simulated: {
    known: new Map([
      [ACTION.toLowerCase(), { isDeniedByOrganization: false, decision: "implicitDeny", missingKeys: [], ...more }],
    ]),
  },
});
const unreadBecause = (failure: LookupFailure) => ({
  is: "unknown",
  found: failure.message,
  fix: adviceFor(failure, "doctor"),
  isUnread: true,
});
const onlyAws =
  "See the message above, and try it in Slack: only AWS knows the rest. A deploy removes anything that isn't in environments.yaml.";
const dependsOn = (policy: string) => ({
  is: "unknown",
  found: `it depends on a condition or a resource in ${policy} that only a real request decides`,
  fix: { text: onlyAws, commands: [] },
});
const unreadPolicy: LivePolicy = { name: "unread", document: DENIED };

describe("by the role's policies", () => {
  test("what its own policy allows is allowed, within a boundary that allows it, too", () => {
    expect(checked({})).toEqual({ is: "allowed" });
    expect(checked(bounded(allow), within)).toEqual({ is: "allowed" });
  });

  test("an explicit Deny is named, before anything else", () => {
    expect(checked(policies({ ...own, document: documentOf(allow) }, byHand(deny)))).toEqual({
      is: "denied",
      cause: "explicit-deny",
      by: { name: "by-hand", arn: undefined },
      found: "an explicit Deny in the inline policy by-hand",
    });
    expect(checked({ ...ownWith(allow), ...bounded(allow, deny) }, within)).toEqual({
      is: "denied",
      cause: "explicit-deny",
      by: boundary,
      found: `an explicit Deny in ${BOUNDARY}`,
    });
    expect(checked({ ...ownWith(), ...bounded(deny) }, within)).toMatchObject({ cause: "explicit-deny", by: boundary });
  });

  test("what nothing allows lacks the role's own policy, attached or not", () => {
    expect(checked(ownWith())).toEqual({
      is: "denied",
      cause: "policy",
      by: own,
      found: `the policy ${OWN} doesn't allow it`,
    });
    expect(checked(policies(byHand()))).toEqual({
      is: "denied",
      cause: "not-attached",
      by: own,
      found: `the policy ${OWN} isn't attached to the role`,
    });
    expect(checked(policies(byHand(), { ...own, document: documentOf() }))).toMatchObject({ cause: "policy" });
    expect(checked({ ...ownWith(), ...bounded() }, within)).toMatchObject({ cause: "policy", by: own });
  });

  test("what the boundary doesn't allow is limited by it", () => {
    expect(checked(bounded({ ...allow, Action: "s3:*" }), within)).toEqual({
      is: "denied",
      cause: "boundary",
      by: boundary,
      found: `the permissions boundary ${BOUNDARY} doesn't allow it`,
    });
    expect(checked({ ...policies(unreadPolicy), ...bounded() }, within)).toMatchObject({ cause: "boundary" });
  });

  test("if its policies, one of them or its boundary can't be read, it is unknown", () => {
    const unread = unreadBecause(DENIED.unknown);
    expect(checked({ policies: DENIED })).toEqual(unread);
    expect(checked(policies(unreadPolicy, byHand()))).toEqual(unread);
    expect(checked(policies(unreadPolicy, byHand(allow)))).toEqual(unread);
    expect(checked({ boundary: DENIED })).toEqual(unread);
    const other: LookupFailure = { ...DENIED.unknown, message: "the boundary" };
    expect(checked({ ...policies(unreadPolicy), boundary: { unknown: other } })).toEqual(unread);
  });

  test("an unsupported policy is unknown, and quoted", () => {
    const unsupported = { is: "unknown", fix: { text: onlyAws, commands: [] } };
    expect(checked(ownWith(odd))).toEqual({ ...unsupported, found: `in ${OWN}, ${oddly}` });
    expect(checked({ ...ownWith(allow), ...bounded(odd) }, within)).toEqual({
      ...unsupported,
      found: `in ${BOUNDARY}, ${oddly}`,
    });
    expect(checked(policies(byHand(allow), byHand(odd)))).toEqual({
      ...unsupported,
      found: `in the inline policy by-hand, ${oddly}`,
    });
  });

  test("a condition in the role's own policy is drift, unless AWS writes that policy", () => {
    const Condition = conditional;
    expect(checked(ownWith({ ...allow, Condition }))).toEqual({
      is: "denied",
      cause: "policy",
      by: own,
      found: `the policy ${OWN} doesn't allow it`,
    });
    const arn = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
    const ofAws = { name: "AWSSupportAppFullAccess", arn };
    expect(
      checked(policies({ ...ofAws, document: documentOf({ ...allow, Condition }) }), "full: { policy: aws-managed }"),
    ).toEqual(dependsOn(arn));
  });

  test("a condition in a policy that isn't in environments.yaml is drift; one in its boundary is not", () => {
    const Condition = conditional;
    const inline = { name: "by-hand", arn: undefined };
    expect(checked(policies(byHand({ ...allow, Condition })))).toEqual({
      is: "denied",
      cause: "conditional",
      by: inline,
      found: "the inline policy by-hand, which isn't in environments.yaml, allows or denies it under a condition",
    });
    expect(checked(policies(byHand({ ...allow, Condition })), within)).toMatchObject({ cause: "conditional" });
    expect(checked({ ...ownWith(allow), ...bounded({ ...allow, Condition }) })).toEqual({
      is: "denied",
      cause: "conditional",
      by: boundary,
      found: `${BOUNDARY}, which isn't in environments.yaml, allows or denies it under a condition`,
    });
    expect(checked({ ...ownWith(allow), ...bounded({ ...allow, Condition }) }, within)).toEqual(dependsOn(BOUNDARY));
  });

  test("if another policy can't be read, a condition is unknown rather than drift", () => {
    const Condition = conditional;
    expect(checked(policies({ ...own, document: documentOf({ ...allow, Condition }) }, unreadPolicy))).toEqual(
      dependsOn(OWN),
    );
  });
});

describe("by IAM's simulation, too", () => {
  test("what both allow is allowed, and a policy that denies it is named whatever the simulation says", () => {
    expect(checked(simulation({ decision: "allowed" }))).toEqual({ is: "allowed" });
    expect(checked({ ...ownWith(), ...simulation({ isDeniedByOrganization: true }) })).toMatchObject({
      cause: "policy",
    });
  });

  test("a simulation that says nothing of the action changes nothing", () => {
    expect(checked({ ...simulation({ isDeniedByOrganization: true }) }, "full: {}", "support:ResolveCase")).toEqual({
      is: "allowed",
    });
  });

  test("what the organization denies, or most likely denies, is its decision", () => {
    const decision = "explicitDeny";
    expect(checked(simulation({ isDeniedByOrganization: true, decision }))).toEqual({
      is: "denied",
      cause: "organization",
      found: "a service control policy of the organization denies it (IAM's simulation says explicitDeny)",
    });
    expect(checked(simulation({ decision }))).toEqual({
      is: "denied",
      cause: "organization",
      found:
        "the role's policies allow it, but IAM's simulation says explicitDeny: most likely a service control policy of the organization",
    });
    expect(checked(simulation({ decision: "allowed", isDeniedByOrganization: true }))).toMatchObject({
      cause: "organization",
    });
  });

  test("a denial that lacks keys is unknown, even if it names the organization", () => {
    const missingKeys = ["aws:RequestedRegion", "aws:b"];
    expect(checked(simulation({ missingKeys, isDeniedByOrganization: true }))).toEqual({
      is: "unknown",
      found: "IAM's simulation says implicitDeny, but it lacks aws:RequestedRegion, aws:b",
      fix: { text: onlyAws, commands: [] },
    });
    expect(checked(simulation({ decision: "allowed", missingKeys }))).toEqual({ is: "allowed" });
  });

  test("where a policy can't be read, the simulation decides, unless it lacks keys", () => {
    const unread = { policies: DENIED };
    expect(checked({ ...unread, ...simulation({ decision: "allowed" }) })).toEqual({ is: "allowed" });
    expect(checked({ ...unread, ...simulation({}) })).toEqual({
      is: "unknown",
      found: "IAM's simulation says implicitDeny, and not all of the role's policies can be read",
      fix: adviceFor(DENIED.unknown, "doctor"),
    });
    expect(checked({ ...unread, ...simulation({ decision: "allowed", missingKeys: ["a"] }) })).toEqual(
      unreadBecause(DENIED.unknown),
    );
  });

  test.each(["allowed", "implicitDeny"])("what a policy leaves open stays so (the simulation says %s)", (decision) => {
    expect(checked({ ...ownWith(odd), ...simulation({ decision }) })).toMatchObject({ found: `in ${OWN}, ${oddly}` });
    const Condition = conditional;
    expect(
      checked({ ...ownWith(allow), ...bounded({ ...allow, Condition }), ...simulation({ decision }) }, within),
    ).toEqual(dependsOn(BOUNDARY));
  });
});

test("only the organization, and the boundary of environments.yaml, are beyond a deploy", () => {
  const denied = (cause: "organization" | "boundary" | "policy", arn?: string) =>
    ({ is: "denied", cause, by: arn === undefined ? undefined : { name: "x", arn }, found: "" }) as const;
  const [some, without] = [propsOf(within), propsOf("full: {}")];
  expect(isLimited(denied("organization"), without)).toBe(true);
  expect(isLimited(denied("boundary", BOUNDARY), some)).toBe(true);
  expect(isLimited(denied("boundary", BOUNDARY), without)).toBe(false);
  expect(isLimited(denied("boundary", `${BOUNDARY}2`), some)).toBe(false);
  for (const props of [some, without]) expect(isLimited(denied("policy"), props)).toBe(false);
});

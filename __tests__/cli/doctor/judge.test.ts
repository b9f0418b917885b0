import type { LivePolicy } from "../../../cli/aws/live-role";
import type { LookupFailure } from "../../../cli/aws/lookup";
import { hasOtherBoundary, isLimited, isOfOrganization, judge } from "../../../cli/doctor/judge";
import type { LiveAccess, Simulated } from "../../../cli/doctor/live-access";
import type { Access } from "../../../modules/support-app/model/access";
import { ACCOUNT, boundaryWith, DENIED, documentOf, environmentOf, healthyAccount } from "../../support/live-account";

const ACTION = "support:CreateCase";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
const OWN = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
const own = { name: "AWSSupportAppFullRolePolicy", arn: OWN };
const boundary = { name: "boundary", arn: BOUNDARY };

const allow = { Effect: "Allow", Action: "support:*", Resource: "*" };
const deny = { ...allow, Effect: "Deny" };
const conditional = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
const odd = { ...allow, Who: "x" };
const oddly = [{ reason: "unknown-element", source: odd }];

function propsOf(yaml: string): Access {
  const [props] = environmentOf(yaml).accesses;
  if (!props) throw new Error(yaml);
  return props;
}

/** What is judged of an access level of which the account has something else. */
function judged(changed: Partial<LiveAccess>, yaml = "full: {}", action = ACTION) {
  const environment = environmentOf(yaml);
  const [props] = environment.accesses;
  const access = props && healthyAccount(environment).accesses.get(props.access);
  if (!props || !access) throw new Error(yaml);
  return judge({ ...access, simulated: { known: undefined }, ...changed }, props, action);
}

const policies = (...known: LivePolicy[]) => ({ policies: { known } });
const ownWith = (...statements: object[]) => policies({ ...own, document: documentOf(...statements) });
const byHand = (...statements: object[]): LivePolicy => ({ name: "by-hand", document: documentOf(...statements) });
const bounded = (...statements: object[]) => ({ boundary: boundaryWith(BOUNDARY, ...statements) });
const within = `full: { permissions-boundary: "${BOUNDARY}" }`;
const said = (more: Partial<Simulated>) => ({
  simulated: {
    known: new Map([
      [
        ACTION.toLowerCase(),
        { isAllowed: false, isDeniedByOrganization: false, decision: "implicitDeny", missingKeys: [], ...more },
      ],
    ]),
  },
});
const unreadPolicy: LivePolicy = { name: "unread", document: DENIED };

describe("by the role's policies", () => {
  test("what its own policy allows is allowed, within a boundary that allows it, too", () => {
    expect(judged({})).toEqual({ is: "allowed" });
    expect(judged(bounded(allow), within)).toEqual({ is: "allowed" });
  });

  test("an explicit Deny is named, before anything else", () => {
    expect(judged(policies({ ...own, document: documentOf(allow) }, byHand(deny)))).toEqual({
      is: "denied",
      cause: "explicit-deny",
      by: { name: "by-hand", arn: undefined },
    });
    expect(judged({ ...ownWith(allow), ...bounded(allow, deny) }, within)).toEqual({
      is: "denied",
      cause: "explicit-deny",
      by: boundary,
    });
    expect(judged({ ...ownWith(), ...bounded(deny) }, within)).toMatchObject({ cause: "explicit-deny", by: boundary });
  });

  test("what nothing allows lacks the role's own policy, attached or not", () => {
    expect(judged(ownWith())).toEqual({ is: "denied", cause: "policy", by: own });
    expect(judged(policies(byHand()))).toEqual({ is: "denied", cause: "not-attached", by: own });
    expect(judged(policies(byHand(), { ...own, document: documentOf() }))).toMatchObject({ cause: "policy" });
    expect(judged({ ...ownWith(), ...bounded() }, within)).toMatchObject({ cause: "policy", by: own });
  });

  test("what the boundary doesn't allow is limited by it", () => {
    expect(judged(bounded({ ...allow, Action: "s3:*" }), within)).toEqual({
      is: "denied",
      cause: "boundary",
      by: boundary,
    });
    expect(judged({ ...policies(unreadPolicy), ...bounded() }, within)).toMatchObject({ cause: "boundary" });
  });

  test("if its policies, one of them or its boundary can't be read, it is unknown", () => {
    const unread = { is: "unknown", because: "unread", why: DENIED.unknown };
    expect(judged({ policies: DENIED })).toEqual(unread);
    expect(judged(policies(unreadPolicy, byHand()))).toEqual(unread);
    expect(judged(policies(unreadPolicy, byHand(allow)))).toEqual(unread);
    expect(judged({ boundary: DENIED })).toEqual(unread);
    const other: LookupFailure = { ...DENIED.unknown, message: "the boundary" };
    expect(judged({ ...policies(unreadPolicy), boundary: { unknown: other } })).toEqual(unread);
  });

  test("an unsupported policy is unknown, and quoted", () => {
    const unsupported = { is: "unknown", because: "unsupported", unreadable: oddly };
    expect(judged(ownWith(odd))).toEqual({ ...unsupported, by: own });
    expect(judged({ ...ownWith(allow), ...bounded(odd) }, within)).toEqual({ ...unsupported, by: boundary });
    expect(judged(policies(byHand(allow), byHand(odd)))).toMatchObject({ because: "unsupported" });
  });

  test("a condition in the role's own policy is drift, unless AWS writes that policy", () => {
    const Condition = conditional;
    expect(judged(ownWith({ ...allow, Condition }))).toEqual({ is: "denied", cause: "policy", by: own });
    const arn = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
    const ofAws = { name: "AWSSupportAppFullAccess", arn };
    expect(
      judged(policies({ ...ofAws, document: documentOf({ ...allow, Condition }) }), "full: { policy: aws-managed }"),
    ).toEqual({ is: "unknown", because: "request", by: ofAws });
  });

  test("a condition in a policy that isn't in environments.yaml is drift; one in its boundary is not", () => {
    const Condition = conditional;
    const inline = { name: "by-hand", arn: undefined };
    expect(judged(policies(byHand({ ...allow, Condition })))).toEqual({
      is: "denied",
      cause: "conditional",
      by: inline,
    });
    expect(judged(policies(byHand({ ...allow, Condition })), within)).toMatchObject({ cause: "conditional" });
    expect(judged({ ...ownWith(allow), ...bounded({ ...allow, Condition }) })).toEqual({
      is: "denied",
      cause: "conditional",
      by: boundary,
    });
    expect(judged({ ...ownWith(allow), ...bounded({ ...allow, Condition }) }, within)).toEqual({
      is: "unknown",
      because: "request",
      by: boundary,
    });
  });

  test("if another policy can't be read, a condition is unknown rather than drift", () => {
    const Condition = conditional;
    expect(judged(policies({ ...own, document: documentOf({ ...allow, Condition }) }, unreadPolicy))).toEqual({
      is: "unknown",
      because: "request",
      by: own,
    });
  });
});

describe("by IAM's simulation, too", () => {
  test("what both allow is allowed, and a policy that denies it is named whatever the simulation says", () => {
    expect(judged(said({ isAllowed: true, decision: "allowed" }))).toEqual({ is: "allowed" });
    expect(judged({ ...ownWith(), ...said({ isDeniedByOrganization: true }) })).toMatchObject({ cause: "policy" });
  });

  test("a simulation that says nothing of the action changes nothing", () => {
    expect(judged({ ...said({ isDeniedByOrganization: true }) }, "full: {}", "support:ResolveCase")).toEqual({
      is: "allowed",
    });
  });

  test("what the organization denies, or most likely denies, is its decision", () => {
    const decision = "explicitDeny";
    expect(judged(said({ isDeniedByOrganization: true, decision }))).toEqual({
      is: "denied",
      cause: "organization",
      decision,
    });
    expect(judged(said({ decision }))).toEqual({ is: "denied", cause: "likely-organization", decision });
    expect(judged(said({ isAllowed: true, isDeniedByOrganization: true }))).toMatchObject({ cause: "organization" });
  });

  test("a denial that lacks keys is unknown, even if it names the organization", () => {
    const missingKeys = ["aws:RequestedRegion"];
    expect(judged(said({ missingKeys, isDeniedByOrganization: true }))).toEqual({
      is: "unknown",
      because: "simulation",
      decision: "implicitDeny",
      missingKeys,
    });
    expect(judged(said({ isAllowed: true, missingKeys }))).toEqual({ is: "allowed" });
  });

  test("where a policy can't be read, the simulation decides, unless it lacks keys", () => {
    const unread = { policies: DENIED };
    expect(judged({ ...unread, ...said({ isAllowed: true }) })).toEqual({ is: "allowed" });
    expect(judged({ ...unread, ...said({}) })).toEqual({
      is: "denied",
      cause: "simulation",
      decision: "implicitDeny",
      why: DENIED.unknown,
    });
    expect(judged({ ...unread, ...said({ isAllowed: true, missingKeys: ["a"] }) })).toEqual({
      is: "unknown",
      because: "unread",
      why: DENIED.unknown,
    });
  });

  test.each([true, false])("what a policy leaves open stays so (simulation allows it: %s)", (isAllowed) => {
    expect(judged({ ...ownWith(odd), ...said({ isAllowed }) })).toMatchObject({ because: "unsupported" });
    const Condition = conditional;
    expect(
      judged({ ...ownWith(allow), ...bounded({ ...allow, Condition }), ...said({ isAllowed }) }, within),
    ).toMatchObject({ because: "request" });
  });
});

describe("another boundary than that of environments.yaml", () => {
  const other = { role: { known: { arn: "", trust: documentOf().known, boundary: `${BOUNDARY}2` } } };
  const none = { role: { known: { arn: "", trust: documentOf().known } } };

  test("is one if the role has another or none, and there is a role", () => {
    const access = (changed: object) => ({ ...healthyAccount(environmentOf(within)).accesses.get("full"), ...changed });
    const has = (changed: object, yaml: string) => hasOtherBoundary(access(changed) as LiveAccess, propsOf(yaml));
    expect(has(other, within)).toBe(true);
    expect(has(none, within)).toBe(true);
    expect(has({}, within)).toBe(false);
    expect(has(other, "full: {}")).toBe(false);
    expect(has({ role: { known: undefined } }, within)).toBe(false);
    expect(has({ role: DENIED }, within)).toBe(false);
  });

  test("is ignored, with the simulation of its effect", () => {
    expect(judged({ ...other, ...bounded(), ...said({}) }, within)).toEqual({ is: "allowed" });
    expect(judged({ ...other, ...bounded() })).toMatchObject({ cause: "boundary" });
  });
});

test("only the organization, and the boundary of environments.yaml, are beyond a deploy", () => {
  const denied = (cause: "organization" | "likely-organization" | "boundary" | "policy", by?: { arn?: string }) =>
    ({ is: "denied", cause, by: by && { name: "x", ...by } }) as const;
  const [some, without] = [propsOf(within), propsOf("full: {}")];
  expect(isOfOrganization(denied("organization"))).toBe(true);
  expect(isOfOrganization(denied("likely-organization"))).toBe(true);
  expect(isOfOrganization(denied("boundary"))).toBe(false);
  expect(isLimited(denied("organization"), without)).toBe(true);
  expect(isLimited(denied("boundary", { arn: BOUNDARY }), some)).toBe(true);
  expect(isLimited(denied("boundary", { arn: BOUNDARY }), without)).toBe(false);
  expect(isLimited(denied("boundary", { arn: `${BOUNDARY}2` }), some)).toBe(false);
  expect(isLimited(denied("policy", {}), without)).toBe(false);
  for (const props of [some, without]) expect(isLimited(denied("policy"), props)).toBe(false);
});

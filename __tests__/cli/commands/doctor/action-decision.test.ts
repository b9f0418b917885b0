import { adviceFor } from "../../../../cli/aws/advice";
import type { LivePolicy } from "../../../../cli/aws/live-role";
import type { LookupFailure } from "../../../../cli/aws/lookup";
import type { LiveLevel, SimulatedAction } from "../../../../cli/commands/doctor/account";
import { decideAction, isLimited } from "../../../../cli/commands/doctor/action-decision";
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
const fullPolicy = { name: "AWSSupportAppFullRolePolicy", arn: OWN };
const boundary = { name: "boundary", arn: BOUNDARY };

const allow = { Effect: "Allow", Action: "support:*", Resource: "*" };
const deny = { ...allow, Effect: "Deny" };
const conditional = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
const odd = { ...allow, Who: "x" };

/** The check of an action, where the account has something else of the access level. */
function checked(changed: Partial<LiveLevel>, yaml = "full: {}", action = ACTION) {
  const [access] = healthyAccount(environmentOf(yaml)).accesses;
  if (!access) throw new Error(yaml);
  return decideAction({ ...access, simulated: { known: undefined }, ...changed }, action);
}

const policies = (...livePolicies: LivePolicy[]) => ({ policies: { known: livePolicies } });
const ownWith = (...statements: object[]) => policies({ ...fullPolicy, document: documentOf(...statements) });
const byHand = (...statements: object[]): LivePolicy => ({ name: "by-hand", document: documentOf(...statements) });
const bounded = (...statements: object[]) => ({ boundary: boundaryWith(BOUNDARY, ...statements) });
const boundedYaml = `full: { permissions-boundary: "${BOUNDARY}" }`;
const simulation = (overrides: Partial<SimulatedAction>) => ({
  simulated: {
    known: new Map([
      [
        ACTION.toLowerCase(),
        { isDeniedByOrganization: false, decision: "implicitDeny", missingKeys: [], ...overrides },
      ],
    ]),
  },
});
const unreadBecause = (failure: LookupFailure) => ({
  is: "unknown",
  found: failure.message,
  fix: adviceFor(failure, "doctor"),
  isUnread: true,
});
const text =
  "See the message above, and try it in Slack: only AWS knows the rest. A deploy removes anything that isn't in environments.yaml.";
const unknown = (found: string) => ({ is: "unknown", found, fix: { text, commands: [] } });
const dependsOn = (policy: string) =>
  unknown(`it depends on a condition or a resource in ${policy} that only a real request decides`);
const oddIn = (name: string) =>
  unknown(`in ${name}, unsupported (an unknown element of a policy): ${JSON.stringify(odd)}`);
const unread: LivePolicy = { name: "unread", document: DENIED };
const denied = (cause: string, policy: object, found: string) => ({ is: "denied", cause, by: policy, found });
const ofOrganization = (found: string) => ({ is: "denied", cause: "organization", found });
const controlled = (decision: string) =>
  ofOrganization(`a service control policy of the organization denies it (IAM's simulation says ${decision})`);

const ALLOWED = { is: "allowed" };
const OTHERS = { unknown: { ...DENIED.unknown, message: "the boundary" } };
const UNREAD = unreadBecause(DENIED.unknown);
const HAND = { name: "by-hand", arn: undefined };
const BY_HAND = "the inline policy by-hand";
const LACKS = denied("policy", fullPolicy, `the policy ${OWN} doesn't allow it`);
const UNATTACHED = denied("not-attached", fullPolicy, `the policy ${OWN} isn't attached to the role`);
const LIMITED = denied("boundary", boundary, `the permissions boundary ${BOUNDARY} doesn't allow it`);
const explicitly = (policy: object, name: string) => denied("explicit-deny", policy, `an explicit Deny in ${name}`);
const drift = (policy: object, name: string) =>
  denied("conditional", policy, `${name}, which isn't in environments.yaml, allows or denies it under a condition`);
const SOMETIMES = { ...allow, Condition: conditional };
const OWN_OPEN = dependsOn(OWN);
const OF_AWS = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
const ofAws = { name: "AWSSupportAppFullAccess", arn: OF_AWS, document: documentOf(SOMETIMES) };
const ownPolicy = (...statements: object[]): LivePolicy => ({ ...fullPolicy, document: documentOf(...statements) });

test.each<[string, Partial<LiveLevel>, string, object]>([
  ["its own policy allows", {}, "full: {}", ALLOWED],
  ["its own policy and its boundary allow", bounded(allow), boundedYaml, ALLOWED],
  ["a policy denies", policies(ownPolicy(allow), byHand(deny)), "full: {}", explicitly(HAND, BY_HAND)],
  ["its boundary denies", { ...ownWith(allow), ...bounded(allow, deny) }, boundedYaml, explicitly(boundary, BOUNDARY)],
  [
    "its boundary denies, nothing allows",
    { ...ownWith(), ...bounded(deny) },
    boundedYaml,
    explicitly(boundary, BOUNDARY),
  ],
  ["nothing allows", ownWith(), "full: {}", LACKS],
  ["nothing allows, without its own policy", policies(byHand()), "full: {}", UNATTACHED],
  ["nothing allows, beside another policy", policies(byHand(), ownPolicy()), "full: {}", LACKS],
  ["neither its policy nor its boundary allows", { ...ownWith(), ...bounded() }, boundedYaml, LACKS],
  ["its boundary doesn't allow", bounded({ ...allow, Action: "s3:*" }), boundedYaml, LIMITED],
  ["its boundary doesn't allow, beside an unread policy", { ...policies(unread), ...bounded() }, boundedYaml, LIMITED],
  ["unread policies may allow", { policies: DENIED }, "full: {}", UNREAD],
  ["an unread policy may allow", policies(unread, byHand()), "full: {}", UNREAD],
  ["an unread policy may deny", policies(unread, byHand(allow)), "full: {}", UNREAD],
  ["an unread boundary may deny", { boundary: DENIED }, "full: {}", UNREAD],
  ["an unread policy and an unread boundary leave open", { ...policies(unread), boundary: OTHERS }, "full: {}", UNREAD],
  ["its own unsupported policy leaves open", ownWith(odd), "full: {}", oddIn(OWN)],
  ["an unsupported boundary leaves open", { ...ownWith(allow), ...bounded(odd) }, boundedYaml, oddIn(BOUNDARY)],
  ["an unsupported policy leaves open", policies(byHand(allow), byHand(odd)), "full: {}", oddIn(BY_HAND)],
  ["its own policy allows sometimes, which is drift", ownWith(SOMETIMES), "full: {}", LACKS],
  ["AWS's policy allows sometimes, which isn't", policies(ofAws), "full: { policy: aws-managed }", dependsOn(OF_AWS)],
  ["a policy by hand allows sometimes", policies(byHand(SOMETIMES)), "full: {}", drift(HAND, BY_HAND)],
  [
    "a policy by hand allows sometimes, within a boundary",
    policies(byHand(SOMETIMES)),
    boundedYaml,
    drift(HAND, BY_HAND),
  ],
  ["a boundary by hand allows sometimes", bounded(SOMETIMES), "full: {}", drift(boundary, BOUNDARY)],
  ["its boundary allows sometimes", bounded(SOMETIMES), boundedYaml, dependsOn(BOUNDARY)],
  ["its policy allows sometimes, beside an unread one", policies(ownPolicy(SOMETIMES), unread), "full: {}", OWN_OPEN],
])("an action that %s is decided as IAM would decide it", (_, changed, yaml, expected) => {
  expect(checked(changed, yaml)).toEqual(expected);
});

const KEYS = ["aws:RequestedRegion", "aws:b"];
const isDeniedByOrganization = true;
test.each<[string, Partial<SimulatedAction>, Partial<LiveLevel>, object]>([
  ["allows it as well", { decision: "allowed" }, {}, ALLOWED],
  ["names the organization, but its policy lacks it", { isDeniedByOrganization }, ownWith(), LACKS],
  ["names the organization", { isDeniedByOrganization, decision: "explicitDeny" }, {}, controlled("explicitDeny")],
  ["names it, but allows it", { isDeniedByOrganization, decision: "allowed" }, {}, controlled("allowed")],
  [
    "denies it, though its policies allow it",
    { decision: "explicitDeny" },
    {},
    ofOrganization(
      "the role's policies allow it, but IAM's simulation says explicitDeny: most likely a service control policy of the organization",
    ),
  ],
  [
    "denies it and lacks keys",
    { missingKeys: KEYS, isDeniedByOrganization },
    {},
    unknown("IAM's simulation says implicitDeny, but it lacks aws:RequestedRegion, aws:b"),
  ],
  ["allows it and lacks keys", { missingKeys: KEYS, decision: "allowed" }, {}, ALLOWED],
  ["allows it where a policy can't be read", { decision: "allowed" }, { policies: DENIED }, ALLOWED],
  [
    "denies it where a policy can't be read",
    {},
    { policies: DENIED },
    {
      ...unknown("IAM's simulation says implicitDeny, and not all of the role's policies can be read"),
      fix: adviceFor(DENIED.unknown, "doctor"),
    },
  ],
  ["lacks keys where one can't be read", { decision: "allowed", missingKeys: KEYS }, { policies: DENIED }, UNREAD],
  ["allows what a policy leaves open", { decision: "allowed" }, ownWith(odd), oddIn(OWN)],
  ["denies what a policy leaves open", {}, ownWith(odd), oddIn(OWN)],
])("the decision is right where IAM's simulation %s", (_, overrides, changed, expected) => {
  expect(checked({ ...changed, ...simulation(overrides) })).toEqual(expected);
});

test("a simulation that says nothing of the action changes nothing", () => {
  expect(checked(simulation({ isDeniedByOrganization }), "full: {}", "support:ResolveCase")).toEqual(ALLOWED);
});

test.each<[cause: "organization" | "boundary" | "policy", arn: string | undefined, yaml: string, is: boolean]>([
  ["organization", undefined, "full: {}", true],
  ["boundary", BOUNDARY, boundedYaml, true],
  ["boundary", BOUNDARY, "full: {}", false],
  ["boundary", `${BOUNDARY}2`, boundedYaml, false],
  ["policy", undefined, "full: {}", false],
  ["policy", undefined, boundedYaml, false],
])("an action that the %s %s denies with %s is beyond a deploy: %s", (cause, arn, yaml, is) => {
  const policy = arn === undefined ? undefined : { name: "x", arn };
  const [props] = environmentOf(yaml).accesses;
  expect(props && isLimited({ is: "denied", cause, by: policy, found: "" }, props)).toBe(is);
});

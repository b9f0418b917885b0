import type { Account, LiveLevel, SimulatedAction } from "../../../../../cli/commands/doctor/account";
import { actionsOf, CAPABILITIES } from "../../../../../modules/support-app/model/capability";
import { ACCOUNT, boundaryWith, DENIED, documentOf, withAccess } from "../../../../support/live-account";
import { changing, deploying, examine, only, ownPolicies, restoring, withRole } from "./examined";

const ROLE = "role AWSSupportAppFullRole (full)";
const OWN = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
const OF_AWS = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/b`;
const WITHIN = `full: { permissions-boundary: "${BOUNDARY}" }`;
const RESTORE = restoring("the role's policies and boundary");
const allow = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });
const deny = (...Action: string[]) => ({ ...allow(...Action), Effect: "Deny" });

/** What is found where an account has something else of full access, which can be simulated. */
const outcomeOf = (yaml: string, change: Partial<LiveLevel>) =>
  examine(
    "capabilities",
    yaml,
    changing("full", () => ({ simulated: { known: undefined }, ...change })),
  );
const ownWith = (arn: string, ...statements: object[]) => ({
  policies: { known: [{ name: "x", arn, document: documentOf(...statements) }] },
});
const byHand = (yaml: string, ...statements: object[]) => ({
  policies: { known: [...ownPolicies(yaml), { name: "by-hand", document: documentOf(...statements) }] },
});
const bounded = (...statements: object[]) => ({ boundary: boundaryWith(BOUNDARY, ...statements) });
const simulating = (decisions: Record<string, Partial<SimulatedAction>>) => {
  const results = Object.entries(decisions).map(([action, overrides]): [string, SimulatedAction] => [
    action.toLowerCase(),
    { decision: "implicitDeny", missingKeys: [], isDeniedByOrganization: false, ...overrides },
  ]);
  return { simulated: { known: new Map(results) } };
};

test("what a role lacks for one reason is one finding, about all that people can't do", () => {
  const lacked = CAPABILITIES.filter((capability) => !["live-chat", "resolve-cases"].includes(capability));
  expect(outcomeOf("full: { without: [live-chat, resolve-cases] }", { policies: { known: [] } }).findings).toEqual([
    {
      answer: "unhealthy",
      resource: `${lacked.join(", ")} of the ${ROLE}`,
      about: ["full"],
      impact: `People in its channels can't ${lacked.join(", ")}.`,
      expected: `${lacked.flatMap((capability) => actionsOf([capability])).join(", ")} allowed`,
      found: `the policy ${OWN} isn't attached to the role`,
      fix: RESTORE,
    },
  ]);
});

const attach = {
  text: "Attach the policy to the role: Terraform adopts only an attached one. If there is no policy of that ARN, set adopt: false, and deploy.",
  commands: [],
};
const SWITCH = deploying("AWS's policy allows less than before. Switch to a customer-managed policy, and deploy.", {
  full: { policy: "customer-managed" },
});
const ORGANIZATION = "Ask whoever runs the organization to allow it";
const LET = `Let ${BOUNDARY} allow it, or choose another permissions-boundary`;
const drop = (allowing: string, capability: string) => ({
  text: `${allowing}; or drop ${capability} from full in environments.yaml (without, temporarily), and deploy.`,
  commands: [],
});
const MANAGED = "full: { policy: aws-managed }";

const NONE = { policies: { known: [] } };
const lacking = (arn: string) => `the policy ${arn} doesn't allow it`;
const unattached = (arn: string) => `the policy ${arn} isn't attached to the role`;
const BY_HAND = "an explicit Deny in the inline policy by-hand";
const LIMITED = `the permissions boundary ${BOUNDARY} doesn't allow it`;
const SIMULATED = "IAM's simulation says implicitDeny";
const ADOPTED = "full: { adopt: true }";
const ALL = { isDeniedByOrganization: true };

test.each<[string, string, Partial<LiveLevel>, string, object]>([
  ["a policy that allows less", "full: {}", ownWith(OWN), lacking(OWN), RESTORE],
  ["a policy to adopt that allows less", ADOPTED, ownWith(OWN), lacking(OWN), RESTORE],
  ["a policy to adopt that isn't attached", ADOPTED, NONE, unattached(OWN), attach],
  ["AWS's policy that isn't attached", MANAGED, NONE, unattached(OF_AWS), RESTORE],
  ["AWS's policy that allows less", MANAGED, ownWith(OF_AWS), lacking(OF_AWS), SWITCH],
  ["a Deny beside AWS's policy", MANAGED, byHand(MANAGED, deny("*")), BY_HAND, RESTORE],
  ["its boundary", WITHIN, bounded(allow("support:*")), LIMITED, drop(LET, "request-quota-increases")],
  ["a boundary without view-cases", WITHIN, bounded(), LIMITED, { text: `${LET}.`, commands: [] }],
  [
    "the organization",
    "full: {}",
    simulating({ "support:CreateCase": ALL, "support:ResolveCase": ALL }),
    `a service control policy of the organization denies it (${SIMULATED})`,
    drop(ORGANIZATION, "create-cases, resolve-cases"),
  ],
])("%s has a fix of its own", (_, yaml, change, found, fix) => {
  expect(only(outcomeOf(yaml, change).findings)).toMatchObject({ answer: "unhealthy", found, fix });
});

test("what can't be known is unknown, for each reason, with what to do", () => {
  const missingKeys = ["aws:a"];
  const open = simulating({
    "support:CreateCase": { missingKeys },
    "support:ResolveCase": { missingKeys, decision: "explicitDeny" },
  });
  expect(outcomeOf("full: {}", open).findings).toMatchObject([
    { answer: "unknown", about: ["full"], found: "IAM's simulation says implicitDeny, but it lacks aws:a" },
    { answer: "unknown", fix: { text: expect.stringContaining("try it in Slack"), commands: [] } },
  ]);
});

test("only the organization's denials are about the organization, which only the simulation shows", () => {
  const denied = outcomeOf("full: {}", simulating({ "support:CreateCase": { isDeniedByOrganization: true } }));
  expect(only(denied.findings).about).toEqual(["full", "organization"]);
  expect(outcomeOf("full: {}", { simulated: DENIED })).toEqual({
    findings: [],
    notes: [
      `IAM's simulation of the ${ROLE} isn't allowed (${DENIED.unknown.message}), so only its policies were read. They don't show what the organization denies.`,
    ],
  });
});

test("a simulation that fails is unknown, and what the policies lack is unhealthy nevertheless", () => {
  const unknown = { kind: "other", action: "iam:SimulatePrincipalPolicy", message: "Throttling" } as const;
  const failed = {
    answer: "unknown",
    resource: ROLE,
    about: ["full"],
    expected: "to simulate what it may do",
    found: "Throttling",
  };
  expect(outcomeOf("full: {}", { simulated: { unknown } })).toMatchObject({ findings: [failed], notes: [] });
  const outcome = outcomeOf("full: {}", { simulated: { unknown }, policies: { known: [] } });
  expect(outcome.findings).toMatchObject([failed, { answer: "unhealthy" }]);
});

test("a role without the boundary of environments.yaml waits for that", () => {
  for (const boundary of [undefined, `${BOUNDARY}2`]) {
    const withOtherBoundary = (account: Account) =>
      withAccess(withRole("full", { boundary })(account), "full", bounded());
    const waiting = { findings: [], notes: [], waitsFor: "permissions-boundary" };
    expect(examine("capabilities", WITHIN, withOtherBoundary)).toEqual(waiting);
  }
  const unread = outcomeOf(WITHIN, { role: DENIED, policies: DENIED });
  expect(unread).toMatchObject({ findings: [{ answer: "unknown", found: DENIED.unknown.message }] });
  expect(unread.waitsFor).toBeUndefined();
});

test("a boundary that isn't in environments.yaml isn't waited for, but counts", () => {
  const byHand = (account: Account) => withAccess(withRole("full", { boundary: BOUNDARY })(account), "full", bounded());
  const { findings, waitsFor } = examine("capabilities", "full: {}", byHand);
  expect([only(findings).answer, waitsFor]).toEqual(["unhealthy", undefined]);
});

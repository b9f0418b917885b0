import fc from "fast-check";
import type { LiveDocument } from "../../../../cli/aws/live-document";
import { adoptedEnvironment } from "../../../../cli/commands/audit/adopted-environment";
import { environmentsLines } from "../../../../cli/commands/audit/environments-yaml";
import type { KnownRole } from "../../../../cli/commands/audit/live-setup";
import type { Access } from "../../../../modules/support-app/model/access";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { policyArnOf } from "../../../../modules/support-app/model/iam-names";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { ACCOUNT, ownPolicy, TRUST } from "../../../support/live-account";
import { NOW } from "../../../support/now";
import { isThorough, propertyRuns } from "../../../support/thorough";
import { about, allows, type JsonStatement, type Request, texts } from "../../iam/request";
import { handMadeRole } from "./hand-made-setups";

/*
 * Setups that people make by hand, judged by an evaluator of single requests that shares nothing with the comparison.
 */
const SETUPS = fc.sample(handMadeRole, { ...propertyRuns(200), seed: 32 });

const ACTIONS = [
  ...actionsOf(CAPABILITIES),
  ...["iam:CreateServiceLinkedRole", "iam:PassRole", "support:RateCase", "s3:GetObject", "logs:GetLogEvents"],
].map((action) => action.toLowerCase());
const RESOURCES = ["arn:aws:s3:::data-x-team-3-eu-central-1-y", "arn:aws:x:::y"];

/** Values of each key that a setup may ask for: one that passes and one that doesn't. Undefined: the request lacks it. */
const VALUES: Readonly<Record<string, readonly (string | undefined)[]>> = {
  "iam:awsservicename": ["servicequotas.amazonaws.com", "ec2.amazonaws.com"],
  "aws:principaltag/team": ["a", "b", undefined],
  "aws:securetransport": ["true", "false"],
  "aws:multifactorauthage": ["60", "7200", undefined],
  "aws:sourceaccount": [ACCOUNT, "444455556666", undefined],
};
const DAY = 86_400_000;

function statementsIn({ text }: LiveDocument): readonly JsonStatement[] {
  return JSON.parse(text).Statement;
}

const liveOf = ({ policies }: KnownRole) => policies.flatMap(({ document }) => statementsIn(document));

/** Whether a statement is whole: others are unsupported, and never evaluated. */
const isWhole = ({ Action, NotAction }: JsonStatement) => (Action ?? NotAction) !== undefined;

/** Every request from now on that the statements tell apart. */
function requestsAbout(statements: readonly JsonStatement[], actions: readonly string[] = ACTIONS): Request[] {
  const tests = statements.flatMap(({ Condition = {} }) =>
    Object.values(Condition).flatMap((keys) => Object.entries(keys)),
  );
  const testKeys = new Set(tests.map(([key]) => key.toLowerCase()));
  const ends = tests.flatMap(([key, values]) => (key.toLowerCase() === "aws:currenttime" ? texts(values) : []));
  const nearbyTimes = ends.flatMap((end) => [-1000, 0, 1000].map((offset) => Date.parse(end) + offset));
  const times = [...new Set([NOW.getTime(), ...nearbyTimes, NOW.getTime() + 100 * 365 * DAY])].filter(
    (time) => time >= NOW.getTime(),
  );
  let keys: Record<string, readonly string[]>[] = times.map((time) => ({
    "aws:currenttime": [new Date(time).toISOString().replace(".000Z", "Z")],
  }));
  for (const [key, values] of Object.entries(VALUES)) {
    if (!testKeys.has(key)) continue;
    keys = keys.flatMap((combination) =>
      values.map((value) => (value === undefined ? combination : { ...combination, [key]: [value] })),
    );
  }
  return actions.flatMap((action) =>
    RESOURCES.flatMap((resource) => keys.map((combination) => ({ action, resource, keys: combination }))),
  );
}

/** Evaluates requests, with each action's statements looked up once. */
function evaluator(statements: readonly JsonStatement[]): (request: Request) => boolean {
  const byAction = new Map<string, JsonStatement[]>();
  return (request) => {
    const actionStatements = byAction.get(request.action) ?? about(statements.filter(isWhole), request.action);
    byAction.set(request.action, actionStatements);
    return allows(actionStatements, request);
  };
}

/** The access that the adopted role has, as environments.yaml is read. Undefined: it isn't adopted. */
function adoptedAccess(role: KnownRole) {
  const { entry } = adoptedEnvironment(ACCOUNT, "us-east-1", { roles: [role], channels: [] });
  const text = environmentsLines([{ account: ACCOUNT, entry, notes: [] }]).join("\n");
  return entry && parseEnvironments(text, "adopted.yaml", "unchecked")[0]?.accesses[0];
}

/** The statements of the policy that a deploy gives the role. */
function statementsAfter(props: Access, live: readonly JsonStatement[]): readonly JsonStatement[] {
  if (props.policy === "aws-managed") return live; // its ARN is compared
  const { document } = ownPolicy(props);
  return "known" in document ? statementsIn(document.known) : [];
}

/** A request that one allows and the other doesn't. */
function onlyIn(statements: readonly JsonStatement[], otherStatements: readonly JsonStatement[]) {
  const [first, second] = [evaluator(statements), evaluator(otherStatements)];
  return requestsAbout([...statements, ...otherStatements]).find((request) => first(request) && !second(request));
}

type TrustStatement = JsonStatement & { readonly Principal: string | Readonly<Record<string, string>> };

/** A request to assume a role that one trust policy allows and the other one doesn't, of a service or an account. */
function onlyTrustedBy(trustStatements: readonly JsonStatement[], otherStatements: readonly JsonStatement[]): unknown {
  const principals = ["supportapp.amazonaws.com", "ec2.amazonaws.com", `arn:aws:iam::${ACCOUNT}:root`];
  return principals.find((principal) => {
    const naming = (statements: readonly JsonStatement[]) =>
      (statements as readonly TrustStatement[])
        .filter(({ Principal }) => Principal === "*" || Object.values(Principal).flat().includes(principal))
        .map(({ Principal: _, ...rest }) => ({ ...rest, Resource: "*" }));
    const conditions = requestsAbout([...trustStatements, ...otherStatements], ["sts:assumerole"]);
    return conditions.some(
      (request) => allows(naming(trustStatements), request) && !allows(naming(otherStatements), request),
    );
  });
}

const ofAccount = { ...TRUST, Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };
const WRITTEN_TRUSTS = [TRUST, ofAccount] as unknown as readonly JsonStatement[];

test(`of ${SETUPS.length} hand-made setups, what is adopted gives everybody what they have: no more, and no less`, () => {
  const outcomes = new Set<string>();
  let adopted = 0;
  for (const role of SETUPS) {
    const setup = { role, live: liveOf(role) };
    const props = adoptedAccess(role);
    if (props === undefined) continue;
    adopted++;
    outcomes.add(`${props.access}${props.policy === "aws-managed" ? " of AWS" : ""}`);
    expect(role.policies.map(({ arn }) => arn)).toEqual([policyArnOf(props)]);
    const after = statementsAfter(props, setup.live);
    expect({ gained: onlyIn(after, setup.live), lost: onlyIn(setup.live, after), setup }).toMatchObject({
      gained: undefined,
      lost: undefined,
    });
    const trustBefore = statementsIn(role.trust);
    const trust = props.sourceAccountCondition ? WRITTEN_TRUSTS.slice(1) : WRITTEN_TRUSTS.slice(0, 1);
    expect({ gained: onlyTrustedBy(trust, trustBefore), lost: onlyTrustedBy(trustBefore, trust), setup }).toMatchObject(
      {
        gained: undefined,
        lost: undefined,
      },
    );
    expect(setup.live.filter(({ Effect }) => Effect === "Deny")).toEqual([]);
  }
  if (isThorough) expect(outcomes.size).toBe(4);
  expect(adopted).toBeGreaterThan(SETUPS.length / 8);
}, 600_000);

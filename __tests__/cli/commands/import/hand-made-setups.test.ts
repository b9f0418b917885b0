import fc from "fast-check";
import type { LiveDocument } from "../../../../cli/aws/live-document";
import { type Adoption, adoptionOf } from "../../../../cli/commands/import/adoption";
import { environmentYaml } from "../../../../cli/commands/import/environment-yaml";
import type { NamedDocument, TrustingRole } from "../../../../cli/commands/import/live-setup";
import { type Refusal, refusalWords } from "../../../../cli/commands/import/refusal";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { PATH } from "../../../../modules/support-app/model/limits";
import { toProps } from "../../../../stacks/environments/environment";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { ACCOUNT, ownPolicy } from "../../../support/live-account";
import { NOW } from "../../../support/now";
import { isThorough } from "../../../support/thorough";
import { TRUST } from "../../../support/trusting-role";
import { about, allows, type JsonStatement, type Request, texts } from "../../iam/request";
import { handMadeRole } from "./hand-made-setups";

/*
 * Setups that people make by hand, judged by an evaluator of single requests that shares nothing with the comparison.
 */
const COUNT = isThorough ? 2_000 : 200;
const SEED = 32;

const ACTIONS = [
  ...actionsOf(CAPABILITIES),
  ...["iam:CreateServiceLinkedRole", "iam:PassRole", "support:RateCase", "s3:GetObject", "logs:GetLogEvents"],
].map((action) => action.toLowerCase());
const RESOURCES = ["arn:aws:s3:::data-x-team-3-eu-central-1-y", "arn:aws:x:::y"];
const FULL = new Set(actionsOf(CAPABILITIES).map((action) => action.toLowerCase()));

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

const liveOf = ({ attached, inline }: TrustingRole) =>
  [...attached, ...inline].flatMap(({ document }) => statementsIn(document));
const namedIn = ({ attached, inline }: TrustingRole, name: string): NamedDocument =>
  [...attached, ...inline].find((one) => one.name === name) as NamedDocument;

/** Whether a statement is whole: others are unsupported, and never evaluated. */
const isWhole = ({ Action, NotAction }: JsonStatement) => (Action ?? NotAction) !== undefined;

/** Every request from now on that the statements tell apart, about some actions. */
function requestsAbout(all: readonly JsonStatement[], actions: readonly string[] = ACTIONS): Request[] {
  const tests = all.flatMap(({ Condition = {} }) => Object.values(Condition).flatMap((keys) => Object.entries(keys)));
  const asked = new Set(tests.map(([key]) => key.toLowerCase()));
  const ends = tests.flatMap(([key, values]) => (key.toLowerCase() === "aws:currenttime" ? texts(values) : []));
  const around = ends.flatMap((end) => [-1000, 0, 1000].map((more) => Date.parse(end) + more));
  const times = [...new Set([NOW.getTime(), ...around, NOW.getTime() + 100 * 365 * DAY])].filter(
    (time) => time >= NOW.getTime(),
  );
  let keys: Record<string, readonly string[]>[] = times.map((time) => ({
    "aws:currenttime": [new Date(time).toISOString().replace(".000Z", "Z")],
  }));
  for (const [key, values] of Object.entries(VALUES)) {
    if (!asked.has(key)) continue;
    keys = keys.flatMap((one) => values.map((value) => (value === undefined ? one : { ...one, [key]: [value] })));
  }
  return actions.flatMap((action) =>
    RESOURCES.flatMap((resource) => keys.map((one) => ({ action, resource, keys: one }))),
  );
}

/** Evaluates requests, with each action's statements looked up once. */
function evaluator(statements: readonly JsonStatement[]): (request: Request) => boolean {
  const byAction = new Map<string, JsonStatement[]>();
  return (request) => {
    const known = byAction.get(request.action) ?? about(statements.filter(isWhole), request.action);
    byAction.set(request.action, known);
    return allows(known, request);
  };
}

/** The statements that environments.yaml then gives the role. */
function saidBy({ access, entry, policy }: Adoption): readonly JsonStatement[] {
  if (entry.policy === "aws-managed") return statementsIn(policy.document);
  const { document } = ownPolicy(toProps(access, entry, ACCOUNT));
  return "known" in document ? statementsIn(document.known) : [];
}

/** A request that one allows and the other doesn't. */
function onlyIn(one: readonly JsonStatement[], other: readonly JsonStatement[], actions?: readonly string[]) {
  const [first, second] = [evaluator(one), evaluator(other)];
  return requestsAbout([...one, ...other], actions).find((request) => first(request) && !second(request));
}

type TrustStatement = JsonStatement & { readonly Principal: string | Readonly<Record<string, string>> };

/** A request to assume a role that one trust policy allows and the other one doesn't, of a service or an account. */
function onlyTrustedBy(one: readonly JsonStatement[], other: readonly JsonStatement[]): unknown {
  const principals = ["supportapp.amazonaws.com", "ec2.amazonaws.com", `arn:aws:iam::${ACCOUNT}:root`];
  return principals.find((principal) => {
    const naming = (statements: readonly JsonStatement[]) =>
      (statements as readonly TrustStatement[])
        .filter(({ Principal }) => Principal === "*" || Object.values(Principal).flat().includes(principal))
        .map(({ Principal: _, ...rest }) => ({ ...rest, Resource: "*" }));
    const conditions = requestsAbout([...one, ...other], ["sts:assumerole"]);
    return conditions.some((request) => allows(naming(one), request) && !allows(naming(other), request));
  });
}

const ofAccount = { ...TRUST, Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };
const WRITTEN_TRUSTS = [TRUST, ofAccount] as unknown as readonly JsonStatement[];

const VIEWING = actionsOf(["view-cases"]).map((action) => action.toLowerCase());
const EVERYTHING: JsonStatement = { Effect: "Allow", Action: "*", Resource: "*" };

/** Whether the evaluator agrees with a reason. */
function isTrue(refusal: Refusal, role: TrustingRole): boolean {
  const live = liveOf(role);
  const inPolicy = (name: string) => statementsIn(namedIn(role, name).document);
  const attachedAs = (name: string) => role.attached.filter((one) => one.name === name);
  switch (refusal.kind) {
    case "unsupported":
      return !(refusal.policy === undefined ? statementsIn(role.trust) : inPolicy(refusal.policy)).every(isWhole);
    case "path":
      return !PATH.pattern.test(role.path);
    case "boundary":
      return !/^arn:aws:iam::(111122223333|aws):/.test(role.boundary ?? "");
    case "own-boundary":
      return role.attached.some(({ arn }) => arn === role.boundary);
    case "lost-deny": {
      const others = ["s3:getobject", "logs:getlogevents"];
      return onlyIn([EVERYTHING], [EVERYTHING, ...inPolicy(refusal.policy)], others) !== undefined;
    }
    case "deny-removed-first": {
      const [denying, allowing] = [inPolicy(refusal.policy), inPolicy(refusal.allowing)];
      return onlyIn(allowing, [...denying, ...allowing]) !== undefined;
    }
    case "denied-part":
      return onlyIn(inPolicy(refusal.policy), live) !== undefined;
    case "conditional-trust":
      return WRITTEN_TRUSTS.every((written) => onlyTrustedBy([written], statementsIn(role.trust)) !== undefined);
    case "no-policy":
      return role.attached.length + role.inline.length === 0;
    case "only-inline":
      return role.attached.length === 0 && role.inline.length > 0;
    case "policy-of-another-account":
      return !refusal.arn.includes(`::${ACCOUNT}:`) && !refusal.arn.includes("::aws:");
    case "two-paths":
      return attachedAs(refusal.policy).some(({ path }) => path !== role.path);
    case "description":
      return attachedAs(refusal.policy).some(({ description }) => description?.includes("\n"));
    case "ended": {
      const isAllowed = [live, inPolicy(refusal.policy)].map(evaluator);
      const lasting = requestsAbout(live, VIEWING).some((request) => isAllowed.every((allow) => allow(request)));
      const before = { resource: "arn:aws:x:::y", keys: { "aws:currenttime": ["2026-01-01T00:00:00Z"] } };
      return !lasting && VIEWING.every((action) => isAllowed.every((allow) => allow({ ...before, action })));
    }
    case "sometimes-viewing":
      return [live, inPolicy(refusal.policy)].some(
        (statements) =>
          onlyIn([EVERYTHING], statements, VIEWING) !== undefined || JSON.stringify(statements).includes("2101-01-01"), // always, until an end that environments.yaml doesn't have
      );
    case "changed-for-others": {
      const own = inPolicy(refusal.policy);
      // As far as environments.yaml could say it: the capabilities that both always allow.
      const kept = CAPABILITIES.flatMap((capability) => {
        const actions = actionsOf([capability]).map((action) => action.toLowerCase());
        return [live, own].some((all) => onlyIn([EVERYTHING], all, actions)) ? [] : actions;
      });
      const said: JsonStatement[] = [{ Effect: "Allow", Action: kept, Resource: "*" }];
      const isMore = onlyIn(own, said) ?? onlyIn([EVERYTHING], [EVERYTHING, ...own]);
      return attachedAs(refusal.policy).some(({ isShared }) => isShared) && isMore !== undefined;
    }
    case "too-complex":
      // Ten resources with two wildcards each, in a statement about what the level would give.
      return live.some(
        ({ Action = [], Resource = [] }) =>
          texts(Resource).length >= 10 && texts(Action).some((action) => FULL.has(action.toLowerCase())),
      );
    case "no-level":
      return attachedAs(refusal.policy).some(({ arn }) => !/aws:policy\/AWSSupportApp(Full|ReadOnly)Access$/.test(arn));
    default:
      return false; // of two roles, or a reason that no role has
  }
}

test(`${COUNT} hand-made setups: nobody gets more by what import writes, and each reason of a refusal is true`, () => {
  const kinds = new Map<string, number>();
  const count = (kind: string) => kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  for (const role of fc.sample(handMadeRole, { numRuns: COUNT, seed: SEED })) {
    const setup = { role, live: liveOf(role) };
    const found = adoptionOf(role, ACCOUNT, NOW);
    if ("why" in found) {
      expect(found.why).not.toEqual([]);
      for (const refusal of found.why) {
        count(refusal.kind);
        expect({ words: refusalWords(refusal), isTrue: isTrue(refusal, role), setup }).toMatchObject({ isTrue: true });
      }
      continue;
    }
    count(`${found.access}${found.entry.policy === "aws-managed" ? " of AWS" : ""}`);
    const said = saidBy(found);
    expect({ more: onlyIn(said, liveOf(role)), setup }).toMatchObject({ more: undefined });
    const trust = found.entry["source-account-condition"] ? WRITTEN_TRUSTS.slice(1) : WRITTEN_TRUSTS.slice(0, 1);
    expect({ more: onlyTrustedBy(trust, statementsIn(role.trust)), setup }).toMatchObject({ more: undefined });
    if (found.policy.isShared && found.entry.policy !== "aws-managed") {
      const own = statementsIn(found.policy.document);
      for (const others of [[], [EVERYTHING]]) {
        const [before, after] = [
          [...own, ...others],
          [...said, ...others],
        ];
        expect({ change: onlyIn(before, after) ?? onlyIn(after, before), setup }).toMatchObject({ change: undefined });
      }
    }
    const environment = { account: ACCOUNT, region: "us-east-1", [found.access]: found.entry };
    expect(() =>
      parseEnvironments(environmentYaml({ environments: { new: environment } }), "new.yaml", "unchecked"),
    ).not.toThrow();
  }
  // Every kind of role and of reason occurs, but for those of two roles, and for one that should never be given.
  expect([...kinds.keys()].sort()).toEqual([
    ...["boundary", "changed-for-others", "conditional-trust", "denied-part", "deny-removed-first", "description"],
    ...["ended", "full"],
    ...["full of AWS", "lost-deny", "no-level", "no-policy", "only-inline", "own-boundary", "path"],
    ...["policy-of-another-account", "read-only", "read-only of AWS", "sometimes-viewing", "too-complex"],
    ...["two-paths", "unsupported"],
  ]);
  const adopted = ["full", "read-only", "full of AWS", "read-only of AWS"].map((kind) => kinds.get(kind) ?? 0);
  expect(adopted.reduce((sum, one) => sum + one)).toBeGreaterThan(COUNT / 4);
}, 600_000);

import { SUPPORT_APP_SERVICE } from "../../modules/support-app/model/policy-statements";
import { type Ability, abilityOf, canWrite } from "../iam/ability-words";
import { isAboutAction } from "../iam/authorize";
import { allowsEverything, excessOf } from "../iam/excess";
import type { Principals, Statement, Targets, UnreadablePolicy } from "../iam/policy";
import type { RoleWithRights } from "./live-account";
import { type LiveDocument, spelledIn } from "./live-document";
import { type LiveRights, mayTrustSupportApp, type PolicyId, readDocuments, trustsSupportApp } from "./live-role";
import { knownOf, type LookupFailure } from "./lookup";

/** ARNs of AWS's own policies for the Support App: no role may do more than these by having one. */
const OF_THE_SUPPORT_APP = /^arn:aws:iam::aws:policy\/AWSSupportApp(Full|ReadOnly)Access$/;

/** What every command concludes from a role that the Support App may be able to assume. */
export interface RoleJudgement {
  /** Whether it lets the Support App in. `perhaps`: it names everybody, under a condition that only a real request decides. */
  readonly letsIn: "yes" | "perhaps" | "no";
  /** Who else may assume it. */
  readonly strangers: readonly Principals[];
  /** What it may do beyond AWSSupportAppFullAccess, within its boundary. */
  readonly excess: readonly Targets[];
  /** What people in a channel with it can do. Undefined: not all of its rights are known. */
  readonly ability?: Ability;
  /** Whether it may call an action of the Support App that isn't a read. */
  readonly canWrite: boolean;
  /** The policies that could be read. */
  readonly policies: readonly (PolicyId & LiveDocument)[];
  /** An action as one of its policies spells it. */
  readonly spell: (action: string) => string;
  /** Why it may be more. */
  readonly unread: readonly LookupFailure[];
  /** What isn't understood in its policies, its boundary and its trust policy. */
  readonly unreadable: readonly UnreadablePolicy[];
}

/** @param now the current time, as `2027-01-01T00:00:00Z` */
export function judgeRole({ trust, rights }: Pick<RoleWithRights, "trust" | "rights">, now: string): RoleJudgement {
  const { role, boundary, policies } = rights;
  const { documents } = readDocuments(policies);
  const statementsOf = (some: typeof documents) => some.flatMap(({ policy }) => policy.statements);
  const own = statementsOf(documents);
  const limit = knownOf(boundary)?.policy;
  const others = documents.filter(({ arn = "" }) => !OF_THE_SUPPORT_APP.test(arn));
  const excess = excessOf(statementsOf(others), limit?.statements, now);
  const lookups = [role, policies, boundary, ...(knownOf(policies) ?? []).map(({ document }) => document)];
  const unread = lookups.flatMap((lookup) => ("unknown" in lookup ? [lookup.unknown] : []));
  return {
    letsIn: trustsSupportApp(trust) ? "yes" : mayTrustSupportApp(trust) ? "perhaps" : "no",
    strangers: strangersIn(trust),
    excess: "unknown" in boundary ? [] : excess,
    ability: unread.length > 0 ? undefined : abilityOf(own, limit?.statements, now),
    canWrite: canWrite(own, limit?.statements, now),
    policies: documents,
    spell: (action) =>
      documents.map((document) => spelledIn(document, action)).find((text) => text !== action) ?? action,
    unread,
    unreadable: [...documents, trust, { policy: limit }].flatMap(({ policy }) => policy?.unreadable ?? []),
  };
}

/** What a permissions boundary does. `open`: it allows everything, and so limits nothing. */
export type BoundaryJudgement = "none" | "limiting" | "open" | "not-understood" | { readonly unknown: LookupFailure };

/** @param now the current time, as `2027-01-01T00:00:00Z` */
export function judgeBoundary(boundary: LiveRights["boundary"], now: string): BoundaryJudgement {
  if ("unknown" in boundary) return boundary;
  if (boundary.known === undefined) return "none";
  const { statements, unreadable } = boundary.known.policy;
  if (unreadable.length > 0) return "not-understood";
  return allowsEverything(statements, now) ? "open" : "limiting";
}

const ASSUMING = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/** The statements of a trust policy that let somebody assume the role. */
export function statementsLettingIn({ policy }: LiveDocument): Statement[] {
  return policy.statements.filter(
    (statement) => statement.effect === "Allow" && ASSUMING.some((action) => isAboutAction(statement, action)),
  );
}

/** Whom a trust policy lets in besides the Support App, whatever the conditions. */
export function strangersIn(trust: LiveDocument): Principals[] {
  return statementsLettingIn(trust).flatMap(({ principals = ANYBODY }) => {
    if (principals.not) return [principals];
    const all = principals.all.filter(({ type, id }) => type !== "Service" || id !== SUPPORT_APP_SERVICE);
    return all.length > 0 ? [{ not: false, all }] : [];
  });
}

const ANYBODY: Principals = { not: false, all: [{ type: "AWS", id: "*" }] };

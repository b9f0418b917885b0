import { SUPPORT_APP_SERVICE } from "../../modules/support-app/model/policy-statements";
import { type Ability, abilityOf, canWrite } from "../iam/ability-words";
import { isAboutAction } from "../iam/authorize";
import { statementsFrom } from "../iam/condition";
import { allowsEverything, excessOf } from "../iam/excess";
import { ANYTHING, type Principals, type Statement, type Targets, type UnreadablePolicy } from "../iam/policy";
import type { RoleWithRights } from "./live-account";
import { type LiveDocument, spelledIn } from "./live-document";
import { type LiveRights, type PolicyId, readDocuments, trustsSupportApp } from "./live-role";
import { type LookupFailure, valueIfKnown } from "./lookup";

/** ARNs of AWS's own policies for the Support App: no role may do more than these by having one. */
const OF_THE_SUPPORT_APP = /^arn:aws:iam::aws:policy\/AWSSupportApp(Full|ReadOnly)Access$/;

/** What every command concludes from a role that the Support App may be able to assume. */
export interface RoleJudgement {
  /** Whether it certainly lets the Support App in. If not, it names everybody, under a condition that only a real request decides. */
  readonly isSupportAppTrusted: boolean;
  /** Who else may assume it. */
  readonly strangers: readonly Principals[];
  /** What it may do beyond AWSSupportAppFullAccess, within its boundary if that could be read. */
  readonly excess: readonly Targets[];
  /** Whether its boundary couldn't be read, which may limit the excess. */
  readonly isBoundaryUnread: boolean;
  /** What people in a channel with it can do. Undefined: not all of its rights were read and understood. */
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
  const statementsOf = (policies: typeof documents) => policies.flatMap(({ policy }) => policy.statements);
  const ownStatements = statementsOf(documents);
  const limit = valueIfKnown(boundary)?.policy;
  const otherDocuments = documents.filter(({ arn = "" }) => !OF_THE_SUPPORT_APP.test(arn));
  const excess = excessOf(statementsOf(otherDocuments), limit?.statements, now);
  const lookups = [role, policies, boundary, ...(valueIfKnown(policies) ?? []).map(({ document }) => document)];
  const unread = lookups.flatMap((lookup) => ("unknown" in lookup ? [lookup.unknown] : []));
  const unreadableOf = (policies: readonly Partial<Pick<LiveDocument, "policy">>[]) =>
    policies.flatMap(({ policy }) => policy?.unreadable ?? []);
  const unreadableRights = unreadableOf([...documents, { policy: limit }]);
  const isAbilityKnown = unread.length + unreadableRights.length === 0;
  return {
    isSupportAppTrusted: trustsSupportApp(trust, now),
    strangers: strangersIn(trust),
    excess,
    isBoundaryUnread: "unknown" in boundary,
    ability: isAbilityKnown ? abilityOf(ownStatements, limit?.statements, now) : undefined,
    canWrite: canWrite(ownStatements, limit?.statements, now),
    policies: documents,
    spell: (action) =>
      documents.map((document) => spelledIn(document, action)).find((text) => text !== action) ?? action,
    unread,
    unreadable: [...unreadableRights, ...unreadableOf([trust])],
  };
}

/** What a permissions boundary does. `open`: it allows every action, so that it may limit nothing. */
export type BoundaryJudgement = "none" | "limiting" | "open" | "not-understood" | { readonly unknown: LookupFailure };

/** @param now the current time, as `2027-01-01T00:00:00Z` */
export function judgeBoundary(boundary: LiveRights["boundary"], now: string): BoundaryJudgement {
  if ("unknown" in boundary) return boundary;
  if (boundary.known === undefined) return "none";
  const { statements, unreadable } = boundary.known.policy;
  if (unreadable.length > 0) return "not-understood";
  // As for a role's excess, conditions and resources of what is allowed count as met.
  const widest = statementsFrom(statements, now).map((statement) =>
    statement.effect === "Allow" ? { ...statement, resources: ANYTHING, conditions: [] } : statement,
  );
  return allowsEverything(widest, now) ? "open" : "limiting";
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
    const otherPrincipals = principals.all.filter(({ type, id }) => type !== "Service" || id !== SUPPORT_APP_SERVICE);
    return otherPrincipals.length > 0 ? [{ not: false, all: otherPrincipals }] : [];
  });
}

const ANYBODY: Principals = { not: false, all: [{ type: "AWS", id: "*" }] };

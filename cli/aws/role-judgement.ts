import { excessOf } from "../iam/excess";
import type { Targets, UnreadablePolicy } from "../iam/policy";
import type { RoleWithRights } from "./live-account";
import { spelledIn } from "./live-document";
import { readDocuments } from "./live-role";
import { knownOf, type LookupFailure, mapped } from "./lookup";

/** ARNs of AWS's own policies for the Support App: no role may do more than these by having one. */
const OF_THE_SUPPORT_APP = /^arn:aws:iam::aws:policy\/AWSSupportApp(Full|ReadOnly)Access$/;

export interface RoleExcess {
  /** What the role may do beyond AWSSupportAppFullAccess. */
  readonly excess: readonly Targets[];
  /** An action as one of its documents spells it. */
  readonly spell: (action: string) => string;
  /** Why it may be more. */
  readonly unread?: LookupFailure;
  /** What isn't understood in its policies and its trust policy. */
  readonly unreadable: readonly UnreadablePolicy[];
}

/** @param now the current time, as `2027-01-01T00:00:00Z` */
export function roleExcess({ trust, rights }: RoleWithRights, now: string): RoleExcess {
  const { boundary, policies } = rights;
  const others = mapped(policies, (all) => all.filter(({ arn = "" }) => !OF_THE_SUPPORT_APP.test(arn)));
  const { documents, unread } = readDocuments(others);
  const statements = documents.flatMap(({ policy }) => policy.statements);
  const limit = knownOf(boundary)?.policy;
  const excess = excessOf(statements, limit?.statements, now);
  const isLimited = excess.length > 0 && "unknown" in boundary;
  return {
    excess: isLimited ? [] : excess,
    spell: (action) => documents.map((one) => spelledIn(one, action)).find((one) => one !== action) ?? action,
    unread: unread ?? (isLimited ? boundary.unknown : undefined),
    unreadable: [...documents, trust, { policy: limit }].flatMap(({ policy }) => policy?.unreadable ?? []),
  };
}

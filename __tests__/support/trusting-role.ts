import { readLiveDocument } from "../../cli/aws/live-document";
import type { KnownPolicy, KnownRole } from "../../cli/commands/audit/live-setup";
import { ACCOUNT, TRUST } from "./live-account";
import { policyText } from "./policy-text";

/** A statement that allows actions on everything. */
export function allow(...Action: string[]) {
  return { Effect: "Allow", Action, Resource: "*" };
}

/** What viewing takes. */
export const VIEW = allow("support:DescribeCases", "support:DescribeCommunications");

/** A policy of the account, attached to one role. */
export function attached(text: string, overrides: Partial<KnownPolicy> = {}, path = "/"): KnownPolicy {
  const { name = "policy" } = overrides;
  const arn = `arn:aws:iam::${ACCOUNT}:policy${path}${name}`;
  return { name, arn, document: readLiveDocument(text), tags: new Map(), isShared: false, ...overrides };
}

/** AWS's policy of this name. */
export function ofAws(name: string, text: string): KnownPolicy {
  return attached(text, { name, arn: `arn:aws:iam::aws:policy/${name}`, isShared: true });
}

/** A role that the Support App may assume. It has no policy. */
export function role({ name = "role", path = "/", ...overrides }: RoleOverrides = {}): KnownRole {
  return {
    arn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`,
    maxSessionDuration: 3600,
    tags: new Map(),
    trust: readLiveDocument(policyText(TRUST)),
    policies: [],
    ...overrides,
  };
}

type RoleOverrides = Partial<Omit<KnownRole, "arn">> & { readonly name?: string; readonly path?: string };

import type { AttachedPolicy, TrustingRole } from "../../cli/adoption/live-setup";
import { readLiveDocument } from "../../cli/aws/live-document";
import { ACCOUNT, TRUST } from "./live-account";
import { policyText } from "./policy-text";

/** A statement that allows actions on everything. */
export function allow(...Action: string[]) {
  return { Effect: "Allow", Action, Resource: "*" };
}

/** What viewing takes. */
export const VIEW = allow("support:DescribeCases", "support:DescribeCommunications");

/** A policy of the account, attached to one role. */
export function attached(text: string, overrides: Partial<AttachedPolicy> = {}): AttachedPolicy {
  const { name = "policy", path = "/" } = overrides;
  const arn = `arn:aws:iam::${ACCOUNT}:policy${path}${name}`;
  return { name, path, arn, document: readLiveDocument(text), tags: new Map(), isShared: false, ...overrides };
}

/** A role that the Support App may assume. It has no policy. */
export function role(overrides: Partial<TrustingRole> = {}): TrustingRole {
  const { name = "role", path = "/" } = overrides;
  return {
    name,
    path,
    arn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`,
    maxSessionDuration: 3600,
    tags: new Map(),
    trust: readLiveDocument(policyText(TRUST)),
    attached: [],
    inline: [],
    ...overrides,
  };
}

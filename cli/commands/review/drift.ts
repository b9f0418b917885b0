import { canonical } from "../../terminal/json";
import { type EnvironmentAccess, NO_ACCESS, readAccess } from "../../terraform/access";
import { type AccessChanges, compareAccess } from "../../terraform/access-changes";
import type { Stack } from "../../terraform/stack";
import { mostSevere, needsApproval, type Verdict } from "../../terraform/verdict";
import { normalizeAccess } from "./digest";
import { denies, dropUncertainLosses } from "./environment-change";
import { type LiveAccess, readLiveAccess } from "./live-access";
import type { PlannedChange } from "./planned-changes";
import type { PlannedResource } from "./planned-resource";

/** How the account differs from the code before the change, so that a deploy gives somebody more than the code change does. */
export interface Drift {
  readonly verdict: Verdict;
  /** From what is in the account to what the deploy creates. */
  readonly access: AccessChanges;
  readonly unknownPolicies: LiveAccess["unknownPolicies"];
  /** Addresses of attachments that are removed while another address adds the same policy, which may deny something. */
  readonly detached: readonly string[];
  readonly unreadable: LiveAccess["unreadable"];
  /** What is in the account, and what the deploy makes of it, in normal form: what an approval covers. */
  readonly approved: unknown;
}

/** What the deploy gives beyond the change of the code, since somebody changed the account by hand, or it was never deployed. */
export function driftOf(
  resources: readonly PlannedResource[],
  changes: readonly PlannedChange[],
  base: Stack | undefined,
  head: Stack,
): Drift | undefined {
  const before = withoutSettings(base ? readAccess(base) : NO_ACCESS);
  const after = withoutSettings(readAccess(head));
  // Registrations and the account of a plan don't matter here.
  const toCode = (from: EnvironmentAccess, { registrations, account, ...code }: EnvironmentAccess) =>
    compareAccess({ ...from, registrations, account }, { ...code, registrations, account });
  const live = readLiveAccess(resources, "placeBefore");
  const planned = readLiveAccess(resources, "place");
  const unknownPolicies = live.unknownPolicies.filter((one) => !isKept(one, after));
  // An unreadable part of the code may be what was changed by hand.
  const open = after.unreadable.length > 0 ? driftingIn(resources, changes) : [];
  const detached = denies(after) ? detachedIn(resources) : [];
  const isUnknown = [unknownPolicies, detached, live.unreadable, open].some(({ length }) => length > 0);
  const access = dropUncertainLosses(toCode(planned.access, after), after.unreadable);
  const verdict = mostSevere([verdictOfAccess(access), isUnknown && "unknown"]);
  const fromLive = verdictOfAccess(toCode(live.access, before));
  if (!needsApproval(verdict) || !(needsApproval(fromLive) || isUnknown)) return undefined;
  const found = { unknownPolicies, detached, unreadable: live.unreadable.map(({ source }) => source), open };
  const approved = [normalizeAccess(live.access), normalizeAccess(after), found];
  return { verdict, access, unknownPolicies, detached, unreadable: live.unreadable, approved };
}

/** Attachments that a deploy removes although it attaches the same policy: nothing says which comes last. */
function detachedIn(resources: readonly PlannedResource[]): string[] {
  const attachments = resources.filter(({ type }) => type === "aws_iam_role_policy_attachment");
  const pairOf = (values: PlannedResource["after"]) => canonical([values?.role, values?.policy_arn]);
  const added = new Set(attachments.map(({ after }) => pairOf(after)));
  return attachments.flatMap(({ address, action, before }) =>
    (action === "delete" || action === "replace") && added.has(pairOf(before)) ? [address] : [],
  );
}

/** Whether the code keeps a policy on its role, with unknown content there, too. */
function isKept({ role, policy }: LiveAccess["unknownPolicies"][number], { unreadable }: EnvironmentAccess): boolean {
  return unreadable.some(
    ({ reason, address, source }) =>
      reason === "foreign-policy" && address === `aws_iam_role.${role}` && source === policy,
  );
}

/** What somebody changed by hand, as a plan found it. */
function driftingIn(resources: readonly PlannedResource[], changes: readonly PlannedChange[]): unknown[] {
  const isDrift = ({ drift, attributes }: PlannedChange) => drift || attributes.some((one) => one.drift);
  const addresses = new Set(changes.filter(isDrift).map(({ address }) => address));
  return resources.flatMap(({ address, before }) => (addresses.has(address) ? [[address, before]] : []));
}

/** Access without settings that give nobody anything: the report has them among Terraform's changes. */
function withoutSettings(access: EnvironmentAccess): EnvironmentAccess {
  const roles = [...access.roles].map(([name, role]) => {
    const { policies: _, maxSessionDuration: __, ...rest } = role;
    return [name, rest] as const;
  });
  return { ...access, roles: new Map(roles) };
}

function verdictOfAccess({ roles, channels, serviceQuotasRole }: AccessChanges): Verdict {
  return mostSevere([...[...roles, ...channels].map(({ verdict }) => verdict), serviceQuotasRole?.verdict]);
}

import { groupByKey } from "../../../common/group-by-key";
import { REGIONS, type Region } from "../../../modules/support-app/model/limits";
import { adviceFor } from "../../aws/advice";
import { type Lookup, type LookupFailure, valueIfKnown } from "../../aws/lookup";
import {
  configuredTwiceDraft,
  missingRoleDraft,
  type PlacedChannel,
  roleOfChannel,
} from "../../findings/channel-findings";
import { manualFix, unhealthy, type WholeDraft } from "../../findings/finding";
import type { AccountKind } from "../../findings/kinds";
import {
  canWords,
  excessDraft,
  type JudgedRole,
  ofRole,
  openTrustDraft,
  peopleWith,
  unsupportedDraft,
} from "../../findings/role-findings";
import { endsIn } from "../../iam/condition";
import { endWords } from "../../iam/until-words";
import type { AccountRead } from "./read-account";

/** A channel of an account, in words and for machines. */
export interface AuditedPlace extends PlacedChannel {
  readonly resource: string;
  readonly about: string[];
  /** Why it isn't known who is in it. */
  readonly unknownPeople: readonly string[];
}

/** What audit looks at in an account. */
export interface JudgedAccount {
  readonly id: string;
  readonly read: AccountRead;
  readonly channels: readonly AuditedPlace[];
  /** Every role that the Support App may be able to assume. */
  readonly roles: readonly JudgedRole[];
  /** The roles among them that it can assume. */
  readonly usable: readonly JudgedRole[];
  /** As `2027-01-01T00:00:00Z`. */
  readonly now: string;
}

const ofUsable =
  (draftsOf: (role: JudgedRole, account: JudgedAccount) => WholeDraft[]) =>
  (account: JudgedAccount): WholeDraft[] =>
    account.usable.flatMap((role) => draftsOf(role, account));

/** The check of each kind. */
export const AUDIT_CHECKS: Readonly<Record<AccountKind, (account: JudgedAccount) => WholeDraft[]>> = {
  "audit-unknown": (account) => [
    ...unreadDrafts(account),
    ...account.usable.flatMap(unsupportedDraft),
    ...account.channels.flatMap(unknownPeople),
  ],
  "audit-administrators": ofUsable(excessDraft),
  "audit-open-trust": ({ roles, id }) => roles.flatMap((role) => openTrustDraft(role, id)),
  "audit-writes-as-read-only": ofUsable(writesAsReadOnly),
  "audit-missing-role": missingRoles,
  "audit-configured-twice": ({ channels }) =>
    [...groupByKey(channels, ({ identifier }) => identifier).values()].flatMap((places) =>
      places.length > 1 ? [configuredTwiceDraft(ofChannel(places[0]), places)] : [],
    ),
  "audit-no-channel": ofUsable(noChannel),
  "audit-ended": ofUsable(endedAccess),
};

/** Everything in an account that couldn't be read. What is the same in several regions is one. */
function unreadDrafts({ read: accountRead, roles, channels }: JudgedAccount): WholeDraft[] {
  const lookups: readonly { readonly region?: string; readonly lookup: Lookup<unknown> }[] = [
    { lookup: accountRead.roles },
    ...roles.flatMap(({ judgement }) => judgement.unread.map((unknown) => ({ lookup: { unknown } }))),
    ...accountRead.regions.flatMap(({ region, ...lookupsByName }) =>
      Object.values(lookupsByName).map((lookup) => ({ region, lookup })),
    ),
    ...channels.map(({ region, properties }) => ({ region, lookup: properties })),
  ];
  const failures = lookups.flatMap(({ region, lookup }) =>
    "unknown" in lookup ? [{ ...lookup.unknown, region }] : [],
  );
  return [...groupByKey(failures, ({ action, message }) => `${action} ${message}`).values()].map((failureGroup) =>
    unreadDraft(failureGroup[0], [...new Set(failureGroup.flatMap(({ region = [] }) => region))]),
  );
}

/** Something that couldn't be read. @param regions in which. Empty: in all of the account */
export function unreadDraft(failure: LookupFailure, regions: readonly string[] = []): WholeDraft {
  const { text, commands } = adviceFor(failure, "audit");
  const isRegional = regions.length > 0;
  const orElse = " If nobody uses the Support App there, choose the other regions with --region.";
  return {
    answer: "unknown",
    resource: isRegional ? regions.join(", ") : "the account",
    about: ["account", failure.action],
    impact: "People in Slack can do more than is listed here.",
    expected: `an answer to ${failure.action}`,
    found: failure.message,
    fix: { text: isRegional ? text + orElse : text, commands },
  };
}

function unknownPeople({ unknownPeople: reasons, ...channel }: AuditedPlace): WholeDraft[] {
  return reasons.map((reason) => ({
    ...ofChannel(channel),
    answer: "unknown",
    impact: "People who shouldn't see the account's cases are in it.",
    expected: "to see who is in it",
    found: reason,
    fix: manualFix("Then run audit again, or leave --slack out."),
  }));
}

function ofChannel({ resource, about }: Pick<AuditedPlace, "resource" | "about">) {
  return { resource, about };
}

/** A role whose name, or the name of one of its policies, says less than it can do. */
function writesAsReadOnly(role: JudgedRole): WholeDraft[] {
  const { excess, policies, canWrite } = role.judgement;
  const saysReadOnly = ({ name }: { readonly name: string }) => /read[-_.]?only/i.test(name);
  // Beside another policy, one that only reads says nothing of the role.
  const readOnly = [role, ...(policies.every(saysReadOnly) ? policies : [])].find(saysReadOnly)?.name;
  if (excess.length > 0 || readOnly === undefined || !canWrite) return [];
  const draft = { ...ofRole(role), impact: `${peopleWith(role)} can ${canWords(role) ?? "write"}.` };
  const fix = manualFix(
    "Detach the policies that allow it, or give the channels a role whose name says what they can do.",
  );
  return [unhealthy(draft, `only reading, as ${readOnly} says`, "it can write", fix)];
}

function missingRoles({ id, read: accountRead, channels }: JudgedAccount): WholeDraft[] {
  const arns = valueIfKnown(accountRead.roles)?.map(({ arn }) => arn);
  const missing = channels.filter((channel) => {
    const role = roleOfChannel(channel);
    return "known" in channel.properties && arns?.includes(role ?? "") === false;
  });
  return missing.map((channel) => missingRoleDraft(ofChannel(channel), id, channel));
}

function noChannel(role: JudgedRole, { read: { regions } }: JudgedAccount): WholeDraft[] {
  const { judgement, channels, areAllKnown } = role;
  if (judgement.excess.length > 0 || channels.length > 0 || !areAllKnown) return [];
  const searchedRegions: readonly Region[] = regions.map(({ region }) => region);
  const regionWords = searchedRegions.length < REGIONS.length ? ` in ${searchedRegions.join(", ")}` : "";
  const abilityWords = canWords(role);
  const consequence =
    abilityWords === undefined ? "what people in it can then do isn't known" : `people in it can then ${abilityWords}`;
  const impact = `Whoever may configure channels can give it to one, and ${consequence}.`;
  const fix = manualFix("Delete the role if nobody needs it, or remove the Support App from its trust policy.");
  return [unhealthy({ ...ofRole(role), impact }, "a channel that has it", `no channel${regionWords} has it`, fix)];
}

function endedAccess(role: JudgedRole, { now }: JudgedAccount): WholeDraft[] {
  const statements = role.judgement.policies.flatMap(({ policy }) => policy.statements);
  const ends = endsIn(statements.filter(({ effect }) => effect === "Allow")).filter((end) => end <= now);
  if (ends.length === 0) return [];
  const draft = { ...ofRole(role), impact: "Whoever may change its policies can extend it unnoticed." };
  const actual = `its policies have access that ended at ${ends.map(endWords).join(", ")}`;
  return [unhealthy(draft, "no access that has ended", actual, manualFix("Remove what has ended."))];
}

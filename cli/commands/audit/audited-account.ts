import { channelWords } from "../../../modules/support-app/model/channel-set";
import { inSeconds } from "../../../modules/support-app/model/until";
import { CLOUDFORMATION_STACK } from "../../aws/live-role";
import { type Lookup, valueIfKnown } from "../../aws/lookup";
import { judgeRole } from "../../aws/role-judgement";
import { roleOfChannel } from "../../findings/channel-findings";
import type { Finding, WholeDraft } from "../../findings/finding";
import { ACCOUNT_KINDS, type AccountKind } from "../../findings/kinds";
import { sortByRank } from "../../findings/rank";
import { countsInWords } from "../../findings/reported-channel";
import { canWords } from "../../findings/role-findings";
import { peopleIn, type SlackPeople } from "../../slack/live-people";
import type { AuditedAccount, AuditedChannel } from "./audit-report";
import { AUDIT_CHECKS, type AuditedPlace, unreadDraft } from "./checks";
import type { AccountRead } from "./read-account";

/** An account to look at, by its name in the organization if it is known. */
export interface AuditedTarget {
  /** 12 digits. */
  readonly id: string;
  readonly name?: string;
}

/** An account that has nothing, as far as it is known. */
export function emptyAccount({ id, name }: AuditedTarget): AuditedAccount {
  return { account: id, name, roles: [], channels: [], workspaces: [], aliases: [], findings: [] };
}

/** What an account has for the Support App, and what is wrong. @param slack who is in its channels. Undefined: not asked */
export function auditedAccount(
  target: AuditedTarget,
  accountLookup: Lookup<AccountRead>,
  slack: SlackPeople | undefined,
  time: Date,
): AuditedAccount {
  const now = inSeconds(time);
  const { id } = target;
  const emptyResult = emptyAccount(target);
  const findingOf = (kind: AccountKind, draft: WholeDraft): Finding => ({ subject: { account: id }, kind, ...draft });
  if ("unknown" in accountLookup)
    return { ...emptyResult, findings: [findingOf("audit-unknown", unreadDraft(accountLookup.unknown))] };
  const { regions, serviceQuotasRole } = accountLookup.known;
  const places: AuditedPlace[] = [];
  const channels: AuditedChannel[] = [];
  for (const { region, ...lookupsByName } of regions) {
    for (const live of valueIfKnown(lookupsByName.channels) ?? []) {
      const { workspace, channel } = live;
      const { counts, unknown = [] } = (slack && peopleIn(slack, live)) ?? {};
      const properties = valueIfKnown(live.properties);
      const words = channelWords(live, properties?.ChannelName);
      const resource = counts ? `${words}, with ${countsInWords(counts)}` : words;
      places.push({ ...live, region, resource, about: ["channel", workspace, channel], unknownPeople: unknown });
      const { ChannelName: name, ChannelRoleArn: role } = properties ?? {};
      channels.push({ region, workspace, channel, name, role, people: counts });
    }
  }
  const areAllKnown =
    regions.every((regionRead) => "known" in regionRead.channels) &&
    places.every(({ properties }) => "known" in properties);
  const roles = (valueIfKnown(accountLookup.known.roles) ?? []).map((role) => ({
    ...role,
    judgement: judgeRole(role, now),
    channels: places.filter((place) => roleOfChannel(place) === role.arn).map(({ resource }) => resource),
    areAllKnown,
  }));
  const usable = roles.filter((role) => role.judgement.isSupportAppTrusted || role.channels.length > 0);
  const judgedAccount = { id, read: accountLookup.known, channels: places, roles, usable, now };
  return {
    ...emptyResult,
    roles: usable.map((role) => {
      const stack = valueIfKnown(role.rights.role)?.tags?.get(CLOUDFORMATION_STACK);
      return { arn: role.arn, can: canWords(role), stack };
    }),
    channels,
    workspaces: regions.flatMap(({ region, workspaces }) =>
      (valueIfKnown(workspaces) ?? []).map((workspace) => ({ region, workspace })),
    ),
    aliases: regions.flatMap(({ region, alias: lookup }) => {
      const alias = valueIfKnown(lookup);
      return alias === undefined ? [] : [{ region, alias }];
    }),
    hasServiceQuotasRole: valueIfKnown(serviceQuotasRole),
    findings: sortByRank(
      ACCOUNT_KINDS.flatMap((kind) => AUDIT_CHECKS[kind](judgedAccount).map((draft) => findingOf(kind, draft))),
    ),
  };
}

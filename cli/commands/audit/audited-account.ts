import { inSeconds } from "../../../modules/support-app/model/until";
import { channelWords } from "../../aws/live-channel";
import { CLOUDFORMATION_STACK } from "../../aws/live-role";
import { knownOf, type Lookup } from "../../aws/lookup";
import { judgeRole } from "../../aws/role-judgement";
import { roleOfChannel } from "../../findings/channel-findings";
import type { Finding, WholeDraft } from "../../findings/finding";
import { ACCOUNT_KINDS, type AccountKind } from "../../findings/kinds";
import { ranked } from "../../findings/rank";
import { canWords } from "../../findings/role-findings";
import type { AuditedAccount, AuditedChannel } from "../../reports/audit-report";
import { countsInWords } from "../../reports/people-report";
import { peopleIn, type SlackPeople } from "../../slack/live-people";
import { type AuditedPlace, CHECKS, unreadDraft } from "./checks";
import type { AccountRead } from "./read-account";

/** An account to look at, by its name in the organization if it is known. */
export interface Target {
  /** 12 digits. */
  readonly id: string;
  readonly name?: string;
}

/** An account that has nothing, as far as it is known. */
export function emptyAccount({ id, name }: Target): AuditedAccount {
  return { account: id, name, roles: [], channels: [], workspaces: [], aliases: [], findings: [] };
}

/** What an account has for the Support App, and what is wrong. @param slack who is in its channels. Undefined: not asked */
export function auditedAccount(
  target: Target,
  read: Lookup<AccountRead>,
  slack: SlackPeople | undefined,
  time: Date,
): AuditedAccount {
  const now = inSeconds(time);
  const { id } = target;
  const nothing = emptyAccount(target);
  const findingOf = (kind: AccountKind, draft: WholeDraft): Finding => ({ subject: { account: id }, kind, ...draft });
  if ("unknown" in read) return { ...nothing, findings: [findingOf("audit-unknown", unreadDraft(read.unknown))] };
  const { regions, serviceQuotasRole } = read.known;
  const places: AuditedPlace[] = [];
  const channels: AuditedChannel[] = [];
  for (const { region, ...of } of regions) {
    for (const live of knownOf(of.channels) ?? []) {
      const { workspace, channel } = live;
      const { counts, unknown = [] } = (slack && peopleIn(slack, live)) ?? {};
      const properties = knownOf(live.properties);
      const words = channelWords(live, properties);
      const resource = counts ? `${words}, with ${countsInWords(counts)}` : words;
      places.push({ ...live, region, resource, about: ["channel", workspace, channel], unknownPeople: unknown });
      const { ChannelName: name, ChannelRoleArn: role } = properties ?? {};
      channels.push({ region, workspace, channel, name, role, people: counts });
    }
  }
  const areAllKnown =
    regions.every((one) => "known" in one.channels) && places.every(({ properties }) => "known" in properties);
  const roles = (knownOf(read.known.roles) ?? []).map((role) => ({
    ...role,
    judgement: judgeRole(role, now),
    channels: places.filter((place) => roleOfChannel(place) === role.arn).map(({ resource }) => resource),
    areAllKnown,
  }));
  const usable = roles.filter((role) => role.judgement.isSupportAppTrusted || role.channels.length > 0);
  const judged = { id, read: read.known, channels: places, roles, usable, now };
  return {
    ...nothing,
    roles: usable.map((role) => {
      const stack = knownOf(role.rights.role)?.tags?.get(CLOUDFORMATION_STACK);
      return { arn: role.arn, can: canWords(role), stack };
    }),
    channels,
    workspaces: regions.flatMap(({ region, workspaces }) =>
      (knownOf(workspaces) ?? []).map((workspace) => ({ region, workspace })),
    ),
    aliases: regions.flatMap(({ region, alias: lookup }) => {
      const alias = knownOf(lookup);
      return alias === undefined ? [] : [{ region, alias }];
    }),
    hasServiceQuotasRole: knownOf(serviceQuotasRole),
    findings: ranked(ACCOUNT_KINDS.flatMap((kind) => CHECKS[kind](judged).map((draft) => findingOf(kind, draft)))),
  };
}

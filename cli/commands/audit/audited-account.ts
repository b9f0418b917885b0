import { inSeconds } from "../../../modules/support-app/model/until";
import { channelWords } from "../../aws/live-channel";
import { CLOUDFORMATION_STACK } from "../../aws/live-role";
import { knownOf, type Lookup, mapped } from "../../aws/lookup";
import { judgeRole } from "../../aws/role-judgement";
import { abilityWords } from "../../iam/ability-words";
import { type AuditedAccount, type AuditedChannel, type Danger, ranked } from "../../reports/audit-report";
import { countsInWords } from "../../reports/people-report";
import { peopleIn, type SlackPeople } from "../../slack/live-people";
import { type ChannelPlace, channelDangers, danger, openRole, roleDangers, unknown, unknownIn } from "./dangers";
import type { AccountRead } from "./read-account";

/** An account to look at, by its name in the organization if it is known. */
export interface Target {
  /** 12 digits. */
  readonly id: string;
  readonly name?: string;
}

/** An account that has nothing, as far as it is known. */
export function emptyAccount({ id, name }: Target): AuditedAccount {
  return { account: id, name, roles: [], channels: [], workspaces: [], aliases: [], dangers: [] };
}

/** What an account has for the Support App, and what is dangerous. @param slack who is in its channels. Undefined: not asked */
export function auditedAccount(
  target: Target,
  read: Lookup<AccountRead>,
  slack: SlackPeople | undefined,
  time: Date,
): AuditedAccount {
  const now = inSeconds(time);
  const { id } = target;
  const nothing = emptyAccount(target);
  if ("unknown" in read) return { ...nothing, dangers: [unknown(read.unknown)] };
  const { regions, serviceQuotasRole } = read.known;
  const places: ChannelPlace[] = [];
  const channels: AuditedChannel[] = [];
  const dangers: Danger[] = [];
  for (const { region, ...of } of regions) {
    for (const { identifier, workspace, channel, properties } of knownOf(of.channels) ?? []) {
      const people = slack && peopleIn(slack, { workspace, channel });
      const known = knownOf(properties);
      const called = channelWords({ workspace, channel }, known);
      const words = people?.counts ? `${called}, with ${countsInWords(people.counts)}` : called;
      const about = ["channel", workspace, channel];
      places.push({ region, identifier, about, words, role: mapped(properties, (one) => one.ChannelRoleArn ?? "") });
      const { ChannelName, ChannelRoleArn: role } = known ?? {};
      channels.push({ region, workspace, channel, name: ChannelName, role, people: people?.counts });
      for (const why of people?.unknown ?? []) {
        const found = `Who is in ${called} isn't known: ${why}`;
        dangers.push(danger("unknown", about, found, "Then run audit again, or leave --slack out."));
      }
    }
  }
  const arns = new Set(places.map(({ role }) => knownOf(role)));
  const judged = (knownOf(read.known.roles) ?? []).map((role) => ({ ...role, judgement: judgeRole(role, now) }));
  const isUsable = ({ arn, judgement }: (typeof judged)[number]) => judgement.isSupportAppTrusted || arns.has(arn);
  const roles = judged.filter(isUsable);
  const areAllKnown = regions.every((one) => "known" in one.channels) && places.every(({ role }) => "known" in role);
  const searched = areAllKnown ? regions.map(({ region }) => region) : undefined;
  dangers.push(
    ...unknownIn(read.known, judged, places),
    ...roles.flatMap((role) => roleDangers(role, id, places, searched, now)),
    ...judged.filter((role) => !isUsable(role)).map(openRole),
    ...channelDangers(places, id, read.known.roles),
  );
  return {
    ...nothing,
    roles: roles.map(({ arn, rights, judgement: { ability } }) => {
      const stack = knownOf(rights.role)?.tags?.get(CLOUDFORMATION_STACK);
      return { arn, can: ability && abilityWords(ability), stack };
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
    dangers: ranked(dangers),
  };
}

import { inSeconds } from "../../../modules/support-app/model/until";
import type { RoleWithRights } from "../../aws/live-account";
import { channelWords } from "../../aws/live-channel";
import { CLOUDFORMATION_STACK, trustsSupportApp } from "../../aws/live-role";
import { knownOf, type Lookup, mapped } from "../../aws/lookup";
import { type AuditedAccount, type AuditedChannel, type Danger, ranked } from "../../reports/audit-report";
import { countsInWords } from "../../reports/people-report";
import { peopleIn, type SlackPeople } from "../../slack/live-people";
import {
  type ChannelPlace,
  channelDangers,
  danger,
  openRole,
  rightsIn,
  roleDangers,
  unknown,
  unknownIn,
} from "./dangers";
import type { AccountRead } from "./read-account";

/** An account to look at, by its name in the organization if it is known. */
export interface Target {
  /** 12 digits. */
  readonly id: string;
  readonly name?: string;
}

/** What an account has for the Support App, and what is dangerous. @param slack who is in its channels. Undefined: not asked */
export function auditedAccount(
  { id, name }: Target,
  read: Lookup<AccountRead>,
  slack: SlackPeople | undefined,
  time: Date,
): AuditedAccount {
  const now = inSeconds(time);
  const nothing = { account: id, name, roles: [], channels: [], workspaces: [], aliases: [] };
  if ("unknown" in read) return { ...nothing, dangers: [unknown(read.unknown)] };
  const { regions, roles: found, serviceQuotasRole } = read.known;
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
  const [roles, open] = [true, false].map((isUsable) =>
    (knownOf(found) ?? []).filter(({ arn, trust }) => (trustsSupportApp(trust) || arns.has(arn)) === isUsable),
  ) as [RoleWithRights[], RoleWithRights[]];
  const areAllKnown = regions.every((one) => "known" in one.channels) && places.every(({ role }) => "known" in role);
  const searched = areAllKnown ? regions.map(({ region }) => region) : undefined;
  dangers.push(
    ...unknownIn(read.known, places),
    ...roles.flatMap((role) => roleDangers(role, id, places, searched, now)),
    ...open.map((role) => openRole(role, now)),
    ...channelDangers(places, id, found),
  );
  return {
    ...nothing,
    roles: roles.map((role) => {
      const stack = knownOf(role.rights.role)?.tags?.get(CLOUDFORMATION_STACK);
      return { arn: role.arn, can: rightsIn(role, now).ability, stack };
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

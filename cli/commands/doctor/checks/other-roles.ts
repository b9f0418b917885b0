import { channelKey } from "../../../../modules/support-app/model/channel-set";
import { inSeconds } from "../../../../modules/support-app/model/until";
import type { RoleWithRights } from "../../../aws/live-account";
import { judgeRole } from "../../../aws/role-judgement";
import { type PlacedChannel, removeCommand, roleOfChannel } from "../../../findings/channel-findings";
import type { Draft, Fix } from "../../../findings/finding";
import { excessDraft, ofRole, openTrustDraft, unsupportedDraft } from "../../../findings/role-findings";
import { type DoctorCheck, type Examination, liveChannelOf, liveChannelsOf, unknownFinding } from "../check";

/** Whoever may configure the Support App in the console can give these roles to any channel. */
export const otherRoles: DoctorCheck = {
  examine: (examination) => {
    const draft = { resource: "roles of the account", about: ["role"] };
    const { roles: lookup } = examination.account;
    if ("unknown" in lookup) return { findings: [unknownFinding(draft, "to see whom each trusts", lookup.unknown)] };
    return { findings: lookup.known.flatMap((role) => problems(examination, role)) };
  },
};

/** Whether environments.yaml has a channel where it is: a deploy gives it its role. */
function isPlacedByFile({ region, channels }: Examination["environment"], live: PlacedChannel): boolean {
  return live.region === region && channels.some((channel) => channelKey(channel) === channelKey(live));
}

function problems(examination: Examination, role: RoleWithRights): Draft[] {
  const { environment, account } = examination;
  const users = liveChannelsOf(examination).filter((channel) => roleOfChannel(channel) === role.arn);
  const judgedRole = {
    ...role,
    judgement: judgeRole(role, inSeconds(account.time)),
    channels: users.map((user) => liveChannelOf(environment, user).resource),
    areAllKnown: [account, ...account.elsewhere].every(({ channels }) => "known" in channels),
  };
  const commands = users
    .filter((user) => !isPlacedByFile(environment, user))
    .map((user) => removeCommand(environment.account, user));
  const { isSupportAppTrusted, unread } = judgedRole.judgement;
  const isUsable = isSupportAppTrusted || users.length > 0;
  const unreadDrafts = unread.map((failure) =>
    unknownFinding(ofRole(judgedRole), "to see its trust and its policies", failure),
  );
  return [
    ...openTrustDraft(judgedRole, environment.account),
    ...(isUsable ? [...excessDraft(judgedRole), ...unreadDrafts, ...unsupportedDraft(judgedRole)] : []),
  ].map((draft) => ({
    ...draft,
    resource: `${draft.resource}, which isn't in environments.yaml`,
    fix: draft.answer === "unhealthy" ? withCommands(draft.fix, commands) : draft.fix,
  }));
}

/** A fix, with commands that take a role from its channels. */
function withCommands(fix: Fix, commands: string[]): Fix {
  if (commands.length === 0) return fix;
  return { text: `${fix.text} This takes the role from its channels:`, commands };
}

import { SUPPORT_APP_SERVICE } from "../../../../modules/support-app/model/policy-statements";
import { inSeconds } from "../../../../modules/support-app/model/until";
import type { RoleWithRights } from "../../../aws/live-account";
import { unsupportedWords } from "../../../aws/live-document";
import { knownOf } from "../../../aws/lookup";
import { judgeRole, unlessLimited } from "../../../aws/role-judgement";
import { actionsWords } from "../../../iam/ability-words";
import { strangersWords } from "../../../iam/right-words";
import {
  type Check,
  type Examined,
  type Finding,
  GUIDE_TOPICS,
  isSameChannel,
  liveChannelOf,
  liveChannelsOf,
  type PlacedChannel,
  removeCommand,
  unhealthy,
  unknownFinding,
} from "../check";

const topic = GUIDE_TOPICS.restrictUsers;

/** Whoever may configure the Support App in the console can give these roles to any channel. */
export const otherRoles: Check = {
  name: "other-roles",
  sentence:
    "No other role that trusts the Support App may do more than AWSSupportAppFullAccess, or trusts anybody else.",
  permissions: [{ Action: ["iam:ListRoles"], Resource: ["*"] }],
  examine: (examined) => {
    const all = { subject: "roles of the account", about: ["role"] };
    const { roles: found } = examined.account;
    if ("unknown" in found) return { findings: [unknownFinding(all, "to see whom each trusts", found.unknown, topic)] };
    return { findings: found.known.flatMap((role) => problems(examined, role)) };
  },
};

/** Whether environments.yaml has a channel where it is: a deploy gives it its role. */
function isPlacedByFile({ region, channels }: Examined["environment"], live: PlacedChannel): boolean {
  return live.region === region && channels.some((channel) => isSameChannel(channel, live));
}

function problems(examined: Examined, role: RoleWithRights): Finding[] {
  const { name, arn } = role;
  const { environment, account } = examined;
  const of = { subject: `role ${name}, which isn't in environments.yaml`, about: ["role", name] };
  const users = liveChannelsOf(examined).filter(({ properties }) => knownOf(properties)?.ChannelRoleArn === arn);
  const who =
    users.length === 0
      ? ""
      : `; people in ${users.map((user) => liveChannelOf(environment, user).subject).join(", ")} have it`;
  const how =
    "Ask who made the role. If nobody needs it, remove the Support App from its trust policy. To keep the role, limit it to what AWSSupportAppFullAccess allows, and to the Support App.";
  const removable = users.filter((user) => !isPlacedByFile(environment, user));
  const fix = {
    text: removable.length === 0 ? how : `${how} This takes it from its channels:`,
    commands: removable.map((channel) => removeCommand(environment, channel)),
  };
  const judgement = judgeRole(role, inSeconds(account.time));
  const { isSupportAppTrusted, excess, spell, unread, unreadable } = judgement;
  const strangers = strangersWords(judgement.strangers, environment.account).join("; ");
  const nobodyElse = `nobody but ${SUPPORT_APP_SERVICE} may assume the role`;
  const perhaps = isSupportAppTrusted ? "" : ", under a condition that may let in the Support App, too";
  const trusted = `${strangers}${perhaps}${who}`;
  const findings = strangers === "" ? [] : [unhealthy(of, nobodyElse, trusted, fix, topic)];
  if (!isSupportAppTrusted && users.length === 0) return findings;
  const expected = "nothing beyond AWSSupportAppFullAccess";
  if (excess.length > 0) {
    const calls = `it may call ${actionsWords(excess, spell)}${unlessLimited(judgement)}${who}`;
    findings.push(unhealthy(of, expected, calls, fix, topic));
  }
  findings.push(...unread.map((failure) => unknownFinding(of, "to see its trust and its policies", failure, topic)));
  if (unreadable.length > 0)
    findings.push({ ...unhealthy(of, expected, unsupportedWords(unreadable), fix, topic), answer: "unknown" });
  return findings;
}

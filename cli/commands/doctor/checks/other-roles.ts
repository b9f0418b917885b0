import { SUPPORT_APP_SERVICE } from "../../../../modules/support-app/model/policy-statements";
import { inSeconds } from "../../../../modules/support-app/model/until";
import type { RoleWithRights } from "../../../aws/live-account";
import { unsupportedWords } from "../../../aws/live-document";
import { othersLetIn, trustsSupportApp } from "../../../aws/live-role";
import { knownOf } from "../../../aws/lookup";
import { roleExcess } from "../../../aws/role-excess";
import { actionsWords } from "../../../iam/ability-words";
import {
  type Check,
  type Examined,
  type Finding,
  GUIDE_TOPICS,
  liveChannelOf,
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
    const usable = found.known.filter((role) => trustsSupportApp(role.trust) || usersOf(role, examined).length > 0);
    return { findings: usable.flatMap((role) => problems(examined, role)) };
  },
};

function usersOf({ arn }: RoleWithRights, { account }: Examined) {
  return (knownOf(account.channels) ?? []).filter(({ properties }) => knownOf(properties)?.ChannelRoleArn === arn);
}

function problems(examined: Examined, role: RoleWithRights): Finding[] {
  const { name, trust } = role;
  const { environment, account } = examined;
  const of = { subject: `role ${name}, which isn't in environments.yaml`, about: ["role", name] };
  const users = usersOf(role, examined);
  const who =
    users.length === 0 ? "" : `; people in ${users.map((user) => liveChannelOf(user).subject).join(", ")} have it`;
  const how =
    "Ask who made the role. If nobody needs it, remove the Support App from its trust policy. To keep the role, limit it to what AWSSupportAppFullAccess allows, and to the Support App.";
  const fix = {
    text: users.length === 0 ? how : `${how} This takes it from its channels:`,
    commands: users.map((channel) => removeCommand(environment, channel)),
  };
  const strangers = othersLetIn(trust, environment.account).join("; ");
  const nobodyElse = `nobody but ${SUPPORT_APP_SERVICE} may assume the role`;
  const findings = strangers === "" ? [] : [unhealthy(of, nobodyElse, strangers + who, fix, topic)];
  const expected = "nothing beyond AWSSupportAppFullAccess";
  const { excess, spell, unread, unreadable } = roleExcess(role, inSeconds(account.time));
  if (excess.length > 0) {
    return [...findings, unhealthy(of, expected, `it may call ${actionsWords(excess, spell)}${who}`, fix, topic)];
  }
  if (unread) return [...findings, unknownFinding(of, "to see its policies", unread, topic)];
  if (unreadable.length === 0) return findings;
  return [...findings, { ...unhealthy(of, expected, unsupportedWords(unreadable), fix, topic), answer: "unknown" }];
}

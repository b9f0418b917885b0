import { SUPPORT_APP_SERVICE } from "../../../../modules/support-app/model/policy-statements";
import { inSeconds } from "../../../../modules/support-app/model/until";
import type { RoleWithRights } from "../../../aws/live-account";
import { spelledIn, unsupportedWords } from "../../../aws/live-document";
import { othersLetIn, readDocuments, trustsSupportApp } from "../../../aws/live-role";
import { knownOf, mapped } from "../../../aws/lookup";
import { actionsWords } from "../../../iam/ability-words";
import { excessOf } from "../../../iam/excess";
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

/** ARNs of AWS's own policies for the Support App: no role may do more than these by having one. */
const OF_THE_SUPPORT_APP = /^arn:aws:iam::aws:policy\/AWSSupportApp(Full|ReadOnly)Access$/;

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
  const { name, trust, rights } = role;
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
  const { boundary } = rights;
  const { documents, unread } = readDocuments(
    mapped(rights.policies, (all) => all.filter(({ arn = "" }) => !OF_THE_SUPPORT_APP.test(arn))),
  );
  const statements = documents.flatMap(({ policy }) => policy.statements);
  const excess = excessOf(statements, knownOf(boundary)?.policy.statements, inSeconds(account.time));
  if (excess.length > 0 && "known" in boundary) {
    // Spelled as one of the documents does.
    const spelled = (action: string) =>
      documents.map((one) => spelledIn(one, action)).find((one) => one !== action) ?? action;
    return [...findings, unhealthy(of, expected, `it may call ${actionsWords(excess, spelled)}${who}`, fix, topic)];
  }
  const why = unread ?? (excess.length > 0 && "unknown" in boundary ? boundary.unknown : undefined);
  if (why) return [...findings, unknownFinding(of, "to see its policies", why, topic)];
  const unreadable = [...documents, trust].flatMap(({ policy }) => policy.unreadable);
  if (unreadable.length === 0) return findings;
  return [...findings, { ...unhealthy(of, expected, unsupportedWords(unreadable), fix, topic), answer: "unknown" }];
}

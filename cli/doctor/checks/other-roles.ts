import { SLACK_CHANNEL_TYPE } from "../../../modules/support-app/model/cloud-control-types";
import { SUPPORT_APP_SERVICE } from "../../../modules/support-app/model/policy-statements";
import { inSeconds } from "../../../modules/support-app/model/until";
import { counted } from "../../../stacks/counted";
import { actionsWords } from "../../ability-words";
import { inAccount, quoted } from "../../aws/commands";
import type { LiveChannel } from "../../aws/live-channel";
import { type LiveDocument, spelledIn, unsupportedWords } from "../../aws/live-document";
import { trustsSupportApp } from "../../aws/live-role";
import { knownOf } from "../../aws/lookup";
import { excessOf } from "../../iam/excess";
import { MAX_OTHER_ROLES, type OtherRole } from "../account";
import { type Check, type Examined, type Finding, type Fix, type Subject, unknownFinding } from "../check";
import { GUIDE_TOPICS } from "../guide-topic";
import { readDocuments } from "../live-access";
import { othersLetIn } from "./trust";

const topic = GUIDE_TOPICS.restrictUsers;

/** ARNs of AWS's own policies for the Support App: no role may do more than these by having one. */
const OF_THE_SUPPORT_APP = /^arn:aws:iam::aws:policy\/AWSSupportApp(Full|ReadOnly)Access$/;

/** Whoever may configure the Support App in the console can give any channel such a role. */
export const otherRoles: Check = {
  name: "other-roles",
  sentence:
    "No other role that trusts the Support App may do more than AWSSupportAppFullAccess, or trusts anybody else.",
  permissions: [{ actions: ["iam:ListRoles"], resources: ["*"] }],
  examine: (examined) => {
    const { account } = examined;
    const all = { subject: "roles of the account", about: ["role"] };
    const { otherRoles: found } = account;
    if ("unknown" in found) return { findings: [unknownFinding(all, "to see whom each trusts", found.unknown, topic)] };
    const others = found.known.filter((role) => trustsSupportApp(role.trust) || usersOf(role, examined).length > 0);
    const findings = others.flatMap((role) => problems(examined, role));
    const unread = others.filter(({ rights }) => rights === undefined).length;
    if (unread > 0) {
      const fix = {
        text: "Remove the Support App from the trust policies of roles that no channel needs.",
        commands: [],
      };
      const expected = `at most ${MAX_OTHER_ROLES} other roles that the Support App may assume`;
      findings.push({
        answer: "unknown",
        ...all,
        expected,
        found: `${counted(unread, "more role")}, not looked at`,
        fix,
      });
    }
    return { findings };
  },
};

/** The channels that have a role. */
function usersOf({ arn }: OtherRole, { account }: Examined): readonly LiveChannel[] {
  return (knownOf(account.channels) ?? []).filter(({ properties }) => knownOf(properties)?.ChannelRoleArn === arn);
}

function problems(examined: Examined, role: OtherRole): Finding[] {
  const { name, trust, rights } = role;
  const { environment, account } = examined;
  const of: Subject = { subject: `role ${name}, which isn't in environments.yaml`, about: ["role", name] };
  const users = usersOf(role, examined);
  const who = users.length === 0 ? "" : `; people in ${users.map(channelWords).join(", ")} have it`;
  const fix = fixOf(examined, users);
  const strangers = othersLetIn(trust, environment.account);
  const findings: Finding[] = [];
  if (strangers.length > 0) {
    const expected = `nobody but ${SUPPORT_APP_SERVICE} may assume the role`;
    findings.push({ answer: "unhealthy", ...of, expected, found: `${strangers.join("; ")}${who}`, topic, fix });
  }
  const expected = "nothing beyond AWSSupportAppFullAccess";
  if (rights === undefined) return findings;
  const { policies, boundary } = rights;
  if ("unknown" in policies) return [...findings, unknownFinding(of, "to see its policies", policies.unknown, topic)];
  const { documents, unread } = readDocuments(policies.known.filter(({ arn = "" }) => !OF_THE_SUPPORT_APP.test(arn)));
  const now = inSeconds(account.time);
  const excess = excessOf(
    documents.flatMap(({ policy }) => policy.statements),
    knownOf(boundary)?.policy.statements,
    now,
  );
  if (excess.length > 0 && "known" in boundary) {
    const found = `it may call ${actionsWords(excess, spelling(documents))}${who}`;
    return [...findings, { answer: "unhealthy", ...of, expected, found, topic, fix }];
  }
  const why = unread ?? (excess.length > 0 && "unknown" in boundary ? boundary.unknown : undefined);
  if (why) return [...findings, unknownFinding(of, "to see its policies", why, topic)];
  const unreadable = [...documents, ...(trust.policy.unreadable.length > 0 ? [trust] : [])].flatMap(
    ({ policy }) => policy.unreadable,
  );
  if (unreadable.length === 0) return findings;
  return [...findings, { answer: "unknown", ...of, expected, found: unsupportedWords(unreadable), topic, fix }];
}

/** Spells actions as one of the documents does. */
function spelling(documents: readonly LiveDocument[]): (action: string) => string {
  return (action) => documents.map((one) => spelledIn(one, action)).find((spelled) => spelled !== action) ?? action;
}

function channelWords({ properties, channel, workspace }: LiveChannel): string {
  const name = knownOf(properties)?.ChannelName;
  return `${name === undefined ? "the channel" : `#${name}`} (${channel} of ${workspace})`;
}

function fixOf({ environment }: Examined, users: readonly LiveChannel[]): Fix {
  const remove = users.map(({ identifier }) =>
    inAccount(
      environment,
      "cloudcontrol",
      `delete-resource --type-name ${SLACK_CHANNEL_TYPE} --identifier ${quoted(identifier)}`,
    ),
  );
  const how =
    "remove the Support App from its trust policy. To keep the role, limit it to what AWSSupportAppFullAccess allows, and to the Support App";
  return {
    text:
      users.length === 0
        ? `Ask who made the role. If nobody needs it, ${how}.`
        : `Ask who made the role. If nobody needs it, ${how}. This takes it from its channels:`,
    commands: remove,
  };
}

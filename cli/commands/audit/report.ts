import { formatCount } from "../../../common/format-count";
import { channelWords } from "../../../modules/support-app/model/channel-set";
import type { Finding } from "../../findings/finding";
import { titledLines } from "../../findings/finding-lines";
import { ACCOUNT_KINDS, KINDS } from "../../findings/kinds";
import { sortByRank } from "../../findings/rank";
import { countsInWords } from "../../findings/reported-channel";
import type { AuditedAccount, AuditedChannel } from "./audit-report";

const whereOf = ({ account, name }: AuditedAccount) => (name === undefined ? account : `${account} ${name}`);

/** The report for a terminal: findings by kind, most urgent first, then every channel. @param unread how many other accounts weren't read */
export function auditLines(accounts: readonly AuditedAccount[], unread = 0): string[] {
  const findings = sortByRank(
    accounts.flatMap((account) => account.findings.map((finding) => ({ ...finding, place: whereOf(account) }))),
  );
  const sections = [
    ...ACCOUNT_KINDS.map((kind) => ({
      heading: KINDS[kind].heading,
      items: findings
        .filter((finding) => finding.kind === kind)
        .map(({ place, ...finding }) => titledLines(place, finding)),
    })),
    {
      heading: "Every channel",
      items: accounts.flatMap((account) =>
        account.channels.map((channel) => [`  ${whereOf(account)}: ${channelSentence(channel, account)}`]),
      ),
    },
  ].filter(({ items }) => items.length > 0);
  return [
    ...sections.flatMap(({ heading, items }) => [`${heading}: ${items.length}`, ...items.flat(), ""]),
    [...incompleteWords(accounts, unread), summary(accounts, findings)].join(" "),
  ];
}

function channelSentence(auditedChannel: AuditedChannel, account: AuditedAccount): string {
  const { region, name, role: arn, people } = auditedChannel;
  const words = `${channelWords(auditedChannel, name)} in ${region}${people ? `, with ${countsInWords(people)}` : ""}`;
  const can = abilityOfChannel(auditedChannel, account);
  if (can === undefined)
    return `${words}: what people in it can do with ${arn ?? "a role that isn't known"} is unknown.`;
  return `${words}: people in it can ${can} with ${arn}.`;
}

/** What people in a channel can do, to follow "can". Undefined: it isn't known. */
function abilityOfChannel({ workspace, channel, role: arn }: AuditedChannel, { roles, findings }: AuditedAccount) {
  const role = roles.find((auditedRole) => auditedRole.arn === arn);
  const isMissing = findings.some(
    ({ kind, about: [, ...ids] }) => kind === "audit-missing-role" && ids[0] === workspace && ids[1] === channel,
  );
  // The finding may be of another region, in which the channel has another role.
  return !role && arn !== undefined && isMissing ? "do nothing" : role?.can;
}

/** That accounts are missing, in a sentence, if any are. */
export function incompleteWords({ length }: readonly AuditedAccount[], unread: number): string[] {
  const total = formatCount(length + unread, "account");
  return unread > 0 ? [`Incomplete: ${length} of ${total} were read. What the other ${unread} have is unknown.`] : [];
}

/** How much was looked at, in sentences. */
function summary(accounts: readonly AuditedAccount[], findings: readonly Finding[]): string {
  const unknown = findings.filter(({ answer }) => answer === "unknown").length;
  const roleCount = formatCount(accounts.flatMap(({ roles }) => roles).length, "role");
  const channelCount = formatCount(accounts.flatMap(({ channels }) => channels).length, "Slack channel");
  const closedCount = accounts.filter(({ isClosed }) => isClosed).length;
  const closedWords =
    closedCount > 0 ? ` Closed in AWS Organizations, and so not read: ${formatCount(closedCount, "account")}.` : "";
  return `${formatCount(accounts.length, "account")} with ${roleCount} that the Support App may assume and ${channelCount}. ${formatCount(findings.length - unknown, "finding")}, and ${unknown} unknown.${closedWords}`;
}

import { formatCount } from "../../../common/format-count";
import { channelWords } from "../../../modules/support-app/model/channel-set";
import type { Finding } from "../../findings/finding";
import { titledLines } from "../../findings/finding-lines";
import { ACCOUNT_KINDS, KINDS } from "../../findings/kinds";
import { sortByRank } from "../../findings/rank";
import type { AuditedAccount, AuditedChannel } from "../../reports/audit-report";
import { countsInWords } from "../../reports/reported-channel";
import { code, markdownTable } from "../../terminal/markdown";

export const TITLE = "Audit of the AWS Support App";

export const CHANNELS_HEADING = "Every channel";

const whereOf = ({ account, name }: AuditedAccount) => (name === undefined ? account : `${account} ${name}`);

/** A finding, and the account that has it. */
export type AccountFinding = Finding & { readonly account: AuditedAccount };

/** The kinds of findings that there are, most urgent first, with the findings of each. */
export function findingsByKind(accounts: readonly AuditedAccount[]) {
  const findings = sortByRank(
    accounts.flatMap((account) => account.findings.map((finding): AccountFinding => ({ ...finding, account }))),
  );
  return ACCOUNT_KINDS.map((kind) => ({
    ...{ kind, heading: KINDS[kind].heading },
    findings: findings.filter((finding) => finding.kind === kind),
  })).filter((group) => group.findings.length > 0);
}

/** What a finding means, or may mean, for people in the channels. */
export function impactWords({ answer, impact }: Finding): string {
  return answer === "unknown" ? `perhaps: ${impact}` : impact;
}

/** What people in a channel can do, to follow "can". Undefined: it isn't known. */
export function abilityOfChannel(
  { workspace, channel, role: arn }: AuditedChannel,
  { roles, findings }: AuditedAccount,
) {
  const role = roles.find((auditedRole) => auditedRole.arn === arn);
  const isMissing = findings.some(
    ({ kind, about: [, ...ids] }) => kind === "audit-missing-role" && ids[0] === workspace && ids[1] === channel,
  );
  // The finding may be of another region, in which the channel has another role.
  return !role && arn !== undefined && isMissing ? "do nothing" : role?.can;
}

function channelSentence(auditedChannel: AuditedChannel, account: AuditedAccount): string {
  const { region, name, role: arn, people } = auditedChannel;
  const words = `${channelWords(auditedChannel, name)} in ${region}${people ? `, with ${countsInWords(people)}` : ""}`;
  const can = abilityOfChannel(auditedChannel, account);
  if (can === undefined)
    return `${words}: what people in it can do with ${arn ?? "a role that isn't known"} is unknown.`;
  return `${words}: people in it can ${can} with ${arn}.`;
}

/** Every channel: where it is, and what people in it can do. */
function channelSentences(accounts: readonly AuditedAccount[]): [place: string, sentence: string][] {
  return accounts.flatMap((account) =>
    account.channels.map((channel): [string, string] => [whereOf(account), channelSentence(channel, account)]),
  );
}

/** How much was looked at: numbers, each with its noun, and sentences around them. */
export function overview(accounts: readonly AuditedAccount[], unread: number) {
  const findings = accounts.flatMap((account) => account.findings);
  const unknown = findings.filter(({ answer }) => answer === "unknown").length;
  const closedCount = accounts.filter(({ isClosed }) => isClosed).length;
  const total = formatCount(accounts.length + unread, "account");
  return {
    incomplete:
      unread > 0
        ? `Incomplete: ${accounts.length} of ${total} were read. What the other ${unread} have is unknown.`
        : undefined,
    counts: {
      account: accounts.length,
      role: accounts.flatMap(({ roles }) => roles).length,
      "Slack channel": accounts.flatMap(({ channels }) => channels).length,
      finding: findings.length - unknown,
      unknown,
    },
    closed:
      closedCount > 0
        ? `Closed in AWS Organizations, and so not read: ${formatCount(closedCount, "account")}.`
        : undefined,
  };
}

/** How much was looked at, in sentences. */
function summary(accounts: readonly AuditedAccount[], unread: number): string {
  const { incomplete, counts, closed } = overview(accounts, unread);
  const counted = (noun: Exclude<keyof typeof counts, "unknown">) => formatCount(counts[noun], noun);
  const countWords = `${counted("account")} with ${counted("role")} that the Support App may assume and ${counted("Slack channel")}. ${counted("finding")}, and ${counts.unknown} unknown.`;
  return [incomplete, countWords, closed].filter((sentence) => sentence !== undefined).join(" ");
}

/** The report for a terminal. @param unread how many other accounts weren't read */
export function auditLines(accounts: readonly AuditedAccount[], unread = 0): string[] {
  const sections = [
    ...findingsByKind(accounts).map(({ heading, findings }) => ({
      heading,
      items: findings.map(({ account, ...finding }) => titledLines(whereOf(account), finding)),
    })),
    {
      heading: CHANNELS_HEADING,
      items: channelSentences(accounts).map((cells) => [`  ${cells.join(": ")}`]),
    },
  ].filter(({ items }) => items.length > 0);
  return [
    ...sections.flatMap(({ heading, items }) => [`${heading}: ${items.length}`, ...items.flat(), ""]),
    summary(accounts, unread),
  ];
}

/** The report as Markdown. @param unread how many other accounts weren't read */
export function auditMarkdown(accounts: readonly AuditedAccount[], unread = 0): string {
  const tables = [
    ...findingsByKind(accounts).map(({ heading, findings }) => ({
      ...{ heading, columns: ["Account", "About", "What it means", "Found", "What to do"] },
      rows: findings.map((finding) => {
        const { account, resource, found: actual, fix } = finding;
        return [whereOf(account), resource, impactWords(finding), actual, [fix.text, ...fix.commands].join(" ")];
      }),
    })),
    { heading: CHANNELS_HEADING, columns: ["Account", "Channel"], rows: channelSentences(accounts) },
  ].filter(({ rows }) => rows.length > 0);
  const parts = tables.map(({ heading, columns, rows }) => {
    const cells = rows.map((row) => row.map((text) => code(text)));
    return `## ${heading}: ${rows.length}\n\n${markdownTable(columns, cells)}\n`;
  });
  return `# ${TITLE}\n\n${summary(accounts, unread)}\n\n${parts.join("\n")}`;
}

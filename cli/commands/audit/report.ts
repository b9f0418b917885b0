import { formatCount } from "../../../common/format-count";
import { channelWords } from "../../aws/live-channel";
import { titledLines } from "../../findings/finding-lines";
import { ACCOUNT_KINDS, KINDS } from "../../findings/kinds";
import { sortByRank } from "../../findings/rank";
import type { AuditedAccount, AuditedChannel } from "../../reports/audit-report";
import { countsInWords } from "../../reports/people-report";
import { escapeHtml, page } from "../../terminal/html";
import { code, markdownTable } from "../../terminal/markdown";

const TITLE = "Audit of the AWS Support App";

const whereOf = ({ account, name }: AuditedAccount) => (name === undefined ? account : `${account} ${name}`);

/** A table of the report. The commands of a row belong to its last cell. */
interface ReportSection {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly cells: readonly string[];
    readonly commands: readonly string[];
    readonly lines: readonly string[];
  }[];
}

/** The kinds of findings that there are, most urgent first, with the findings of each and its account; then every channel. */
function sections(accounts: readonly AuditedAccount[]): ReportSection[] {
  const findings = sortByRank(
    accounts.flatMap((account) => account.findings.map((finding) => ({ ...finding, where: whereOf(account) }))),
  );
  const rowOf = ({ where: placeWords, ...finding }: (typeof findings)[number]) => {
    const { answer, resource, impact, found: actual, fix } = finding;
    const impactWords = answer === "unknown" ? `perhaps: ${impact}` : impact;
    return {
      cells: [placeWords, resource, impactWords, actual, fix.text],
      commands: fix.commands,
      lines: titledLines(placeWords, finding),
    };
  };
  const channels = accounts.flatMap((account) =>
    account.channels.map((channel) => {
      const cells = [whereOf(account), channelSentence(channel, account)];
      return { cells, commands: [], lines: [`  ${cells.join(": ")}`] };
    }),
  );
  const columns = ["Account", "About", "What it means", "Found", "What to do"];
  return [
    ...ACCOUNT_KINDS.map((kind) => ({
      ...{ title: KINDS[kind].heading, columns },
      rows: findings.filter((finding) => finding.kind === kind).map(rowOf),
    })),
    { title: "Every channel", columns: ["Account", "Channel"], rows: channels },
  ].flatMap(({ title, columns, rows }) =>
    rows.length === 0 ? [] : [{ title: `${title}: ${rows.length}`, columns, rows }],
  );
}

function channelSentence(auditedChannel: AuditedChannel, { roles, findings }: AuditedAccount): string {
  const { region, workspace, channel, name, role: arn, people } = auditedChannel;
  const role = roles.find((auditedRole) => auditedRole.arn === arn);
  const words = `${channelWords(auditedChannel, { ChannelName: name })} in ${region}${people ? `, with ${countsInWords(people)}` : ""}`;
  const isMissing = findings.some(
    ({ kind, about: [, ...ids] }) => kind === "audit-missing-role" && ids[0] === workspace && ids[1] === channel,
  );
  // The finding may be of another region, in which the channel has another role.
  const can = !role && arn !== undefined && isMissing ? "do nothing" : role?.can;
  if (can === undefined)
    return `${words}: what people in it can do with ${arn ?? "a role that isn't known"} is unknown.`;
  return `${words}: people in it can ${can} with ${arn}.`;
}

/** How much was looked at, in sentences. */
function summary(accounts: readonly AuditedAccount[], unread: number): string {
  const [roles, channels] = [
    accounts.flatMap((account) => account.roles),
    accounts.flatMap((account) => account.channels),
  ];
  const findings = accounts.flatMap((account) => account.findings);
  const unknown = findings.filter(({ answer }) => answer === "unknown").length;
  const total = formatCount(accounts.length + unread, "account");
  const closedCount = accounts.filter(({ isClosed }) => isClosed).length;
  const unreadClosed = ` Closed in AWS Organizations, and so not read: ${formatCount(closedCount, "account")}.`;
  const incomplete = `Incomplete: ${accounts.length} of ${total} were read. What the other ${unread} have is unknown. `;
  return `${unread > 0 ? incomplete : ""}${formatCount(accounts.length, "account")} with ${formatCount(roles.length, "role")} that the Support App may assume and ${formatCount(channels.length, "Slack channel")}. ${formatCount(findings.length - unknown, "finding")}, and ${unknown} unknown.${closedCount > 0 ? unreadClosed : ""}`;
}

/** The report for a terminal. @param unread how many other accounts weren't read */
export function auditLines(accounts: readonly AuditedAccount[], unread = 0): string[] {
  return [
    ...sections(accounts).flatMap(({ title, rows }) => [title, ...rows.flatMap(({ lines }) => lines), ""]),
    summary(accounts, unread),
  ];
}

/** The report as Markdown. @param unread how many other accounts weren't read */
export function auditMarkdown(accounts: readonly AuditedAccount[], unread = 0): string {
  const tables = sections(accounts).map(({ title, columns, rows }) => {
    const cells = rows.map(({ cells, commands }) =>
      [...cells.slice(0, -1), [cells.at(-1), ...commands].join(" ")].map((text) => code(text)),
    );
    return `## ${title}\n\n${markdownTable(columns, cells)}\n`;
  });
  return `# ${TITLE}\n\n${summary(accounts, unread)}\n\n${tables.join("\n")}`;
}

/**
 * The report as one self-contained page.
 *
 * @param readAt as `2027-01-01T00:00:00.000Z`
 * @param unread how many other accounts weren't read
 */
export function auditPage(accounts: readonly AuditedAccount[], readAt: string, unread = 0): string {
  const tables = sections(accounts).map(({ title, columns, rows }) => {
    const lines = rows.map(({ cells: [first = "", ...rest], commands }) => {
      const steps = commands.map((command) => `<pre tabindex="0">${escapeHtml(command)}</pre>`);
      return `<tr><th scope="row">${escapeHtml(first)}${rest.map((text) => `<td>${escapeHtml(text)}`).join("")}${steps.join("")}\n`;
    });
    return `<h2>${escapeHtml(title)}</h2>
<div class="scroll" role="region" aria-label="${escapeHtml(title)}" tabindex="0">
<table>
<thead><tr>${columns.map((column) => `<th scope="col">${column}`).join("")}
<tbody>
${lines.join("")}</table>
</div>
`;
  });
  return page(
    TITLE,
    `<header>
<h1>${TITLE}</h1>
<p>Read at ${escapeHtml(readAt)}. Everyone in a channel can do what its role allows, with or without an AWS account. ${escapeHtml(summary(accounts, unread))}</p>
</header>
<main>
${tables.join("")}</main>
`,
  );
}

import { join } from "node:path";
import { counted } from "../../../stacks/counted";
import { channelWords } from "../../aws/live-channel";
import type { Finding } from "../../findings/finding";
import { titledLines } from "../../findings/finding-lines";
import { ACCOUNT_KINDS, KINDS } from "../../findings/kinds";
import { ranked } from "../../findings/rank";
import type { AuditedAccount, AuditedChannel } from "../../reports/audit-report";
import { countsInWords } from "../../reports/people-report";
import { digest, escaped, filledTemplate, pageStyle } from "../../terminal/html";
import { code, markdownTable } from "../../terminal/markdown";

const whereOf = ({ account, name }: AuditedAccount) => (name === undefined ? account : `${account} ${name}`);

type Placed = Finding & { readonly where: string };

/** The kinds of findings that there are, most urgent first, with the findings of each and its account. */
function sections(accounts: readonly AuditedAccount[]) {
  const findings = ranked(
    accounts.flatMap((account) => account.findings.map((finding): Placed => ({ ...finding, where: whereOf(account) }))),
  );
  return ACCOUNT_KINDS.flatMap((kind) => {
    const rows = findings.filter((finding) => finding.kind === kind);
    return rows.length === 0 ? [] : [{ title: `${KINDS[kind].heading}: ${rows.length}`, rows }];
  });
}

/** Every channel: its account, and what people in it can do. */
function channelSection(accounts: readonly AuditedAccount[]) {
  const rows = accounts.flatMap((account) =>
    account.channels.map((channel) => [whereOf(account), channelSentence(channel, account)] as const),
  );
  return rows.length === 0 ? [] : [{ title: `Every channel: ${rows.length}`, rows }];
}

function channelSentence(of: AuditedChannel, { roles, findings }: AuditedAccount): string {
  const { region, workspace, channel, name, role: arn, people } = of;
  const role = roles.find((one) => one.arn === arn);
  const words = `${channelWords(of, { ChannelName: name })} in ${region}${people ? `, with ${countsInWords(people)}` : ""}`;
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
  const [roles, channels] = [accounts.flatMap((one) => one.roles), accounts.flatMap((one) => one.channels)];
  const findings = accounts.flatMap((one) => one.findings);
  const unknown = findings.filter(({ answer }) => answer === "unknown").length;
  const total = counted(accounts.length + unread, "account");
  const closed = accounts.filter(({ isClosed }) => isClosed).length;
  const unreadClosed = ` Closed in AWS Organizations, and so not read: ${counted(closed, "account")}.`;
  const incomplete = `Incomplete: ${accounts.length} of ${total} were read. What the other ${unread} have is unknown. `;
  return `${unread > 0 ? incomplete : ""}${counted(accounts.length, "account")} with ${counted(roles.length, "role")} that the Support App may assume and ${counted(channels.length, "Slack channel")}. ${counted(findings.length - unknown, "finding")}, and ${unknown} unknown.${closed > 0 ? unreadClosed : ""}`;
}

/** The report for a terminal. @param unread how many other accounts weren't read */
export function auditLines(accounts: readonly AuditedAccount[], unread = 0): string[] {
  return [
    ...sections(accounts).flatMap(({ title, rows }) => [
      title,
      ...rows.flatMap((finding) => titledLines(finding.where, finding)),
      "",
    ]),
    ...channelSection(accounts).flatMap(({ title, rows }) => [title, ...rows.map((row) => `  ${row.join(": ")}`), ""]),
    summary(accounts, unread),
  ];
}

const COLUMNS = ["account", "about", "means", "found", "fix"];

/** The report as Markdown. @param unread how many other accounts weren't read */
export function auditMarkdown(accounts: readonly AuditedAccount[], unread = 0): string {
  const section = (title: string, columns: readonly string[], rows: readonly (readonly string[])[]) => {
    const cells = rows.map((row) => row.map((text) => code(text)));
    return `## ${title}\n\n${markdownTable([...columns], cells)}\n`;
  };
  const tables = [
    ...sections(accounts).map(({ title, rows }) =>
      section(
        title,
        COLUMNS,
        rows.map(({ fix, ...of }) => [...columnsOf(of), [fix.text, ...fix.commands].join(" ")]),
      ),
    ),
    ...channelSection(accounts).map(({ title, rows }) => section(title, ["account", "channel"], rows)),
  ];
  return `# Audit of the AWS Support App\n\n${summary(accounts, unread)}\n\n${tables.join("\n")}`;
}

function columnsOf({ where, answer, resource, impact, found }: Omit<Placed, "fix">): string[] {
  return [where, resource, answer === "unknown" ? `perhaps: ${impact}` : impact, found];
}

/**
 * The report as one self-contained page.
 *
 * @param readAt as `2027-01-01T00:00:00.000Z`
 * @param unread how many other accounts weren't read
 */
export function auditPage(accounts: readonly AuditedAccount[], readAt: string, unread = 0): string {
  const style = pageStyle();
  const table = (title: string, columns: readonly string[], rows: readonly string[]) => `<h2>${escaped(title)}</h2>
<div class="scroll" role="region" aria-label="${escaped(title)}" tabindex="0">
<table>
<thead><tr>${columns.map((column) => `<th scope="col">${column}`).join("")}
<tbody>
${rows.join("")}</table>
</div>
`;
  const row = ([first = "", ...others]: readonly string[], last = "") =>
    `<tr><th scope="row">${escaped(first)}${others.map((text) => `<td>${escaped(text)}`).join("")}${last}\n`;
  const tables = [
    ...sections(accounts).map(({ title, rows }) =>
      table(
        title,
        ["Account", "About", "What it means", "Found", "What to do"],
        rows.map(({ fix, ...of }) => {
          const steps = fix.commands.map((command) => `<pre tabindex="0">${escaped(command)}</pre>`);
          return row(columnsOf(of), `<td>${escaped(fix.text)}${steps.join("")}`);
        }),
      ),
    ),
    ...channelSection(accounts).map(({ title, rows }) =>
      table(
        title,
        ["Account", "Channel"],
        rows.map((cells) => row(cells)),
      ),
    ),
  ];
  return filledTemplate(join(__dirname, "audit.html"), {
    ...{ style, styleDigest: digest(style), tables: tables.join("") },
    ...{ readAt: escaped(readAt), summary: escaped(summary(accounts, unread)) },
  });
}

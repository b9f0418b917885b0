import { join } from "node:path";
import { counted } from "../../../stacks/counted";
import { channelWords } from "../../aws/live-channel";
import { type AuditedAccount, type AuditedChannel, DANGERS, type DangerKind, ranked } from "../../reports/audit-report";
import { countsInWords } from "../../reports/people-report";
import { digest, escaped, filledTemplate, pageStyle } from "../../terminal/html";
import { code, markdownTable } from "../../terminal/markdown";

const whereOf = ({ account, name }: AuditedAccount) => (name === undefined ? account : `${account} ${name}`);

/** The kinds of dangers that there are, most urgent first, with the dangers of each and its account; then every channel. */
function sections(accounts: readonly AuditedAccount[]) {
  const all = ranked(accounts.flatMap((one) => one.dangers.map((danger) => ({ ...danger, where: whereOf(one) }))));
  const dangers = (Object.keys(DANGERS) as DangerKind[]).map((kind) => ({
    ...{ title: DANGERS[kind], rows: all.filter((one) => one.kind === kind) },
  }));
  const nothing = { fix: "", commands: [] };
  const channels = accounts.flatMap((one) =>
    one.channels.map((channel) => ({ where: whereOf(one), found: channelSentence(channel, one), ...nothing })),
  );
  return [...dangers, { title: "Every channel", rows: channels }].flatMap(({ title, rows }) =>
    rows.length === 0 ? [] : [{ title: `${title}: ${rows.length}`, rows }],
  );
}

function channelSentence(of: AuditedChannel, { roles, dangers }: AuditedAccount): string {
  const { region, workspace, channel, name, role: arn, people } = of;
  const role = roles.find((one) => one.arn === arn);
  const words = `${channelWords(of, { ChannelName: name })} in ${region}${people ? `, with ${countsInWords(people)}` : ""}`;
  const isMissing = dangers.some(
    ({ kind, about: [, ...ids] }) => kind === "missing-role" && ids[0] === workspace && ids[1] === channel,
  );
  // The danger may be of another region, in which the channel has another role.
  const can = !role && arn !== undefined && isMissing ? "do nothing" : role?.can;
  if (can === undefined)
    return `${words}: what people in it can do with ${arn ?? "a role that isn't known"} is unknown.`;
  return `${words}: people in it can ${can} with ${arn}.`;
}

/** How much was looked at, in sentences. */
function summary(accounts: readonly AuditedAccount[], unread: number): string {
  const [roles, channels] = [accounts.flatMap((one) => one.roles), accounts.flatMap((one) => one.channels)];
  const dangers = accounts.flatMap((one) => one.dangers);
  const unknown = dangers.filter(({ kind }) => kind === "unknown").length;
  const total = counted(accounts.length + unread, "account");
  const closed = accounts.filter(({ isClosed }) => isClosed).length;
  const unreadClosed = ` Closed in AWS Organizations, and so not read: ${counted(closed, "account")}.`;
  const incomplete = `Incomplete: ${accounts.length} of ${total} were read. What the other ${unread} have is unknown. `;
  return `${unread > 0 ? incomplete : ""}${counted(accounts.length, "account")} with ${counted(roles.length, "role")} that the Support App may assume and ${counted(channels.length, "Slack channel")}. ${counted(dangers.length - unknown, "danger")} and ${unknown} unknown.${closed > 0 ? unreadClosed : ""}`;
}

/** The report for a terminal. @param unread how many other accounts weren't read */
export function auditLines(accounts: readonly AuditedAccount[], unread = 0): string[] {
  return [
    ...sections(accounts).flatMap(({ title, rows }) => [
      title,
      ...rows.flatMap(({ where, found, fix, commands }) => [
        `  ${where}: ${found}`,
        ...(fix === "" ? [] : [`    fix  ${fix}`]),
        ...commands.map((command) => `         $ ${command}`),
      ]),
      "",
    ]),
    summary(accounts, unread),
  ];
}

/** The report as Markdown. @param unread how many other accounts weren't read */
export function auditMarkdown(accounts: readonly AuditedAccount[], unread = 0): string {
  const tables = sections(accounts).map(({ title, rows }) => {
    const cells = rows.map(({ where, found, fix, commands }) =>
      [where, found, [fix, ...commands].join(" ")].map((text) => text && code(text)),
    );
    return `## ${title}\n\n${markdownTable(["account", "found", "fix"], cells)}\n`;
  });
  return `# Audit of the AWS Support App\n\n${summary(accounts, unread)}\n\n${tables.join("\n")}`;
}

/**
 * The report as one self-contained page.
 *
 * @param readAt as `2027-01-01T00:00:00.000Z`
 * @param unread how many other accounts weren't read
 */
export function auditPage(accounts: readonly AuditedAccount[], readAt: string, unread = 0): string {
  const style = pageStyle();
  const tables = sections(accounts).map(({ title, rows }) => {
    const cells = rows.map(({ where, found, fix, commands }) => {
      const steps = [escaped(fix), ...commands.map((command) => `<pre tabindex="0">${escaped(command)}</pre>`)].join(
        "",
      );
      return `<tr><th scope="row">${escaped(where)}<td>${escaped(found)}<td>${steps}\n`;
    });
    return `<h2>${escaped(title)}</h2>
<div class="scroll" role="region" aria-label="${escaped(title)}" tabindex="0">
<table>
<thead><tr><th scope="col">Account<th scope="col">Found<th scope="col">What to do
<tbody>
${cells.join("")}</table>
</div>
`;
  });
  return filledTemplate(join(__dirname, "audit.html"), {
    ...{ style, styleDigest: digest(style), tables: tables.join("") },
    ...{ readAt: escaped(readAt), summary: escaped(summary(accounts, unread)) },
  });
}

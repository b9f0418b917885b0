import { accountOfArn, pathAndNameOf } from "../../iam/arn";
import type { AuditedAccount } from "../../reports/audit-report";
import { countsInWords } from "../../reports/reported-channel";
import { escapeHtml, tablePage } from "../../terminal/html";
import { tableSection } from "../../terminal/page-table";
import {
  type AccountFinding,
  abilityOfChannel,
  CHANNELS_HEADING,
  findingsByKind,
  impactWords,
  overview,
  TITLE,
} from "./report";

const WITHOUT_SCRIPTS = "Searching this page needs scripts, which don't run here.";
const ACCOUNT_FILTER = { name: "account", label: "Account", placeholder: "ID or name", column: 0 };

/**
 * The report as one self-contained page.
 *
 * @param readAt as `2027-01-01T00:00:00.000Z`
 * @param unread how many other accounts weren't read
 */
export function auditPage(accounts: readonly AuditedAccount[], readAt: string, unread = 0): string {
  const { incomplete, counts, closed } = overview(accounts, unread);
  const numbers = Object.entries(counts).map(([noun, count]) => {
    const label = count === 1 || noun === "unknown" ? noun : `${noun}s`;
    const isLink = noun === "Slack channel" && count > 0; // their table is below that of the findings
    return `<li><b>${count}</b> ${isLink ? `<a href="#channels">${label}</a>` : label}</li>\n`;
  });
  const remarks = [incomplete, closed].flatMap((sentence) => (sentence === undefined ? [] : [`<p>${sentence}</p>\n`]));
  const body = `<header>
<h1>${TITLE}</h1>
<ul class="numbers">
${numbers.join("")}</ul>
${remarks.join("")}<p>Read at ${escapeHtml(readAt)}. Everyone in a channel can do what its role allows, with or without an AWS account.</p>
</header>
<main>
${findingsTable(accounts)}${channelsTable(accounts)}</main>
`;
  return tablePage(TITLE, body);
}

function findingsTable(accounts: readonly AuditedAccount[]): string {
  const groups = findingsByKind(accounts).map(({ kind, heading, findings }) => ({
    ...{ kind, findings },
    title: `${heading}: ${findings.length}`,
  }));
  if (groups.length === 0) {
    return '<section aria-labelledby="findings-title">\n<h2 id="findings-title">Findings</h2>\n<p>Nothing is wrong in what was read.</p>\n</section>\n';
  }
  const columns = ["Account", "What it means", "Found", "What to do"].map((title) => ({ title }));
  const bodies = groups.map(({ kind, title, findings }) => {
    const heading = `<tr class="heading"><th scope="rowgroup" colspan="${columns.length}">${escapeHtml(title)}`;
    return `<tbody data-group="${kind}">${heading}\n${findings.map(findingRow).join("")}`;
  });
  return tableSection({
    ...{ id: "findings", title: "Findings", columns, isEven: true },
    filters: [
      ACCOUNT_FILTER,
      { name: "text", label: "Any text", placeholder: "role, channel or word" },
      { name: "group", label: "Kind", options: groups.map(({ kind, title }) => ({ value: kind, label: title })) },
    ],
    plain: { hint: WITHOUT_SCRIPTS, bodies: bodies.join("") },
  });
}

/** End tags are left out, since there may be tens of thousands of rows. */
function findingRow(finding: AccountFinding): string {
  const { account, resource, found: actual, fix } = finding;
  const cells = [
    `<b>${escapeHtml(impactWords(finding))}</b>`,
    `<b>${escapeHtml(resource)}</b>: ${escapeHtml(actual)}`,
    `${escapeHtml(fix.text)}${fix.commands.map((command) => `<pre>${escapeHtml(command)}</pre>`).join("")}`,
  ];
  return rowOf(account, cells);
}

function channelsTable(accounts: readonly AuditedAccount[]): string {
  const rows = accounts.flatMap((account) =>
    account.channels.map((auditedChannel) => {
      const { region, workspace, channel, name, role, people } = auditedChannel;
      const can = abilityOfChannel(auditedChannel, account);
      const title = name === undefined ? "" : `<b>#${escapeHtml(name)}</b> `;
      const place = escapeHtml(`${channel} of ${workspace}, ${region}`);
      const peopleHtml = people ? ` <small>${countsInWords(people)}</small>` : "";
      const cells = [
        `${title}<small>${place}</small>${peopleHtml}`,
        can === undefined ? "<i>unknown</i>" : escapeHtml(can),
        role === undefined ? "<i>unknown</i>" : escapeHtml(roleWords(role, account)),
      ];
      return rowOf(account, cells);
    }),
  );
  if (rows.length === 0) return "";
  return tableSection({
    ...{ id: "channels", title: CHANNELS_HEADING, isEven: true },
    columns: ["Account", "Channel", "People can", "Role"].map((title) => ({ title })),
    filters: [
      ACCOUNT_FILTER,
      { name: "channel", label: "Channel", placeholder: "name, ID, workspace or region", column: 1 },
      { name: "can", label: "People can", placeholder: "view-cases", column: 2 },
      { name: "role", label: "Role", placeholder: "path or name", column: 3 },
    ],
    plain: { hint: WITHOUT_SCRIPTS, bodies: `<tbody>\n${rows.join("")}` },
  });
}

/** A role's path and name: the rest of its ARN is in the row, unless it is of another account. */
function roleWords(arn: string, { account }: AuditedAccount): string {
  const { path, name } = pathAndNameOf(arn);
  return accountOfArn(arn) === account ? `${path.slice(1)}${name}` : arn;
}

function rowOf({ account, name }: AuditedAccount, cells: readonly string[]): string {
  const place = name === undefined ? escapeHtml(account) : `${escapeHtml(name)} <small>${escapeHtml(account)}</small>`;
  return `<tr><th>${place}${cells.map((cell) => `<td>${cell}`).join("")}\n`;
}

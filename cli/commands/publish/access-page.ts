import { printable } from "../../../common/printable";
import { labelOfOwner } from "../../../modules/support-app/model/team";
import { pathAndNameOf } from "../../iam/arn";
import { linesOf } from "../../terminal/markdown";
import type { AccessDocument, PublishedEnvironment } from "./access-document";
import { type AccessRow, abilityLines, accessRows, limitsInWords } from "./access-rows";
import { readText } from "./texts";

/** Who can do what where, as one self-contained page without a script. */
export function accessPage({ version, environments }: AccessDocument): string {
  const bodies = environments.map(environmentBody).join("");
  return readText("access.html", { version: escapeHtml(version), environments: bodies });
}

/** End tags are left out, since there may be thousands of rows. */
function environmentBody(environment: PublishedEnvironment): string {
  const { name, account, region, accountAlias } = environment;
  const place = linesOf(accountAlias, account, region).join(", ");
  const rows = accessRows(environment).map(tableRow).join("");
  return `<tbody id="${escapeHtml(name)}">\n<tr><th scope="rowgroup" colspan="2">${titled(name, place)}\n${rows}`;
}

function tableRow({ channel, access }: AccessRow): string {
  const cell = channel ? titled(`#${channel.name}`, `${channel.channel} of ${channel.workspace}`) : "none in code";
  const details = [`role ${pathAndNameOf(access.roleArn).name}`, ...limitsInWords(access)].join("; ");
  return `<tr><th scope="row">${cell}<td>${titled(labelOfOwner(access), details, abilityLines(access))}\n`;
}

/** A title, lines below it, and details in small letters. */
function titled(title: string, details: string, lines: readonly string[] = []): string {
  const linesHtml = lines.map((line) => `<br>${escapeHtml(line)}`).join("");
  return `<b>${escapeHtml(title)}</b>${linesHtml}<small>${escapeHtml(details)}</small>`;
}

/** Any text in HTML, in an element or an attribute. */
function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

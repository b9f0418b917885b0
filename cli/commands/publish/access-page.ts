import { groupByKey } from "../../../common/group-by-key";
import { printable } from "../../../common/printable";
import { isSameOwner, labelOfOwner } from "../../../modules/support-app/model/team";
import { pathAndNameOf } from "../../iam/arn";
import { untilWords } from "../../iam/until-words";
import { linesOf } from "../../terminal/markdown";
import type { AccessDocument, PublishedAccess, PublishedEnvironment } from "./access-document";
import { readText } from "./texts";

/** Who can do what where, as one self-contained page without a script. */
export function accessPage({ version, environments }: AccessDocument): string {
  const bodies = environments.map(environmentBody).join("");
  return readText("access.html", { version: escapeHtml(version), environments: bodies });
}

/** End tags are left out, since there may be thousands of rows. */
function environmentBody({ name, account, region, accountAlias, accesses, channels }: PublishedEnvironment): string {
  const place = linesOf(accountAlias, account, region).join(", ");
  const rows = accesses.flatMap((access) => {
    const ownChannels = channels.filter((channel) => isSameOwner(channel, access));
    const cells = ownChannels.map(({ workspace, channel, name }) => titled(`#${name}`, `${channel} of ${workspace}`));
    return (cells.length > 0 ? cells : ["none in code"]).map(
      (cell) => `<tr><th scope="row">${cell}<td>${abilityCell(access)}\n`,
    );
  });
  return `<tbody id="${escapeHtml(name)}">\n<tr><th scope="rowgroup" colspan="2">${titled(name, place)}\n${rows.join("")}`;
}

function abilityCell(access: PublishedAccess): string {
  const { capabilities, until, roleArn, permissionsBoundary, policySource } = access;
  const byEnd = groupByKey(capabilities, (capability) => until?.[capability] ?? "");
  const abilities = [...byEnd].map(([end, names]) => `${end === "" ? "" : `${untilWords(end)}: `}${names.join(", ")}`);
  const notes = linesOf(
    `role ${pathAndNameOf(roleArn).name}`,
    permissionsBoundary !== undefined && `less what the boundary ${permissionsBoundary} takes away`,
    policySource === "aws-managed" && "AWS's own policy, which AWS may change",
  );
  return titled(labelOfOwner(access), notes.join("; "), abilities);
}

/** A title, lines below it, and details in small letters. */
function titled(title: string, details: string, lines: readonly string[] = []): string {
  return `<b>${escapeHtml(title)}</b>${lines.map((line) => `<br>${escapeHtml(line)}`).join("")}<small>${escapeHtml(details)}</small>`;
}

/** Any text in HTML, in an element or an attribute. */
function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

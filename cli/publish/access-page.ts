import { createHash } from "node:crypto";
import { CAPABILITIES, type Capability } from "../../modules/support-app/capability";
import { printable } from "../../modules/support-app/printable";
import { jsonText } from "../json";
import type { AccessDocument, PublishedAccess, PublishedEnvironment } from "./access-document";
import { PAGE_SCRIPT } from "./page-script";
import { PAGE_STYLE } from "./page-style";
import type { Change } from "./since";

/** What an earlier publication is compared with. */
export interface Since {
  readonly version: string;
  readonly changes: readonly Change[];
}

/** Who can do what where, as one self-contained page. */
export function accessPage({ version, environments }: AccessDocument, since?: Since): string {
  const rows = environments.flatMap(rowsOf);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${digest(PAGE_STYLE)}'; script-src '${digest(PAGE_SCRIPT)}'; img-src data:; base-uri 'none'; form-action 'none'">
<link rel="icon" href="data:,">
<title>Who can do what in the AWS Support App</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>Who can do what in the AWS Support App</h1>
<p>Version ${escaped(version)}. Everyone in a channel has its access, with or without an AWS account, and so has everyone in the live-chat channels made from it.</p>
</header>
<main>
${since ? changes(since) : ""}<section aria-labelledby="matrix">
<h2 id="matrix">Channels</h2>
<p class="filter" hidden><label for="filter">Filter</label> <input id="filter" type="search" autocomplete="off" placeholder="environment, channel, account, capability"> <span id="count" role="status"></span></p>
${matrix(rows)}</section>
<section aria-labelledby="details">
<h2 id="details">Roles</h2>
${environments.map(environmentDetails).join("")}</section>
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** A line of the matrix: a channel or, where an access level has none in code, its role. */
interface Row {
  readonly environment: PublishedEnvironment;
  readonly access: PublishedAccess;
  readonly channel?: { readonly name: string; readonly workspace: string; readonly channel: string };
}

function rowsOf(environment: PublishedEnvironment): Row[] {
  return environment.accesses.flatMap((access): Row[] => {
    const channels = environment.channels.filter((channel) => channel.access === access.access);
    return channels.length > 0
      ? channels.map((channel) => ({ environment, access, channel }))
      : [{ environment, access }];
  });
}

function matrix(rows: readonly Row[]): string {
  return `<div class="scroll" role="region" aria-label="Table of channels" tabindex="0">
<table role="table">
<thead role="rowgroup"><tr role="row">${["Environment", "Channel", "Access"].map((name) => `<th role="columnheader" scope="col">${name}</th>`).join("")}${CAPABILITIES.map(
    (capability) => `<th role="columnheader" scope="col" class="can">${words(capability)}</th>`,
  ).join("")}</tr></thead>
<tbody role="rowgroup">
${rows.map(row).join("")}</tbody>
</table>
</div>
<p id="none" hidden>Nothing matches.</p>
`;
}

function row({ environment, access, channel }: Row): string {
  const { name, account, accountAlias = "" } = environment;
  const where = channel
    ? `<b>#${escaped(channel.name)}</b> <small>${escaped(channel.workspace)} ${escaped(channel.channel)}</small>`
    : `<i>none in code</i> <small>those configured by hand with ${escaped(roleName(access))}</small>`;
  const cells = CAPABILITIES.map((capability) => {
    const can = access.capabilities.includes(capability);
    return can
      ? `<td role="cell" class="can yes" data-can="${words(capability)}"><span aria-hidden="true">✓</span><span class="said">can</span></td>`
      : `<td role="cell" class="can no"><span aria-hidden="true">–</span><span class="said">can't</span></td>`;
  });
  const found = `${name} ${account} ${accountAlias} ${access.access} ${roleName(access)} ${access.capabilities.join(" ")} ${access.capabilities.map(words).join(" ")} ${channel ? `#${channel.name} ${channel.workspace} ${channel.channel}` : ""}`;
  return `<tr role="row" data-text="${escaped(found.toLowerCase())}"><th role="rowheader" scope="row">${escaped(name)} <small>${escaped(account)}${accountAlias ? ` ${escaped(accountAlias)}` : ""}</small></th><td role="cell">${where}</td><td role="cell" class="access"><a href="#${anchor(environment, access)}">${access.access}</a>${access.permissionsBoundary ? "<small>within a boundary</small>" : ""}</td>${cells.join("")}</tr>
`;
}

function environmentDetails(environment: PublishedEnvironment): string {
  return environment.accesses
    .map(
      (access) => `<details id="${anchor(environment, access)}">
<summary>${escaped(environment.name)}: ${access.access}</summary>
<dl>
<dt>Role</dt><dd><code>${escaped(access.roleArn)}</code></dd>
<dt>Account</dt><dd>${escaped(environment.account)}, ${escaped(environment.region)}</dd>
<dt>Permissions boundary</dt><dd>${access.permissionsBoundary ? `<code>${escaped(access.permissionsBoundary)}</code>, which may take capabilities away` : "none"}</dd>
</dl>
<h3>What people may do</h3>
${access.policySource === "aws-managed" ? "<p>This is AWS's own policy, as it was when this was published. AWS may change it.</p>\n" : ""}<pre tabindex="0">${json(access.policy)}</pre>
<h3>Who may assume the role</h3>
<pre tabindex="0">${json(access.trust)}</pre>
</details>
`,
    )
    .join("");
}

function changes({ version, changes }: Since): string {
  const items = changes.map(
    ({ environment, text, gives }) =>
      `<li class="${gives ? "gives" : "takes"}"><b>${escaped(environment)}</b>: ${escaped(text)}</li>\n`,
  );
  return `<section aria-labelledby="since">
<h2 id="since">Since version ${escaped(version)}</h2>
${items.length > 0 ? `<ul>\n${items.join("")}</ul>` : "<p>Nobody's access has changed.</p>"}
</section>
`;
}

function roleName({ roleArn }: PublishedAccess): string {
  return roleArn.slice(roleArn.lastIndexOf("/") + 1);
}

function anchor({ name }: PublishedEnvironment, { access }: PublishedAccess): string {
  return escaped(`${name}-${access}`);
}

function words(capability: Capability): string {
  return capability.replaceAll("-", " ");
}

/** What a style or script must be for the browser to take it. */
function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function json(value: unknown): string {
  return jsonText(value).split("\n").map(escaped).join("\n");
}

function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

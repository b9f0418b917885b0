import { CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { isSameOwner, labelOfOwner } from "../../../modules/support-app/model/team";
import { capabilitiesInWords } from "../../iam/until-words";
import { countsInWords } from "../../reports/reported-channel";
import { escapeHtml, tablePage } from "../../terminal/html";
import { tableSection } from "../../terminal/page-table";
import type { AccessDocument, PublishedEnvironment } from "./access-document";
import { pageData } from "./page-data";

const TITLE = "Who can do what in the AWS Support App";

/**
 * Who can do what where, as one self-contained page. A script creates the rows that are looked at from data; without
 * scripts, there is a table of all rows.
 */
export function accessPage(document: AccessDocument): string {
  const { peopleReadAt, environments } = document;
  // Its source becomes part of the page. It isn't imported: its types are those of a browser, not of Node.js.
  const { runPage } = require("./page/script") as { readonly runPage: () => void };
  const counts =
    peopleReadAt === undefined
      ? ""
      : ` Member counts: Slack, ${escapeHtml(peopleReadAt.slice(0, "2026-11-26".length))}.`;
  const data = pageData(document).replaceAll("<", "\\u003c"); // it can't end the script or begin a comment
  const body = `<header>
<h1>${TITLE}</h1>
<p>Version ${escapeHtml(document.version)}. Everyone in a channel has its access, with or without an AWS account, and so has everyone in the live-chat channels made from it.${counts}</p>
</header>
<main>
<section id="ends" aria-labelledby="soon" hidden>
<h2 id="soon">Ends soon, or has ended</h2>
<details><summary></summary>
<ul id="ending"></ul>
</details>
</section>
${channelsTable(environments)}<section class="scripted" aria-labelledby="details" hidden>
<h2 id="details">Roles</h2>
<div id="roles"></div>
</section>
</main>
<script id="data" type="application/json">${data}</script>
`;
  return tablePage(TITLE, body, runPage);
}

function channelsTable(environments: readonly PublishedEnvironment[]): string {
  const capabilities = CAPABILITIES.map((capability) => ({ value: capability, label: words(capability) }));
  return tableSection({
    id: "channels",
    title: "Channels",
    columns: [
      ...[{ title: "Environment" }, { title: "Channel" }, { title: "Access" }],
      ...capabilities.map(({ label }) => ({ title: label, className: "can" })),
    ],
    filters: [
      { name: "channel", label: "Channel", placeholder: "name, ID or workspace" },
      { name: "account", label: "Account", placeholder: "ID or alias" },
      { name: "environment", label: "Environment", placeholder: "name" },
      { name: "capability", label: "Capability", options: capabilities },
    ],
    plain: {
      hint: "Searching this page and showing roles and policies needs scripts, which don't run here. access.json has the same data.",
      columns: ["Environment", "Account", "Channel", "Access", "People can"].map((title) => ({ title })),
      bodies: plainRows(environments),
    },
  });
}

function plainRows(environments: readonly PublishedEnvironment[]): string {
  const rows = environments.flatMap(({ name, account, accountAlias, accesses, channels }) =>
    accesses.flatMap((publishedAccess) => {
      const ownChannels = channels.filter((channel) => isSameOwner(channel, publishedAccess));
      const channelCells = ownChannels.map(
        ({ name, workspace, channel, people }) =>
          `#${name} ${workspace} ${channel}${people === undefined ? "" : `: ${countsInWords(people)}`}`,
      );
      const cells = channelCells.length > 0 ? channelCells : [`none in code, role ${publishedAccess.roleArn}`];
      const people = escapeHtml(capabilitiesInWords(publishedAccess.capabilities, publishedAccess.until, words));
      return cells.map(
        (cell) =>
          `<tr><th scope="row">${escapeHtml(name)}<td>${escapeHtml(accountAlias === undefined ? account : `${account} ${accountAlias}`)}<td>${escapeHtml(cell)}<td>${escapeHtml(labelOfOwner(publishedAccess))}<td>${people}\n`,
      );
    }),
  );
  return `<tbody>\n${rows.join("")}`;
}

function words(capability: Capability): string {
  return capability.replaceAll("-", " ");
}

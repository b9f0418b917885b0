import { groupByKey } from "../../../common/group-by-key";
import { CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { isSameOwner, labelOfOwner } from "../../../modules/support-app/model/team";
import { capabilitiesInWords } from "../../iam/until-words";
import { countsInWords } from "../../reports/people-report";
import { digest, escapeHtml, pageStyle } from "../../terminal/html";
import type { AccessDocument, PublishedEnvironment } from "./access-document";
import { pageData } from "./page-data";
import type { PublicationChange } from "./since";
import { readText } from "./texts";

/** The names of more environments than this are hidden until somebody opens them. */
const FEW = 10;

/**
 * Who can do what where, as one self-contained page. A script creates the rows that are looked at from data; without
 * scripts, there is a table of all rows.
 */
export function accessPage(
  document: AccessDocument,
  since?: { version: string; changes: readonly PublicationChange[] },
): string {
  const { peopleReadAt } = document;
  // Its source becomes part of the page. It isn't imported: its types are those of a browser, not of Node.js.
  const { runPage } = require("./page/script") as { readonly runPage: () => void };
  const script = `"use strict";\n(${runPage})();\n`;
  const style = pageStyle();
  return readText("access.html", {
    ...{ style, script, styleDigest: digest(style), scriptDigest: digest(script) },
    version: escapeHtml(document.version),
    counts:
      peopleReadAt === undefined
        ? ""
        : ` Member counts: Slack, ${escapeHtml(peopleReadAt.slice(0, "2026-11-26".length))}.`,
    changes: since ? changesOf(since.version, since.changes) : "",
    plainTable: plainTable(document.environments),
    options: CAPABILITIES.map((capability) => `<option value="${capability}">${words(capability)}</option>`).join(""),
    heads: CAPABILITIES.map(
      (capability) => `<th role="columnheader" scope="col" class="can">${words(capability)}</th>`,
    ).join(""),
    data: pageData(document).replaceAll("<", "\\u003c"), // it can't end the script or begin a comment
  });
}

/** The table for browsers without scripts. It omits end tags, since there may be tens of thousands of rows. */
function plainTable(environments: readonly PublishedEnvironment[]): string {
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
  return `<p>Searching this page and showing roles and policies needs scripts, which don't run here. access.json has the same data.</p>
<div class="scroll" role="region" aria-label="Table of channels" tabindex="0">
<table>
<thead><tr><th scope="col">Environment<th scope="col">Account<th scope="col">Channel<th scope="col">Access<th scope="col">People can
<tbody>
${rows.join("")}</table>
</div>
`;
}

/** Changes that are the same in several environments are listed once. */
function changesOf(version: string, changes: readonly PublicationChange[]): string {
  const groups = groupByKey(changes, ({ gives, text }) => `${gives} ${text}`);
  const items = [...groups.values()].map((group) => {
    const [{ gives, text }] = group;
    const environments = group.map(({ environment }) => environment);
    const names = escapeHtml(environments.join(", "));
    const isMany = environments.length > FEW;
    const environmentWords = isMany ? `${environments.length} environments` : names;
    const detailsHtml = isMany ? ` <details><summary>Which environments</summary>${names}</details>` : "";
    return `<li class="${gives ? "gives" : "takes"}"><b>${environmentWords}</b>: ${escapeHtml(text)}${detailsHtml}</li>\n`;
  });
  return `<section aria-labelledby="since">
<h2 id="since">Since version ${escapeHtml(version)}</h2>
${items.length > 0 ? `<ul>\n${items.join("")}</ul>` : "<p>Nobody's access has changed.</p>"}
</section>
`;
}

function words(capability: Capability): string {
  return capability.replaceAll("-", " ");
}

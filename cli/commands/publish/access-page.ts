import { createHash } from "node:crypto";
import { CAPABILITIES, type Capability } from "../../../modules/support-app/model/capability";
import { printable } from "../../../modules/support-app/model/printable";
import { countsInWords } from "../../reports/people-report";
import { capabilitiesInWords } from "../../terminal/until-words";
import type { AccessDocument, PublishedEnvironment } from "./access-document";
import { pageData } from "./page-data";
import type { Change } from "./since";
import { text } from "./texts";

/** The changes since an earlier publication. */
export interface Since {
  readonly version: string;
  readonly changes: readonly Change[];
}

/** A change in more environments than this is listed once. */
const FEW = 10;

/**
 * Who can do what where, as one self-contained page. A script creates the rows that are looked at from data; without
 * scripts, there is a table of all rows.
 */
export function accessPage(document: AccessDocument, since?: Since): string {
  const { peopleReadAt } = document;
  const script = pageScript();
  const style = text("page.css");
  const capabilities = (markup: (capability: Capability) => string) => CAPABILITIES.map(markup).join("");
  return text("access.html", {
    ...{ style, script, styleDigest: digest(style), scriptDigest: digest(script) },
    version: escaped(document.version),
    counts: peopleReadAt === undefined ? "" : ` Member counts: Slack, ${escaped(dateOf(peopleReadAt))}.`,
    changes: since ? changes(since) : "",
    plainTable: plainTable(document.environments),
    options: capabilities((one) => `<option value="${one}">${words(one)}</option>`),
    heads: capabilities((one) => `<th role="columnheader" scope="col" class="can">${words(one)}</th>`),
    data: inScript(pageData(document)),
  });
}

/** The source of the function in page/script.ts, called. It isn't imported: its types are those of a browser, not of Node.js. */
export function pageScript(): string {
  const { runPage } = require("./page/script") as { readonly runPage: () => void };
  return `"use strict";\n(${runPage})();\n`;
}

/** The table for browsers without scripts. It omits end tags, since there may be tens of thousands of rows. */
function plainTable(environments: readonly PublishedEnvironment[]): string {
  const rows = environments.flatMap(({ name, account, accountAlias, accesses, channels }) =>
    accesses.flatMap((given) => {
      const { access, roleArn } = given;
      const where = channels.filter((channel) => channel.access === access);
      const channelCells = where.map(
        ({ name, workspace, channel, people }) =>
          `#${name} ${workspace} ${channel}${people === undefined ? "" : `: ${countsInWords(people)}`}`,
      );
      const cells = channelCells.length > 0 ? channelCells : [`none in code, role ${roleArn}`];
      const people = escaped(capabilitiesInWords(given.capabilities, given.until, words));
      return cells.map(
        (cell) =>
          `<tr><th scope="row">${escaped(name)}<td>${escaped(accountAlias === undefined ? account : `${account} ${accountAlias}`)}<td>${escaped(cell)}<td>${escaped(access)}<td>${people}\n`,
      );
    }),
  );
  return `<p>Searching this page and showing roles and policies needs scripts, which don't run here. access.json has the same data.</p>
<div class="scroll" role="region" aria-label="Table of channels" tabindex="0">
<table>
<thead><tr>${["Environment", "Account", "Channel", "Access", "People can"].map((name) => `<th scope="col">${name}`).join("")}
<tbody>
${rows.join("")}</table>
</div>
`;
}

function changes({ version, changes }: Since): string {
  const alike = new Map<string, Change[]>();
  for (const change of changes) {
    const key = `${change.gives} ${change.text}`;
    const group = alike.get(key);
    if (group) group.push(change);
    else alike.set(key, [change]);
  }
  const groups = [...alike.values()].filter((group) => group.length > FEW);
  const many = new Set(groups.flat());
  const items = [
    ...groups.map(([first, ...rest]) => item(first as Change, `${rest.length + 1} environments`)),
    ...changes.filter((change) => !many.has(change)).map((change) => item(change, change.environment)),
  ];
  return `<section aria-labelledby="since">
<h2 id="since">Since version ${escaped(version)}</h2>
${items.length > 0 ? `<ul>\n${items.join("")}</ul>` : "<p>Nobody's access has changed.</p>"}
${groups.length > 0 ? environmentsOf(groups) : ""}</section>
`;
}

function item({ text, gives }: Change, where: string): string {
  return `<li class="${gives ? "gives" : "takes"}"><b>${escaped(where)}</b>: ${escaped(text)}</li>\n`;
}

/** The environments of grouped changes, in one place: only one more stop for keyboard users. */
function environmentsOf(groups: readonly (readonly Change[])[]): string {
  const lists = groups.map(
    (group) =>
      `<dt>${escaped(group[0]?.text ?? "")}</dt><dd>${escaped(group.map(({ environment }) => environment).join(", "))}</dd>\n`,
  );
  return `<details>
<summary>Which environments</summary>
<dl>
${lists.join("")}</dl>
</details>
`;
}

/** The day of a time in UTC. */
function dateOf(time: string): string {
  return time.slice(0, "2026-11-26".length);
}

function words(capability: Capability): string {
  return capability.replaceAll("-", " ");
}

/** The hash that allows a style or script in the Content-Security-Policy. */
function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** Escapes JSON for a script element: it can't end the script or begin a comment. */
function inScript(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

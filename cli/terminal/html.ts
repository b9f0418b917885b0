import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../common/printable";

/** The style of self-contained pages. */
function pageStyle(): string {
  return readFileSync(join(__dirname, "page.css"), "utf8");
}

/** The hash that allows a style or script in the Content-Security-Policy. */
function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** Any text in HTML, in an element or an attribute. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * The text of a template.
 *
 * @param values what {{NAME}} in it stands for, by name
 */
export function filledTemplate(file: string, values: Readonly<Record<string, string>>): string {
  return readFileSync(file, "utf8").replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Received no value for {{${name}}} of ${file}, expected one.`);
    return value;
  });
}

/** A self-contained page. @param body in HTML, with a line break at its end @param script empty: none */
export function page(title: string, body: string, script = ""): string {
  const style = pageStyle();
  return filledTemplate(join(__dirname, "page.html"), {
    ...{ title: escapeHtml(title), style, styleDigest: digest(style) },
    scriptSource: script === "" ? "" : ` script-src '${digest(script)}';`,
    body: script === "" ? body : `${body}<script>${script}</script>\n`,
  });
}

/**
 * A self-contained page with tables that can be searched.
 *
 * @param run what else the page does, whose source becomes part of it
 */
export function tablePage(title: string, body: string, run: (kit: never) => void = () => {}): string {
  // It isn't imported: its types are those of a browser, not of Node.js.
  const { pageKit } = require("./page/script") as { readonly pageKit: () => never };
  return page(title, body, `"use strict";\n(${run})((${pageKit})());\n`);
}

import { isMap, isPair, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import type { EnvironmentEntry } from "../../stacks/environments-schema";
import { YamlSource } from "../../stacks/yaml-source";
import { canonical, isFields } from "../json";
import { environmentYaml, YAML_FORM } from "./environment-yaml";

/**
 * An environment file with one more environment, after the others. What stands there stays as it is, to the byte, where the
 * environments are a block; else its values, their order and the comments do.
 *
 * @returns undefined where the file has no place for it
 */
export function inserted(text: string, name: string, entry: EnvironmentEntry): string | undefined {
  const before = new YamlSource(text).value;
  const environments = isFields(before) && isFields(before.environments) ? before.environments : {};
  const expected = canonical({ ...(before as object | null), environments: { ...environments, [name]: entry } });
  const isRight = (result: string | undefined): result is string => {
    if (result === undefined) return false;
    const { errors, value } = new YamlSource(result);
    return errors.length === 0 && canonical(value) === expected;
  };
  return [insertedText, insertedNode].map((insert) => insert(text, name, entry)).find(isRight);
}

/** Puts the lines of the environment after those of the last one. */
function insertedText(text: string, name: string, entry: EnvironmentEntry): string | undefined {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const body = text.slice(mark.length);
  const environments = environmentsIn(body);
  if (!environments || environments.flow === true) return undefined;
  const [first] = environments.items;
  const start = first?.key.range?.[0];
  const last = environments.items.at(-1);
  if (start === undefined || last === undefined) return undefined;
  const margin = body.slice(body.lastIndexOf("\n", start - 1) + 1, start);
  if (!/^ +$/.test(margin)) return undefined;
  const newline = body.includes("\r\n") ? "\r\n" : "\n";
  const at = endOfLines(body, endOf(last), margin.length);
  const lines = environmentYaml({ [name]: entry })
    .trimEnd()
    .split("\n");
  const isSpaced =
    /\n[ \t]*\r?\n[^\n]*$/.test(body.slice(0, last.key.range?.[0] ?? 0)) && environments.items.length > 1;
  const added = [...(isSpaced ? [""] : []), ...lines.map((line) => `${margin}${line}`)].join(newline);
  const head = body.slice(0, at);
  return `${mark}${head}${/(^|\n)$/.test(head) ? "" : newline}${added}${newline}${body.slice(at)}`;
}

function environmentsIn(body: string): YAMLMap<Node, Node | null> | undefined {
  const { contents } = parseDocument(body);
  const found = isMap(contents) ? contents.get("environments", true) : undefined;
  return isMap<Node, Node | null>(found) ? found : undefined;
}

/** Where the last text of a node ends. A block's own end is that of the comments after it. */
function endOf(node: Node | Pair<Node, Node | null>): number {
  if (isPair(node)) return endOf(node.value ?? node.key);
  const last =
    (isMap<Node, Node | null>(node) || isSeq<Node>(node)) && node.flow !== true ? node.items.at(-1) : undefined;
  return last === undefined ? (node.range?.[1] ?? 0) : endOf(last);
}

/** The end of the line at which something ends, and of comments below that stand further in than environments do. */
function endOfLines(body: string, end: number, margin: number): number {
  const lineEnd = (from: number) => (body.indexOf("\n", from) < 0 ? body.length : body.indexOf("\n", from) + 1);
  let at = body[end - 1] === "\n" ? end : lineEnd(end);
  for (let next = at; next < body.length; ) {
    const line = body.slice(next, lineEnd(next));
    const [, indent] = line.match(/^( *)#/) ?? [];
    next = lineEnd(next);
    if (indent !== undefined && indent.length > margin) at = next;
    else if (line.trim() !== "") break;
  }
  return at;
}

/** Puts the environment into the parsed file and writes that. */
function insertedNode(text: string, name: string, entry: EnvironmentEntry): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !(document.contents === null || isMap(document.contents))) return undefined;
  const found = document.get("environments", true);
  if (isMap(found) && found.items.length === 0) found.flow = false;
  const node = parseDocument(environmentYaml({ [name]: entry })).contents;
  if (isMap(found)) found.items.push(...((node as YAMLMap).items as typeof found.items));
  else if (found === undefined || found === null) document.set("environments", node);
  else return undefined;
  return document.toString(YAML_FORM);
}

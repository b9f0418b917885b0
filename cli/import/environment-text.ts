import { isMap, isPair, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";

/** The YAML node of the environments in a file. Undefined: it has no mapping of them. */
export function environmentsIn(body: string): YAMLMap<Node, Node | null> | undefined {
  const { contents } = parseDocument(body);
  const found = isMap(contents) ? contents.get("environments", true) : undefined;
  return isMap<Node, Node | null>(found) ? found : undefined;
}

/** The indentation of a block, in spaces. Undefined: it has none, such as within braces. */
export function marginOf(body: string, block: YAMLMap<Node, Node | null>): string | undefined {
  const start = block.items[0]?.key.range?.[0];
  if (start === undefined || block.flow === true) return undefined;
  const margin = body.slice(body.lastIndexOf("\n", start - 1) + 1, start);
  return /^ +$/.test(margin) ? margin : undefined;
}

/** Where the text of a node ends. A block's own range also includes the comments after it. */
export function endOf(node: Node | Pair<Node, Node | null>): number {
  if (isPair(node)) return endOf(node.value ?? node.key);
  const last =
    (isMap<Node, Node | null>(node) || isSeq<Node>(node)) && node.flow !== true ? node.items.at(-1) : undefined;
  return last === undefined ? (node.range?.[1] ?? 0) : endOf(last);
}

/** The end of the line in which something ends, or of the more deeply indented comments below it. */
export function endOfLines(body: string, end: number, margin: number): number {
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

/** The line ending of a text. */
export function newlineOf(body: string): string {
  return body.includes("\r\n") ? "\r\n" : "\n";
}

/** A text and the byte order mark before it. */
export function withoutMark(text: string): { readonly mark: string; readonly body: string } {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  return { mark, body: text.slice(mark.length) };
}

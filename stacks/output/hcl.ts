import { canonical } from "../../common/canonical";
import { type Fields, isFields } from "../../common/fields";
import { InputError } from "../../common/input-error";
import { parseJsonIfAny } from "../../common/json";
import { printableLines } from "../../common/printable";
import { describe } from "../../common/problem";

/** Sections in the order in which people read them, with the number of names before the brace of their blocks. */
const SECTIONS: Readonly<Record<string, number>> = {
  terraform: 0,
  provider: 1,
  variable: 1,
  locals: 0,
  data: 2,
  module: 1,
  resource: 2,
  import: 0,
  moved: 0,
  removed: 0,
  check: 1,
  output: 1,
};

/** The blocks in them, with the number of names before the brace. */
const BLOCKS: Readonly<Record<string, number>> = {
  backend: 1,
  cloud: 0,
  workspaces: 0,
  required_providers: 0,
  lifecycle: 0,
  precondition: 0,
  postcondition: 0,
  assert: 0,
  validation: 0,
  dynamic: 1,
  content: 0,
  assume_role: 0,
  statement: 0,
  principals: 0,
  condition: 0,
};

/** Arguments whose strings are expressions, by the block they are in: in JSON, Terraform reads them without `${}`. */
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  variable: ["type"],
  data: ["depends_on", "provider"],
  resource: ["depends_on", "provider"],
  module: ["depends_on", "providers"],
  output: ["depends_on"],
  import: ["to", "provider"],
  moved: ["from", "to"],
  removed: ["from"],
  lifecycle: ["ignore_changes", "replace_triggered_by"],
  dynamic: ["iterator"],
};

/** Keys of a block that people want to read first. */
const FIRST = [
  ...["source", "version", "count", "for_each", "from", "to", "id", "name", "path", "type", "type_name"],
  ...["description", "default", "nullable", "condition", "test", "variable", "effect", "actions"],
];

/** Blocks that have only arguments, whatever their names. */
const WITHOUT_BLOCKS = ["locals", "module", "required_providers"];

/** Arguments that are JSON, which people read as a mapping. */
const JSON_ARGUMENTS = ["schema"];

/** Arguments with mappings in all other blocks. */
const MAPPINGS = ["default", "input", "tags", "value"];

/** The key of CDKTF's remarks, which Terraform ignores in JSON. */
const REMARK = "//";

const INDENT = "  ";

/** An error for Terraform in JSON that may mean something else in HCL. */
function refusal(received: string, expected: string): InputError {
  return new InputError(printableLines(`Received ${received}, expected ${expected}`));
}

/**
 * Terraform's JSON in HCL, formatted like `terraform fmt`, except inside expressions.
 *
 * @param terraform what this project synthesizes, without CDKTF's remarks
 * @param sections the sections to write. Default: all
 * @param comments lines of comments, by the header of the block that they are in, such as `data "a" "b"`
 * @throws InputError for blocks that this project doesn't write, and for texts that may mean something else in HCL
 */
export function toHcl(
  terraform: Fields,
  sections = Object.keys(SECTIONS),
  comments: Readonly<Record<string, readonly string[]>> = {},
): string {
  const unknown = Object.keys(terraform).find((name) => !Object.hasOwn(SECTIONS, name) && name !== REMARK);
  if (unknown !== undefined) {
    const sectionNames = Object.keys(SECTIONS).join(", ");
    throw refusal(
      `the section ${describe(unknown)}`,
      `one of ${sectionNames}: only these are written as HCL. Synthesize JSON, without --hcl.`,
    );
  }
  const blocks = Object.entries(SECTIONS).flatMap(([section, names]) => {
    const value = sections.includes(section) ? terraform[section] : undefined;
    return value === undefined ? [] : labelledBlocks(section, section, value, names);
  });
  const commented = blocks.map(([header = "", ...lines]) => {
    const remarks = comments[header.replace(/ \{$/, "")]?.map((comment) => indent(`# ${comment}`)) ?? [];
    return [header, ...remarks, ...lines].join("\n");
  });
  return `${commented.join("\n\n")}\n`;
}

/** The lines of each block, with its names before the brace. */
function labelledBlocks(kind: string, header: string, value: unknown, names: number): string[][] {
  if (names > 0) {
    return Object.entries(value as Fields).flatMap(([name, block]) =>
      labelledBlocks(kind, `${header} ${text(name)}`, block, names - 1),
    );
  }
  return [value].flat().map((block) => {
    try {
      const lines = body(kind, block as Fields);
      return lines.length === 0 ? [`${header} {}`] : [`${header} {`, ...lines.map(indent), "}"];
    } catch (error) {
      throw error instanceof InputError ? new InputError(printableLines(`${header}: ${error.message}`)) : error;
    }
  });
}

/** The lines between a block's braces. */
function body(kind: string, block: Fields): string[] {
  const rank = ([key]: [string, unknown]) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  const entries = Object.entries(block)
    .filter(([key]) => key !== REMARK)
    .sort((a, b) => rank(a) - rank(b));
  const blocks = entries.filter(([key, value]) => isBlock(kind, key, value));
  const args = entries
    .filter((entry) => !blocks.includes(entry))
    .map(([key, value]): Assignment => {
      const encoded = JSON_ARGUMENTS.includes(key) ? jsonencode(String(value)) : undefined;
      return [key, encoded ?? expression(value, REFERENCES[kind]?.includes(key))];
    });
  return [assignments(args), ...blocks.flatMap(([key, value]) => labelledBlocks(key, key, value, BLOCKS[key] ?? 0))]
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index > 0 ? ["", ...part] : part));
}

/** Blocks and arguments look the same in JSON. */
function isBlock(kind: string, key: string, value: unknown): boolean {
  if (WITHOUT_BLOCKS.includes(kind) || typeof value !== "object" || value === null) return false;
  if (Object.hasOwn(BLOCKS, key)) return true;
  if (MAPPINGS.includes(key) || ![value].flat().some(isFields)) return false;
  throw refusal(
    describe(key),
    "a key that this package writes: HCL writes blocks differently from arguments. Leave it out, or synthesize JSON.",
  );
}

/** A name, and the lines of its value. */
type Assignment = readonly [name: string, value: readonly string[]];

/** Assignments. The equals signs of consecutive ones are aligned, unless a value has several lines. */
function assignments(assignmentList: readonly Assignment[]): string[] {
  const lines: string[] = [];
  let group: Assignment[] = [];
  const endGroup = () => {
    const width = Math.max(0, ...group.map(([name]) => columns(name)));
    for (const [name, [value]] of group) lines.push(`${name}${" ".repeat(width - columns(name))} = ${value}`);
    group = [];
  };
  for (const assignment of assignmentList) {
    const [name, [first, ...rest]] = assignment;
    if (rest.length === 0) {
      group.push(assignment);
      continue;
    }
    endGroup();
    lines.push(`${name} = ${first}`, ...rest);
  }
  endGroup();
  return lines;
}

function columns(name: string): number {
  return [...name].length;
}

function indent(line: string): string {
  return line === "" ? "" : INDENT + line;
}

/** @param isReference whether its strings are expressions */
function expression(value: unknown, isReference = false): string[] {
  const nestedExpression = (value: unknown) => expression(value, isReference);
  if (Array.isArray(value)) return list(value.map(nestedExpression));
  if (isFields(value)) return mapping(value, nestedExpression);
  if (typeof value !== "string") return [JSON.stringify(value)];
  const only = onlyExpression(value);
  return only === undefined ? (isReference ? value : text(value)).split("\n") : linesOf(only);
}

/** The call of jsonencode that gives a JSON text. Undefined: none gives exactly this text. */
function jsonencode(json: string): string[] | undefined {
  const value = parseJsonIfAny(json);
  if (!isFields(value) || canonical(value) !== json || /[<>&]/.test(json)) return undefined;
  const [first, ...rest] = expression(value);
  return [`jsonencode(${first}`, ...rest.slice(0, -1), `${rest.at(-1)})`];
}

function list(items: readonly string[][]): string[] {
  if (items.length < 2 && (items[0]?.length ?? 0) < 2) return [`[${items[0]?.[0] ?? ""}]`];
  return ["[", ...items.flatMap((lines) => [...lines.slice(0, -1), `${lines.at(-1)},`].map(indent)), "]"];
}

function mapping(value: Fields, write: (value: unknown) => string[]): string[] {
  const entries = Object.entries(value);
  if (entries.length === 0) return ["{}"];
  const entryAssignments = entries.map(
    ([key, value]): Assignment => [/^(?!for$)[a-z_]\w*$/i.test(key) ? key : text(key), write(value)],
  );
  return ["{", ...assignments(entryAssignments).map(indent), "}"];
}

/** Longest expression on one line, in columns. */
const WIDTH = 100;

/** An expression. Of a long one, what stands in its last brackets is on lines of its own. */
function linesOf(source: string): string[] {
  const last = columns(source) > WIDTH ? bracketsIn(source).at(-1) : undefined;
  if (last === undefined) return source.split("\n");
  const { start, end } = last;
  const content = source.slice(start + 1, end).trim();
  const [inner] = bracketsIn(content);
  const isAllInner = inner?.start === 0 && inner.end === content.length - 1; // as in f([…])
  const lines = isAllInner ? linesOf(content) : ["", ...linesInside(source[start], content).map(indent), ""];
  return lines.map((line, index) =>
    [index === 0 ? source.slice(0, start + 1) : "", line, index === lines.length - 1 ? source.slice(end) : ""].join(""),
  );
}

/** The lines between brackets: the parts of a `for`, or an item each. */
function linesInside(bracket: string | undefined, content: string): string[] {
  if (content.startsWith("for ")) {
    const [head, ...rest] = split(content, " : ");
    const [value = "", ...conditions] = split(rest.join(" : "), " if ");
    return [`${head} :`, ...linesOf(value), ...conditions.map((condition) => `if ${condition}`)];
  }
  const items = split(content, ", ");
  if (bracket !== "{") return items.flatMap((item) => linesOf(`${item},`));
  return assignments(
    items.map((item): Assignment => {
      const [key = "", ...value] = split(item, " = ");
      return [key.replace(/^"([a-z_]\w*)"$/i, "$1"), linesOf(value.join(" = "))];
    }),
  );
}

/** The brackets of an expression that aren't in others, from the first one. */
function bracketsIn(source: string): { readonly start: number; readonly end: number }[] {
  const outer = [...depthsIn(source).entries()].filter(
    ([index, depth]) => depth === 0 && /[([{}\])]/.test(source[index] ?? ""),
  );
  return outer.flatMap(([start], index) => (index % 2 === 0 ? [{ start, end: outer[index + 1]?.[0] ?? start }] : []));
}

/** Splits an expression where a separator isn't in brackets or in a string. */
function split(source: string, separator: string): string[] {
  const depths = depthsIn(source);
  const parts: string[] = [];
  let start = 0;
  for (let index = source.indexOf(separator); index >= 0; index = source.indexOf(separator, index + 1)) {
    if (depths[index] !== 0) continue;
    parts.push(source.slice(start, index));
    start = index + separator.length;
  }
  return [...parts, source.slice(start)];
}

/** In how many brackets and strings each character is. Brackets themselves are outside. */
function depthsIn(source: string): number[] {
  const depths: number[] = [];
  let depth = 0;
  for (const [token] of source.matchAll(new RegExp(PART, "guy"))) {
    if (")]}".includes(token)) depth--;
    for (const _ of token.split("")) depths.push(token.length > 1 ? depth + 1 : depth);
    if ("([{".includes(token)) depth++;
  }
  return depths;
}

/** A string in quotes. What Terraform evaluates in it stays as it is. */
function text(value: string): string {
  // In JSON, Terraform evaluates nothing after a lone carriage return, and removes a byte order mark. HCL can't escape the others.
  if (/^\ufeff|\r(?!\n)|[\b\f]/.test(value)) {
    throw refusal(
      `the text ${describe(value)}`,
      "a text without a byte order mark at its beginning, lone carriage returns, backspaces and form feeds: HCL has others. Leave them out, or synthesize JSON.",
    );
  }
  let quotedText = "";
  let end = 0;
  for (const { 0: start, index } of value.matchAll(/[$%]?[$%]\{/g)) {
    if (index < end) continue; // it is in a template
    const isEscape = ["$${", "%%{"].includes(start);
    const position = isEscape ? index : index + start.length - 2;
    const { read: source, text } = isEscape ? { read: start, text: start } : readTemplate(value, position);
    quotedText += escapeTemplate(value.slice(end, position)) + text;
    end = position + source.length;
  }
  return `"${quotedText}${escapeTemplate(value.slice(end))}"`;
}

function escapeTemplate(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The expression of a string that is one `${…}` and nothing else. */
function onlyExpression(value: string): string | undefined {
  if (!value.startsWith("${") || /^\$\{~|~\}$/.test(value)) return undefined;
  const { read: source, text } = readTemplate(value, 0);
  return source === value ? text.slice(2, -1).trim() : undefined;
}

/** In an expression: a string, in which a template has neither quotes nor braces, or any character that begins no comment and no heredoc. */
const PART = /"(?:\\.|[$%]\{[^"{}]*\}|[$%](?!\{)|[^"\\$%])*"|(?!#|\/\/|\/\*|<<|")[\s\S]/uy;

/** The template that begins at a position, also formatted like `terraform fmt`. */
function readTemplate(value: string, position: number): { readonly read: string; readonly text: string } {
  const part = new RegExp(PART);
  part.lastIndex = position + 2;
  let text = value.slice(position, position + 2);
  let depth = 0;
  for (let [token] = part.exec(value) ?? []; token !== undefined; [token] = part.exec(value) ?? []) {
    if (token === "\n" && depth === 0) break;
    if (token === "}" && depth === 0) return { read: value.slice(position, part.lastIndex), text: `${text}}` };
    if (token === "}" && !/[\s{]$/.test(text)) text += " ";
    text += token;
    if (token === "{" && !/[\s}]/.test(value.charAt(part.lastIndex))) text += " ";
    if ("([{".includes(token)) depth++;
    if (")]}".includes(token)) depth--;
  }
  throw refusal(
    `the text ${describe(value)}`,
    "an expression that ends with }, without comments, heredocs, line breaks outside brackets, and quotes or braces in a template in a string. Write $${ or %%{ for the text itself, or synthesize JSON.",
  );
}

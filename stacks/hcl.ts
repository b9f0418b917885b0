import { printableLines } from "../modules/support-app/printable";
import { describe } from "../modules/support-app/problem";
import type { Bindings } from "./bindings";
import { type Fields, isFields } from "./fields";

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
  mock_provider: 1,
  run: 1,
};

/** Blocks in HCL that bindings don't describe, with the number of names before the brace. */
const BLOCKS: Readonly<Record<string, number>> = {
  backend: 1,
  cloud: 0,
  workspaces: 0,
  required_providers: 0,
  lifecycle: 0,
  precondition: 0,
  postcondition: 0,
  validation: 0,
  provisioner: 1,
  connection: 0,
  dynamic: 1,
  content: 0,
  assume_role: 0,
  statement: 0,
  principals: 0,
  condition: 0,
  mock_data: 1,
  mock_resource: 1,
  module: 0,
  variables: 0,
  assert: 0,
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
  run: ["command", "expect_failures"],
  lifecycle: ["ignore_changes", "replace_triggered_by"],
  dynamic: ["iterator"],
  provisioner: ["when", "on_failure"],
};

/** Keys of a block that people want to read first. */
const FIRST = [
  ...[
    "command",
    "source",
    "version",
    "count",
    "for_each",
    "from",
    "to",
    "id",
    "name",
    "path",
    "type",
    "type_name",
    "description",
    "default",
  ],
  ...["nullable", "condition", "test", "variable", "effect", "actions"],
];

/** Blocks that have only arguments, whatever their names. */
const WITHOUT_BLOCKS = ["locals", "module", "variables", "required_providers"];

/** Blocks that have no argument with a mapping. */
const ONLY_BLOCKS = ["terraform", "check"];

/** Blocks that may contain blocks of any name. */
const WITH_BLOCKS = ["provider", "data", "resource", "content"];

/** The key of CDKTF's remarks, which Terraform ignores in JSON. */
const REMARK = "//";

const INDENT = "  ";

/** Terraform in JSON that may mean something else in HCL. The message is complete, and written for people. */
export class HclError extends Error {
  /** @param places the blocks around it, innermost first */
  constructor(
    private readonly received: string,
    private readonly expected: string,
    private readonly places: readonly string[] = [],
  ) {
    const where = places.map((place) => ` in ${place}`).join("");
    super(printableLines(`Received ${received}${where}, expected ${expected}`));
  }

  /** The same error inside a block. */
  within(header: string): HclError {
    return new HclError(this.received, this.expected, [...this.places, header]);
  }
}

/** Blocks and arguments look the same in JSON, but not in HCL. */
function unclear(key: string): HclError {
  return new HclError(
    describe(key),
    "a key that CDKTF's bindings describe: HCL writes blocks differently from arguments. Leave it out, or synthesize JSON.",
  );
}

/**
 * Terraform's JSON in HCL, formatted like `terraform fmt`, except inside expressions.
 *
 * @param terraform what CDKTF synthesizes, without its remarks
 * @param only the sections to write. Default: all
 * @param bindings tells blocks from arguments. Default, and if they don't know: by the names of the blocks that this project has
 * @throws HclError for an unknown section, and for anything that may mean something else in HCL
 */
export function toHcl(terraform: Fields, only = Object.keys(SECTIONS), bindings?: Bindings): string {
  const unknown = Object.keys(terraform).find((section) => section !== REMARK && !Object.hasOwn(SECTIONS, section));
  if (unknown !== undefined) {
    throw new HclError(
      `the section ${describe(unknown)}`,
      `one of ${Object.keys(SECTIONS).join(", ")}. Synthesize JSON, which allows any.`,
    );
  }
  const blocks = Object.entries(SECTIONS).flatMap(([section, names]) => {
    const value = only.includes(section) ? terraform[section] : undefined;
    return value === undefined ? [] : labelled(section, section, value, names, inside(bindings, section));
  });
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** The lines of each block, with its names before the brace. */
function labelled(kind: string, header: string, value: unknown, names: number, bindings: Bindings): string[][] {
  if (names > 0 && isFields(value)) {
    return Object.entries(value).flatMap(([name, named]) =>
      labelled(kind, `${header} ${text(name)}`, named, names - 1, inside(bindings, name)),
    );
  }
  return [value].flat().flatMap((one, index) => {
    const known = Array.isArray(bindings) ? bindings[index] : bindings;
    // Such as provisioners, which are a list such as `[{ "local-exec": … }]` in JSON.
    if (names > 0) return labelled(kind, header, one, names, known);
    const lines = within(header, () => body(kind, one as Fields, known));
    return [lines.length === 0 ? [`${header} {}`] : [`${header} {`, ...lines.map(indented), "}"]];
  });
}

function within<T>(header: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw error instanceof HclError ? error.within(header) : error;
  }
}

/** The lines between a block's braces. */
function body(kind: string, block: Fields, bindings: Bindings): string[] {
  const rank = ([key]: [string, unknown]) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  const entries = Object.entries(block)
    .filter(([key]) => key !== REMARK)
    .sort((a, b) => rank(a) - rank(b));
  const isBlock = ([key, value]: [string, unknown]) => {
    if (typeof value !== "object" || value === null || WITHOUT_BLOCKS.includes(kind)) return false;
    const told = bindingsIn(bindings, key);
    const known = isBlockOf(told);
    if (isUnclear(key, value, told)) throw unclear(key);
    if (known !== undefined) return known;
    if (Object.hasOwn(BLOCKS, key)) return true;
    const mayBeBlocks = WITH_BLOCKS.includes(kind) ? Array.isArray(value) : ONLY_BLOCKS.includes(kind);
    if (mayBeBlocks && [value].flat().some(isFields)) throw unclear(key);
    return false;
  };
  const inBlocks = entries.filter(isBlock);
  const args = entries
    .filter((entry) => !inBlocks.includes(entry))
    .map(([key, value]): Assignment => [key, REFERENCES[kind]?.includes(key) ? reference(value) : expression(value)]);
  const blocks = inBlocks.flatMap(([key, value]) => labelled(key, key, value, BLOCKS[key] ?? 0, inside(bindings, key)));
  return [assignments(args), ...blocks]
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index > 0 ? ["", ...part] : part));
}

function bindingsIn(bindings: Bindings, name: string): Bindings {
  return isFields(bindings) && Object.hasOwn(bindings, name) ? bindings[name] : undefined;
}

/** CDKTF spells the key differently in the bindings of providers and of resources. */
function isBlockOf(bindings: Bindings): boolean | undefined {
  const told = isFields(bindings) ? (bindings.isBlock ?? bindings.is_block) : undefined;
  return typeof told === "boolean" ? told : undefined;
}

/** Whether the bindings are wrong, or say too little, about whether a mapping or a list is a block. */
function isUnclear(key: string, value: unknown, bindings: Bindings): boolean {
  const isBlock = isBlockOf(bindings);
  const { type } = isFields(bindings) ? bindings : {};
  // An argument of any type may really be blocks, such as the statements of WAF.
  if (isBlock === false) return type === "simple" && [value].flat().some(isFields);
  if (isBlock === undefined) return false;
  // An empty list means no block or, for an argument that may be written as blocks, removes the existing ones.
  if (Array.isArray(value) && value.length === 0) return true;
  return !["timeouts", "workspaces"].includes(key) && (type === "struct" || type === "map");
}

/** The bindings inside the element of that name. */
function inside(bindings: Bindings, name: string): Bindings {
  const known = bindingsIn(bindings, name);
  return isBlockOf(known) === undefined ? known : (known as Fields).value;
}

/** A name, and the lines of its value. */
type Assignment = readonly [name: string, value: readonly string[]];

/** Assignments. The equals signs of consecutive ones are aligned, unless a value has several lines. */
function assignments(all: readonly Assignment[]): string[] {
  const lines: string[] = [];
  let group: Assignment[] = [];
  const endGroup = () => {
    const width = Math.max(0, ...group.map(([name]) => columns(name)));
    for (const [name, [value]] of group) lines.push(`${name}${" ".repeat(width - columns(name))} = ${value}`);
    group = [];
  };
  for (const one of all) {
    const [name, [first, ...rest]] = one;
    if (rest.length === 0) {
      group.push(one);
      continue;
    }
    endGroup();
    lines.push(`${name} = ${first}`, ...rest);
  }
  endGroup();
  return lines;
}

let graphemes: Intl.Segmenter | undefined; // once it is needed: it takes as long to make as to write a stack

/** Strings in which each character is a column: segmenting them takes longer than everything else. */
const ASCII = /^[ -~]*$/;

function columns(name: string): number {
  if (ASCII.test(name)) return name.length;
  graphemes ??= new Intl.Segmenter("en");
  return [...graphemes.segment(name)].length;
}

function indented(line: string): string {
  return line === "" ? "" : INDENT + line;
}

function reference(value: unknown): string[] {
  if (Array.isArray(value)) return list(value.map(reference));
  if (isFields(value)) return mapping(value, reference);
  return ((typeof value === "string" && onlyExpression(value)) || String(value)).split("\n");
}

function expression(value: unknown): string[] {
  if (typeof value === "string") return (onlyExpression(value) ?? text(value)).split("\n");
  if (Array.isArray(value)) return list(value.map(expression));
  if (!isFields(value)) return [JSON.stringify(value)];
  return mapping(value, expression);
}

function list(items: readonly string[][]): string[] {
  if (items.length < 2 && (items[0]?.length ?? 0) < 2) return [`[${items[0]?.[0] ?? ""}]`];
  return ["[", ...items.flatMap((lines) => [...lines.slice(0, -1), `${lines.at(-1)},`].map(indented)), "]"];
}

function mapping(value: Fields, write: (value: unknown) => string[]): string[] {
  const entries = Object.entries(value);
  if (entries.length === 0) return ["{}"];
  const named = entries.map(
    ([key, one]): Assignment => [/^(?!for$)[a-z_]\w*$/i.test(key) ? key : text(key), write(one)],
  );
  return ["{", ...assignments(named).map(indented), "}"];
}

/** Strings without anything to escape or to evaluate. */
const PLAIN = /^[ !#&-[\]-~]*$/;

/** A string in quotes. What Terraform evaluates in it stays as it is. */
function text(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  // In JSON, Terraform evaluates nothing after a lone carriage return, and removes a byte order mark.
  if ((/\r(?!\n)/.test(value) && /[$%]\{/.test(value)) || value.startsWith("\ufeff")) {
    throw new HclError(
      `the text ${describe(value)}`,
      "a text without a byte order mark at its beginning, and without a template beside a lone carriage return: Terraform reads them differently in JSON. Leave them out, or synthesize JSON.",
    );
  }
  let quoted = "";
  for (let at = 0; at < value.length; ) {
    const template = readTemplate(value, at);
    const character = String.fromCodePoint(value.codePointAt(at) as number);
    quoted += template?.text ?? escaped(character);
    at = template?.end ?? at + character.length;
  }
  return `"${quoted}"`;
}

/** As in JSON, except for two escapes that HCL doesn't have. */
function escaped(character: string): string {
  const quoted = JSON.stringify(character).slice(1, -1);
  return { "\\b": "\\u0008", "\\f": "\\u000c" }[quoted] ?? quoted;
}

/** The expression of a string that is one `${…}` and nothing else. */
function onlyExpression(value: string): string | undefined {
  const template = value.startsWith("${") ? readTemplate(value, 0) : undefined;
  if (template?.end !== value.length || /^\$\{~|~\}$/.test(value)) return undefined;
  const only = template.text.slice(2, -1).trim();
  return breaksOutsideBrackets(only) ? `(${only})` : only; // a line break would end it
}

function breaksOutsideBrackets(expression: string): boolean {
  const rest = expression.replace(/"[^"]*"|[([{][^()[\]{}"]*[)\]}]/g, "");
  return rest === expression ? rest.includes("\n") : breaksOutsideBrackets(rest);
}

/** A part of a string, formatted like `terraform fmt`, and where it ends. */
interface Part {
  readonly text: string;
  readonly end: number;
}

/** The template, or its escape, that begins at a position. Undefined: there is none. */
function readTemplate(value: string, at: number): Part | undefined {
  if (value.startsWith("$${", at) || value.startsWith("%%{", at)) return { text: value.slice(at, at + 3), end: at + 3 };
  if (!value.startsWith("${", at) && !value.startsWith("%{", at)) return undefined;
  const { text, end } = readExpression(value, at + 2);
  return { text: value.slice(at, at + 2) + text, end };
}

/** An expression, including the brace that ends it. */
function readExpression(value: string, start: number): Part {
  let text = "";
  let depth = 0;
  let at = start;
  while (at < value.length) {
    const character = value[at];
    if (/^(#|\/\/|\/\*|<<)/.test(value.slice(at, at + 2))) {
      throw new HclError(
        `the text ${describe(value)}`,
        "an expression without a comment or a heredoc, which aren't supported. Leave it out, or synthesize JSON.",
      );
    }
    const quoted = character === '"' ? readQuoted(value, at) : undefined;
    if (character === "}" && depth-- === 0) return { text: `${text}}`, end: at + 1 };
    if (character === "}" && !/[\s{]$/.test(text)) text += " ";
    text += quoted?.text ?? character;
    at = quoted?.end ?? at + 1;
    if (character !== "{") continue;
    depth++;
    if (!/[\s}]/.test(value.charAt(at))) text += " ";
  }
  throw new HclError(
    `the text ${describe(value)}`,
    "an expression that ends with }: Terraform can't read it either. Add the }, or write $${ or %%{ for the text itself.",
  );
}

/** A string in quotes within an expression. */
function readQuoted(value: string, start: number): Part {
  let text = '"';
  let at = start + 1;
  while (at < value.length) {
    const template = readTemplate(value, at);
    const end = template?.end ?? at + (value[at] === "\\" ? 2 : 1);
    text += template?.text ?? value.slice(at, end);
    if (value[at] === '"') return { text, end };
    at = end;
  }
  return { text, end: at };
}

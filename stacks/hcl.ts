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

/** What is a block in HCL wherever bindings don't say so, with the number of names before its brace. */
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

/** Arguments whose texts are expressions, by what they stand in: in JSON, Terraform takes them as they are. */
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

/** What people read first of a block. */
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

/** What has arguments alone, whatever they are called. */
const WITHOUT_BLOCKS = ["locals", "module", "variables", "required_providers"];

/** What has no argument that is a mapping. */
const ONLY_BLOCKS = ["terraform", "check"];

/** What may have blocks of any name. */
const WITH_BLOCKS = ["provider", "data", "resource", "content"];

/** Where CDKTF writes what Terraform's JSON passes over. */
const REMARK = "//";

const INDENT = "  ";

/** Terraform that HCL may not say as JSON does. The message is for a person, and complete. */
export class HclError extends Error {
  /** @param places what it stands in, from the nearest on */
  constructor(
    private readonly received: string,
    private readonly expected: string,
    private readonly places: readonly string[] = [],
  ) {
    const where = places.map((place) => ` in ${place}`).join("");
    super(printableLines(`Received ${received}${where}, expected ${expected}`));
  }

  /** The same, in a block. */
  within(header: string): HclError {
    return new HclError(this.received, this.expected, [...this.places, header]);
  }
}

/** Blocks and values of arguments look the same in JSON, and HCL takes each for itself alone. */
function unclear(key: string): HclError {
  return new HclError(
    describe(key),
    "what CDKTF's bindings tell apart: HCL writes blocks differently from the value of an argument. Leave it out, or synthesize JSON.",
  );
}

/**
 * Terraform's JSON in HCL, as `terraform fmt` has it but for what is within an expression.
 *
 * @param terraform what CDKTF synthesizes, without its remarks
 * @param only the sections to write. Default: all
 * @param bindings what tells blocks from arguments. Default, and where they don't know: the names of those that this project has
 * @throws HclError for a section that isn't one of Terraform's, and for what HCL may not say as JSON does
 */
export function toHcl(terraform: Fields, only = Object.keys(SECTIONS), bindings?: Bindings): string {
  const unknown = Object.keys(terraform).find((section) => section !== REMARK && !Object.hasOwn(SECTIONS, section));
  if (unknown !== undefined) {
    throw new HclError(
      `the section ${describe(unknown)}`,
      `one of ${Object.keys(SECTIONS).join(", ")}. Synthesize JSON, which takes any.`,
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
    // Such as provisioners, which JSON has in a list of the like of `{ "local-exec": … }`.
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

/** What stands between a block's braces. */
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

/** CDKTF writes the keys of providers' bindings in another way than those of resources. */
function isBlockOf(bindings: Bindings): boolean | undefined {
  const told = isFields(bindings) ? (bindings.isBlock ?? bindings.is_block) : undefined;
  return typeof told === "boolean" ? told : undefined;
}

/** Whether bindings tell wrongly, or too little, what HCL needs to know of a mapping or a list. */
function isUnclear(key: string, value: unknown, bindings: Bindings): boolean {
  const isBlock = isBlockOf(bindings);
  const { type } = isFields(bindings) ? bindings : {};
  // An argument of any type may be blocks, as are the statements of WAF.
  if (isBlock === false) return type === "simple" && [value].flat().some(isFields);
  if (isBlock === undefined) return false;
  // An empty list is no block at all, or, of an argument that may be written as blocks, takes away what there is.
  if (Array.isArray(value) && value.length === 0) return true;
  return !["timeouts", "workspaces"].includes(key) && (type === "struct" || type === "map");
}

/** What bindings know of what stands in what has that name. */
function inside(bindings: Bindings, name: string): Bindings {
  const known = bindingsIn(bindings, name);
  return isBlockOf(known) === undefined ? known : (known as Fields).value;
}

/** A name, and the lines of its value. */
type Assignment = readonly [name: string, value: readonly string[]];

/** Assignments, with the equals signs of those under each other in one column, unless a value takes several lines. */
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

/** Texts in which each character is a column: segmenting them costs more than all the rest. */
const ASCII = /^[ -~]*$/;

function columns(name: string): number {
  if (ASCII.test(name)) return name.length;
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
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
  if (items.length < 2 && (items[0]?.length ?? 0) < 2) return [`[${items.flat().join("")}]`];
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

/** Texts in which there is nothing to escape or to evaluate. */
const PLAIN = /^[ !#&-[\]-~]*$/;

/** A text in quotes. What Terraform evaluates in it stays as it is. */
function text(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  // In JSON, Terraform evaluates nothing after the former, and takes the latter away.
  if ((/\r(?!\n)/.test(value) && /[$%]\{/.test(value)) || value.startsWith("\ufeff")) {
    throw new HclError(
      `the text ${describe(value)}`,
      "no template in a text with a carriage return that no line feed follows, and no byte order mark at its beginning: in JSON, Terraform takes them in another way. Leave them out, or synthesize JSON.",
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

/** As JSON has it, but for two escapes that HCL doesn't know. */
function escaped(character: string): string {
  const quoted = JSON.stringify(character).slice(1, -1);
  return { "\\b": "\\u0008", "\\f": "\\u000c" }[quoted] ?? quoted;
}

/** The expression of a text that is one `${…}` and nothing else. */
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

/** A part of a text as `terraform fmt` has it, and where it ends. */
interface Part {
  readonly text: string;
  readonly end: number;
}

/** The template, or its escape, that begins at a position. Undefined: none does. */
function readTemplate(value: string, at: number): Part | undefined {
  if (value.startsWith("$${", at) || value.startsWith("%%{", at)) return { text: value.slice(at, at + 3), end: at + 3 };
  if (!value.startsWith("${", at) && !value.startsWith("%{", at)) return undefined;
  const { text, end } = readExpression(value, at + 2);
  return { text: value.slice(at, at + 2) + text, end };
}

/** An expression, up to and with the brace that ends it. */
function readExpression(value: string, start: number): Part {
  let text = "";
  let depth = 0;
  let at = start;
  while (at < value.length) {
    const character = value[at];
    if (/^(#|\/\/|\/\*|<<)/.test(value.slice(at, at + 2))) {
      throw new HclError(
        `the text ${describe(value)}`,
        "no comment and no heredoc within an expression: where it ends isn't worked out. Leave it out, or synthesize JSON.",
      );
    }
    const quoted = character === '"' ? readQuoted(value, at) : undefined;
    if (character === "}" && depth-- === 0) return { text: `${text}}`, end: at + 1 };
    if (character === "}" && !/[\s{]$/.test(text)) text += " ";
    text += quoted?.text ?? character;
    at = quoted?.end ?? at + 1;
    if (character !== "{") continue;
    depth++;
    if (!/[\s}]/.test(value[at] ?? "}")) text += " ";
  }
  return { text, end: at };
}

/** A text in quotes within an expression. */
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

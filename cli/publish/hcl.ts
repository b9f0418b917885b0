import { format } from "@cdktf/hcl-tools";
import { isFields } from "../json";

type Fields = Readonly<Record<string, unknown>>;

/** What is a block in HCL; everything else is an argument. */
const BLOCKS = new Set([
  "required_providers",
  "assume_role",
  "statement",
  "principals",
  "condition",
  "lifecycle",
  "precondition",
  "validation",
  "content",
  "mock_data",
  "mock_resource",
  "module",
  "variables",
  "assert",
]);

/** Arguments whose texts are expressions: in JSON, Terraform takes them as they are. */
const REFERENCES = new Set(["depends_on", "ignore_changes", "from", "to", "command", "expect_failures"]);

/** Sections whose blocks have names before the brace, by the number of names. */
const LABELS: Readonly<Record<string, number>> = {
  ...{ provider: 1, variable: 1, output: 1, data: 2, resource: 2, module: 1, mock_provider: 1, run: 1 },
};

/** The same of blocks within others. */
const INNER_LABELS: Readonly<Record<string, number>> = { dynamic: 1, mock_data: 1, mock_resource: 1 };

/** Sections in the order in which people read them. */
const SECTIONS = [
  "terraform",
  "provider",
  "variable",
  "locals",
  "data",
  "module",
  "resource",
  "import",
  "moved",
  "removed",
  "output",
  "mock_provider",
  "run",
];

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

/**
 * Terraform's JSON in HCL, as `terraform fmt` has it.
 *
 * @param terraform what CDKTF synthesizes for this project's constructs, without its remarks
 * @param only the sections to write
 */
export async function toHcl(terraform: Fields, only: readonly string[] = SECTIONS): Promise<string> {
  const sections = SECTIONS.filter((section) => only.includes(section) && terraform[section] !== undefined);
  const blocks = sections.flatMap((section) => labelled(section, terraform[section], LABELS[section] ?? 0));
  return (await format(blocks.join("\n"))).trimEnd().concat("\n");
}

/** The blocks of a section, each with its names before the brace. */
function labelled(header: string, value: unknown, names: number): string[] {
  if (names > 0 && isFields(value)) {
    return Object.entries(value).flatMap(([name, inside]) => labelled(`${header} ${text(name)}`, inside, names - 1));
  }
  const isVariable = header.startsWith("variable ");
  return [value].flat().map((one) => `${header} {\n${body(one as Fields, isVariable)}}\n`);
}

/** What stands between a block's braces. The type of a variable is an expression, that of others a text. */
function body(block: Fields, isVariable: boolean): string {
  const rank = ([key]: [string, unknown]) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  const entries = Object.entries(block).sort((a, b) => rank(a) - rank(b));
  const isBlock = ([key, value]: [string, unknown]) => (BLOCKS.has(key) || key in INNER_LABELS) && isObject(value);
  const args = entries
    .filter((entry) => !isBlock(entry))
    .map(
      ([key, value]) =>
        `${key} = ${REFERENCES.has(key) || (isVariable && key === "type") ? reference(value) : expression(value)}\n`,
    );
  const blocks = entries.filter(isBlock).flatMap(([key, value]) => labelled(key, value, INNER_LABELS[key] ?? 0));
  return [args.join(""), ...blocks].filter((part) => part !== "").join("\n");
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function reference(value: unknown): string {
  if (Array.isArray(value)) return list(value.map(reference));
  return String(value).replace(/^\$\{(.*)\}$/, "$1");
}

function list(items: readonly string[]): string {
  return items.length < 2 ? `[${items.join("")}]` : `[\n${items.map((item) => `${item},\n`).join("")}]`;
}

function expression(value: unknown): string {
  if (typeof value === "string") return isExpression(value) ? value.slice(2, -1) : text(value);
  if (Array.isArray(value)) return list(value.map(expression));
  if (!isFields(value)) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  return `{\n${entries.map(([key, inside]) => `${/^[a-z_]\w*$/i.test(key) ? key : text(key)} = ${expression(inside)}\n`).join("")}}`;
}

/** Whether a text is one `${…}` and nothing else. */
function isExpression(value: string): boolean {
  return value.startsWith("${") && endOf(value, 0) === value.length;
}

/** A text in quotes. What Terraform evaluates in it stays as it is. */
function text(value: string): string {
  let quoted = "";
  for (let at = 0; at < value.length; ) {
    const isTemplate = value.startsWith("${", at);
    const character = String.fromCodePoint(value.codePointAt(at) as number);
    const end = isTemplate ? endOf(value, at) : at + character.length;
    quoted += isTemplate ? value.slice(at, end) : JSON.stringify(character).slice(1, -1);
    at = end;
  }
  return `"${quoted}"`;
}

/** Where the `${` at a position ends. Braces in the texts inside don't count. */
function endOf(value: string, start: number): number {
  let depth = 0;
  let inText = false;
  for (let at = start + 1; at < value.length; at++) {
    const character = value[at];
    if (inText) {
      if (character === "\\") at++;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return at + 1;
  }
  return value.length;
}

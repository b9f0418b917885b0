import {
  Document,
  isCollection,
  isMap,
  isScalar,
  type Node,
  parseDocument,
  type ToStringOptions,
  visit,
  type YAMLMap,
} from "yaml";
import { canonical } from "../../common/canonical";
import { type Fields, isFields } from "../../common/fields";
import type { EnvironmentEntry } from "../../stacks/environments/environments-schema";
import { YamlSource } from "../../stacks/yaml/yaml-source";

type Mapping = YAMLMap<Node, Node | null>;
type Added = Readonly<Record<string, EnvironmentEntry>>;

/** Long lines aren't wrapped. */
const YAML_FORM: ToStringOptions = { lineWidth: 0 };

/** Keys whose values are written in one line. */
const IN_ONE_LINE = ["without", "tags", "notify", "events"];

/** A mapping as lines of YAML. */
export function yamlLines(mapping: object): string[] {
  return environmentYaml(mapping).trimEnd().split("\n");
}

/** A mapping as YAML, in the style of environments.yaml. */
export function environmentYaml(mapping: object): string {
  const document = new Document(mapping);
  visit(document, {
    Pair(_, { key, value }) {
      if (isCollection(value) && IN_ONE_LINE.includes(String(key))) value.flow = true;
    },
  });
  return document.toString(YAML_FORM);
}

/**
 * Adds environments to an environment file, after the others. If these are a block, the existing text stays the same to
 * the byte; otherwise its values, their order and the comments do.
 *
 * @returns undefined if the file has no place for them
 */
export function insertEnvironments(text: string, added: Added): string | undefined {
  return [insertedLines, insertedNodes].map((insert) => insert(text, added)).find(hasExactly(text, added));
}

/**
 * Adds `retired: true` to environments of an environment file, as their first key. All other text stays the same to the
 * byte.
 *
 * @returns undefined if one can't be retired without others, such as with a YAML alias
 */
export function markRetired(text: string, names: readonly string[]): string | undefined {
  const before = environmentsOf(new YamlSource(text).value);
  const retired = Object.fromEntries(names.map((name) => [name, { ...Object(before[name]), retired: true }]));
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const result = environmentsIn(text)?.items.reduceRight((result, { key, value }) => {
    const offset = isMap<Node>(value) ? value.items[0]?.key.range?.[0] : undefined;
    if (offset === undefined || !isMap(value) || !names.includes(String(key))) return result;
    const margin = text.slice(text.lastIndexOf("\n", offset) + 1, offset);
    return `${result.slice(0, offset)}retired: true${value.flow ? ", " : `${newline}${margin}`}${result.slice(offset)}`;
  }, text);
  return [result].find(hasExactly(text, retired));
}

/** The keys of an environment that stands for one that is still to be written. */
const PLACEHOLDER_KEYS = ["account", "region", "read-only"];

/**
 * The environments that have nothing but an account, perhaps a region, and read-only access without settings. A comment
 * in them or before them is something.
 */
export function placeholdersIn(text: string): string[] {
  const values = environmentsOf(new YamlSource(text).value);
  const environments = environmentsIn(text);
  return (environments?.items ?? []).flatMap(({ key, value }, index) => {
    const name = String(key);
    const entry = values[name];
    const comment = key.commentBefore ?? (index === 0 ? environments?.commentBefore : undefined);
    const source = comment === undefined && isMap(value) ? text.slice(key.range?.[0], value.range?.[2]) : "#";
    const isBare = isFields(entry) && Object.keys(entry).every((key) => PLACEHOLDER_KEYS.includes(key));
    return isBare && canonical(entry["read-only"]) === "{}" && !/[#&*]/.test(source) ? [name] : [];
  });
}

/**
 * Replaces environments of an environment file. All other text stays the same to the byte.
 *
 * @returns undefined if one can't be replaced without others
 */
export function replaceEntries(text: string, entries: Added): string | undefined {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const result = environmentsIn(text)?.items.reduceRight((result, { key, value }) => {
    const entry = entries[String(key)];
    const [start, end] = value?.range ?? [];
    const offset = key.range?.[0];
    if (entry === undefined || start === undefined || offset === undefined) return result;
    const margin = " ".repeat(offset - text.lastIndexOf("\n", offset) + 1);
    const lines = yamlLines(entry).map((line) => `${newline}${margin}${line}`);
    const after = result.slice(result.slice(0, end).trimEnd().length);
    return `${result.slice(0, start).trimEnd()}${lines.join("")}${after}`;
  }, text);
  return [result].find(hasExactly(text, entries));
}

/** Whether a text is an environment file in which only these environments differ. */
function hasExactly(text: string, changed: Fields): (result: string | undefined) => boolean {
  const { value: before } = new YamlSource(text);
  const expected = { ...Object(before), environments: { ...environmentsOf(before), ...changed } };
  return (result = "") => {
    const { errors, value } = new YamlSource(result);
    return errors.length === 0 && canonical(value) === canonical(expected);
  };
}

function environmentsOf(file: unknown): Fields {
  return isFields(file) && isFields(file.environments) ? file.environments : {};
}

function environmentsIn(text: string): Mapping | undefined {
  const { contents } = parseDocument(text);
  const scalar = isMap(contents) ? contents.get("environments", true) : undefined;
  return isMap<Node, Node | null>(scalar) ? scalar : undefined;
}

/** Adds the environments as lines at the end of the block. Comments that are indented less, or not at all, follow it. */
function insertedLines(text: string, added: Added): string | undefined {
  const environments = environmentsIn(text);
  const start = environments?.items[0]?.key.range?.[0];
  if (start === undefined || environments?.flow) return undefined;
  const margin = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  if (!/^ +$/.test(margin)) return undefined;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const following = new RegExp(`^( {0,${margin.length - 1}}#.*|[ \\t]*)\\r?$`);
  const block = text.slice(0, environments?.range?.[2]).split("\n");
  while (block.length > 1 && following.test(block.at(-1) ?? "")) block.pop();
  const head = block.join("\n").replace(/\r$/, "");
  const last = environments?.items.slice(1).at(-1)?.key;
  const isSpaced = isScalar(last) && last.spaceBefore === true;
  const lines = yamlLines(added).map((line) => `${isSpaced && !line.startsWith(" ") ? newline : ""}${margin}${line}`);
  const tail = text.slice(head.length).replace(/^\r?\n/, "");
  return `${[head, ...lines].join(newline)}${newline}${tail}`;
}

function insertedNodes(text: string, added: Added): string | undefined {
  const document = parseDocument(text);
  const node = parseDocument(environmentYaml(added)).contents as Mapping;
  if (document.errors.length > 0 || !(document.contents === null || isMap(document.contents))) return undefined;
  const environmentsNode = document.get("environments", true);
  if (isMap<Node, Node | null>(environmentsNode)) {
    if (environmentsNode.items.length === 0) environmentsNode.flow = false;
    environmentsNode.items.push(...node.items);
  } else if (environmentsNode === undefined) document.set("environments", node);
  else return undefined;
  return document.toString(YAML_FORM);
}

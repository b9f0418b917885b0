import { readFileSync } from "node:fs";
import { isAlias, isScalar, type Node } from "yaml";
import { attempt, failureReason } from "../../../common/disk-error";
import { InputError } from "../../../common/input-error";
import { printableLines } from "../../../common/printable";
import { describe, describePath, type Problem, truncate } from "../../../common/problem";
import { type FilePlace, type LocatedMessage, Places } from "./places";
import { YamlFileError } from "./yaml-file-error";
import { parseYaml } from "./yaml-syntax";
import { readYaml, type YamlValue } from "./yaml-value";

type Path = Problem["path"];

/** A YAML text that knows the place of each value. */
export class YamlSource {
  /** Why the text isn't YAML that we read. Everything else is only usable if there are none. */
  readonly errors: readonly LocatedMessage[];

  /** The text's value. */
  readonly root: YamlValue;

  private readonly places: Places;

  constructor(text: string) {
    this.places = new Places(text.replace(/^\ufeff/, "")); // the byte order mark isn't a column
    const { document, error } = parseYaml(this.places);
    const { root, errors } = readYaml(document?.contents ?? null, (node) => this.placeOf(node));
    this.root = root;
    this.errors = error === undefined ? errors : [error];
  }

  /** The text's value as JavaScript has it. */
  get value(): unknown {
    return this.root.value;
  }

  /**
   * The place of a path: of its value if that is a scalar or an alias, otherwise of its key. If not all of the path exists, of the part that does.
   *
   * @param part `key`: always its key
   */
  locate(path: Path, part: "value" | "key" = "value"): FilePlace {
    let value = this.root;
    let start: Node | null = null;
    for (const [index, step] of path.entries()) {
      const entry = value.entries.get(step);
      if (entry === undefined) break;
      const { key, writtenNode } = entry;
      const isShort = isAlias(writtenNode) || (isScalar(writtenNode) && writtenNode.value !== null);
      start = isShort && !(part === "key" && index === path.length - 1) ? writtenNode : key;
      value = entry.inside;
    }
    return this.placeOf(start);
  }

  private placeOf(node: Node | null): FilePlace {
    return this.places.at(node?.range?.[0] ?? 0);
  }
}

/** A value as an error message shows it: a number as it was written. */
export function received({ node, value }: YamlValue): string {
  const isNumberLike = typeof value === "number" || typeof value === "boolean";
  return isNumberLike && isScalar(node) ? `the ${typeof value} ${truncate(String(node.source))}` : describe(value);
}

/** A place as error messages show it: `environments.yaml:5:14`. */
export function placeInFile(file: string, { line, column }: FilePlace): string {
  return `${file}:${line}:${column}`;
}

/**
 * The text of a file, with its byte order mark if it has one.
 *
 * @param advice what to do if it can't be read
 * @throws InputError if it can't be read
 * @throws YamlFileError if it isn't in UTF-8
 */
export function readYamlFile(file: string, advice: string): string {
  const bytes = bytesOf(file, advice);
  const text = attempt(() => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  if (text !== undefined) return text;
  throw new YamlFileError(file, [`${file}: received bytes that aren't UTF-8, expected YAML in UTF-8. ${advice}`]);
}

function bytesOf(file: string, advice: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const sentence = `Can't read ${describePath(file)}: ${failureReason(error)}. Nothing was written. ${advice}`;
    throw new InputError(printableLines(sentence));
  }
}

/**
 * Reads a text as YAML.
 *
 * @param file as error messages name it
 * @throws YamlFileError if it isn't YAML
 */
export function yamlIn(text: string, file: string): YamlSource {
  const source = new YamlSource(text);
  if (source.errors.length === 0) return source;
  const lines = source.errors.map((error) => `${placeInFile(file, error)}: ${error.message}`);
  throw new YamlFileError(file, lines);
}

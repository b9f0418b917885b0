import { isAlias, isScalar, type Node } from "yaml";
import { describe, type Problem, shortened } from "../../modules/support-app/model/problem";
import { EnvironmentsError } from "../environments/environments-error";
import { type LocatedMessage, type Place, Places } from "./places";
import { parseYaml } from "./yaml-syntax";
import { readYaml, type YamlValue } from "./yaml-value";

type Path = Problem["path"];

/** What is at a path. */
export interface Located extends Place {
  /** The same for every path that leads to it, through any aliases. */
  readonly node: object;
  /** How many steps of the path exist. */
  readonly depth: number;
  /** The anchors on the way that aliases refer to, outermost first. */
  readonly anchors: readonly string[];
}

/** A YAML text that knows the place of each value. */
export class YamlSource {
  /** Why the text isn't YAML that we read. Everything else is only usable if there are none. */
  readonly errors: readonly LocatedMessage[];

  /** The text's value. */
  readonly root: YamlValue;

  private readonly places: Places;

  constructor(text: string) {
    const withoutMark = text.replace(/^\ufeff/, ""); // which isn't a column
    this.places = new Places(withoutMark);
    const { document, errors } = parseYaml(withoutMark, this.places);
    const all: LocatedMessage[] = [...errors];
    this.root = readYaml(document?.contents ?? null, (node, message) => all.push({ ...this.placeOf(node), message }));
    this.errors = all;
  }

  /** The text's value as JavaScript has it. */
  get value(): unknown {
    return this.root.value;
  }

  /**
   * The place of a path: of its value if that is a scalar or an alias, otherwise of its key. If not all of the path exists, of the part that does.
   *
   * @param what `key`: always its key; `value`: if its last step is an alias, the node is the anchor's
   */
  locate(path: Path, what: "place" | "key" | "value" = "place"): Located {
    let value = this.root;
    let found: { node: object; depth: number; start: Node | null } = { node: this, depth: 0, start: null };
    const anchors: string[] = [];
    const pass = ({ anchor }: YamlValue) => anchor !== undefined && anchors.push(anchor);
    for (const [index, step] of path.entries()) {
      const entry = value.entries.get(step);
      if (entry === undefined) break;
      const { keys, written, from } = entry;
      if (from !== undefined) pass(from);
      value = entry.inside;
      const isLast = index === path.length - 1;
      const key = keys.at(-1) as Node;
      const ofPlace =
        isLast && what === "key" ? key : isLast && what === "place" && isAlias(written) ? written : undefined;
      if (ofPlace === undefined) pass(value);
      const isPlain = isAlias(written) || (isScalar(written) && written.value !== null);
      found = { node: ofPlace ?? value, depth: index + 1, start: ofPlace ?? (isPlain ? written : key) };
    }
    const { start, ...rest } = found;
    return { ...this.placeOf(start), ...rest, anchors };
  }

  /** The place of a node. */
  placeOf(node: Node | null): Place {
    return this.places.at(node?.range?.[0] ?? 0);
  }
}

/** A value as an error message shows it: a number as it was written. */
export function received({ node, value }: YamlValue): string {
  const isNumberLike = typeof value === "number" || typeof value === "boolean";
  return isNumberLike && isScalar(node) ? `the ${typeof value} ${shortened(String(node.source))}` : describe(value);
}

/** A place as error messages show it: `environments.yaml:5:14`. */
export function placeInFile(file: string, { line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/**
 * Reads a text as YAML.
 *
 * @param file as error messages name it
 * @throws EnvironmentsError if it isn't YAML
 */
export function yamlIn(text: string, file: string): YamlSource {
  const source = new YamlSource(text);
  if (source.errors.length === 0) return source;
  const lines = source.errors.map((error) => `${placeInFile(file, error)}: ${error.message}`);
  throw new EnvironmentsError(file, lines);
}

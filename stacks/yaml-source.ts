import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import { describe, type Problem, shortened } from "../modules/support-app/problem";
import { type LocatedMessage, type Place, Places } from "./places";
import { parseYaml } from "./yaml-syntax";
import { type Merged, type MergedPair, pairsOf, readYaml, scalarOf } from "./yaml-value";

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

/** A key that a mapping has a second time. */
export interface LocatedDuplicate extends Problem {
  /** The place of the second one, which no path leads to. */
  readonly located: Located;
  /** The shared values around it, innermost first. */
  readonly owners: readonly object[];
  /** What the mappings that merge it have, if any do. */
  readonly merged?: MergedPair;
}

/** A YAML text that knows the place of each value. */
export class YamlSource {
  /** Why the text isn't YAML that we read. Everything else is only usable if there are none. */
  readonly errors: readonly LocatedMessage[];

  /** The text's value. The value of an anchor is one object, however many aliases refer to it. */
  readonly value: unknown;

  /** The objects that aliases and merge keys refer to. */
  readonly shared: ReadonlySet<object>;

  /** What each mapping has only through merge keys. */
  readonly merged: ReadonlyMap<object, Merged>;

  /** Duplicate keys in mappings. YAML would silently take the last. */
  readonly duplicateKeys: readonly LocatedDuplicate[];

  private readonly places: Places;
  private readonly contents: Node | null;
  private readonly targets: ReadonlyMap<Alias, Node>;
  private readonly aliased: ReadonlySet<unknown>;
  private readonly mergedInto: ReadonlyMap<Node, Merged>;
  private readonly pairs = new WeakMap<Node, Map<string, Pair<Node, Node | null>>>();

  constructor(text: string) {
    const withoutMark = text.replace(/^\ufeff/, ""); // which isn't a column
    this.places = new Places(withoutMark);
    const { document, errors: syntaxErrors } = parseYaml(withoutMark, this.places);
    this.contents = document?.contents ?? null;
    const { value, shared, targets, errors, duplicateKeys, merged } = readYaml(this.contents, this.places);
    this.value = value;
    this.shared = shared;
    this.merged = merged.values;
    this.mergedInto = merged.nodes;
    this.targets = targets;
    this.aliased = new Set(targets.values());
    this.errors = [...syntaxErrors, ...errors];
    this.duplicateKeys = duplicateKeys.map(({ path, message, key, around, within, merged }) => {
      const aliased = around.filter(({ node }) => this.aliased.has(node));
      const anchors = aliased.map(({ name }) => name).toReversed();
      const located = { ...this.placeOf(key), node: key, depth: path.length, anchors };
      return { path, message, located, owners: within.filter((value) => shared.has(value)), merged: merged() };
    });
  }

  /**
   * The place of a path: of its value if that is a scalar or an alias, otherwise of its key. If not all of the path exists, of the part that does.
   *
   * @param what `key`: always its key; `value`: if its last step is an alias, the node is the anchor's
   */
  locate(path: Path, what: "place" | "key" | "value" = "place"): Located {
    let node: unknown = this.contents;
    let found: { node: object; depth: number; start: Node | null } = { node: this, depth: 0, start: null };
    const anchors: string[] = [];
    for (const [index, step] of path.entries()) {
      const pair = this.pair(node, step);
      if (pair === undefined) break;
      const { key, value, from } = pair;
      if (this.aliased.has(from)) anchors.push((from as { anchor: string }).anchor);
      node = this.resolve(value);
      const isLast = index === path.length - 1;
      const ofPlace = isLast && what === "key" ? key : isLast && what === "place" && isAlias(value) ? value : undefined;
      if (ofPlace === undefined && this.aliased.has(node)) anchors.push((node as { anchor: string }).anchor);
      const isPlain = isAlias(value) || (isScalar(value) && value.value !== null);
      found = {
        node: ofPlace ?? (node as object),
        depth: index + 1,
        start: ofPlace ?? (isPlain ? (value as Node) : key),
      };
    }
    const { start, ...rest } = found;
    return { ...this.placeOf(start), ...rest, anchors };
  }

  /** The value at a path as an error message shows it: a number as it was written. */
  received(path: Path): string {
    let node: unknown = this.contents;
    for (const step of path) node = this.resolve(this.pair(node, step)?.value);
    if (isScalar(node)) {
      const isNumberLike = typeof node.value === "number" || typeof node.value === "boolean";
      return isNumberLike ? `the ${typeof node.value} ${shortened(String(node.source))}` : describe(scalarOf(node));
    }
    return describe(isSeq(node) ? node.items : node);
  }

  private placeOf(node: Node | null): Place {
    return this.places.at(node?.range?.[0] ?? 0);
  }

  /** The pair at a step of a path, and the mapping it is merged from, if any. */
  private pair(
    node: unknown,
    step: string | number,
  ): { readonly key: Node; readonly value: unknown; readonly from?: Node } | undefined {
    if (isSeq<Node>(node)) {
      const value = node.items[Number(step)];
      return value && { key: value, value };
    }
    if (!isMap<Node, Node>(node)) return undefined;
    let pairs = this.pairs.get(node);
    if (pairs === undefined) {
      pairs = pairsOf(node);
      this.pairs.set(node, pairs);
    }
    const own = pairs.get(String(step));
    if (own !== undefined) return own;
    const merged: MergedPair | undefined = this.mergedInto.get(node)?.get(String(step));
    return merged && { key: merged.pair.key, value: merged.pair.value, from: merged.mapping };
  }

  private resolve(node: unknown): unknown {
    return isAlias(node) ? this.targets.get(node) : node;
  }
}

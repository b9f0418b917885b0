import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import { claim } from "../modules/support-app/claim";
import { describe, type Problem } from "../modules/support-app/problem";
import type { LocatedMessage, Places } from "./places";
import { MAX_DEPTH, TOO_DEEP } from "./yaml-syntax";

/** Maximum number of values in a text with its aliases expanded: enough for thousands of environments with all they can have. */
const MAX_VALUES = 5_000_000;

/** Maximum number of keys that merge keys may copy: enough for thousands of environments with all they can have. */
const MAX_MERGED = 1_000_000;

const TOO_MANY = `received aliases that expand to more than ${MAX_VALUES} values, expected fewer. Use fewer aliases of aliases.`;

const TOO_MANY_MERGED = `received merge keys that expand to more than ${MAX_MERGED} keys, expected fewer. Merge fewer mappings that merge others.`;

/** The value of a YAML document. */
export interface YamlValue {
  /** The value of an anchor is one object, however many aliases refer to it. */
  readonly value: unknown;
  /** The objects that aliases refer to. */
  readonly shared: ReadonlySet<object>;
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>;
  /** Why there is no value. */
  readonly errors: readonly LocatedMessage[];
  /** Duplicate keys in mappings. YAML would silently take the last. */
  readonly duplicateKeys: readonly DuplicateKey[];
  /** What each mapping has only through merge keys (`<<`): by its node, and by its value. */
  readonly merged: { readonly nodes: ReadonlyMap<Node, Merged>; readonly values: ReadonlyMap<object, Merged> };
}

/** What a mapping has only through merge keys, by key. */
export type Merged = ReadonlyMap<string, MergedPair>;

/** A merged pair: one object for all mappings that merge it. */
export interface MergedPair {
  readonly pair: Pair<Node, Node | null>;
  /** The mapping that has it. */
  readonly mapping: YAMLMap<Node, Node | null>;
}

/** A key that a mapping has a second time. */
export interface DuplicateKey extends Problem {
  readonly key: Node;
  /** The anchors around it, innermost first. */
  readonly around: readonly Anchored[];
  /** The mappings and lists around it, innermost first. */
  readonly within: readonly object[];
  /** What the mappings that merge it have, if any do. Known once everything is read. */
  readonly merged: () => MergedPair | undefined;
}

/** A node with an anchor. */
export interface Anchored {
  readonly name: string;
  readonly node: Node;
  value: unknown;
  /** How many values it has. Undefined: it isn't read to its end. */
  size?: number;
  /** How many levels of values are inside it. */
  height?: number;
}

/** Reads the value of a document, each node once. Keys and strings are normalized to NFC, as Terraform does with every string. */
export function readYaml(contents: Node | null, places: Places): YamlValue {
  const anchors = new Map<string, Anchored>();
  const shared = new Set<object>();
  const targets = new Map<Alias, Node>();
  const errors: LocatedMessage[] = [];
  const said = new Set<string>();
  const duplicateKeys: DuplicateKey[] = [];
  const path: (string | number)[] = [];
  const around: Anchored[] = [];
  const within: object[] = [];
  const own = new Map<Node, Map<string, MergedPair>>();
  const merged = { nodes: new Map<Node, Merged>(), values: new Map<object, Merged>() };
  const sizes = new Map<unknown, number>(); // of mappings and lists
  let size = 0;
  let deepest = 0;
  let mergedKeys = 0;

  const placeOf = (node: Node) => places.at(node.range?.[0] ?? 0);
  const addError = (node: Node, message: string) => errors.push({ ...placeOf(node), message });

  function addOnce(node: Node, message: string): void {
    if (!said.has(message)) addError(node, message);
    said.add(message);
  }

  function read(node: Node | null): unknown {
    if (said.size > 0) return null; // it is too large, and isn't read to its end
    if (isAlias(node)) return readAlias(node);
    size++;
    deepest = Math.max(deepest, path.length);
    const anchored = anchor(node);
    if (anchored === undefined) return readValue(node);
    const before = { size: size - 1, deepest };
    deepest = path.length;
    around.push(anchored);
    anchored.value = readValue(node);
    around.pop();
    anchored.size = size - before.size;
    anchored.height = deepest - path.length;
    deepest = Math.max(deepest, before.deepest);
    return anchored.value;
  }

  function readValue(node: Node | null): unknown {
    if (!isMap<Node, Node | null>(node) && !isSeq<Node>(node)) return scalarOf(node);
    const before = size - 1;
    const value = isSeq<Node>(node) ? readList(node) : readMapping(node);
    sizes.set(value, size - before);
    return value;
  }

  function anchor(node: Node | null): Anchored | undefined {
    if (!(isScalar(node) || isMap(node) || isSeq(node)) || node.anchor === undefined) return undefined;
    const { anchor: name } = node;
    const anchored = { name, node, value: undefined };
    anchors.set(name.normalize("NFC"), anchored);
    return anchored;
  }

  function readAlias(alias: Alias): unknown {
    const anchored = anchors.get(alias.source.normalize("NFC"));
    if (anchored === undefined) {
      addError(alias, `received the alias ${describe(alias.source)}, expected one whose anchor comes before it.`);
      return undefined;
    }
    if (anchored.size === undefined) {
      addError(
        alias,
        `received the alias ${describe(alias.source)} inside the value of its own anchor, expected one for another value: this one would never end.`,
      );
      return undefined;
    }
    size += anchored.size;
    deepest = Math.max(deepest, path.length + (anchored.height ?? 0));
    if (size > MAX_VALUES) addOnce(alias, TOO_MANY);
    if (deepest > MAX_DEPTH) addOnce(alias, TOO_DEEP);
    targets.set(alias, anchored.node);
    if (typeof anchored.value === "object" && anchored.value !== null) shared.add(anchored.value);
    return anchored.value;
  }

  function readList(node: YAMLSeq<Node>): unknown[] {
    const list: unknown[] = [];
    within.push(list);
    for (const [index, item] of node.items.entries()) {
      path.push(index);
      list.push(read(item));
      path.pop();
    }
    within.pop();
    return list;
  }

  function readMapping(node: YAMLMap<Node, Node | null>): Record<string, unknown> {
    const mapping: Record<string, unknown> = {};
    const first = new Map<string, Node>();
    let merge: Node | undefined;
    let added: Map<string, MergedPair> | undefined;
    within.push(mapping);
    for (const pair of node.items) {
      if (isMerge(pair)) {
        if (merge !== undefined) addError(pair.key, secondMerge(placeOf(merge).line));
        merge = pair.key;
        const before = size;
        const bases = readMerge(pair);
        size = before; // only what is merged counts
        added = mergeInto(node, pair.key, mapping, bases);
        continue;
      }
      const key = keyOf(pair);
      const anchored = anchor(pair.key);
      if (anchored) Object.assign(anchored, { value: key, size: 1 });
      if (key === "__proto__") {
        addError(pair.key, `received the key ${describe(key)}, expected another: JavaScript reserves this one.`);
        continue;
      }
      path.push(key);
      const twin = claim(first, key, pair.key);
      if (twin) {
        const message = `received the key ${describe(key)} a second time, expected it once: line ${placeOf(twin).line} already has it.`;
        duplicateKeys.push({
          path: [...path],
          message,
          key: pair.key,
          around: around.toReversed(),
          within: within.toReversed(),
          merged: () => own.get(node)?.get(key),
        });
      }
      mapping[key] = read(pair.value);
      added?.delete(key);
      path.pop();
    }
    within.pop();
    return mapping;
  }

  /** The mappings that a merge key names, in order of precedence. */
  function readMerge({ key, value: node }: Pair<Node, Node | null>): Base[] {
    const value = read(node);
    const target = isAlias(node) ? targets.get(node) : node;
    if (target === undefined) return []; // the alias is an error already
    if (!isSeq<Node>(target)) return baseOf(node ?? key, target, value);
    return target.items.flatMap((item, index) => {
      const inside = isAlias(item) ? targets.get(item) : item;
      return inside === undefined ? [] : baseOf(isSeq(node) ? item : key, inside, (value as unknown[])[index]);
    });
  }

  function baseOf(place: Node, node: Node | null, value: unknown): Base[] {
    if (isMap<Node, Node | null>(node)) return [{ node, value: value as Readonly<Record<string, unknown>> }];
    addError(
      place,
      `received ${describe(value)} to merge with <<, expected a mapping, such as *base, or a list of mappings, such as [*base, *more].`,
    );
    return [];
  }

  /** Adds the pairs that are missing, and returns them. Keys that follow may still replace them. */
  function mergeInto(
    node: YAMLMap,
    place: Node,
    mapping: Record<string, unknown>,
    bases: readonly Base[],
  ): Map<string, MergedPair> {
    const added = new Map<string, MergedPair>();
    for (const base of new Map(bases.map((one) => [one.node, one])).values()) {
      const own = ownPairs(base.node);
      for (const [key, value] of Object.entries(base.value)) {
        if (++mergedKeys > MAX_MERGED) break;
        const pair = own.get(key) ?? merged.nodes.get(base.node)?.get(key);
        if (pair === undefined || Object.hasOwn(mapping, key)) continue;
        mapping[key] = value;
        size += sizes.get(value) ?? 1;
        added.set(key, pair);
        if (typeof value === "object" && value !== null) shared.add(value);
      }
    }
    if (mergedKeys > MAX_MERGED) addOnce(place, TOO_MANY_MERGED);
    merged.nodes.set(node, added);
    merged.values.set(mapping, added);
    return added;
  }

  function ownPairs(mapping: YAMLMap<Node, Node | null>): Map<string, MergedPair> {
    const known = own.get(mapping);
    if (known !== undefined) return known;
    const pairs = new Map([...pairsOf(mapping)].map(([key, pair]) => [key, { pair, mapping }]));
    own.set(mapping, pairs);
    return pairs;
  }

  return { value: read(contents), shared, targets, errors, duplicateKeys, merged };
}

/** A mapping that others merge. */
interface Base {
  readonly node: YAMLMap<Node, Node | null>;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Whether a pair is a merge key: in quotes or with a tag, it is an ordinary key. Source: YAML's merge key language-independent type. */
function isMerge({ key }: Pair<Node, Node | null>): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.tag === undefined && key.value === "<<";
}

function secondMerge(line: number): string {
  return `received << a second time, expected it once: line ${line} already has it. Merge several mappings with one, such as <<: [*base, *more].`;
}

/** The pairs of a mapping by their keys, without what it merges: of duplicate keys the last, as in the value. */
export function pairsOf(node: YAMLMap<Node, Node | null>): Map<string, Pair<Node, Node | null>> {
  return new Map(node.items.filter((pair) => !isMerge(pair)).map((pair) => [keyOf(pair), pair]));
}

/** A pair's key. */
export function keyOf({ key }: Pair<Node, Node | null>): string {
  return String(isScalar(key) ? key.value : key).normalize("NFC");
}

/** The value of a scalar. Null: there is nothing. */
export function scalarOf(node: Node | null): unknown {
  if (!isScalar(node)) return null;
  return typeof node.value === "string" ? node.value.normalize("NFC") : node.value;
}

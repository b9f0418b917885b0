import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import { claim } from "../modules/support-app/claim";
import { describe, type Problem } from "../modules/support-app/problem";
import type { LocatedMessage, Places } from "./places";
import { MAX_DEPTH, TOO_DEEP } from "./yaml-syntax";

/** Most values that a text may come to with its aliases: enough for thousands of environments with all they can have. */
const MAX_VALUES = 5_000_000;

const TOO_MANY = `received aliases that come to more than ${MAX_VALUES} values, expected fewer. Use fewer aliases of aliases.`;

/** What the nodes of a YAML document come to. */
export interface YamlValue {
  /** What stands at an anchor is one object, however many aliases have it. */
  readonly value: unknown;
  /** The objects that aliases have. */
  readonly shared: ReadonlySet<object>;
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>;
  /** What makes the value none. */
  readonly errors: readonly LocatedMessage[];
  /** Keys that stand twice in a mapping, of which YAML would silently take the last. */
  readonly duplicateKeys: readonly DuplicateKey[];
}

/** A key that stands in a mapping already. */
export interface DuplicateKey extends Problem {
  readonly key: Node;
  /** The anchors around it, the innermost first. */
  readonly around: readonly Anchored[];
}

/** What stands at an anchor. */
export interface Anchored {
  readonly name: string;
  readonly node: Node;
  value: unknown;
  /** How many values it comes to. Undefined: it isn't read to its end. */
  size?: number;
  /** How many levels of values are inside it. */
  height?: number;
}

/** Reads the value of a document, each node once. Keys and texts are brought into Unicode's NFC, as Terraform does with every string. */
export function readYaml(contents: Node | null, places: Places): YamlValue {
  const anchors = new Map<string, Anchored>();
  const shared = new Set<object>();
  const targets = new Map<Alias, Node>();
  const errors: LocatedMessage[] = [];
  const said = new Set<string>();
  const duplicateKeys: DuplicateKey[] = [];
  const path: (string | number)[] = [];
  const around: Anchored[] = [];
  let size = 0;
  let deepest = 0;

  const placeOf = (node: Node) => places.at(node.range?.[0] ?? 0);
  const addError = (node: Node, message: string) => errors.push({ ...placeOf(node), message });

  function addOnce(node: Node, message: string): void {
    if (!said.has(message)) addError(node, message);
    said.add(message);
  }

  function read(node: Node | null): unknown {
    if (isAlias(node)) return readAlias(node);
    size++;
    deepest = Math.max(deepest, path.length);
    const anchored = node === null ? undefined : anchor(node);
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
    if (isMap<Node, Node | null>(node)) return readMapping(node);
    return isSeq<Node>(node) ? node.items.map(readItem) : scalarOf(node);
  }

  function anchor(node: Node): Anchored | undefined {
    const name = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (name === undefined) return undefined;
    const anchored = { name, node, value: undefined };
    anchors.set(name.normalize("NFC"), anchored);
    return anchored;
  }

  function readAlias(alias: Alias): unknown {
    const anchored = anchors.get(alias.source.normalize("NFC"));
    if (anchored === undefined) {
      addError(alias, `received the alias ${describe(alias.source)}, expected one whose anchor stands before it.`);
      return undefined;
    }
    if (anchored.size === undefined) {
      addError(
        alias,
        `received the alias ${describe(alias.source)} within what its own anchor names, expected one of something else: it would never end.`,
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

  function readItem(node: Node, index: number): unknown {
    path.push(index);
    const value = read(node);
    path.pop();
    return value;
  }

  function readMapping(node: YAMLMap<Node, Node | null>): Record<string, unknown> {
    const mapping: Record<string, unknown> = {};
    const first = new Map<string, Node>();
    for (const pair of node.items) {
      const key = keyOf(pair);
      const anchored = anchor(pair.key);
      if (anchored) Object.assign(anchored, { value: key, size: 1 });
      if (key === "__proto__") {
        addError(
          pair.key,
          `received the key ${describe(key)}, expected another: JavaScript keeps this one for itself.`,
        );
        continue;
      }
      path.push(key);
      const twin = claim(first, key, pair.key);
      if (twin) {
        const message = `received the key ${describe(key)} a second time, expected it once; it stands in line ${placeOf(twin).line} already.`;
        duplicateKeys.push({ path: [...path], message, key: pair.key, around: around.toReversed() });
      }
      mapping[key] = read(pair.value);
      path.pop();
    }
    return mapping;
  }

  return { value: read(contents), shared, targets, errors, duplicateKeys };
}

/** A pair's key. */
export function keyOf({ key }: Pair<Node, Node | null>): string {
  return String(isScalar(key) ? key.value : key).normalize("NFC");
}

/** What a scalar, or nothing in its place, comes to. */
export function scalarOf(node: Node | null): unknown {
  if (!isScalar(node)) return null;
  return typeof node.value === "string" ? node.value.normalize("NFC") : node.value;
}

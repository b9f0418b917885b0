import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import { isMapping } from "../../modules/support-app/model/mapping";
import { describe } from "../../modules/support-app/model/problem";
import { MAX_DEPTH, TOO_DEEP } from "./yaml-syntax";

/** Maximum number of values in a text with its aliases expanded: enough for thousands of environments with all they can have. */
const MAX_VALUES = 5_000_000;

/** Maximum number of keys that merge keys may copy: enough for thousands of environments with all they can have. */
const MAX_MERGED = 200_000;

const TOO_MANY = `received aliases that expand to more than ${MAX_VALUES} values, expected fewer. Use fewer aliases of aliases.`;

const TOO_MANY_MERGED = `received merge keys that expand to more than ${MAX_MERGED} keys, expected fewer. Merge fewer mappings that merge others.`;

/** A value of a YAML document, and what is in it. The value of an anchor is one object, however many aliases refer to it. */
export interface YamlValue {
  readonly node: Node | null;
  /** As JavaScript has it. Keys and strings are normalized to NFC, as Terraform does with every string. */
  readonly value: unknown;
  /** The values in a mapping by their keys, and the values in a list by their indexes. */
  readonly entries: ReadonlyMap<string | number, YamlEntry>;
  /** Its anchor, if an alias refers to it. */
  anchor?: string;
  /** How many values it has, including itself, with its aliases expanded. */
  readonly size: number;
  /** How many levels of values are inside it. */
  readonly height: number;
}

/** A value in a mapping or a list. */
export interface YamlEntry {
  /** The key; after it, each duplicate of the key, of which YAML would silently take the last. In a list, the item. */
  readonly keys: Node[];
  /** The value as it is written, which may be an alias. */
  readonly written: Node | null;
  readonly inside: YamlValue;
  /** The mapping that it is merged from, if it is merged. */
  readonly from?: YamlValue;
}

const NO_ENTRIES: ReadonlyMap<string | number, YamlEntry> = new Map();

/** Reads the value of a document, each node once. If there are errors, it may not be whole. */
export function readYaml(contents: Node | null, addError: (node: Node | null, message: string) => void): YamlValue {
  const anchors = new Map<string, YamlValue | undefined>(); // undefined: it isn't read to its end
  const reported = new Set<string>();
  let mergedKeys = 0;

  function addOnce(node: Node | null, message: string): void {
    if (!reported.has(message)) addError(node, message);
    reported.add(message);
  }

  function read(node: Node | null): YamlValue {
    if (isAlias(node)) return readAlias(node);
    const name = anchorOf(node);
    if (name !== undefined) anchors.set(name, undefined);
    const value = isMap<Node, Node | null>(node) ? readMapping(node) : isSeq<Node>(node) ? readList(node) : leaf(node);
    if (name !== undefined) anchors.set(name, value);
    return value;
  }

  function readAlias(alias: Alias): YamlValue {
    const name = alias.source.normalize("NFC");
    const value = anchors.get(name);
    if (value !== undefined) {
      value.anchor = alias.source;
      return value;
    }
    const problem = anchors.has(name)
      ? " inside the value of its own anchor, expected an alias of another value: this value would never end."
      : ", expected an alias whose anchor is before it.";
    addError(alias, `received the alias ${describe(alias.source)}${problem}`);
    return { node: alias, value: {}, entries: NO_ENTRIES, size: 1, height: 0 };
  }

  function readList(node: Node & { readonly items: Node[] }): YamlValue {
    const entries = new Map(
      node.items.map((item, index) => [index, { keys: [item], written: item, inside: read(item) }]),
    );
    return { node, value: Array.from(entries.values(), ({ inside }) => inside.value), entries, ...extentOf(entries) };
  }

  function readMapping(node: YAMLMap<Node, Node | null>): YamlValue {
    const entries = new Map<string, YamlEntry>();
    let merge: Node | undefined;
    for (const pair of node.items) {
      if (isMerge(pair)) {
        if (merge !== undefined)
          addError(
            pair.key,
            "received << a second time, expected it once. Merge several mappings with one, such as <<: [*base, *more].",
          );
        merge = pair.key;
        mergeInto(entries, pair);
        continue;
      }
      const key = keyOf(pair);
      const name = anchorOf(pair.key);
      if (name !== undefined) anchors.set(name, leaf(pair.key));
      if (key === "__proto__") {
        addError(pair.key, `received the key ${describe(key)}, expected another: JavaScript reserves this one.`);
        continue;
      }
      const before = entries.get(key);
      const keys = before === undefined || before.from !== undefined ? [] : before.keys;
      keys.push(pair.key);
      entries.set(key, { keys, written: pair.value, inside: read(pair.value) });
    }
    const value = Object.fromEntries(Array.from(entries, ([key, { inside }]) => [key, inside.value]));
    return { node, value, entries, ...extentOf(entries) };
  }

  /** Adds the entries that are missing. Keys that follow may still replace them. */
  function mergeInto(entries: Map<string, YamlEntry>, { key: place, value: node }: Pair<Node, Node | null>): void {
    const merged = read(node);
    const bases = isSeq(merged.node) ? [...merged.entries.values()] : [{ inside: merged, written: node }];
    for (const [base, written] of new Map(bases.map(({ inside, written }) => [inside, written]))) {
      if (!isMapping(base.value)) {
        addError(
          written ?? place,
          `received ${describe(base.value)} to merge with <<, expected a mapping, such as *base, or a list of mappings, such as [*base, *more].`,
        );
        continue;
      }
      for (const [key, entry] of base.entries as ReadonlyMap<string, YamlEntry>) {
        if (++mergedKeys > MAX_MERGED) break;
        if (!entries.has(key)) entries.set(key, { ...entry, from: entry.from ?? base });
      }
    }
    if (mergedKeys > MAX_MERGED) addOnce(place, TOO_MANY_MERGED);
  }

  function extentOf(entries: ReadonlyMap<string | number, YamlEntry>): Pick<YamlValue, "size" | "height"> {
    let [size, height] = [1, 0];
    for (const { written, inside } of entries.values()) {
      size += inside.size;
      height = Math.max(height, inside.height + 1);
      if (size > MAX_VALUES) addOnce(written, TOO_MANY);
      if (height > MAX_DEPTH) addOnce(written, TOO_DEEP);
    }
    return { size, height };
  }

  return read(contents);
}

function leaf(node: Node | null): YamlValue {
  return { node, value: scalarOf(node), entries: NO_ENTRIES, size: 1, height: 0 };
}

function anchorOf(node: Node | null): string | undefined {
  return isAlias(node) ? undefined : (node as { anchor?: string } | null)?.anchor?.normalize("NFC");
}

/** Whether a pair is a merge key: in quotes or with a tag, it is an ordinary key. Source: YAML's merge key language-independent type. */
function isMerge({ key }: Pair<Node, Node | null>): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.tag === undefined && key.value === "<<";
}

/** A pair's key. */
export function keyOf({ key }: Pair<Node, Node | null>): string {
  return String(isScalar(key) ? key.value : key).normalize("NFC");
}

/** The value of a scalar. Null: there is nothing. */
function scalarOf(node: Node | null): unknown {
  if (!isScalar(node)) return null;
  return typeof node.value === "string" ? node.value.normalize("NFC") : node.value;
}

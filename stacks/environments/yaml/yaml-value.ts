import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import { duplicateOf } from "../../../common/duplicate-of";
import { describe, isMapping, type Problem } from "../../../common/problem";
import type { FilePlace, LocatedMessage } from "./places";

/** A value of a YAML document, and what is in it. The value of an anchor is one object, however many aliases refer to it. */
export interface YamlValue {
  readonly node: Node | null;
  /** As JavaScript has it. Keys and strings are normalized to NFC, as Terraform does with every string. */
  readonly value: unknown;
  /** The values in a mapping by their keys, and the values in a list by their indexes. */
  readonly entries: ReadonlyMap<string | number, YamlEntry>;
}

/** A value in a mapping or a list. */
export interface YamlEntry {
  /** The key; in a list, the item. */
  readonly key: Node;
  /** The value as it is written, which may be an alias. */
  readonly writtenNode: Node | null;
  readonly inside: YamlValue;
}

/** What is at a path of a value. Undefined: nothing. */
export function valueAt(value: YamlValue, path: Problem["path"]): YamlValue | undefined {
  return path.reduce<YamlValue | undefined>((node, step) => node?.entries.get(step)?.inside, value);
}

/** Reads the value of a document, each node once. If there are errors, it may not be whole. */
export function readYaml(
  contents: Node | null,
  placeOf: (node: Node | null) => FilePlace,
): { readonly root: YamlValue; readonly errors: readonly LocatedMessage[] } {
  const errors: LocatedMessage[] = [];
  const addError = (node: Node | null, message: string) => errors.push({ ...placeOf(node), message });
  const anchors = new Map<string, YamlValue | undefined>(); // undefined: it isn't read to its end

  function yamlValueOf(node: Node | null): YamlValue {
    if (isAlias(node)) return readAlias(node.source.normalize("NFC"), node);
    const name = (node as { anchor?: string } | null)?.anchor?.normalize("NFC");
    if (name !== undefined) anchors.set(name, undefined);
    const value = isMap<Node, Node | null>(node) ? readMapping(node) : isSeq<Node>(node) ? readList(node) : leaf(node);
    if (name !== undefined) anchors.set(name, value);
    return value;
  }

  function readAlias(name: string, node: Node): YamlValue {
    const value = anchors.get(name);
    if (value !== undefined) return value;
    const problem = anchors.has(name)
      ? " inside the value of its own anchor, expected an alias of another value: this value would never end."
      : ", expected an alias whose anchor is before it.";
    addError(node, `received the alias ${describe(name)}${problem}`);
    return { node, value: {}, entries: new Map() };
  }

  function readList(node: Node & { readonly items: Node[] }): YamlValue {
    const entries = new Map(
      node.items.map((item, index) => [index, { key: item, writtenNode: item, inside: yamlValueOf(item) }]),
    );
    return { node, value: Array.from(entries.values(), ({ inside: entry }) => entry.value), entries };
  }

  function readMapping(node: YAMLMap<Node, Node | null>): YamlValue {
    const entries = new Map<string, YamlEntry>();
    const keys = new Map<string, Node>();
    for (const pair of node.items) {
      const key = String(yamlValueOf(pair.key).value);
      const twin = duplicateOf(keys, key, pair.key);
      if (twin !== undefined) {
        const expected = `it once: line ${placeOf(twin).line} already has it`;
        addError(pair.key, `received the key ${describe(key)} a second time, expected ${expected}.`);
      }
      if (key === "__proto__")
        addError(pair.key, `received the key ${describe(key)}, expected another: JavaScript reserves this one.`);
      else if (isMerge(pair)) merge(pair, entries);
      else entries.set(key, { key: pair.key, writtenNode: pair.value, inside: yamlValueOf(pair.value) });
    }
    const value = Object.fromEntries(Array.from(entries, ([key, { inside: entry }]) => [key, entry.value]));
    return { node, value, entries };
  }

  /** Adds the entries that are missing. Keys that follow may still replace them. */
  function merge({ key: place, value: node }: Pair<Node, Node | null>, entries: Map<string, YamlEntry>): void {
    const mergedValue = yamlValueOf(node);
    const bases = isSeq(mergedValue.node)
      ? [...mergedValue.entries.values()]
      : [{ inside: mergedValue, writtenNode: node }];
    for (const { inside: base, writtenNode } of bases) {
      if (!isMapping(base.value)) {
        addError(
          writtenNode ?? place,
          `received ${describe(base.value)} to merge with <<, expected a mapping, such as *base, or a list of mappings, such as [*base, *more].`,
        );
      } else {
        for (const [key, entry] of base.entries as ReadonlyMap<string, YamlEntry>)
          if (!entries.has(key)) entries.set(key, entry);
      }
    }
  }

  return { root: yamlValueOf(contents), errors };
}

/** The value of a scalar. Null: there is nothing. */
function leaf(node: Node | null): YamlValue {
  const value = isScalar(node) ? node.value : null;
  return { node, value: typeof value === "string" ? value.normalize("NFC") : value, entries: new Map() };
}

/** Whether a pair is a merge key: in quotes, it is an ordinary key. Source: YAML's merge key language-independent type. */
function isMerge({ key }: Pair<Node, Node | null>): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.value === "<<";
}

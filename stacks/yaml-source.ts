import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import { claim } from "../modules/support-app/claim";
import { describe, type Problem } from "../modules/support-app/problem";

type Path = Problem["path"];

/** A place in a text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A message about a place. */
export interface LocatedMessage extends Position {
  readonly message: string;
}

/** Most values that aliases may come to: enough for thousands of environments, too few to fill the memory. */
const MAX_ALIASES = 100_000;

/** What the parser says in words of its own API. */
const IN_OUR_WORDS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "one YAML document",
  NON_STRING_KEY: "a key that is a text",
};

/** A YAML text that knows where in it each value stands. */
export class YamlSource {
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;
  private readonly pairs = new WeakMap<Node, Map<string, Pair<Node, Node | null>>>();

  constructor(private readonly text: string) {
    this.document = parseDocument(text, {
      lineCounter: this.lines,
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: false, // see duplicateKeys(), which knows the path
    });
  }

  /** What makes the text no YAML that we can read, with its place. The other methods need a text without. */
  syntaxErrors(): LocatedMessage[] {
    const { document } = this;
    const texts = this.text.split("\n");
    const errors: LocatedMessage[] = [...document.errors, ...document.warnings].map(
      ({ code, pos: [offset], message }) => {
        const position = this.position(offset);
        const received = describe(texts[position.line - 1]?.trim());
        return { ...position, message: `received ${received}, expected ${IN_OUR_WORDS[code] ?? `YAML: ${message}`}.` };
      },
    );
    const version = document.directives.yaml.version;
    if (version !== "1.2") {
      errors.push({
        line: 1,
        column: 1,
        message: `received YAML ${version}, expected YAML 1.2. Remove the directive.`,
      });
    }
    const add = (node: Node, message: string) => {
      errors.push({ ...this.start(node), message });
    };
    const anchors = new Set<string>();
    visit(document, {
      Value(_, { anchor }) {
        if (anchor !== undefined) anchors.add(anchor);
      },
      Alias(_, alias) {
        if (anchors.has(alias.source)) return;
        add(alias, `received the alias ${describe(alias.source)}, expected one whose anchor stands before it.`);
      },
      Pair(_, { key }) {
        if (!isScalar(key) || key.value !== "__proto__") return;
        add(key, `received the key ${describe(key.value)}, expected another: JavaScript keeps this one for itself.`);
      },
    });
    return errors;
  }

  /**
   * The text's value.
   *
   * @throws ReferenceError when aliases multiply beyond reason
   */
  value(): unknown {
    return this.document.toJS({ maxAliasCount: MAX_ALIASES });
  }

  /** Where a path stands: its value if that is a scalar, else its key; the key always if asked; or as much as there is. */
  positionOf(path: Path, ofKey = false): Position {
    let node: unknown = this.document.contents;
    let place = this.position(0);
    for (const step of path) {
      const pair = this.pair(node, step);
      if (pair === undefined) break;
      node = this.resolve(pair.value);
      const isPlain = !ofKey && isScalar(node) && node.value !== null && !isAlias(pair.value);
      place = this.start(isPlain ? (node as Node) : pair.key);
    }
    return place;
  }

  /** What stands at a path, as an error message shows it: a number as it was written. */
  received(path: Path): string {
    let node: unknown = this.resolve(this.document.contents);
    for (const step of path) node = this.resolve(this.pair(node, step)?.value);
    if (isScalar(node)) {
      const isNumberLike = typeof node.value === "number" || typeof node.value === "boolean";
      return isNumberLike ? `the ${typeof node.value} ${node.source}` : describe(node.value);
    }
    return describe(isSeq(node) ? node.items : node);
  }

  /** Keys that stand twice in a mapping, of which YAML would silently take the last. */
  duplicateKeys(): (Position & Problem)[] {
    const problems: (Position & Problem)[] = [];
    const walk = (node: unknown, path: Path) => {
      if (isSeq(node)) {
        node.items.forEach((item, index) => {
          walk(item, [...path, index]);
        });
      }
      if (!isMap<Node, Node>(node)) return;
      const first = new Map<string, Node>();
      for (const pair of node.items) {
        const key = textOfKey(pair);
        const twin = claim(first, key, pair.key);
        if (twin) {
          problems.push({
            ...this.start(pair.key),
            path: [...path, key],
            message: `received the key ${describe(key)} a second time, expected it once; it stands in line ${this.start(twin).line} already.`,
          });
        }
        walk(pair.value, [...path, key]);
      }
    };
    walk(this.document.contents, []);
    return problems;
  }

  private start(node: Node): Position {
    return this.position(node.range?.[0] ?? 0);
  }

  private position(offset: number): Position {
    const { line, col } = this.lines.linePos(offset);
    return { line, column: col };
  }

  private pair(node: unknown, step: string | number): { key: Node; value: unknown } | undefined {
    if (isSeq<Node>(node)) {
      const value = node.items[Number(step)];
      return value && { key: value, value };
    }
    if (!isMap<Node, Node>(node)) return undefined;
    let pairs = this.pairs.get(node);
    if (pairs === undefined) {
      pairs = new Map(node.items.map((pair) => [textOfKey(pair), pair])); // of two equal keys the last, as in value()
      this.pairs.set(node, pairs);
    }
    return pairs.get(String(step));
  }

  private resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.document) : node;
  }
}

function textOfKey(pair: Pair<Node, Node | null>): string {
  return String(isScalar(pair.key) ? pair.key.value : pair.key);
}

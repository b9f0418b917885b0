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
import { claim, describe, type Problem } from "../modules/support-app/validation";

type Path = Problem["path"];

/** A place in a text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML text that knows where in it each value stands. */
export class YamlSource {
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;

  constructor(private readonly text: string) {
    this.document = parseDocument(text, {
      lineCounter: this.lines,
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: false, // see duplicateKeys(), which knows the path
    });
  }

  /** What makes the text no YAML that we can read, with its place. The other methods need a text without. */
  syntaxErrors(): (Position & { readonly message: string })[] {
    const { document } = this;
    const errors = [...document.errors, ...document.warnings].map(({ pos: [offset], message }) => {
      const position = this.position(offset);
      const received = this.text.split(/\r?\n/)[position.line - 1]?.trim();
      return { ...position, message: `received ${describe(received)}, expected YAML: ${message}.` };
    });
    const add = (node: Node, message: string) => {
      errors.push({ ...this.position(node.range?.[0] ?? 0), message });
    };
    visit(document, {
      Alias(_, alias) {
        if (alias.resolve(document)) return;
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
    return this.document.toJS();
  }

  /** Where a path stands: its value if that is a scalar, else its key; the key always if asked; or as much as there is. */
  positionOf(path: Path, ofKey = false): Position {
    let node: unknown = this.document.contents;
    let offset = 0;
    for (const step of path) {
      const pair = this.pair(node, step);
      if (pair === undefined) break;
      node = this.resolve(pair.value);
      const isPlain = !ofKey && isScalar(node) && node.value !== null && !isAlias(pair.value);
      const place = isPlain ? (node as Node) : pair.key;
      offset = place?.range?.[0] ?? offset;
    }
    return this.position(offset);
  }

  /** What stands at a path, as an error message shows it: a number as it was written. */
  received(path: Path): string {
    let node: unknown = this.resolve(this.document.contents);
    for (const step of path) node = this.resolve(this.pair(node, step)?.value);
    if (isScalar(node)) {
      const written = typeof node.value !== "string" && node.value !== null ? node.source : undefined;
      return written === undefined ? describe(node.value) : `the ${typeof node.value} ${written}`;
    }
    if (isMap(node)) return describe({});
    if (isSeq(node)) return describe(node.items);
    return describe(undefined);
  }

  /** Keys that stand twice in a mapping, of which YAML would silently take the last. */
  duplicateKeys(): Problem[] {
    const problems: Problem[] = [];
    const walk = (node: unknown, path: Path) => {
      if (isSeq(node)) {
        node.items.forEach((item, index) => {
          walk(item, [...path, index]);
        });
      }
      if (!isMap<Node, Node>(node)) return;
      const first = new Map<string, Node>();
      for (const pair of node.items) {
        const key = keyOf(pair);
        const twin = claim(first, key, pair.key);
        if (twin) {
          const { line } = this.position(twin.range?.[0] ?? 0);
          problems.push({
            path: [...path, key],
            message: `received the key ${describe(key)} a second time, expected it once; it stands in line ${line} already.`,
          });
        }
        walk(pair.value, [...path, key]);
      }
    };
    walk(this.document.contents, []);
    return problems;
  }

  private position(offset: number): Position {
    const { line, col } = this.lines.linePos(offset);
    return { line, column: col };
  }

  private pair(node: unknown, step: string | number): { key?: Node; value: unknown } | undefined {
    if (isSeq<Node>(node) && typeof step === "number") {
      const value = node.items[step];
      return value && { key: value, value };
    }
    // The last of two equal keys, as in value().
    return isMap<Node, Node>(node) ? node.items.findLast((pair) => keyOf(pair) === String(step)) : undefined;
  }

  private resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.document) : node;
  }
}

function keyOf(pair: Pair<Node, Node | null>): string {
  return String(isScalar(pair.key) ? pair.key.value : pair.key);
}

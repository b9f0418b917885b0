import { Composer, type CST, type Document, type ErrorCode, Lexer, Parser } from "yaml";
import { describe, shortened } from "../modules/support-app/problem";
import type { LocatedMessage, Places } from "./places";

/** Maximum nesting that is read: more than either file can have, and less than the parser's stack holds. */
export const MAX_DEPTH = 100;

/** The error for deeper nesting. */
export const TOO_DEEP = `received values nested more than ${MAX_DEPTH} deep, expected at most 8 levels: neither environments.yaml nor rules.yaml has more.`;

/** Characters that YAML doesn't allow. Source: YAML 1.2.2, 5.1, printable characters. */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Maximum length of the parser's own words, which may repeat a part of the text, in characters. */
const MAX_MESSAGE = 200;

/** What is expected, for errors that the parser words in terms of its own API. */
const IN_OUR_WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  BLOCK_IN_FLOW: "a comma after each entry within brackets, and no hyphens there",
  MULTILINE_IMPLICIT_KEY: "a key, a colon, a space and its value, with the key on one line",
  NON_STRING_KEY: "a key that is a text",
};

/** Errors after which the parser reads the rest as it is meant. Errors after any other may only be its consequences. */
const LOCAL_ERRORS: readonly ErrorCode[] = [
  "ALIAS_PROPS",
  "BAD_ALIAS",
  "BAD_DIRECTIVE",
  "BAD_DQ_ESCAPE",
  "BAD_PROP_ORDER",
  "BAD_SCALAR_START",
  "MULTIPLE_ANCHORS",
  "MULTIPLE_TAGS",
  "NON_STRING_KEY",
  "TAG_RESOLVE_FAILED",
];

/** What closes each bracket, and the parser's name for that. */
const BRACKETS = {
  "flow-seq-start": { opening: "[", closing: "]", end: "flow-seq-end" },
  "flow-map-start": { opening: "{", closing: "}", end: "flow-map-end" },
} as const;

/** Strings in quotes that end with the quote. */
const CLOSED = {
  "single-quoted-scalar": /^'(?:[^']|'')*'$/,
  "double-quoted-scalar": /^"(?:[^"\\]|\\.)*"$/s,
} as const;

/** A reason why a text isn't YAML. */
interface SyntaxError {
  /** Where it is, in UTF-16 units. */
  readonly offset: number;
  readonly message: string;
  /** Whether the rest is read as it is meant. */
  readonly isLocal?: boolean;
}

/** A text as YAML, or why it isn't. */
export type ParsedYaml =
  | { readonly document: Document.Parsed; readonly errors: readonly [] }
  | { readonly document?: undefined; readonly errors: readonly LocatedMessage[] };

/** Parses a text of one YAML document. Errors that may only be consequences of an earlier one are left out. */
export function parseYaml(text: string, places: Places): ParsedYaml {
  const tokens = tokenize(text);
  if (!Array.isArray(tokens)) return { errors: located([tokens], places) };
  const composer = new Composer({ stringKeys: true, uniqueKeys: false, resolveKnownTags: false }); // YamlSource reports duplicate keys, since it knows the path
  const [document, second] = Array.from(composer.compose(tokens, true, text.length));
  const errors = errorsOf(document as Document.Parsed, places);
  if (second !== undefined) {
    errors.push({
      offset: second.range[0],
      message: 'received a second YAML document, expected one. Remove what begins with "---".',
    });
  }
  const all = [...tokens.flatMap((token) => openEnds(token, places)), ...errors];
  if (all.length === 0) return { document: document as Document.Parsed, errors: [] };
  return { errors: located(all, places) };
}

/** The tokens of a text, or why the parser can't read it. */
function tokenize(text: string): CST.Token[] | SyntaxError {
  const unprintable = text.match(UNPRINTABLE);
  if (unprintable !== null) {
    const message = `received the character ${describe(unprintable[0])}, expected only characters that YAML allows. Remove it.`;
    return { offset: unprintable.index ?? 0, message };
  }
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH) {
      return { offset: parser.offset, message: TOO_DEEP };
    }
  }
  return [...tokens, ...parser.end()];
}

/** The parser's errors. */
function errorsOf(document: Document.Parsed, places: Places): SyntaxError[] {
  const errors: SyntaxError[] = [...document.errors, ...document.warnings].map(({ code, pos: [offset], message }) => {
    const received = describe(places.lineText(places.at(offset).line).trim());
    const expected = IN_OUR_WORDS[code] ?? `YAML: ${shortened(message, MAX_MESSAGE)}`;
    return { offset, message: `received ${received}, expected ${expected}.`, isLocal: LOCAL_ERRORS.includes(code) };
  });
  const { version } = document.directives.yaml;
  if (version !== "1.2") {
    errors.push({
      offset: 0,
      message: `received YAML ${version}, expected YAML 1.2. Remove the directive.`,
      isLocal: true,
    });
  }
  return errors;
}

/** What is left open, or closes nothing. The parser reports only where that makes it fail, and takes an escaped quote for one that closes. */
function openEnds(token: CST.Token | null | undefined, places: Places): SyntaxError[] {
  switch (token?.type) {
    case "document":
      return openEnds(token.value, places);
    case "block-map":
    case "block-seq":
      return token.items.flatMap(({ key, value }) => [...openEnds(key, places), ...openEnds(value, places)]);
    case "flow-collection":
      return openBracket(token, places);
    case "single-quoted-scalar":
    case "double-quoted-scalar": {
      if (CLOSED[token.type].test(token.source)) return [];
      const message = `received a ${token.source[0]} that nothing closes, expected a second one at the end of the text.`;
      return [{ offset: token.offset, message }];
    }
    case "error": {
      const bracket = Object.values(BRACKETS).find(({ closing }) => closing === token.source);
      if (bracket === undefined) return [];
      const message = `received a ${bracket.closing} that closes nothing, expected none. Remove it, or add the ${bracket.opening} before it.`;
      return [{ offset: token.offset, message }];
    }
    default:
      return [];
  }
}

function openBracket(token: CST.FlowCollection, places: Places): SyntaxError[] {
  const inside = token.items.flatMap(({ key, value }) => [...openEnds(key, places), ...openEnds(value, places)]);
  if (inside.length > 0) return inside;
  const { opening, closing, end } = BRACKETS[token.start.type as keyof typeof BRACKETS];
  const [last] = token.end;
  if (last?.type === end) return [];
  const other = Object.values(BRACKETS).find((bracket) => bracket.end === last?.type);
  if (last === undefined || other === undefined) {
    return [
      {
        offset: token.offset,
        message: `received a ${opening} that nothing closes, expected a ${closing} after what is in it.`,
      },
    ];
  }
  const { line, column } = places.at(token.offset);
  const message = `received a ${other.closing}, expected a ${closing}: the ${opening} in line ${line}, column ${column} is still open.`;
  return [{ offset: last.offset, message }];
}

/** The errors in the order of the text, up to the first after which the rest is only a guess. */
function located(errors: readonly SyntaxError[], places: Places): LocatedMessage[] {
  const sorted = [...errors].sort((a, b) => a.offset - b.offset);
  const last = sorted.findIndex(({ isLocal }) => !isLocal);
  return sorted
    .slice(0, last === -1 ? sorted.length : last + 1)
    .map(({ offset, message }) => ({ ...places.at(offset), message }));
}

import { Composer, type CST, type Document, type ErrorCode, Lexer, Parser, visit, type YAMLError } from "yaml";
import { describe, truncate } from "../../../common/problem";
import type { LocatedMessage, Places } from "./places";

/** Maximum nesting that is read: more than either file can have, and less than the parser's stack holds. */
const MAX_DEPTH = 100;

/** The error for deeper nesting. */
const TOO_DEEP = `received values nested more than ${MAX_DEPTH} deep, expected at most 8 levels: neither environments.yaml nor rules.yaml has more.`;

/** Maximum length of the parser's own words, which may repeat a part of the text, in characters. */
const MAX_MESSAGE = 200;

/** What is expected, for errors that the parser words in terms of its own API. */
const IN_OUR_WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  BLOCK_IN_FLOW: "a comma after each entry within brackets, and no hyphens there",
  MULTILINE_IMPLICIT_KEY: "a key, a colon, a space and its value, with the key on one line",
  NON_STRING_KEY: "a key that is a text",
};

/** Errors that the parser reports where a bracket or a quote should be closed at the latest. */
const LEFT_OPEN: readonly ErrorCode[] = ["BAD_INDENT", "MISSING_CHAR"];

/** Parses a text of one YAML document, or returns its first error: what follows may only be a consequence of it. */
export function parseYaml(places: Places): { readonly document?: Document.Parsed; readonly error?: LocatedMessage } {
  const { text } = places;
  const failure = (offset: number, message: string) => ({ error: { ...places.at(offset), message } });
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH) return failure(parser.offset, TOO_DEEP);
  }
  tokens.push(...parser.end());
  const composer = new Composer({
    stringKeys: true,
    uniqueKeys: false, // yaml-value.ts knows which keys are one in NFC
    resolveKnownTags: false,
    keepSourceTokens: true,
  });
  const [document, second] = [...composer.compose(tokens, true, text.length)] as [Document.Parsed, Document.Parsed?];
  const [error] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (error !== undefined) return { error: messageOf(error, document, places) };
  if (document.directives.yaml.version !== "1.2") {
    return failure(0, `received YAML ${document.directives.yaml.version}, expected YAML 1.2. Remove the directive.`);
  }
  if (second !== undefined) {
    return failure(second.range[0], 'received a second YAML document, expected one. Remove what begins with "---".');
  }
  return { document };
}

/** An error of the parser, in our words. */
function messageOf({ code, pos, message }: YAMLError, document: Document.Parsed, places: Places): LocatedMessage {
  const [offset] = pos;
  const opening = LEFT_OPEN.includes(code) ? openingOf(document, offset) : undefined;
  if (opening !== undefined) {
    const message = `received a ${places.text.charAt(opening)} that nothing closes, expected its end.`;
    return { ...places.at(opening), message };
  }
  const place = places.at(offset);
  const mark = places.text.charAt(offset);
  if (code === "UNEXPECTED_TOKEN" && ["]", "}"].includes(mark)) {
    return { ...place, message: `received a ${mark} that closes nothing, expected none. Remove it.` };
  }
  const received = describe(places.lineText(place.line).trim());
  const expected = IN_OUR_WORDS[code] ?? `YAML: ${truncate(message, MAX_MESSAGE)}`;
  return { ...place, message: `received ${received}, expected ${expected}.` };
}

/** Where the innermost bracket or quote around an offset opens that nothing closes. */
function openingOf(document: Document.Parsed, offset: number): number | undefined {
  let opening: number | undefined;
  visit(document, {
    Node: (_, { range, srcToken }) => {
      const [start, end] = range ?? [offset, offset];
      if (start < offset && offset <= end && isOpen(srcToken)) opening = start;
    },
  });
  return opening;
}

function isOpen(token: CST.Token | undefined): boolean {
  if (token?.type === "flow-collection") return token.end[0]?.type !== token.start.type.replace("start", "end");
  if (token?.type !== "single-quoted-scalar" && token?.type !== "double-quoted-scalar") return false;
  return token.source.length === 1 || !token.source.endsWith(token.source.charAt(0));
}

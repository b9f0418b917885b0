/** Characters that look like others, or like nothing, and what to do about each. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  "\u00a0": "a no-break space (U+00A0): type a normal space",
  "\u202f": "a narrow no-break space (U+202F): type a normal space",
  "\u3000": "an ideographic space (U+3000): type a normal space",
  "\u00ad": "a soft hyphen (U+00AD): delete it",
  "\u200b": "a zero-width space (U+200B): delete it",
  "\u200c": "a zero-width non-joiner (U+200C): delete it",
  "\u200d": "a zero-width joiner (U+200D): delete it",
  "\u2060": "a word joiner (U+2060): delete it",
  "\ufeff": "a zero-width no-break space (U+FEFF): delete it",
  "\u2018": "a curly quote (U+2018): type a straight one",
  "\u2019": "a curly quote (U+2019): type a straight one",
  "\u201c": "a curly quote (U+201C): type a straight one",
  "\u201d": "a curly quote (U+201D): type a straight one",
  "\u201e": "a curly quote (U+201E): type a straight one",
};

/** Ends the message of a wrong text with the first character in it that looks like another, if it has one. */
export function lookalikeHint(received: unknown): string {
  const lookalike = typeof received === "string" ? [...received].find((character) => LOOKALIKES[character]) : undefined;
  return lookalike === undefined ? "" : ` It has ${LOOKALIKES[lookalike]}.`;
}

import fc from "fast-check";

/** The code points of half characters, which aren't among these. */
const HALVES = { from: 0xd800, count: 0x800 };

/** Any character, as fast-check's unit "binary" is, which takes more than a second to prepare. */
export const character = fc.integer({ min: 0, max: 0x10ffff - HALVES.count }).map(
  (index) => String.fromCodePoint(index < HALVES.from ? index : index + HALVES.count),
  (text) => {
    const code = String(text).codePointAt(0);
    if (code === undefined || String.fromCodePoint(code) !== text) throw new Error("Expected one character.");
    return code < HALVES.from ? code : code - HALVES.count;
  },
);

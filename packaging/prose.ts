/** A text of help or of a schema as Markdown of one line: nothing outside of its code is taken for markup. */
export function prose(text: string): string {
  return text
    .trim()
    .replaceAll(/\s+/g, " ")
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/[<>*\\[\]]|(?<![^\W_])_|_(?![^\W_])/g, "\\$&")))
    .join("");
}

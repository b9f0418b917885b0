import { printable } from "./printable";

/** A text as one word of a POSIX shell: paths in IAM and names in Slack may hold anything. */
export function shellQuote(text: string): string {
  if (printable(text) === text) return `'${text.replaceAll("'", "'\\''")}'`;
  const bytes = [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`);
  return `$'${bytes.join("")}'`; // IEEE Std 1003.1-2024: the report shows what the shell gets
}

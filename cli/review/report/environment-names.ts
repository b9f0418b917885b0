import { code } from "../../markdown";
import type { ReviewedEnvironment } from "../review";

/** Maximum number of environment names in a sentence. */
const MAX_NAMES = 5;

/** Number of names in each line of a full list. */
const NAMES_IN_LINE = 10;

/** Names in a sentence. */
export function namesInWords(names: readonly string[]): string {
  return names.length > MAX_NAMES ? `${names.length} environments, listed below` : names.join(", ");
}

/** With the account if the environment is new or removed: it may not be the expected one. */
export function nameInWords({ environment, account, isNew, isRemoved }: ReviewedEnvironment): string {
  return account !== undefined && (isNew || isRemoved) ? `${code(environment)} (${code(account)})` : code(environment);
}

/** The environments that are too many for a sentence, folded. */
export function namesLines(names: readonly string[], which: string): string[] {
  if (names.length <= MAX_NAMES) return [];
  const lines = Array.from({ length: Math.ceil(names.length / NAMES_IN_LINE) }, (_, index) =>
    names.slice(index * NAMES_IN_LINE, (index + 1) * NAMES_IN_LINE).join(", "),
  );
  return [
    `<details><summary>The ${names.length} environments ${which}</summary>`,
    "",
    ...lines.map((line, index) => (index < lines.length - 1 ? `${line},` : line)),
    "",
    "</details>",
    "",
  ];
}

import { join } from "node:path";
import { filledTemplate } from "../../terminal/html";

/** A text of a publication, from the folder texts. */
export function readText(path: string, values: Readonly<Record<string, string>> = {}): string {
  return filledTemplate(join(__dirname, "texts", path), values);
}

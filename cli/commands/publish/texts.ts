import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A text of a publication, from the folder texts.
 *
 * @param values what {{NAME}} in it stands for, by name
 */
export function text(path: string, values: Readonly<Record<string, string>> = {}): string {
  const template = readFileSync(join(__dirname, "texts", path), "utf8");
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
}

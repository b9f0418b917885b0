import { readFileSync } from "node:fs";

/**
 * The text of a template.
 *
 * @param values what {{NAME}} in it stands for, by name
 */
export function filledTemplate(file: string, values: Readonly<Record<string, string>>): string {
  return readFileSync(file, "utf8").replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Received no value for {{${name}}} of ${file}, expected one.`);
    return value;
  });
}

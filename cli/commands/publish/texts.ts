import { join } from "node:path";
import { readPackageFile } from "../../../common/package-files";

/**
 * A text of a publication, from the folder texts.
 *
 * @param values what {{NAME}} in it stands for, by name
 */
export function readText(path: string, values: Readonly<Record<string, string>> = {}): string {
  return readPackageFile(join("cli/commands/publish/texts", path)).replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Received no value for {{${name}}} of ${path}, expected one.`);
    return value;
  });
}

/*
 * Writes the references into their pages: of environments.yaml from its JSON Schema, of the commands from their help, and of the
 * Terraform modules from their HCL.
 *
 *   npm run docs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandsReference } from "./commands-reference";
import { keysReference } from "./keys-reference";
import { MODULES, moduleReference, readModule } from "./module-reference";

/** What is generated, by page. */
const REFERENCES: Readonly<Record<string, () => Promise<string> | string>> = {
  "docs/environments-yaml.md": keysReference,
  "docs/commands.md": commandsReference,
  ...Object.fromEntries(
    MODULES.map((folder) => [join(folder, "README.md"), async () => moduleReference(await readModule(folder))]),
  ),
};

/** Every page with a generated part as it would be written, before it is formatted. */
export async function pagesWithReferences(): Promise<ReadonlyMap<string, string>> {
  const pages = Object.entries(REFERENCES).map(async ([page, referenceOf]): Promise<[string, string]> => {
    const reference = await referenceOf();
    const generatedText = readFileSync(page, "utf8").replace(
      /(?<=<!-- (?:generated: \w+|BEGIN_TF_DOCS) -->\n).*?(?=<!-- (?:\/generated|END_TF_DOCS) -->)/s,
      () => `\n${reference}\n`,
    );
    return [page, generatedText];
  });
  return new Map(await Promise.all(pages));
}

if (require.main === module)
  void pagesWithReferences().then((pages) => {
    for (const [page, text] of pages) writeFileSync(page, text);
  });

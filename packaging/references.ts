/*
 * Writes the references into their pages: of environments.yaml from its JSON Schema, of the commands from their help.
 *
 *   npm run docs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { commandsReference } from "./commands-reference";
import { keysReference } from "./keys-reference";

/** What is generated, by page. */
const REFERENCES: Readonly<Record<string, () => string>> = {
  "docs/environments-yaml.md": keysReference,
  "docs/commands.md": commandsReference,
};

/** Every page with a generated part as it would be written, before it is formatted. */
export function pagesWithReferences(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(REFERENCES).map(([page, reference]) => {
      const generatedText = readFileSync(page, "utf8").replace(
        /(?<=<!-- generated: \w+ -->\n).*?(?=<!-- \/generated -->)/s,
        () => `\n${reference()}\n`,
      );
      return [page, generatedText];
    }),
  );
}

if (require.main === module) for (const [page, text] of pagesWithReferences()) writeFileSync(page, text);

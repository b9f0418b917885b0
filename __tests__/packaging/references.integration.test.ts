import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { commandsReference } from "../../packaging/commands-reference";
import { keysReference } from "../../packaging/keys-reference";
import { pagesWithReferences } from "../../packaging/references";

const PAGES = pagesWithReferences();

test("each page has its reference", () => {
  const references = { "docs/environments-yaml.md": keysReference(), "docs/commands.md": commandsReference() };
  for (const [page, reference] of Object.entries(references))
    expect(PAGES.get(page)).toContain(` -->\n\n${reference}\n<!-- /generated -->`);
});

test.each([...PAGES])("%s is up to date with the schema and the commands: npm run docs", (page, content) => {
  const biome = ["node_modules/@biomejs/biome/bin/biome", "format", `--stdin-file-path=${page}`];
  const formatted = execFileSync(process.execPath, biome, { input: content, encoding: "utf8" });
  expect(readFileSync(page, "utf8")).toBe(formatted);
});

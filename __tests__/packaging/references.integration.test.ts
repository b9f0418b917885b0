import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { commandsReference } from "../../packaging/commands-reference";
import { keysReference } from "../../packaging/keys-reference";
import { MODULES, moduleReference, readModule } from "../../packaging/module-reference";
import { pagesWithReferences } from "../../packaging/references";

test("each page has its reference, and is up to date with the schema, the commands and the modules: npm run docs", async () => {
  const pages = await pagesWithReferences();
  const [module = ""] = MODULES;
  const references = {
    "docs/environments-yaml.md": keysReference(),
    "docs/commands.md": commandsReference(),
    "terraform/README.md": moduleReference(await readModule(module)),
  };
  for (const [page, reference] of Object.entries(references))
    expect(pages.get(page)).toContain(` -->\n\n${reference}\n<!-- `);
  for (const [page, content] of pages) {
    const biome = ["node_modules/@biomejs/biome/bin/biome", "format", `--stdin-file-path=${page}`];
    const { stdout: formatted } = spawnSync(process.execPath, biome, { input: content, encoding: "utf8" });
    expect([page, readFileSync(page, "utf8")]).toEqual([page, formatted]);
  }
});

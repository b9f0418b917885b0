import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { commandsReference } from "../../packaging/commands-reference";
import { keysReference } from "../../packaging/keys-reference";
import { pagesWithReferences } from "../../packaging/references";

test("the references are up to date with the schema and the commands: npm run docs", () => {
  for (const [page, written] of pagesWithReferences()) {
    const biome = ["node_modules/@biomejs/biome/bin/biome", "format", `--stdin-file-path=${page}`];
    const formatted = execFileSync(process.execPath, biome, { input: written, encoding: "utf8" });
    expect(readFileSync(page, "utf8")).toBe(formatted);
  }
});

test.each<[string, string, () => string]>([
  ["docs/environments-yaml.md", "keys", keysReference],
  ["docs/commands.md", "commands", commandsReference],
])("%s is written whole: what is around its reference stays as it is", (page, name, reference) => {
  const [before, rest = ""] = readFileSync(page, "utf8").split(`<!-- generated: ${name} -->\n`);
  const [, after] = rest.split("<!-- /generated -->");
  expect(pagesWithReferences().get(page)).toBe(
    `${before}<!-- generated: ${name} -->\n\n${reference()}\n<!-- /generated -->${after}`,
  );
});

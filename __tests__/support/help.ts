import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { commandsReference } from "../../packaging/commands-reference";

/** A test that docs/commands.md has all of a command's help, or only its row if the package's workflows alone run it. To be called where tests are described. */
export function testHelp(name: string): void {
  const page = resolve("docs/commands.md"); // a test may run in another folder
  test(`the help of ${name} is what docs/commands.md has`, () => {
    expect(aboutCommand(name, commandsReference(name))).toEqual(aboutCommand(name, readFileSync(page, "utf8")));
  });
}

/** A command's row and section in the page of commands, without the formatter's alignment. */
function aboutCommand(name: string, page: string): string[] {
  const plain = page.replace(/-{3,}/g, "---").replace(/ +\|/g, " |");
  const row = new RegExp(`^\\| \\[?\`${name}\`.*$`, "m");
  const section = new RegExp(`^### ${name}\n.*?(?=\n+(?:### |<!-- /|$(?![^])))`, "ms");
  return [row, section].map((part) => plain.match(part)?.[0] ?? "");
}

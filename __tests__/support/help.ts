import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { supportAppProgram } from "../../cli/program";
import { commandsInHelp, commandsReference } from "../../packaging/commands-reference";

/** A test that docs/commands.md has a command's help, or a snapshot has it if the package's workflows alone run it. To be called where tests are described. */
export function testHelp(name: string): void {
  const page = resolve("docs/commands.md"); // a test may run in another folder
  test(`the help of ${name} is what docs/commands.md has, or the snapshot`, () => {
    const about = aboutCommand(name, commandsReference(name));
    expect(about).toEqual(aboutCommand(name, readFileSync(page, "utf8")));
    if (about.includes("")) expect(helpOf(name)).toMatchSnapshot();
  });
}

function helpOf(name: string): string | undefined {
  const program = supportAppProgram(() => {}, {}, name);
  return commandsInHelp(program)
    .find((command) => command.name() === name)
    ?.configureHelp({ helpWidth: 80 })
    .helpInformation();
}

/** A command's row and section in the page of commands, without the formatter's alignment. */
function aboutCommand(name: string, page: string): string[] {
  const plain = page.replace(/-{3,}/g, "---").replace(/ +\|/g, " |");
  const row = new RegExp(`^\\| \\[?\`${name}\`.*$`, "m");
  const section = new RegExp(`^### ${name}\n.*?(?=\n+(?:### |<!-- /|$(?![^])))`, "ms");
  return [row, section].map((part) => plain.match(part)?.[0] ?? "");
}

import type { Command } from "commander";
import { supportAppProgram } from "../cli/program";
import { markdownTable } from "../cli/terminal/markdown";
import { prose } from "./prose";

/** Columns of the help in the page. */
const WIDTH = 120;

/** The commands, or one of them, each with its help unless only the package's own workflows run it, as Markdown. */
export function commandsReference(commandName?: string): string {
  const commands = commandsInHelp(supportAppProgram(() => {}, {}, commandName));
  const forCi = commands.filter((command) => command.helpGroup() !== "");
  const forPeople = commands.filter((command) => !forCi.includes(command));
  return [
    indexTable(forPeople, (name) => `[\`${name}\`](#${name})`),
    "What the package's workflows run beside them; `--help` prints their options:\n",
    indexTable(forCi, (name) => `\`${name}\``),
    ...forPeople.map(section),
  ].join("\n");
}

function indexTable(commands: readonly Command[], linkTo: (name: string) => string): string {
  const rows = commands.map((command) => [linkTo(command.name()), prose(command.summary())]);
  return markdownTable(["command", "does"], rows);
}

/** The commands that help lists, without help itself. */
export function commandsInHelp(program: Command): Command[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== "help");
}

function section(command: Command): string {
  let help = "";
  const writeOut = (text: string) => {
    help += text;
  };
  command.configureOutput({ getOutHelpWidth: () => WIDTH, writeOut });
  command.outputHelp();
  const ownHelp = help.replace(/(\n\nOptions:)?\n +-h, --help .*/, "");
  return `### ${command.name()}\n\n\`\`\`text\n${ownHelp}\`\`\`\n`;
}

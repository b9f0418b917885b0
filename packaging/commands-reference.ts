import type { Command } from "commander";
import { supportAppProgram } from "../cli/program";
import { markdownTable } from "../cli/terminal/markdown";
import { prose } from "./prose";

/** Columns of the help in the page. */
const WIDTH = 120;

/** The commands, or one of them, each with its help, as Markdown. */
export function commandsReference(commandName?: string): string {
  const { commands } = supportAppProgram(() => {}, {}, commandName);
  const index = commands.map((command) => [`[\`${command.name()}\`](#${command.name()})`, prose(command.summary())]);
  return [markdownTable(["command", "does"], index), ...commands.map(section)].join("\n");
}

function section(command: Command): string {
  let help = "";
  const writeOut = (text: string) => {
    help += text;
  };
  command.configureOutput({ getOutHelpWidth: () => WIDTH, writeOut });
  command.outputHelp();
  return `### ${command.name()}\n\n\`\`\`text\n${help}\`\`\`\n`;
}

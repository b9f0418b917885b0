import type { Argument, Command } from "commander";
import { supportAppProgram } from "../cli/program";
import { markdownTable } from "../cli/terminal/markdown";
import { prose } from "./prose";

/** Columns of the help in the page. */
const WIDTH = 120;

/** The commands, or one of them, each with its help, as Markdown. */
export function commandsReference(commandName?: string): string {
  const commands = commandsInHelp(supportAppProgram(() => {}, {}, commandName));
  const forCi = commands.filter((command) => command.helpGroup() !== "");
  const forPeople = commands.filter((command) => !forCi.includes(command));
  return [
    indexTable(forPeople),
    "What the jobs of CI run beside them:\n",
    indexTable(forCi),
    grammarTable(commands),
    ...commands.map(section),
  ].join("\n");
}

function indexTable(commands: readonly Command[]): string {
  const rows = commands.map((command) => [`[\`${command.name()}\`](#${command.name()})`, prose(command.summary())]);
  return markdownTable(["command", "does"], rows);
}

/** Options that name an account, a role or a region, each with what it is in a table. */
const GRAMMAR = {
  accounts: ["--account", "--organization", "--unit"],
  roles: ["--assume-role", "--assume", "--caller", "--deployer"],
  regions: ["--region"],
} as const;

/** What each command takes of the things that several commands take. */
function grammarTable(commands: readonly Command[]): string {
  const columnFlags: readonly string[] = Object.values(GRAMMAR).flat();
  const rows = commands.map((command) => {
    const { registeredArguments, options } = command;
    const otherLists = options.filter(({ long, variadic }) => variadic && !columnFlags.includes(long ?? ""));
    const cells = [
      registeredArguments.map(argumentUsage),
      ...Object.values(GRAMMAR).map((flags: readonly string[]) =>
        options.filter(({ long = "" }) => flags.includes(long)).map(({ flags }) => flags),
      ),
      otherLists.map(({ flags }) => flags),
    ];
    return [`\`${command.name()}\``, ...cells.map((terms) => terms.map((term) => `\`${term}\``).join(", "))];
  });
  return `What several commands take, each in one form. \`...\` is a list: several, separated by spaces. Names of environments come before an option that takes a list.

${markdownTable(["command", "names", ...Object.keys(GRAMMAR), "other lists"], rows)}`;
}

/** As in the usage of a command. */
function argumentUsage(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
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
  return `### ${command.name()}\n\n\`\`\`text\n${help}\`\`\`\n`;
}

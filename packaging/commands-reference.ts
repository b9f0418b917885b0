import type { Argument, Command, Option } from "commander";
import { supportAppProgram } from "../cli/program";
import { markdownTable } from "../cli/terminal/markdown";
import { prose } from "./prose";

/** The commands, or one of them, each with its arguments, options and exit statuses, as Markdown. */
export function commandsReference(only?: string): string {
  const { commands } = supportAppProgram(() => {}, {}, only);
  const index = commands.map((command) => [`[\`${command.name()}\`](#${command.name()})`, prose(command.summary())]);
  return [markdownTable(["command", "does"], index), ...commands.map(section)].join("\n");
}

function section(command: Command): string {
  const rows = [
    ...command.registeredArguments.map((argument) => [argumentForm(argument), withDefault(argument)]),
    ...command.options.map((option) => [`\`${option.flags}\``, withDefault(option)]),
  ];
  return [
    `### ${command.name()}\n`,
    `\`support-app ${command.name()} ${command.usage()}\`\n`,
    `${prose(command.description())}\n`,
    markdownTable(["argument or option", "meaning"], rows),
    `${prose(textAfterHelp(command))}\n`,
  ].join("\n");
}

function argumentForm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `\`<${name}>\`` : `\`[${name}]\``;
}

function withDefault({ description, defaultValue, argChoices }: Argument | Option): string {
  const choices = argChoices && `one of ${argChoices.map((choice) => `\`${choice}\``).join(", ")}`;
  const isShown = defaultValue !== undefined && String(defaultValue) !== "";
  const preset = isShown && `default: \`${[defaultValue].flat().join(" ")}\``;
  const more = [choices, preset].filter(Boolean).join("; ");
  return `${prose(description)}${more && ` (${more})`}`;
}

/** A command's help after its options: its exit statuses. */
function textAfterHelp(command: Command): string {
  let printed = "";
  command.configureOutput({
    writeOut: (text) => {
      printed += text;
    },
  });
  command.outputHelp();
  return printed.slice(command.helpInformation().length);
}

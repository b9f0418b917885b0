import { Argument, Command } from "commander";
import { attempt } from "../../../common/disk-error";
import { loadEnvironments } from "../../../stacks/environments/environments";

const NAME = "support-app";

/** What a shell runs for the words that were typed so far. The scripts of the library have this name. */
const COMPLETE = "complete";

export function addCommand(program: Command): void {
  program
    .command("completion")
    .summary("completion of commands, options and environments in a shell")
    .description(
      `Print the script that completes commands, options, choices and the names of environments: source <(${NAME} completion bash), the same with zsh, or ${NAME} completion fish | source. ${NAME} has to be on the PATH, such as in node_modules/.bin. In bash, it needs the package bash-completion.`,
    )
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .action(async (shell: string) => {
      const { script } = await import("@bomb.sh/tab");
      script(shell, NAME, NAME);
    });
  program
    .command(COMPLETE, { hidden: true })
    .argument("[words...]")
    .action((words: readonly string[]) => printCompletions(program.commands, words));
}

/** Prints what the last word can be. */
async function printCompletions(commands: readonly Command[], words: readonly string[]): Promise<void> {
  const { default: tab } = await import("@bomb.sh/tab/commander");
  const copy = new Command(NAME); // the library adds commands
  for (const command of commands) {
    if (command.name() !== COMPLETE) copy.addCommand(command.description(command.summary()));
  }
  const completion = tab(copy);
  completion.commands.delete(COMPLETE);
  for (const command of completion.commands.values()) {
    const argument = command.arguments.get("environments");
    if (argument === undefined) continue;
    argument.handler = (add) => {
      for (const { name, account } of attempt(loadEnvironments) ?? []) add(name, account);
    };
  }
  completion.parse([...words]);
}

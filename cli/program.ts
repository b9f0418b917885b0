import { Command, CommanderError, Help, type OutputConfiguration } from "commander";
import { expectCurrentFolder } from "../common/current-folder";
import { InputError } from "../common/input-error";
import { packageJson } from "../common/package-files";
import { withoutSlackTokens } from "../common/printable";
import { UsageError } from "./terminal/command-error";
import { columnsOf, print, printError } from "./terminal/print";

type AddCommand = (program: Command, exitWith: (status: number) => void) => void;

/** The commands, in the order of help. Each loads only when it is needed: all together take longer to load than most take to run. */
const COMMANDS: Readonly<Record<string, () => { readonly addCommand: AddCommand }>> = {
  init: () => require("./commands/init/command"),
  audit: () => require("./commands/audit/command"),
  deploy: () => require("./commands/deploy/command"),
  review: () => require("./commands/review/command"),
  publish: () => require("./commands/publish/command"),
  doctor: () => require("./commands/doctor/command"),
  permissions: () => require("./commands/permissions/command"),
  bootstrap: () => require("./commands/bootstrap/command"),
  guardrail: () => require("./commands/guardrail/command"),
  completion: () => require("./commands/completion/command"),
  environments: () => require("./commands/environments/command"),
  summary: () => require("./commands/summary/command"),
};

/** Commands of other programs, with ours. */
const OTHER_PROGRAMS: ReadonlyMap<string, string> = new Map([
  ["synth", "`npm run synth`, which writes the Terraform of every environment"],
  ["validate", "`npm run synth`, which checks environments.yaml and rules.yaml"],
  ["plan", "`support-app diff ENVIRONMENT`, which shows what a deploy would change"],
  ["apply", "`support-app deploy ENVIRONMENT`, which shows the plan, and asks first"],
  ["import", "`support-app audit --format yaml`, which prints the environments that adopt what an account has"],
  ["drift", "`support-app diff --drift`, which checks what was changed by hand"],
  ["policy", "`support-app permissions deploy ENVIRONMENT`, which prints the policy of whoever deploys"],
  ["upgrade", "`support-app init --upgrade`, which upgrades the files of this repository"],
  ["version", "`support-app --version`"],
]);

/**
 * Runs the support-app command.
 *
 * @param args what follows the command's name
 * @returns the exit status
 */
export async function runSupportApp(args: readonly string[]): Promise<number> {
  let status = 0;
  const exitWith = (exitStatus: number) => {
    status = exitStatus;
  };
  const argv = withoutNoColor(args);
  if (argv.length < args.length) process.env.NO_COLOR = "1"; // for the app, too
  const output: OutputConfiguration = {
    writeOut: (text) => print(linesIn(text)),
    writeErr: (text) => printError(linesIn(text)),
    getOutHelpWidth: () => columnsOf("stdout"),
    getErrHelpWidth: () => columnsOf("stderr"),
    // Commander repeats arguments, whose line breaks would begin new lines.
    outputError: (error) => {
      const text = withoutSlackTokens(error);
      printError(args.some((arg) => arg.includes("\n")) ? text.trimEnd() : linesIn(text));
    },
  };
  try {
    expectOwnCommand(argv[0] === "help" ? argv[1] : argv[0]);
    const program = supportAppProgram(exitWith, output, argv[0]);
    await program.parseAsync(isHelpOfUnknown(argv, program) ? argv.slice(1) : argv, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // Commander has printed it
    if (!(error instanceof InputError)) throw error;
    printError(linesIn(withoutSlackTokens(error.message)));
    return error.status;
  }
}

/**
 * All commands, with what each takes.
 *
 * @param exitWith receives the exit status of a command that has more than the common ones
 * @param output where help and usage errors are printed
 * @param name the only command that will be run. If there is no such command, all are added
 */
export function supportAppProgram(
  exitWith: (status: number) => void,
  output: OutputConfiguration,
  name?: string,
): Command {
  const program = new Command("support-app")
    .description("Control what each Slack channel can do in the AWS Support App, as code.")
    .version(packageJson().version, "--version", "print the version")
    .addHelpText(
      "after",
      "\nExit status: 0 done; 1 an error; 2 wrong usage. Some commands have more.\nSUPPORT_APP_ENVIRONMENTS=FILE selects a file other than environments.yaml.\nSUPPORT_APP_ONLY=a,b selects some of its environments.\nTERRAFORM_BINARY_NAME=PROGRAM runs another Terraform, such as tofu.\n--no-color is accepted anywhere: diff, deploy and destroy then print no colors.",
    )
    .configureHelp({
      optionDescription: (option) => `${new Help().optionDescription(option)}${option.mandatory ? " (required)" : ""}`,
    })
    .showHelpAfterError("(add --help for what is expected)")
    .configureOutput(output)
    .hook("preAction", expectCurrentFolder)
    .enablePositionalOptions() // publish has its own --version
    .exitOverride();
  const command = name === "diff" || name === "destroy" ? "deploy" : name;
  const commands = Object.entries(COMMANDS);
  const matching = commands.filter(([candidate]) => candidate === command);
  for (const [, load] of matching.length > 0 || name === "--version" ? matching : commands) {
    load().addCommand(program, exitWith);
  }
  return program;
}

function expectOwnCommand(name = ""): void {
  const command = OTHER_PROGRAMS.get(name);
  if (command !== undefined) throw new UsageError(`Received the command ${name}, expected ${command}.`);
}

/** Whether help is asked of a command that isn't there. Commander would print the help of the program. */
function isHelpOfUnknown([help, name = "help"]: readonly string[], program: Command): boolean {
  const isKnown = name === "help" || program.commands.some((command) => command.name() === name);
  return help === "help" && !isKnown && !name.startsWith("-");
}

/** The arguments without --no-color, which may be anywhere. After `--`, it is an ordinary argument. */
function withoutNoColor(args: readonly string[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.filter((arg, index) => arg !== "--no-color" || index > end);
}

function linesIn(text: string): string[] {
  return text.trimEnd().split("\n");
}

import "../modules/support-app/peers";

import { Command, CommanderError, type OutputConfiguration } from "commander";
import { ContextError } from "../stacks/app";
import { ChoiceError } from "../stacks/chosen-environments";
import { EnvironmentsError } from "../stacks/environments";
import { ProviderLockError } from "../stacks/provider-lock";
import { CommandError } from "./command-error";
import { addDeployCommands } from "./deploy/command";
import { addDeployerPolicyCommand } from "./deployer-policy/command";
import { addDoctorCommand } from "./doctor/command";
import { addEnvironmentsCommand } from "./environments/command";
import { addGuardrailCommand } from "./guardrail/command";
import { addImportCommand } from "./import/command";
import { addInitCommand } from "./init/command";
import { addLockCommand } from "./lock/command";
import { packageJson } from "./package-files";
import { addPeopleCommand } from "./people/command";
import { print, tell } from "./print";
import { addPublishCommand } from "./publish/command";
import { addReviewCommand } from "./review/command";
import { withoutSlackTokens } from "./slack/token";
import { addSummaryCommand } from "./summary/command";
import { addWatchCommand } from "./watch/command";

/** Exit statuses that every command has. */
const ERROR = 1;
const WRONG_USAGE = 2;

/**
 * Runs the support-app command.
 *
 * @param args what follows the command's name
 * @returns the exit status
 */
export async function runSupportApp(args: readonly string[]): Promise<number> {
  let status = 0;
  const exitWith = (told: number) => {
    status = told;
  };
  const program = supportAppProgram(exitWith, {
    writeOut: (text) => print(linesIn(text)),
    writeErr: (text) => tell(linesIn(text)),
    // Commander repeats arguments, whose line breaks would begin new lines.
    outputError: (error) => {
      const text = withoutSlackTokens(error);
      tell(args.some((arg) => arg.includes("\n")) ? text.trimEnd() : linesIn(text));
    },
  });
  try {
    await program.parseAsync(withoutNoColor(args), { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE; // Commander has printed it
    const inputErrors = [CommandError, EnvironmentsError, ChoiceError, ContextError, ProviderLockError];
    if (!(error instanceof Error && inputErrors.some((known) => error instanceof known))) throw error;
    tell(linesIn(withoutSlackTokens(error.message)));
    return error instanceof CommandError ? error.status : ERROR;
  }
}

/**
 * All commands, with what each takes.
 *
 * @param exitWith told the exit status of a command that has more than the common ones
 * @param output where help and usage errors are printed
 */
export function supportAppProgram(exitWith: (status: number) => void, output: OutputConfiguration): Command {
  const program = new Command("support-app")
    .description("Control what each Slack channel can do in the AWS Support App, as code.")
    .version(packageJson().version, "--version", "print the version")
    .addHelpText(
      "after",
      "\nSUPPORT_APP_ENVIRONMENTS=FILE selects a file other than environments.yaml.\nSUPPORT_APP_ONLY=a,b selects some of its environments.\n--no-color is accepted anywhere, and changes nothing: output has no colors.",
    )
    .showHelpAfterError("(add --help for what is expected)")
    .configureOutput(output)
    .enablePositionalOptions() // publish has its own --version
    .exitOverride();
  addInitCommand(program);
  addImportCommand(program);
  addDeployCommands(program, exitWith);
  addReviewCommand(program, exitWith);
  addPublishCommand(program);
  addDoctorCommand(program, exitWith);
  addPeopleCommand(program, exitWith);
  addDeployerPolicyCommand(program);
  addGuardrailCommand(program);
  addLockCommand(program);
  addEnvironmentsCommand(program);
  addSummaryCommand(program);
  addWatchCommand(program, exitWith);
  return program;
}

/** The arguments without --no-color, which many commands have. After `--`, it is an ordinary argument. */
function withoutNoColor(args: readonly string[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.filter((arg, index) => arg !== "--no-color" || index > end);
}

function linesIn(text: string): string[] {
  return text.trimEnd().split("\n");
}

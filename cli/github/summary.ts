import { appendFileSync } from "node:fs";
import { messageOf } from "../../modules/support-app/model/printable";
import { describe } from "../../modules/support-app/model/problem";
import { CommandError } from "../terminal/command-error";

/** Appends to the summary of the run in GitHub Actions, as Markdown, or to the outputs of the step. */
export function appendFor(variable: "GITHUB_STEP_SUMMARY" | "GITHUB_OUTPUT", text: string): void {
  const file = process.env[variable];
  try {
    appendFileSync(file ?? "", text);
  } catch (error) {
    throw new CommandError(
      `Received ${describe(file)} for the variable ${variable}, expected a file that can be written, but: ${messageOf(error)}. Leave --github out, except in GitHub Actions.`,
    );
  }
}

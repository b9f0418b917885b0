import { appendFileSync } from "node:fs";
import { messageOf } from "../../modules/support-app/model/printable";
import { describe } from "../../modules/support-app/model/problem";
import { CommandError } from "../terminal/command-error";

/** Appends Markdown to the summary of the run in GitHub Actions. */
export function appendSummary(text: string): void {
  const { GITHUB_STEP_SUMMARY } = process.env;
  try {
    appendFileSync(GITHUB_STEP_SUMMARY ?? "", text);
  } catch (error) {
    throw new CommandError(
      `Received ${describe(GITHUB_STEP_SUMMARY)} for the variable GITHUB_STEP_SUMMARY, expected a file that can be written, but: ${messageOf(error)}. Leave --github out, except in GitHub Actions.`,
    );
  }
}

import { appendFileSync } from "node:fs";
import { describePath } from "../../common/problem";
import { explainFailure } from "../terminal/command-error";

/** Appends to the summary of the run in GitHub Actions, as Markdown, or to the outputs of the step. */
export function appendFor(variable: "GITHUB_STEP_SUMMARY" | "GITHUB_OUTPUT", text: string): void {
  const file = process.env[variable];
  explainFailure(
    (reason) =>
      `Received ${describePath(file)} for the variable ${variable}, expected a file that can be written, but: ${reason}. Leave --github out, except in GitHub Actions.`,
    () => appendFileSync(file ?? "", text),
  );
}

import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { describePath } from "../../../common/problem";
import { explainFailure } from "../../terminal/command-error";
import { printCommand } from "../../terminal/print";

/** Maximum length of a job's summary, in bytes. Source: GitHub, "Workflow commands for GitHub Actions". */
export const MAX_SUMMARY = 1_048_576;

/** Where people find the run of this job, and its summary. Undefined: outside of CI. */
export function runUrl(env: NodeJS.ProcessEnv): string | undefined {
  const url = `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
  return /^https?:\/\/[\w.:-]+\/[\w.-]+\/[\w.-]+\/actions\/runs\/\d+$/.test(url) ? url : undefined;
}

/** Runs something that prints what anybody may have written, of which CI then obeys nothing. */
export async function withoutCommands<T>(run: () => Promise<T>): Promise<T> {
  if (process.env.GITHUB_ACTIONS !== "true") return run();
  const token = randomUUID();
  printCommand(`::stop-commands::${token}`);
  try {
    return await run();
  } finally {
    printCommand(`\n::${token}::`); // a command is a whole line
  }
}

/** Appends to the summary of the run, as Markdown. */
export function appendSummary(markdown: string): void {
  append("GITHUB_STEP_SUMMARY", markdown);
}

/** Sets outputs of the step, as JSON, for later jobs. */
export function setOutputs(outputs: Readonly<Record<string, unknown>>): void {
  // JSON without indentation has no line break, so nothing in it becomes another output.
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  append("GITHUB_OUTPUT", lines.join(""));
}

function append(variable: "GITHUB_STEP_SUMMARY" | "GITHUB_OUTPUT", text: string): void {
  const file = process.env[variable];
  explainFailure(
    (reason) =>
      `Can't write the file that ${variable} names, ${describePath(file ?? "")}: ${reason}. Leave --github out, except in GitHub Actions.`,
    () => appendFileSync(file ?? "", text),
  );
}

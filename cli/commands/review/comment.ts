import { messageOf } from "../../../common/printable";
import { describe } from "../../../common/problem";
import { appendSummary } from "../../forge/job";
import { type Label, MAX_COMMENT, type PullRequest, setLabel, writeComment } from "../../forge/pull-request";
import { CommandError } from "../../terminal/command-error";
import { codeBlock } from "../../terminal/markdown";

/** First line of the comment that all reviews of a pull request share. */
const MARK = "<!-- support-app review -->";
/** Set while the change needs an approval. */
const BROADENED: Label = {
  name: "access-broadened",
  color: "d93f0b",
  description: "People in a Slack channel gain access",
};

/** Refuses the output of a failed job: a folder may be missing, or the pull request's code may have written both. */
export function assertSynthesized({ SUPPORT_APP_SYNTH }: NodeJS.ProcessEnv): void {
  if (SUPPORT_APP_SYNTH === "success") return;
  throw new CommandError(
    `Received ${describe(SUPPORT_APP_SYNTH)} for the result of the job synth, expected success. See its log, and run the workflow again once it is fixed.`,
  );
}

/**
 * Writes the report into the pull request's comment and the run's summary, and sets or removes the label.
 *
 * @param markdown the report, of any length
 * @param approvalNeeded whether the change needs an approval. Undefined: unknown, and the label stays as it is
 */
export async function updatePullRequest(
  pullRequest: PullRequest,
  markdown: string,
  approvalNeeded?: boolean,
): Promise<void> {
  const report = truncateComment(markdown);
  appendSummary(`${report}\n`);
  if (pullRequest.isFork) return;
  await writeComment(pullRequest, MARK, `${report}\n\n<sub>Reviewed commit: ${pullRequest.headCommit}</sub>\n`);
  if (approvalNeeded !== undefined) await setLabel(pullRequest, BROADENED, approvalNeeded);
}

/** Runs a review. An error is reported in the pull request, so that no earlier report stays there. */
export async function withErrorReport<T>(pullRequest: PullRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const lines = linesOf(error);
    const unknown = "It is unknown what access this pull request gives or takes. Earlier reports no longer apply.";
    const report = ["## ⛔ The review ended with an error", "", unknown, "", ...codeBlock(lines)]; // no Markdown
    await updatePullRequest(pullRequest, report.join("\n")).catch((failure) => {
      throw new CommandError([...new Set([...lines, ...linesOf(failure)])], { cause: error });
    });
    throw error;
  }
}

/** The lines of an error's message. In a foreign error, line breaks don't separate lines. */
function linesOf(error: unknown): string[] {
  return error instanceof CommandError ? error.message.split("\n") : [messageOf(error)];
}

/** Maximum length of a report: the rest of a comment is for what is added around it. */
const MAX_REPORT = MAX_COMMENT - 1_536;

/** Truncates a report to what a comment holds, with a prominent notice. */
export function truncateComment(report: string): string {
  if (report.length <= MAX_REPORT) return report;
  const notice =
    "> [!CAUTION]\n> This report is cut off: it is longer than a comment may be. Run `support-app review` to see all of it before you approve anything.\n\n";
  const room = notice + report.slice(0, MAX_REPORT - notice.length);
  return room.slice(0, room.lastIndexOf("\n") + 1);
}

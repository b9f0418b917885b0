import { subjectName } from "../../findings/subject";
import type { Issue, IssueChange, IssueTracker } from "../../forge/forge";
import { CommandError } from "../../terminal/command-error";
import { idOf } from "./finding-key";
import { CLOSING, issueText, markIn, withoutMark } from "./issue-text";
import type { IssueLink } from "./watch-report";
import type { EarlierFinding, KeptFinding, WatchRun } from "./watch-run";

/** Maximum number of issues of one kind that are open at once, so that one mistake in a whole fleet doesn't open an issue for each account. */
export const MAX_OPEN = 25;

/** Maximum number of failures: after them, the forge probably refuses everything. */
const MAX_FAILURES = 5;

/** An issue, and what it is about. */
type MarkedIssue = EarlierFinding & { readonly issue: Issue };

/** What became of the issues. */
export type SyncedIssues = Omit<IssueSync, "sync">;

/**
 * Opens, edits, closes and reopens the issues of a repository so that each finding has one. Takes one step after the
 * other: if one fails, the others still run, unless the forge refuses everything. The next run does whatever is left
 * undone, since each step leaves a state that it understands.
 */
export class IssueSync {
  /** What the issues were about before, if they were open. Undefined: the existing issues aren't known. */
  before?: readonly EarlierFinding[];
  /** By the ID of a finding, current or earlier. */
  readonly issues = new Map<string, IssueLink>();
  /** IDs of findings that somebody has silenced. */
  readonly silenced = new Set<string>();
  /** IDs of findings that have no issue, since so many of their kind are open. */
  readonly waiting = new Set<string>();
  /** What the forge refused, in sentences. */
  readonly failures: string[] = [];
  /** How many issues are open, by kind. */
  readonly #open = new Map<string, number>();

  /** @param file the environment file */
  constructor(
    private readonly tracker: IssueTracker,
    private readonly file: string,
    private readonly run: WatchRun,
  ) {}

  async sync(): Promise<SyncedIssues> {
    const repositoryIssues = await this.#attempt(() => this.tracker.keptIssues());
    if (repositoryIssues === undefined) return this;
    const markedIssues = repositoryIssues.flatMap((issue): MarkedIssue[] => {
      const mark = markIn(issue.body);
      return mark?.file === this.file ? [{ ...mark, id: idOf(this.file, mark), issue }] : [];
    });
    this.before = markedIssues.filter(({ issue }) => issue.isOpen);
    for (const { kind } of this.before) this.#count(kind, 1);
    for (const markedIssue of markedIssues) await this.#resolve(markedIssue);
    // The issue that was opened first counts, whatever its state, so that two runs at once agree.
    const first = new Map(markedIssues.toReversed().map((markedIssue) => [markedIssue.id, markedIssue]));
    for (const finding of this.run.findings) await this.#show(finding, first.get(finding.id));
    return this;
  }

  /** Closes what healed, and leaves what couldn't be looked at. */
  async #resolve(markedIssue: MarkedIssue): Promise<void> {
    const { id, issue } = markedIssue;
    const resolution = this.run.resolutionOf(markedIssue);
    if (resolution === "found") return;
    if (issue.isOpen) this.issues.set(id, linkOf(issue));
    if (resolution === "not-looked-at") return;
    if (issue.isSilenced) {
      const body = withoutMark(issue.body); // if the finding comes back, it isn't silenced any more
      await this.#attempt(() => this.tracker.changeIssue(issue, { body }));
    }
    if (!issue.isOpen) return;
    if (await this.#change(issue, { isOpen: false }, CLOSING[resolution])) this.#count(markedIssue.kind, -1);
  }

  /** Opens, reopens or edits the issue of a finding. */
  async #show(finding: KeptFinding, markedIssue: MarkedIssue | undefined): Promise<void> {
    const { id, kind, subject } = finding;
    const environment = this.run.environments.find(({ name }) => name === subjectName(subject));
    const { title, body } = issueText(this.file, environment?.account ?? "", finding, this.tracker.howToSilence);
    if (markedIssue?.issue.isSilenced) {
      this.issues.set(id, linkOf(markedIssue.issue));
      this.silenced.add(id);
    } else if (markedIssue?.issue.isOpen) {
      this.issues.set(id, linkOf(markedIssue.issue));
      const isCurrent = markedIssue.issue.title === title && plain(markedIssue.issue.body) === plain(body);
      if (!isCurrent) await this.#change(markedIssue.issue, { title, body });
    } else if ((this.#open.get(kind) ?? 0) >= MAX_OPEN) this.waiting.add(id);
    else {
      const issue = markedIssue
        ? await this.#change(
            markedIssue.issue,
            { isOpen: true, title, body },
            `Reopened: this is found again. To silence it, ${this.tracker.howToSilence}.`,
          )
        : await this.#attempt(() => this.tracker.createIssue(title, body));
      if (!issue) return;
      this.issues.set(id, linkOf(issue));
      this.#count(kind, 1);
    }
  }

  /** Changes the issue of a finding and then comments why. If a run ends in between, the comment is missing. */
  async #change(issue: Issue, change: IssueChange, words?: string) {
    const changedIssue = await this.#attempt(() => this.tracker.changeIssue(issue, change));
    if (changedIssue && words !== undefined) await this.#attempt(() => this.tracker.commentOnIssue(issue, words));
    return changedIssue;
  }

  #count(kind: string, amount: number): void {
    this.#open.set(kind, (this.#open.get(kind) ?? 0) + amount);
  }

  /** Undefined: the step failed, or wasn't tried. */
  async #attempt<T>(step: () => Promise<T>): Promise<T | undefined> {
    if (this.failures.length > MAX_FAILURES) return undefined;
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.failures.push(error.message);
      if (this.failures.length === MAX_FAILURES)
        this.failures.push(`No more requests were sent to ${this.tracker.forge.name}. The next run does the rest.`);
      return undefined;
    }
  }
}

/** A text without what an editor changes. */
function plain(text: string): string {
  return text.replaceAll("\r\n", "\n").trim();
}

function linkOf({ number, url }: Issue): IssueLink {
  return { number, url };
}

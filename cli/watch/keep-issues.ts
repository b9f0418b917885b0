import { CommandError } from "../command-error";
import { type GitHub, GitHubError } from "../github-api";
import type { ChangedFinding, Changes } from "./changes";
import { idOf } from "./finding-key";
import {
  change,
  close,
  comment,
  create,
  type Issue,
  isFinal,
  keptIssues,
  makeLabel,
  UnkeptIssueError,
} from "./github-issues";
import { closingWords, idIn, issueText, type Mark, markIn, withMark } from "./issue-text";
import type { Fate, Found, Night } from "./night";

/** Maximum number of issues of one check that are open at once, so that one mistake in a whole fleet doesn't open an issue for each account. */
export const MAX_OPEN = 25;

/** Maximum number of failures that are reported in full. */
const MAX_FAILURES = 5;

/** An issue as people find it. */
export interface IssueLink {
  readonly number: number;
  readonly url: string;
}

/** What became of the issues. */
export interface Kept {
  /** By the ID of a finding, current or earlier. */
  readonly issues: ReadonlyMap<string, IssueLink>;
  /** IDs of findings that somebody has silenced by closing their issue as not planned. */
  readonly silenced: ReadonlySet<string>;
  /** IDs of findings that have no issue, since so many of their check are open. */
  readonly waiting: ReadonlySet<string>;
  /** Issues whose mark somebody has removed, and whose title isn't that of a finding: it isn't known what they are about. */
  readonly unmarked: readonly IssueLink[];
  /** Undefined: the existing issues aren't known. */
  readonly changes: Changes | undefined;
  /** What GitHub refused, in sentences. The next run tries again. */
  readonly failures: readonly string[];
}

/** An issue, and what it is about. */
interface MarkedIssue {
  readonly issue: Issue;
  readonly mark: Mark;
}

/**
 * Opens, edits, closes and reopens the issues of a repository so that each finding has one. The next run does whatever
 * is left undone: each step leaves a state that it understands.
 *
 * @param file the environment file
 */
export async function keepIssues(github: GitHub, file: string, night: Night): Promise<Kept> {
  const steps = new Steps();
  const found = new Map(night.found.map((one) => [one.id, one]));
  const all = await steps.attempt(() => keptIssues(github));
  if (!all) {
    const none = { issues: new Map(), silenced: new Set<string>(), waiting: new Set<string>(), unmarked: [] };
    return { ...none, changes: undefined, failures: steps.told() };
  }
  const { first, duplicates, unmarked } = sorted(all, file, found);
  const open = new Map<string, number>();
  for (const { issue, mark } of first.values()) if (issue.state === "open") count(open, mark.check, 1);
  const run: Run = { github, file, night, steps, first, open };

  await closeDuplicates(run, duplicates);
  const gone = await closeHealed(run);
  const { issues, silenced, waiting, isNew } = await openFound(run);
  return {
    issues: new Map([...gone.issues, ...issues]),
    silenced,
    waiting,
    unmarked: unmarked.map(linkOf),
    changes: { isNew, unseen: gone.unseen, healed: gone.healed },
    failures: steps.told(),
  };
}

/** An issue about the same finding as an earlier one. */
interface Duplicate extends MarkedIssue {
  readonly of: Issue;
}

/** What each step needs. */
interface Run {
  readonly github: GitHub;
  readonly file: string;
  readonly night: Night;
  readonly steps: Steps;
  /** The issue of each finding, by its ID. */
  readonly first: ReadonlyMap<string, MarkedIssue>;
  /** How many issues are open, by check. */
  readonly open: Map<string, number>;
}

function count(open: Map<string, number>, check: string, by: number): void {
  open.set(check, (open.get(check) ?? 0) + by);
}

/** Runs one step after the other. If one fails, the others still run, unless GitHub refuses everything. */
class Steps {
  readonly #failures: string[] = [];
  #isOver = false;

  /** Undefined: it failed, or wasn't tried. */
  async attempt<T>(step: () => Promise<T>): Promise<T | undefined> {
    if (this.#isOver) return undefined;
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#failures.push(error.message);
      this.#isOver = error instanceof UnkeptIssueError || (error instanceof GitHubError && isFinal(error));
      return undefined;
    }
  }

  /** Writes a comment. If the issue allows none, such as after 2,500, its step continues without it. */
  async say(github: GitHub, issue: Issue, what: string, text: string): Promise<void> {
    const refused = await comment(github, issue, what, text);
    if (refused !== undefined) this.#failures.push(refused);
  }

  told(): string[] {
    const told = this.#failures.slice(0, MAX_FAILURES);
    const more = this.#failures.length - told.length;
    if (more > 0) told.push(`GitHub failed ${more} more times.`);
    if (this.#isOver) told.push("No more requests were sent to GitHub. The next run does the rest.");
    return told;
  }
}

async function closeDuplicates({ github, steps }: Run, duplicates: readonly Duplicate[]): Promise<void> {
  for (const { issue, mark, of } of duplicates) {
    if (issue.state === "closed") continue;
    await steps.attempt(async () => {
      await steps.say(github, issue, "duplicate", `Duplicate of #${of.number}, which says the same.`);
      await close(github, issue, mark);
    });
  }
}

/** Closes what healed, and leaves what nobody has looked at. */
async function closeHealed({ github, night, steps, first, open }: Run) {
  const issues = new Map<string, IssueLink>();
  const unseen: ChangedFinding[] = [];
  const healed: (ChangedFinding & { readonly fate: Fate })[] = [];
  for (const [id, { issue, mark }] of first) {
    const fate = night.fateOf(mark);
    if (fate === "found") continue;
    const { environment, check, about, checks } = mark;
    const key = { id, environment, check, about, checks };
    if (issue.state === "open") issues.set(id, linkOf(issue));
    if (fate === "not-looked-at") {
      if (issue.state === "open") unseen.push(key);
      continue;
    }
    await steps.attempt(async () => {
      if (issue.state === "open") {
        await steps.say(github, issue, `closed ${mark.times}`, closingWords(mark, fate));
        await close(github, issue, { ...mark, healed: true });
        count(open, mark.check, -1);
        healed.push({ ...key, fate });
      } else if (!mark.healed) {
        // It was silenced until it healed: if it comes back, it isn't silenced any more.
        const body = withMark(issue.body ?? "", { ...mark, healed: true });
        await change(github, issue, { body });
      }
    });
  }
  return { issues, unseen, healed };
}

/** Opens, reopens or edits the issue of each finding. */
async function openFound({ github, file, night, steps, first, open }: Run) {
  const issues = new Map<string, IssueLink>();
  const silenced = new Set<string>();
  const waiting = new Set<string>();
  const isNew = new Set<string>();
  const accounts = new Map(night.environments.map(({ name, account }) => [name, account]));
  let isLabelThere = false;
  for (const one of night.found) {
    const marked = first.get(one.id);
    const times = marked?.mark.times ?? 0;
    const text = (time: number) => {
      const checks = night.unknownChecks(one, marked?.mark);
      return issueText(file, accounts.get(one.environment) ?? "", { ...one, checks }, time);
    };
    if (marked && isSilenced(marked)) {
      issues.set(one.id, linkOf(marked.issue));
      silenced.add(one.id);
      continue;
    }
    if (marked?.issue.state === "open") {
      issues.set(one.id, linkOf(marked.issue));
      const { title, body, mark } = text(times);
      if (mark.digest !== marked.mark.digest || marked.mark.healed)
        await steps.attempt(() => change(github, marked.issue, { title, body }));
      continue;
    }
    if ((open.get(one.check) ?? 0) >= MAX_OPEN) {
      waiting.add(one.id);
      continue;
    }
    if (marked) issues.set(one.id, linkOf(marked.issue));
    await steps.attempt(async () => {
      const { title, body } = text(times + 1);
      if (marked) {
        const { issue, mark } = marked;
        await steps.say(github, issue, `reopened ${times + 1}`, mark.healed ? IS_BACK : STILL_THERE);
        await change(github, issue, { state: "open", title, body });
      } else {
        if (!isLabelThere) await makeLabel(github);
        isLabelThere = true;
        issues.set(one.id, linkOf(await create(github, title, body)));
      }
      count(open, one.check, 1);
      isNew.add(one.id);
    });
  }
  return { issues, silenced, waiting, isNew };
}

const IS_BACK = "Reopened: doctor finds this again.";
const STILL_THERE = "Reopened: doctor still finds this. To silence it, close it as not planned.";

/** Matches issues with findings. The one that was opened first counts, whatever its state, so that two runs at once agree. */
function sorted(all: readonly Issue[], file: string, found: ReadonlyMap<string, Found>) {
  const first = new Map<string, MarkedIssue>();
  const duplicates: Duplicate[] = [];
  const unmarked: Issue[] = [];
  for (const issue of all) {
    const mark = markIn(issue.body ?? "") ?? markByTitle(issue, file, found);
    if (mark === undefined) {
      if (issue.state === "open") unmarked.push(issue);
      continue;
    }
    if (mark.file !== file) continue;
    const id = idOf(file, mark);
    const of = first.get(id);
    if (of) duplicates.push({ issue, mark, of: of.issue });
    else first.set(id, { issue, mark });
  }
  return { first, duplicates, unmarked };
}

/** The mark of an issue from which somebody has removed it, if its title is that of a finding. Its text is then written again. */
function markByTitle({ title, comments }: Issue, file: string, found: ReadonlyMap<string, Found>): Mark | undefined {
  const one = found.get(idIn(title) ?? "");
  if (!one) return undefined;
  const { environment, check, about } = one;
  // The highest number of times that it may have been opened: the comment of each time has its number.
  return { file, environment, check, about, digest: "", times: 1 + comments, healed: false };
}

/** Whether somebody has closed it so that nothing is done about it. */
function isSilenced({ issue, mark }: MarkedIssue): boolean {
  return issue.state === "closed" && !mark.healed && ["not_planned", "duplicate"].includes(issue.state_reason ?? "");
}

function linkOf({ number, html_url }: Issue): IssueLink {
  return { number, url: html_url };
}

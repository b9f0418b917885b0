import { z } from "zod";
import { CommandError } from "../command-error";
import { answered, ask, BOT, type GitHub, GitHubError, listAll } from "../github-api";
import type { ChangedFinding, Changes } from "./changes";
import { idOf } from "./finding-key";
import { closingWords, idIn, issueText, type Mark, markIn, withMark } from "./issue-text";
import type { Fate, Found, Night } from "./night";

/** The label of every issue that is kept. */
const LABEL = {
  name: "support-app-watch",
  color: "d93f0b",
  description: "Kept by support-app watch: what doctor finds",
};

/** Maximum number of issues of one check that are open at once, so that one mistake in a whole fleet doesn't open an issue for each account. */
export const MAX_OPEN = 25;

/** Maximum number of failures that are reported in full. */
const MAX_FAILURES = 5;

/** The URL of an issue, without characters that would end a link in Markdown or Slack. */
export const ISSUE_URL = /^https?:\/\/[\w.:-]+\/[\w./-]+$/;

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

const issueSchema = z.object({
  number: z.int().positive(),
  html_url: z.string().regex(ISSUE_URL),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]),
  state_reason: z.string().nullish(),
  comments: z.int().min(0),
  user: z.object({ login: z.string() }).nullish(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])),
  pull_request: z.unknown().optional(),
});
type Issue = z.infer<typeof issueSchema>;

const commentSchema = z.object({
  id: z.int(),
  user: z.object({ login: z.string() }).nullish(),
  body: z.string().nullish(),
});

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
  const issues = new Map<string, IssueLink>();
  const silenced = new Set<string>();
  const waiting = new Set<string>();
  const failures: string[] = [];
  const isNew = new Set<string>();
  const unseen: ChangedFinding[] = [];
  const healed: (ChangedFinding & { readonly fate: Fate })[] = [];
  const found = new Map(night.found.map((one) => [one.id, one]));
  const accounts = new Map(night.environments.map(({ name, account }) => [name, account]));
  let isOver = false;
  /** Runs one step. If it fails, the others still run, unless GitHub refuses everything. */
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    if (isOver) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      failures.push(error.message);
      isOver = error instanceof UnkeptIssueError || (error instanceof GitHubError && isFinal(error));
    }
  };
  /** Writes a comment. If the issue allows none, such as after 2,500, its step continues without it. */
  const say = async (issue: Issue, what: string, text: string): Promise<void> => {
    const refused = await comment(github, issue, what, text);
    if (refused !== undefined) failures.push(refused);
  };

  let all: Issue[] = [];
  await attempt(async () => {
    // In the order in which they were opened, so that one that is opened meanwhile is on the last page.
    const asked = { labels: LABEL.name, state: "all", sort: "created", direction: "asc" };
    all = (await listAll(github, "/issues", issueSchema, asked)).filter(isKept);
  });
  if (failures.length > 0) return { issues, silenced, waiting, unmarked: [], changes: undefined, failures };

  const { first, duplicates, unmarked } = sorted(all, file, found);
  for (const { issue, mark, of } of duplicates) {
    if (issue.state === "closed") continue;
    await attempt(async () => {
      await say(issue, "duplicate", `Duplicate of #${of.number}, which says the same.`);
      await close(github, issue, mark);
    });
  }

  const open = new Map<string, number>();
  const count = (check: string, by: number) => open.set(check, (open.get(check) ?? 0) + by);
  for (const { issue, mark } of first.values()) if (issue.state === "open") count(mark.check, 1);

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
    await attempt(async () => {
      if (issue.state === "open") {
        await say(issue, `closed ${mark.times}`, closingWords(mark, fate));
        await close(github, issue, { ...mark, healed: true });
        count(mark.check, -1);
        healed.push({ ...key, fate });
      } else if (!mark.healed) {
        // It was silenced until it healed: if it comes back, it isn't silenced any more.
        const body = withMark(issue.body ?? "", { ...mark, healed: true });
        await change(github, issue, { body });
      }
    });
  }

  let isLabelThere = false;
  for (const one of night.found) {
    const marked = first.get(one.id);
    const times = marked?.mark.times ?? 0;
    const text = (time: number) => {
      const checks = night.unknownChecks(one, marked?.mark);
      return issueText(file, accounts.get(one.environment) ?? "", { ...one, checks }, time);
    };
    if (marked) issues.set(one.id, linkOf(marked.issue));
    if (marked && isSilenced(marked)) {
      silenced.add(one.id);
      continue;
    }
    if (marked?.issue.state === "open") {
      const { title, body, mark } = text(times);
      if (mark.digest !== marked.mark.digest || marked.mark.healed)
        await attempt(async () => {
          await change(github, marked.issue, { title, body });
        });
      continue;
    }
    if ((open.get(one.check) ?? 0) >= MAX_OPEN) {
      waiting.add(one.id);
      issues.delete(one.id); // it may have a closed issue
      continue;
    }
    await attempt(async () => {
      const { title, body } = text(times + 1);
      if (marked) {
        const { issue, mark } = marked;
        await say(issue, `reopened ${times + 1}`, mark.healed ? IS_BACK : STILL_THERE);
        await change(github, issue, { state: "open", title, body });
      } else {
        if (!isLabelThere) await makeLabel(github);
        isLabelThere = true;
        issues.set(one.id, linkOf(await create(github, title, body)));
      }
      count(one.check, 1);
      isNew.add(one.id);
    });
  }
  const told = failures.slice(0, MAX_FAILURES);
  if (failures.length > told.length) told.push(`GitHub failed ${failures.length - told.length} more times.`);
  if (isOver) told.push("No more requests were sent to GitHub. The next run does the rest.");
  return {
    issues,
    silenced,
    waiting,
    unmarked: unmarked.map(linkOf),
    changes: { isNew, unseen, healed },
    failures: told,
  };
}

const IS_BACK = "Reopened: doctor finds this again.";
const STILL_THERE = "Reopened: doctor still finds this. To silence it, close it as not planned.";

/** Whether GitHub will refuse everything else, too: it doesn't answer, rejects the token, or asks to wait. */
function isFinal({ httpStatus, isLimit, isOfOne }: GitHubError): boolean {
  if (httpStatus === undefined || httpStatus === 401 || isLimit) return true;
  return !isOfOne && [403, 410].includes(httpStatus);
}

/** Whether GitHub refuses only this issue: in a public repository, anyone can fill an issue with the maximum number of comments. */
function isRefused({ httpStatus, isLimit, isOfOne }: GitHubError): boolean {
  return isOfOne && !isLimit && [403, 404, 410, 422].includes(httpStatus ?? 0);
}

/** An issue that the next run wouldn't recognize: each night would open another. */
class UnkeptIssueError extends CommandError {}

/** Anyone may open an issue and write a mark into it, but not as the workflow. */
function isKept({ user, labels, pull_request }: Issue): boolean {
  const names = labels.map((label) => (typeof label === "string" ? label : label.name)?.toLowerCase());
  return user?.login === BOT && names.includes(LABEL.name) && !pull_request;
}

/** Matches issues with findings. The one that was opened first counts, whatever its state, so that two runs at once agree. */
function sorted(all: readonly Issue[], file: string, found: ReadonlyMap<string, Found>) {
  const first = new Map<string, MarkedIssue>();
  const duplicates: (MarkedIssue & { readonly of: Issue })[] = [];
  const unmarked: Issue[] = [];
  for (const issue of [...all].sort((one, other) => one.number - other.number)) {
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

async function create(github: GitHub, title: string, body: string): Promise<Issue> {
  const { data } = await ask(github, "POST", "/issues", { title, body, labels: [LABEL.name] });
  const issue = answered(github, "/issues", data, issueSchema, "POST");
  if (isKept(issue)) return issue;
  await change(github, issue, { state: "closed", state_reason: "not_planned" });
  throw new UnkeptIssueError(
    `Received an issue that wasn't opened by ${BOT} with the label ${LABEL.name}, expected one that the next run recognizes: it was closed again, and no other was opened. Give the step the workflow's own token, with issues: write, as .github/workflows/${github.workflow} does.`,
  );
}

async function close(github: GitHub, issue: Issue, mark: Mark): Promise<void> {
  await change(github, issue, { state: "closed", state_reason: "completed", body: withMark(issue.body ?? "", mark) });
}

/** Changes an issue. Checks the answer, since a login page in GitHub's place has changed nothing. */
async function change(github: GitHub, { number }: Issue, parameters: Readonly<Record<string, string>>): Promise<void> {
  const path = `/issues/${number}`;
  const { data } = await ask(github, "PATCH", path, parameters);
  answered(github, path, data, issueSchema, "PATCH");
}

/**
 * Writes a comment, unless an interrupted run already has.
 *
 * @param what tells it from the issue's other comments
 * @returns a sentence if the issue allows no comment
 */
async function comment(
  github: GitHub,
  { number, comments }: Issue,
  what: string,
  text: string,
): Promise<string | undefined> {
  const path = `/issues/${number}/comments`;
  const mark = `<!-- support-app watch: ${what} -->`;
  const written = comments === 0 ? [] : await listAll(github, path, commentSchema);
  if (written.some(({ user, body }) => user?.login === BOT && body?.startsWith(mark))) return undefined;
  try {
    const { data } = await ask(github, "POST", path, { body: `${mark}\n${text}` });
    answered(github, path, data, commentSchema, "POST");
    return undefined;
  } catch (error) {
    if (!(error instanceof GitHubError && isRefused(error))) throw error;
    return `Received status ${error.httpStatus} from GitHub to POST /repos/${github.repository}${path}, expected it to allow a comment: an issue has at most 2,500. It is closed or reopened without one.`;
  }
}

async function makeLabel(github: GitHub): Promise<void> {
  const { status } = await ask(github, "GET", `/labels/${LABEL.name}`, {}, 404);
  if (status === 404) await ask(github, "POST", "/labels", LABEL, 422); // somebody has created it meanwhile
}

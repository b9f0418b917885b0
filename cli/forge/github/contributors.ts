import { z } from "zod";
import { listRest, listRestIfAny } from "../rest-api";
import { rootOf } from "./api";
import { type Account, account, isSameName, type PullRequest } from "./pull-request";

/** Who has a part in what is in a pull request. */
interface Contributors {
  /** Why somebody can't approve it. Undefined: no part of it is known to come from them. */
  flawOf(person: Account): "pusher" | "unknown-pushers" | "committer" | undefined;
}

/** A change of a branch. Source: GitHub's REST API, "List repository activities". */
const activity = z.object({
  before: z.string(),
  after: z.string(),
  activity_type: z.string(),
  actor: account.nullish(),
});

/** An empty object or null: the e-mail address is no account's. */
const commitAccount = z.union([account, z.object({}).transform(() => undefined)]).nullish();
const commit = z.object({ author: commitAccount, committer: commitAccount });

/**
 * Who has a part in a pull request. Who pushed is what the forge has seen. A commit's author and committer are what the
 * commit says, so they only take an approval away: who isn't an account there has pushed it, or somebody known has.
 */
export async function contributorsOf(pullRequest: PullRequest): Promise<Contributors> {
  const pushers = await pushersOf(pullRequest);
  const commits = await listRest(pullRequest, `/pulls/${pullRequest.number}/commits`, commit);
  const committers = commits.flatMap(({ author, committer }) => [author, committer]).filter((person) => !!person);
  const isIn = (person: Account, people: readonly Account[]) =>
    people.some((contributor) => isAccount(person, contributor));
  return {
    flawOf: (person) => {
      if (pushers === undefined) return "unknown-pushers";
      if (isIn(person, pushers)) return "pusher";
      return isIn(person, committers) ? "committer" : undefined;
    },
  };
}

/** By ID and by login: either may be all that is left of an account elsewhere. */
export function isAccount(a: Account, b: Account): boolean {
  return a.id === b.id || isSameName(a.login, b.login);
}

/** Everybody who ever pushed to the branch, by its name. Undefined: not all of them are known. */
async function pushersOf({ branch, headCommit, ...repository }: PullRequest): Promise<Account[] | undefined> {
  if (branch === undefined) return undefined;
  const query = { ref: `refs/heads/${branch.name}`, direction: "desc" };
  const changes = await listRestIfAny({ ...repository, root: rootOf(branch.repository) }, "/activity", activity, query);
  if (!changes || !isWhole(changes, headCommit)) return undefined;
  const pushers = changes.map(({ actor }) => actor).filter((actor) => !!actor);
  return pushers.length === changes.length ? pushers : undefined;
}

/** Whether a branch's changes, newest first, lead from a commit back to its creation without a gap. */
function isWhole(changes: readonly z.infer<typeof activity>[], commit: string): boolean {
  const newest = changes.findIndex(({ after }) => after === commit);
  if (newest < 0) return false;
  for (const [index, { activity_type: type, before }] of changes.slice(newest).entries()) {
    if (type === "branch_creation") return true;
    if (changes[newest + index + 1]?.after !== before) return false;
  }
  return false;
}

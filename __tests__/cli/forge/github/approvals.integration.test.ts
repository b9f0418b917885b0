import { digestIn } from "../../../../cli/commands/review/approvals";
import { approvalLabels } from "../../../../cli/forge/github/approvals";
import type { PullRequest } from "../../../../cli/forge/github/pull-request";
import {
  type Actor,
  ALICE,
  BOB,
  type Commit,
  createdBranch,
  GITHUB_ACTIONS,
  type IssueEvent,
  type Push,
} from "../../../support/answering-github";
import { COMMIT, pullRequestsInTests, TOKEN } from "../../../support/pull-requests";

const { github, pullRequest } = pullRequestsInTests();

const DIGEST = "abcdefghijklmnopqrstuvwxyz234567abcdefgh";
const LABEL = `approved-${DIGEST}`;
const OTHER = "z".repeat(40);

describe("an approval", () => {
  let second = 0;
  const happened = (
    event: string,
    actor: Actor | null,
    name = LABEL,
    overrides: Partial<IssueEvent> = {},
  ): IssueEvent => ({
    event,
    created_at: new Date(Date.UTC(2026, 0, 1) + 1000 * second++).toISOString().replace(".000Z", "Z"),
    actor,
    label: { name },
    performed_via_github_app: null,
    ...overrides,
  });
  const labeled = (actor: Actor | null, name?: string, overrides?: Partial<IssueEvent>) =>
    happened("labeled", actor, name, overrides);
  const unlabeled = (actor: Actor | null, name?: string) => happened("unlabeled", actor, name);

  const approved = async (events: IssueEvent[], labels = [LABEL], changed?: Partial<PullRequest>) => {
    github.labels.push(...labels.map((name) => ({ name })));
    github.events.push(...events);
    const approvals = await approvalLabels(pullRequest(changed), (label) => digestIn(label) !== undefined);
    return approvals.flatMap(({ text, flaw }) => (flaw === undefined ? [digestIn(text)] : []));
  };

  test("an approval is a label that somebody other than the author has set", async () => {
    expect(await approved([labeled(BOB)])).toEqual([DIGEST]);
    expect(LABEL.length).toBeLessThanOrEqual(50);
    expect(github.authorizations).toEqual(new Set([`bearer ${TOKEN}`]));
  });

  const GHOST: Actor = { id: 10137, login: "ghost", type: "User" };
  const BY_APP = { performed_via_github_app: { id: 5, slug: "chat" } };
  test.each<[string, IssueEvent[]]>([
    ["the author", [labeled(ALICE)]],
    ["the author, whose login is in another case", [labeled({ ...ALICE, id: 9, login: "Alice" })]],
    ["the author, who has another login by now", [labeled({ ...ALICE, login: "allison" })]],
    ["the author, after somebody else's was removed", [labeled(BOB), unlabeled(ALICE), labeled(ALICE)]],
    ["the author, in another case", [labeled(BOB), unlabeled(BOB), labeled(ALICE, LABEL.toUpperCase())]],
    ["a workflow, which the author may have written", [labeled(GITHUB_ACTIONS)]],
    ["an app that acts for a person", [labeled(BOB, LABEL, BY_APP)]],
    ["an account that was deleted", [labeled(null)]],
    ["an account that was deleted, under the name for all of them", [labeled(GHOST)]],
    ["an organization", [labeled({ id: 3, login: "acme", type: "Organization" })]],
    ["nobody: no event is found", []],
    ["somebody else, under the name that it had before", [labeled(BOB, `approved-${OTHER}`)]],
    ["somebody else, before another was renamed to it", [labeled(BOB), unlabeled(BOB), labeled(ALICE, "harmless")]],
    ["somebody else, as something other than a label", [happened("milestoned", BOB)]],
  ])("an approval isn't a label that was set by %s", async (_, events) => {
    expect(await approved(events)).toEqual([]);
  });

  test("an approval is the label set last, in whatever order GitHub lists the events", async () => {
    const events = [labeled(ALICE), unlabeled(BOB), labeled(BOB)];
    expect(await approved(events.toReversed())).toEqual([DIGEST]);
  });

  test("an approval is found beside events that have no label, with times of any zone", async () => {
    const mentioned = happened("mentioned", ALICE, LABEL, { label: undefined });
    const createdAt = (created_at: string) => ({ created_at });
    const set = [
      labeled(BOB, LABEL, createdAt("2026-01-01T02:00:00+01:00")),
      labeled(ALICE, LABEL, createdAt("2026-01-01T00:30:00Z")),
    ];
    expect(await approved([mentioned, ...set])).toEqual([DIGEST]);
  });

  test("an approval may be the author's own if a variable allows it, but still not a bot's", async () => {
    const events = [labeled(ALICE), labeled(GITHUB_ACTIONS, `approved-${OTHER}`)];
    expect(await approved(events, [LABEL, `approved-${OTHER}`], { authorMayApprove: true })).toEqual([DIGEST]);
  });

  test.each(["read", "none", "write", "admin"])(
    "an approval of somebody whose permission is %s needs the right to write",
    async (permission) => {
      github.permissions.set(BOB.login, permission);
      expect(await approved([labeled(BOB)])).toEqual(["write", "admin"].includes(permission) ? [DIGEST] : []);
    },
  );

  const closed = () => happened("closed", ALICE, LABEL, { label: undefined });
  const reopened = () => happened("reopened", ALICE, LABEL, { label: undefined });
  const unnamed = (label?: null | { name: null }) =>
    happened("unlabeled", BOB, LABEL, { label: label as IssueEvent["label"] });
  // Deleting a label of the repository leaves no event with its name, and renaming another to it leaves none at all.
  test.each<[string, () => IssueEvent[], string | undefined]>([
    ["the pull request was closed", () => [closed(), reopened()], "closed"],
    ["a label without a name was removed", () => [unnamed(null)], "nobody"],
    ["a label whose name is empty was removed", () => [unnamed({ name: null })], "nobody"],
    ["the pull request was closed, and bob set it again", () => [closed(), reopened(), labeled(BOB)], undefined],
    ["another label was removed", () => [unlabeled(BOB, "harmless")], undefined],
  ])("an approval depends on what happened after it was set: %s", async (_, later, flaw) => {
    github.labels.push({ name: LABEL });
    github.events.push(labeled(BOB), ...later());
    const approvals = await approvalLabels(pullRequest(), (label) => digestIn(label) !== undefined);
    expect(approvals.map((approval) => approval.flaw)).toEqual([flaw]);
  });

  test("an approval of the second in which the pull request was closed doesn't count, in whatever order GitHub lists them", async () => {
    const set = labeled(BOB);
    expect(await approved([{ ...closed(), created_at: set.created_at }, set])).toEqual([]);
  });

  test("an approval isn't a label that was removed", async () => {
    expect(await approved([labeled(BOB), unlabeled(BOB)], [])).toEqual([]);
  });

  test("an approval ignores the case of a label's name, as GitHub does", async () => {
    expect(await approved([labeled(BOB, LABEL.toUpperCase())], [LABEL.replace("abc", "ABC")])).toEqual([DIGEST]);
  });

  test.each([
    ["too short", LABEL.slice(0, -1)],
    ["too long", `${LABEL}a`],
    ["of another prefix", `access-${LABEL}`],
    ["followed by a line", `${LABEL}\n`],
    ["preceded by a line", `::error::\n${LABEL}`],
    ["written with a letter that only looks the same in lower case", LABEL.replace("k", "\u212a")],
  ])("an approval isn't a label that is %s", async (_, name) => {
    expect(await approved([labeled(BOB, name), labeled(BOB)], [name])).toEqual([]);
    expect(github.asked).toEqual(["GET /repos/acme/access/issues/7/labels"]); // nothing to ask about
  });

  const flawsOf = async (
    pushes: readonly Push[] | undefined,
    commits: readonly Commit[] = [],
    changed?: Partial<PullRequest>,
  ) => {
    if (pushes) github.pushes.splice(0, github.pushes.length, ...pushes);
    github.commits.push(...commits);
    github.labels.push({ name: LABEL });
    github.events.push(labeled(BOB));
    return (await approvalLabels(pullRequest(changed), () => true)).map(({ flaw }) => flaw);
  };
  const OLDER = "f".repeat(40);
  const push = (actor: Actor | null, before = OLDER, after = COMMIT, activity_type = "push"): Push => ({
    ...{ actor, before, after, activity_type },
  });
  const commit = (author: Commit["author"], committer: Commit["committer"] = author): Commit => ({ author, committer });

  test.each<[string, readonly Push[], string | undefined]>([
    ["bob pushed last", [push(BOB), createdBranch(OLDER)], "pusher"],
    [
      "bob pushed before",
      [push(ALICE), createdBranch(OLDER), push(BOB, COMMIT, "e".repeat(40), "branch_deletion")],
      "pusher",
    ],
    ["bob made the branch", [{ ...createdBranch(COMMIT), actor: BOB }], "pusher"],
    ["bob pushed under another login", [push({ ...BOB, login: "bobby" }), createdBranch(OLDER)], "pusher"],
    ["bob pushed after the reviewed commit", [push(BOB, COMMIT, "e".repeat(40)), createdBranch(COMMIT)], "pusher"],
    ["a bot pushed", [push(GITHUB_ACTIONS), createdBranch(OLDER)], undefined],
    ["somebody unknown pushed", [push(null), createdBranch(OLDER)], "unknown-pushers"],
    ["a push between two isn't listed", [push(ALICE), createdBranch("e".repeat(40))], "unknown-pushers"],
    ["the beginning isn't listed", [push(ALICE)], "unknown-pushers"],
    ["the reviewed commit isn't listed", [createdBranch(OLDER)], "unknown-pushers"],
    ["nothing is listed", [], "unknown-pushers"],
  ])("an approval by bob, who isn't the author, depends on who pushed to the branch: %s", async (_, pushes, flaw) => {
    expect(await flawsOf(pushes)).toEqual([flaw]);
  });

  test.each<[string, readonly Commit[], string | undefined]>([
    ["bob is the author of a commit", [commit(BOB, ALICE)], "committer"],
    ["bob is the committer of a commit", [commit(ALICE), commit(ALICE, BOB)], "committer"],
    ["others are", [commit(ALICE)], undefined],
    ["who is no account: somebody known has pushed it", [commit(null, {})], undefined],
  ])("an approval by bob, who pushed nothing, doesn't count if %s", async (_, commits, flaw) => {
    expect(await flawsOf(undefined, commits)).toEqual([flaw]);
  });

  test("an approval of a fork's pull request counts only if who pushed to the fork is known", async () => {
    const fork = { isFork: true, branch: { repository: "mallory/access", name: "change" } };
    expect(await flawsOf(undefined, [], fork)).toEqual(["unknown-pushers"]); // the fork is private
    expect(await flawsOf(undefined, [], { ...fork, branch: undefined })).toContain("unknown-pushers");
  });

  test("an approval of an author who may approve doesn't depend on who pushed", async () => {
    expect(await flawsOf([], [], { authorMayApprove: true })).toEqual([undefined]);
    expect(github.asked.filter((call) => call.endsWith("/activity"))).toEqual([]);
  });
});

import { approvalLines, digestIn } from "../../../../cli/commands/review/approvals";
import type { ApprovalFlaw } from "../../../../cli/forge/approval";
import { approvalComments } from "../../../../cli/forge/gitlab/approvals";
import {
  ALICE,
  BOB,
  createdBranch,
  type GitLabUser,
  MERGE_COMMIT,
  OTHER_BOT,
  PROJECT_ID,
  type StoredNote,
  type StoredPush,
  TOKEN_OWNER,
} from "../../../support/answering-gitlab";
import { GITLAB_TOKEN, mergeRequestsInTests } from "../../../support/merge-requests";

const { gitlab, mergeRequest, changeRequest } = mergeRequestsInTests();

const DIGEST = "abcdefghijklmnopqrstuvwxyz234567abcdefgh";
const TEXT = `approved-${DIGEST}`;
const OLDER = "f".repeat(40);

let count = 0;
const note = (author: GitLabUser | null, difference: Partial<StoredNote> = {}): StoredNote => ({
  ...{ id: 900 + count++, body: TEXT, author, system: false, imported: false },
  ...{ created_at: "2026-01-01T00:00:00.123Z", updated_at: "2026-01-01T00:00:00.123Z" },
  ...difference,
});

const flawsOf = async (notes: readonly StoredNote[], changed?: NodeJS.ProcessEnv) => {
  gitlab.notes.push(...notes);
  const approvals = await approvalComments(await mergeRequest(changed), (text) => digestIn(text) !== undefined);
  return approvals.map(({ flaw }) => flaw);
};

test("an approval is a comment that is only its digest, of a person other than the author", async () => {
  gitlab.notes.push(note(BOB, { body: ` ${TEXT}\n` }));
  const [approval, ...otherApprovals] = await approvalComments(
    await mergeRequest(),
    (text) => digestIn(text) !== undefined,
  );
  expect(approval).toEqual({ text: TEXT, account: "bob", time: new Date("2026-01-01T00:00:00.123Z"), flaw: undefined });
  expect(otherApprovals).toEqual([]);
  expect(gitlab.tokens).toEqual(new Set([GITLAB_TOKEN]));
});

const GHOST: GitLabUser = { ...BOB, id: 99, username: "ghost" };
const BLOCKED: GitLabUser = { ...BOB, id: 98, username: "carol", state: "blocked" };
const UNLISTED: GitLabUser = { ...BOB, id: 97, username: "dave" };

test.each<[string, StoredNote, ApprovalFlaw]>([
  ["its author's", note(ALICE), "author"],
  ["its author's, who has another username by now", note({ ...ALICE, username: "allison" }), "author"],
  ["its author's, who has another ID there", note({ ...ALICE, id: 9, username: "Alice" }), "author"],
  ["its author's, after somebody else edited it", note(ALICE, { updated_at: "2026-01-02T00:00:00Z" }), "edited"],
  ["somebody else's, edited afterwards", note(BOB, { updated_at: "2026-01-01T00:00:00.124Z" }), "edited"],
  ["imported", note(BOB, { imported: true }), "imported"],
  ["perhaps imported", note(BOB, { imported: undefined }), "imported"],
  ["a bot's", note(OTHER_BOT), "bot"],
  ["the pipeline's own", note(TOKEN_OWNER), "bot"],
  ["a deleted account's", note(null), "deleted-account"],
  ["an account's that stands for all deleted ones", note(GHOST), "deleted-account"],
  ["an account's that isn't there any more", note(UNLISTED), "deleted-account"],
  ["a blocked account's", note(BLOCKED), "inactive-account"],
])("an approval isn't a comment that is %s", async (_, stored, flaw) => {
  gitlab.users.push(BLOCKED);
  expect(await flawsOf([stored])).toEqual([flaw]);
});

test.each<[string, Partial<StoredNote>]>([
  ["quotes it", { body: `> ${TEXT}` }],
  ["has more than it", { body: `${TEXT}\nLooks good` }],
  ["has it within a sentence", { body: `I say ${TEXT}.` }],
  ["GitLab itself has written", { system: true }],
])("an approval isn't a comment that %s", async (_, difference) => {
  expect(await flawsOf([note(BOB, difference)])).toEqual([]);
  expect(gitlab.asked).not.toContain(`GET /users/${BOB.id}`); // nothing to ask about
});

test.each<[number | undefined, ApprovalFlaw | undefined]>([
  [50, undefined],
  [40, undefined],
  [30, undefined],
  [25, "no-write-access"],
  [20, "no-write-access"],
  [undefined, "no-write-access"],
])("an approval of somebody whose access level is %s needs the role Developer", async (level, flaw) => {
  gitlab.accessLevels.set(BOB.id, level);
  expect(await flawsOf([note(BOB)])).toEqual([flaw]);
});

test("an approval counts beside comments that don't, and each account is asked about once", async () => {
  expect(await flawsOf([note(ALICE), note(BOB), note(OTHER_BOT), note(BOB)])).toEqual([
    "author",
    undefined,
    "bot",
    undefined,
  ]);
  expect(gitlab.asked.filter((call) => call === `GET /users/${BOB.id}`)).toHaveLength(1);
});

const push = (
  author: GitLabUser | null,
  from: string | null = OLDER,
  to: string | null = MERGE_COMMIT,
): StoredPush => ({
  author,
  push_data: { action: "pushed", ref_type: "branch", ref: "change", commit_from: from, commit_to: to },
});
const onRef = (ref: string | null, event: StoredPush): StoredPush => ({
  ...event,
  push_data: { ...event.push_data, ref },
});
const bulk = (author: GitLabUser): StoredPush => {
  const { push_data } = push(author, null, null);
  return { author, push_data: { ...push_data, ref: null, ref_count: 5 } };
};
const removal = (author: GitLabUser): StoredPush => {
  const { push_data } = push(author, "e".repeat(40), null);
  return { author, push_data: { ...push_data, action: "removed" } };
};
const tagged: StoredPush = { author: BOB, push_data: { ...push(BOB).push_data, ref_type: "tag" } };

test.each<[string, readonly StoredPush[], ApprovalFlaw | undefined]>([
  ["bob pushed last", [push(BOB), createdBranch(OLDER)], "pusher"],
  ["bob made the branch", [createdBranch(MERGE_COMMIT, BOB)], "pusher"],
  ["bob pushed to an earlier branch of this name", [push(ALICE), createdBranch(OLDER), removal(BOB)], "pusher"],
  ["bob pushed under another username", [push({ ...BOB, username: "bobby" }), createdBranch(OLDER)], "pusher"],
  ["bob pushed after the reviewed commit", [push(BOB, MERGE_COMMIT, OLDER), createdBranch(MERGE_COMMIT)], "pusher"],
  ["bob pushed many branches at once", [bulk(BOB), createdBranch(MERGE_COMMIT)], "pusher"],
  ["bob pushed to another branch", [onRef("other", push(BOB)), push(ALICE), createdBranch(OLDER)], undefined],
  ["bob pushed a tag of its name", [tagged, createdBranch(MERGE_COMMIT)], undefined],
  ["a bot pushed", [push(OTHER_BOT), createdBranch(OLDER)], undefined],
  ["a deleted account pushed", [push(null), createdBranch(OLDER)], "unknown-pushers"],
  ["a push between two isn't listed", [push(ALICE), createdBranch("e".repeat(40))], "unknown-pushers"],
  [
    "a push to several branches hides one of them",
    [push(ALICE, "e".repeat(40)), bulk(ALICE), createdBranch(OLDER)],
    "unknown-pushers",
  ],
  ["the beginning isn't listed", [push(ALICE)], "unknown-pushers"],
  ["the reviewed commit isn't listed", [createdBranch(OLDER)], "unknown-pushers"],
  ["nothing is listed", [], "unknown-pushers"],
])("an approval by bob, who isn't the author, depends on who pushed to the branch: %s", async (_, events, flaw) => {
  gitlab.events.set(PROJECT_ID, [...events]);
  expect(await flawsOf([note(BOB)])).toEqual([flaw]);
});

test("an approval depends on every push, also on those of later pages", async () => {
  const commits = Array.from({ length: 250 }, (_, index) => index.toString(16).padStart(40, "a"));
  const pushes = commits.map((commit, index) => push(ALICE, commits[index + 1] ?? OLDER, commit));
  gitlab.events.set(PROJECT_ID, [push(ALICE, commits[0]), ...pushes, createdBranch(OLDER, BOB)]);
  expect(await flawsOf([note(BOB)])).toEqual(["pusher"]);
});

const FORK = 6;

test.each<[string, number | null, StoredPush[] | undefined, ApprovalFlaw | undefined]>([
  ["is known", FORK, [createdBranch(MERGE_COMMIT)], undefined],
  ["is bob", FORK, [createdBranch(MERGE_COMMIT, BOB)], "pusher"],
  ["isn't known, since the fork is private", FORK, undefined, "unknown-pushers"],
  ["isn't known, since the fork was deleted", null, [], "unknown-pushers"],
])(
  "an approval of a fork's merge request depends on who pushed to the fork: who did %s",
  async (_, id, events, flaw) => {
    gitlab.merge.source_project_id = id;
    if (events) gitlab.events.set(FORK, events);
    expect(await flawsOf([note(BOB)])).toEqual([flaw]);
  },
);

test("a comment of the token's account approves nothing, also if that is a user's", async () => {
  gitlab.self = BOB;
  expect(await flawsOf([note(BOB)])).toEqual(["bot"]);
});

test("an approval may be the author's own if a variable allows it, but still not a bot's or an edited one", async () => {
  gitlab.events.set(PROJECT_ID, []);
  const notes = [note(ALICE), note(TOKEN_OWNER), note(ALICE, { updated_at: "2026-01-02T00:00:00Z" })];
  expect(await flawsOf(notes, { SUPPORT_APP_AUTHOR_MAY_APPROVE: "true" })).toEqual([undefined, "bot", "edited"]);
  expect(gitlab.asked.filter((call) => call.endsWith("/events"))).toEqual([]);
});

test.each<[ApprovalFlaw, string]>([
  [
    "edited",
    "it was changed afterwards: GitLab doesn't say whether by an edit, a reaction or a resolved thread. Write a new one",
  ],
  ["imported", "it was imported. Write a new one"],
  ["inactive-account", "the account isn't active"],
  ["author", "that is the author of the merge request"],
  [
    "unknown-pushers",
    "GitLab doesn't say who pushed to its branch. Push the same commits to a new branch of this repository, and open another merge request",
  ],
])("a comment that doesn't approve is explained, with who wrote it, and what would: %s", async (flaw, reason) => {
  const approval = { text: TEXT, account: "bob", time: new Date("2026-01-02T03:04:05Z"), flaw };
  expect(approvalLines(await changeRequest(), DIGEST, [approval])).toEqual([
    `Approve exactly this change with a comment that is only \`${TEXT}\`, written by somebody who is neither the author of the merge request nor has pushed to it. Then run the job \`access\` again.`,
    "",
    `- The comment \`${TEXT}\`, written by \`bob\` at 2026-01-02T03:04:05Z, doesn't approve it: ${reason}.`,
  ]);
});

import { changeRequestFor } from "../../../../cli/forge/gitlab/gitlab";
import { ALICE, MERGE_COMMIT, OTHER_BOT, type StoredNote, TOKEN_OWNER } from "../../../support/answering-gitlab";
import { GITLAB_TOKEN, mergeRequestsInTests } from "../../../support/merge-requests";

// What is wrong with a job's variables is in bad-inputs/gitlab.yaml.

const { gitlab, mergeRequest, changeRequest } = mergeRequestsInTests();

describe("the merge request of a job", () => {
  test("the merge request of a job is as GitLab has it", async () => {
    expect(await mergeRequest()).toMatchObject({ number: 7, headCommit: MERGE_COMMIT });
    expect(await changeRequest()).toMatchObject({ headCommit: MERGE_COMMIT, isReadOnly: false, planJobs: undefined });
  });

  test("a merge request that has moved on isn't reviewed", async () => {
    gitlab.merge.sha = "f".repeat(40);
    await expect(mergeRequest()).rejects.toThrow(
      `Received the commit ${MERGE_COMMIT}, expected ${"f".repeat(40)}, the last one of merge request !7: it has moved on. Its latest pipeline reviews it. If this is that one, turn off merged results pipelines in Settings > Merge requests.`,
    );
  });

  test("a pipeline of a fork can't write to the project, and says who can start another", async () => {
    await expect(mergeRequest({ CI_PROJECT_ID: "6" })).rejects.toThrow(
      "Received a pipeline of the project 6, expected one of 5, which merge request !7 is for: a fork's pipeline can write nothing there. Somebody who can write to that project opens the merge request, then Pipelines > Run pipeline.",
    );
    expect(gitlab.asked).toEqual([]);
  });
});

test("the files of a merge request are listed, a moved one with both names, and it is said if GitLab lists only some", async () => {
  gitlab.files.push({ old_path: "main.ts", new_path: "docs/a.md" });
  const paths = ["environments.yaml", "environments.yaml", "main.ts", "docs/a.md"];
  for (const [count, areAll] of [
    ["2", true],
    ["3", false],
    ["1000+", false],
    [null, false],
  ] as const) {
    gitlab.merge.changes_count = count;
    expect(await (await changeRequest()).changedFiles()).toEqual({ paths, areAll });
  }
});

describe("the comment", () => {
  const MARK = "<!-- mark -->";
  const stored = (id: number, author: StoredNote["author"], body: string, isSystem = false): StoredNote => ({
    id,
    author,
    body,
    system: isSystem,
  });
  const write = async (text: string) => (await changeRequest()).writeComment(MARK, text);
  const bodies = () => gitlab.notes.map(({ body }) => body);

  test("the comment is created once, and then changed", async () => {
    await write("one");
    await write("two");
    expect(gitlab.notes).toMatchObject([{ body: `${MARK}\ntwo`, author: TOKEN_OWNER }]);
  });

  test("a comment that somebody else, or another bot, forges stays as it is", async () => {
    gitlab.notes.push(
      stored(1, ALICE, `${MARK}\nforged`),
      stored(2, OTHER_BOT, `${MARK}\nforged`),
      stored(3, null, MARK),
    );
    gitlab.notes.push(stored(4, TOKEN_OWNER, MARK, true), stored(5, TOKEN_OWNER, `else ${MARK}`));
    const before = bodies();
    await write("report");
    expect(bodies()).toEqual([...before, `${MARK}\nreport`]);
  });

  test("of two comments that two pipelines have made at once, the second is deleted, even if the other pipeline has done it", async () => {
    gitlab.notes.push(stored(1, TOKEN_OWNER, `${MARK}\none`), stored(2, TOKEN_OWNER, `${MARK}\ntwo`));
    gitlab.failures.set("DELETE /projects/5/merge_requests/7/notes/2", { status: 404, times: 1 });
    await write("three");
    expect(bodies()).toEqual([`${MARK}\nthree`, `${MARK}\ntwo`]);
    await write("four");
    expect(bodies()).toEqual([`${MARK}\nfour`]);
  });

  test("no line of a comment is a command that GitLab would run for the token", async () => {
    await write("/merge\n  /approve\n\t/close now\nhttps://a/b\n- /merge\n/ 2");
    expect(bodies()[0]?.match(/^\s*\/\w.*$/gm)).toBeNull();
    expect(bodies()[0]?.replaceAll("\u2060", "")).toBe(
      `${MARK}\n/merge\n  /approve\n\t/close now\nhttps://a/b\n- /merge\n/ 2`,
    );
  });

  test("the comment may have as many characters as the forge says, and one that is too long is refused in GitLab's words", async () => {
    const { maxComment } = changeRequestFor(await mergeRequest()).forge;
    await write("x".repeat(maxComment - MARK.length - 1));
    await expect(write("x".repeat(maxComment))).rejects.toThrow(
      /^GitLab answered PUT \/projects\/5\/merge_requests\/7\/notes\/500 with status 400 \(.*is too long.*\)\. Run the job again\.$/,
    );
  });
});

test.each<[number, object, string]>([
  [
    401,
    { message: "401 Unauthorized" },
    'with status 401 ("401 Unauthorized"). Check that GITLAB_TOKEN hasn\'t expired, and that it has the scope api and at least the role Developer in the project. Run the job again.',
  ],
  [403, { error: "insufficient_scope" }, 'with status 403 ("insufficient_scope"). Check that'],
  [
    400,
    { message: { base: [`bad ${GITLAB_TOKEN}`] } },
    'with status 400 ("{\\"message\\":{\\"base\\":[\\"bad ***\\"]}}"). Run the job again.',
  ],
  [200, { sha: "main" }, '"main" for sha from GitLab to GET /projects/5/merge_requests/7, expected what'],
])("an answer of GitLab with status %s is explained, without the token", async (status, body, sentence) => {
  gitlab.failures.set("GET /projects/5/merge_requests/7", { status, body });
  const error = await mergeRequest().catch((reason) => reason);
  expect(error.message).toContain(sentence);
  expect(error.message).not.toContain(GITLAB_TOKEN);
});

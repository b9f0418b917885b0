import { readFileSync } from "node:fs";
import { truncateComment, updatePullRequest, withErrorReport } from "../../../../cli/commands/review/comment";
import type { PullRequest } from "../../../../cli/forge/pull-request";
import { CommandError } from "../../../../cli/terminal/command-error";
import { ALICE, BOB, GITHUB_ACTIONS } from "../../../support/answering-github";
import { COMMIT, pullRequestsInTests } from "../../../support/pull-requests";

const { github, pullRequest, file } = pullRequestsInTests();
const readText = (name: string) => readFileSync(file(name), "utf8");

describe("a pull request is updated", () => {
  const tell = (report: string, approvalNeeded: boolean | undefined = false, changed?: Partial<PullRequest>) =>
    updatePullRequest(pullRequest(changed), report, approvalNeeded);
  const bodies = () => github.comments.map(({ body }) => body);

  test("a pull request is updated in one comment, which names the commit, and in the summary", async () => {
    await tell("## ✅ First");
    expect(readText("summary")).toBe("## ✅ First\n");
    await tell("## ⚠️ Second");
    expect(bodies()).toEqual([`<!-- support-app review -->\n## ⚠️ Second\n\n<sub>Reviewed commit: ${COMMIT}</sub>\n`]);
  });

  test("the comment stands beside whatever others have written, with the mark or without", async () => {
    const forged = "<!-- support-app review -->\n## ✅ Nobody's access changes";
    const talk = Array.from({ length: 150 }, (_, id) => ({ id: 1000 + id, user: BOB, body: "Looks good" }));
    const otherComments = [
      { id: 100, user: ALICE, body: forged },
      { id: 101, user: null, body: forged },
      { id: 103, user: GITHUB_ACTIONS, body: null as never },
      { id: 102, user: GITHUB_ACTIONS, body: "Another workflow\n<!-- support-app review -->" },
    ];
    github.comments.push(...otherComments, ...talk);
    await tell("## First");
    await tell("## Second");
    expect(github.comments.slice(0, -1)).toEqual([...otherComments, ...talk]);
    expect(bodies().at(-1)).toContain("## Second");
  });

  test("a pull request still has one comment after two runs have each created one", async () => {
    const stale = (id: number) => ({ id, user: GITHUB_ACTIONS, body: "<!-- support-app review -->\n## ✅ Stale" });
    github.comments.push(stale(1), stale(2), stale(3));
    await tell("## ⚠️ Now");
    expect(bodies()).toEqual([expect.stringContaining("## ⚠️ Now")]);
  });

  test("a pull request gets a label, which is created if it is missing", async () => {
    await tell("## ⚠️", true);
    expect(github.repositoryLabels).toEqual([
      { name: "access-broadened", color: "d93f0b", description: "People in a Slack channel gain access" },
    ]);
    expect(github.labels).toEqual([{ name: "access-broadened" }]);
    await tell("## ⚠️", true);
    expect(github.labels).toEqual([{ name: "access-broadened" }]);
    await tell("## ✅", false);
    expect(github.labels).toEqual([]);
    await tell("## ⚠️", true);
    expect(github.asked.filter((call) => call === "POST /repos/acme/access/labels")).toHaveLength(1);
  });

  test("a pull request also gets a label that somebody created or removed in between", async () => {
    github.repositoryLabels.push({ name: "Access-Broadened" });
    github.failures.set("GET /repos/acme/access/labels/access-broadened", { status: 404, message: "Not Found" });
    await tell("## ⚠️", true);
    expect(github.labels).toEqual([{ name: "access-broadened" }]);
    github.failures.set("DELETE /repos/acme/access/issues/7/labels/access-broadened", { status: 404, message: "Gone" });
    await expect(tell("## ✅", false)).resolves.toBeUndefined();
  });

  test.each([[[]], [["access-broadened"]]])("a pull request keeps its labels %j after an error", async (before) => {
    github.labels.push(...before.map((name) => ({ name })));
    await withErrorReport(pullRequest(), () => Promise.reject(new Error())).catch(() => undefined);
    expect(github.labels.map(({ name }) => name)).toEqual(before);
  });

  test("a fork's pull request is updated only in the summary: its token only reads", async () => {
    await tell("## ⚠️ Fork", true, { isFork: true });
    expect(readText("summary")).toBe("## ⚠️ Fork\n");
    expect(github.asked).toEqual([]);
  });
});

describe("an error", () => {
  test("an error turns the comment red", async () => {
    await updatePullRequest(pullRequest(), "## ✅ Nobody's access changes", false);
    const error = new CommandError('Received the folder "head", expected a folder that exists.');
    await expect(withErrorReport(pullRequest(), () => Promise.reject(error))).rejects.toBe(error);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toBe(`<!-- support-app review -->
## ⛔ The review ended with an error

It is unknown what access this pull request gives or takes. Earlier reports no longer apply.

    Received the folder "head", expected a folder that exists.

<sub>Reviewed commit: ${COMMIT}</sub>
`);
    expect(readText("summary")).toContain("⛔ The review ended with an error");
  });

  test("an error is still the error if GitHub can't be updated", async () => {
    github.failures.set("GET /repos/acme/access/issues/7/comments", { status: 502, message: "Bad Gateway" });
    const error = new CommandError("Received no plan.");
    const reported = withErrorReport(pullRequest(), () => Promise.reject(error));
    await expect(reported).rejects.toMatchObject({
      message: `Received no plan.\nGitHub answered GET /repos/acme/access/issues/7/comments with status 502 ("Bad Gateway"). Run the job again.`,
      cause: error,
    });
  });

  test("an error of GitHub is reported once", async () => {
    github.failures.set("GET /repos/acme/access/issues/7/comments", { status: 502, message: "Bad Gateway" });
    const reported = withErrorReport(pullRequest(), () => updatePullRequest(pullRequest(), "## ✅", false));
    await expect(reported).rejects.toThrow(/^GitHub answered .* with status 502 .* Run the job again\.$/);
  });

  test("an error of anything else is one line", async () => {
    const error = new TypeError("x is not\na function");
    await expect(withErrorReport(pullRequest(), () => Promise.reject(error))).rejects.toBe(error);
    expect(github.comments[0]?.body).toContain("\n\n    x is not\\u{000a}a function\n\n<sub>");
  });

  test("an error isn't reported if the work succeeds", async () => {
    await expect(withErrorReport(pullRequest(), async () => 3)).resolves.toBe(3);
    expect(github.asked).toEqual([]);
  });

  test("an error shows nothing of its message as Markdown: each line is code", async () => {
    const lines = ["```", "# A heading", "**bold** @everyone <img src=x>", "<!-- support-app review -->", "\u202e"];
    await withErrorReport(pullRequest(), () => Promise.reject(new CommandError(lines))).catch(() => undefined);
    const indentedLines = [...lines.slice(0, -1), "\\u{202e}"].map((line) => `    ${line}\n`).join("");
    expect(readText("summary")).toContain(`\n\n${indentedLines}`);
  });
});

const NOTICE =
  "> [!CAUTION]\n> This report is cut off: it is longer than a comment may be. Run `support-app review` to see all of it before you approve anything.\n\n";
/** So many lines of a hundred characters, with their line break. */
const lines = (count: number) => `${"x".repeat(99)}\n`.repeat(count);

test("a report that is too long for a comment is cut at a line, with a notice at its top, and any other is whole", async () => {
  expect(truncateComment(lines(640))).toBe(lines(640));
  expect(truncateComment(`${lines(640)}x`)).toBe(NOTICE + lines(638));
  expect(truncateComment(lines(10_000))).toBe(NOTICE + lines(638));
  expect(truncateComment("`".repeat(70_000))).toBe(NOTICE);
  await updatePullRequest(pullRequest(), lines(1000));
  expect(readText("summary")).toBe(`${NOTICE}${lines(638)}\n`);
  expect(github.comments[0]?.body.length).toBeLessThan(65_536);
});

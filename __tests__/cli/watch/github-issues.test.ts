import { CommandError } from "../../../cli/command-error";
import { type GitHub, GitHubError } from "../../../cli/github-api";
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
} from "../../../cli/watch/github-issues";
import { type Mark, withMark } from "../../../cli/watch/issue-text";
import {
  type Actor,
  type AnsweringGitHub,
  answerAsGitHub,
  GITHUB_ACTIONS,
  type StoredIssue,
} from "../../support/answering-github";

let answering: AnsweringGitHub;
let github: GitHub;
beforeAll(async () => {
  answering = await answerAsGitHub();
  github = { repository: "acme/access", apiUrl: answering.url, token: "ghs_secret", workflow: "doctor.yml" };
});
afterEach(() => answering.reset());
afterAll(() => answering.close());

const ALICE: Actor = { id: 1, login: "alice", type: "User" };
const LABEL = { name: "support-app-watch" };
const HTML = { status: 200, body: "<html>" };

/** An issue in the repository that is kept. */
function stored(number: number, of: Partial<StoredIssue> = {}): StoredIssue {
  const issue: StoredIssue = {
    ...{ number, user: GITHUB_ACTIONS, created_at: "2026-06-01T00:00:00Z", title: "a", body: "text" },
    ...{ state: "open", state_reason: null, labels: [LABEL], written: [], ...of },
  };
  answering.issues.push(issue);
  return issue;
}

/** The same as GitHub lists it. */
const listed = async (): Promise<Issue> => {
  const [issue] = await keptIssues(github);
  if (!issue) throw new Error("Received no issue, expected one.");
  return issue;
};
const failing = (call: string, failure: Parameters<AnsweringGitHub["failures"]["set"]>[1]) => {
  const [method, path] = call.split(" ");
  answering.failures.set(`${method} /repos/acme/access${path}`, failure);
};

describe("which issues are kept:", () => {
  test("those on later pages, too, open or closed, the one that was opened first at the beginning", async () => {
    const numbers = Array.from({ length: 150 }, (_, index) => index + 1);
    for (const number of numbers) stored(number, { state: number === 1 ? "closed" : "open" });
    expect((await keptIssues(github)).map(({ number }) => number)).toEqual(numbers);
    expect(answering.asked).toHaveLength(2);
  });

  test("one whose label somebody has renamed in another case", async () => {
    stored(1, { labels: [{ name: "Support-App-Watch" }] });
    expect(await keptIssues(github)).toMatchObject([{ number: 1 }]);
  });

  test.each<[string, Partial<StoredIssue>]>([
    ["one of a person with the very text", { user: ALICE }],
    ["one of an account that was deleted", { user: null }],
    ["one of the workflow's without the label", { labels: [{ name: "bug" }] }],
    ["a pull request", { pull_request: {} }],
  ])("not %s", async (_, forged) => {
    stored(1, forged);
    expect(await keptIssues(github)).toEqual([]);
  });

  test("a link that would end a link in Markdown or Slack isn't GitHub's", async () => {
    const { labels, ...issue } = stored(1);
    const html_url = "https://github.com/acme/access/issues/1|x";
    failing("GET /issues", { status: 200, body: [{ ...issue, labels, comments: 0, html_url }] });
    await expect(keptIssues(github)).rejects.toThrow(
      new CommandError(
        'Received "https://github.com/acme/access/issues/1|x" for [0].html_url from GitHub to GET /repos/acme/access/issues, expected what its REST API documents. Run the job again.',
      ),
    );
  });
});

describe("an issue is opened", () => {
  test("with the label by which the next run recognizes it", async () => {
    expect(await create(github, "title", "body")).toMatchObject({ number: 101, title: "title", state: "open" });
    expect(answering.issues).toMatchObject([{ title: "title", body: "body", labels: [LABEL], user: GITHUB_ACTIONS }]);
  });

  test("with another token: it is closed again, since each night would open another", async () => {
    answering.self = ALICE;
    const opened = create(github, "title", "body");
    await expect(opened).rejects.toThrow(UnkeptIssueError);
    await expect(opened).rejects.toThrow(
      new UnkeptIssueError(
        "Received an issue that wasn't opened by github-actions[bot] with the label support-app-watch, expected one that the next run recognizes: it was closed again, and no other was opened. Give the step the workflow's own token, with issues: write, as .github/workflows/doctor.yml does.",
      ),
    );
    expect(answering.issues).toMatchObject([{ state: "closed", state_reason: "not_planned" }]);
  });
});

test("a closed issue is completed, and has the mark in its text", async () => {
  const mark: Mark = {
    ...{ file: "environments.yaml", environment: "production", check: "trust", about: ["full"] },
    ...{ digest: "0", times: 1, healed: true },
  };
  const issue = stored(1);
  await close(github, await listed(), mark);
  expect(issue).toMatchObject({ state: "closed", state_reason: "completed", body: withMark("text", mark) });
});

test("a login page in GitHub's place has opened and changed nothing", async () => {
  stored(1);
  const issue = await listed();
  failing("POST /issues", HTML);
  failing("PATCH /issues/1", HTML);
  const rest = "expected what its REST API documents. Run the job again.";
  await expect(create(github, "title", "body")).rejects.toThrow(
    `Received "<html>" from GitHub to POST /repos/acme/access/issues, ${rest}`,
  );
  await expect(change(github, issue, { title: "other" })).rejects.toThrow(
    `Received "<html>" from GitHub to PATCH /repos/acme/access/issues/1, ${rest}`,
  );
});

describe("a comment", () => {
  const say = async () => comment(github, await listed(), "closed 1", "Closed.");
  const TEXT = "<!-- support-app watch: closed 1 -->\nClosed.";

  test("is written once, even if a run is interrupted after it", async () => {
    const issue = stored(1);
    expect(await say()).toBeUndefined();
    expect(await say()).toBeUndefined();
    expect(issue.written).toMatchObject([{ user: GITHUB_ACTIONS, body: TEXT }]);
  });

  test.each([
    ["of a person with the same text", { id: 1, user: ALICE, body: TEXT }],
    ["about another time", { id: 1, user: GITHUB_ACTIONS, body: TEXT.replace("1", "2") }],
    ["that quotes it", { id: 1, user: GITHUB_ACTIONS, body: `> ${TEXT}` }],
  ])("is written beside one %s", async (_, before) => {
    const issue = stored(1, { written: [before] });
    await say();
    expect(issue.written.map(({ body }) => body)).toEqual([before.body, TEXT]);
  });

  test.each([403, 404, 410, 422])("that the issue doesn't allow, with status %d, is a sentence", async (status) => {
    stored(1);
    failing("POST /issues/1/comments", { status, message: "Commenting is disabled" });
    expect(await say()).toBe(
      `Received status ${status} from GitHub to POST /repos/acme/access/issues/1/comments, expected it to allow a comment: an issue has at most 2,500. It is closed or reopened without one.`,
    );
  });

  test.each([
    ["a rate limit", { status: 403, message: "secondary rate limit", retryAfter: 3600 }],
    ["a rejected token", { status: 401, message: "Bad credentials" }],
    ["an error of GitHub's", { status: 500, message: "Server Error" }],
  ])("that fails by %s isn't the issue's fault", async (_, failure) => {
    stored(1);
    failing("POST /issues/1/comments", failure);
    await expect(say()).rejects.toThrow(GitHubError);
  });
});

describe("the label", () => {
  test("is created with what it means, unless it is there", async () => {
    await makeLabel(github);
    await makeLabel(github);
    expect(answering.repositoryLabels).toEqual([
      { ...LABEL, color: "d93f0b", description: "Kept by support-app watch: what doctor finds" },
    ]);
    expect(answering.asked.filter((asked) => asked.startsWith("POST "))).toHaveLength(1);
  });

  test("may be created by somebody else meanwhile", async () => {
    failing("POST /labels", { status: 422, message: "already_exists" });
    await expect(makeLabel(github)).resolves.toBeUndefined();
  });
});

test.each<[string, GitHubError, boolean]>([
  ["no answer", new GitHubError("", undefined), true],
  ["a rejected token", new GitHubError("", 401, false, true), true],
  ["a rate limit", new GitHubError("", 429, true, true), true],
  ["missing permissions", new GitHubError("", 403), true],
  ["Issues that are turned off", new GitHubError("", 410), true],
  ["one issue that can't be changed", new GitHubError("", 403, false, true), false],
  ["one that isn't there", new GitHubError("", 404, false, true), false],
  ["one that was deleted", new GitHubError("", 410, false, true), false],
  ["an invalid request", new GitHubError("", 422), false],
  ["an error of GitHub's", new GitHubError("", 500), false],
])("whether GitHub will refuse everything else, too, after %s", (_, error, is) => {
  expect(isFinal(error)).toBe(is);
});

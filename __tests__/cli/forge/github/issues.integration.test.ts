import type { IssueTracker } from "../../../../cli/forge/forge";
import { GITHUB } from "../../../../cli/forge/github/github";
import { CommandError } from "../../../../cli/terminal/command-error";
import { ALICE, GITHUB_ACTIONS, gitHubInTests, type StoredIssue } from "../../../support/answering-github";

const answering = gitHubInTests();
let tracker: IssueTracker;
beforeEach(() => {
  tracker = GITHUB.issuesOf({
    ...{ GITHUB_REPOSITORY: "acme/access", GITHUB_API_URL: answering.url, GITHUB_TOKEN: "ghs_secret" },
    GITHUB_RUN_ATTEMPT: "1",
  });
});

const LABEL = { name: "support-app-watch" };

/** An issue in the repository that is kept. */
function stored(number: number, overrides: Partial<StoredIssue> = {}): StoredIssue {
  const issue: StoredIssue = {
    ...{ number, user: GITHUB_ACTIONS, created_at: "2026-06-01T00:00:00Z", title: "a", body: "text" },
    ...{ state: "open", state_reason: null, labels: [LABEL], written: [], ...overrides },
  };
  answering.issues.push(issue);
  return issue;
}

describe("which issues are kept:", () => {
  test("issues on later pages are kept, too, open or closed, the one that was opened first at the beginning", async () => {
    const numbers = Array.from({ length: 101 }, (_, index) => index + 1);
    const label = { name: "Support-App-Watch" }; // somebody has renamed it
    for (const number of numbers) stored(number, number === 1 ? { state: "closed", labels: [label] } : {});
    expect((await tracker.keptIssues()).map(({ number }) => number)).toEqual(numbers);
    expect(answering.asked).toHaveLength(2);
  });

  test.each<[string, Partial<StoredIssue>]>([
    ["one of a person with the very text", { user: ALICE }],
    ["one of an account that was deleted", { user: null }],
    ["one of the workflow's without the label", { labels: [{ name: "bug" }] }],
    ["a pull request", { pull_request: {} }],
  ])("an issue isn't kept if it is %s", async (_, forged) => {
    stored(1, forged);
    expect(await tracker.keptIssues()).toEqual([]);
  });

  test("a link that would end a link in Markdown or Slack isn't GitHub's", async () => {
    const { labels, ...issue } = stored(1);
    const html_url = "https://github.com/acme/access/issues/1|x";
    const body = [{ ...issue, labels, comments: 0, html_url }];
    answering.failures.set("GET /repos/acme/access/issues", { status: 200, body });
    await expect(tracker.keptIssues()).rejects.toThrow(
      'Received "https://github.com/acme/access/issues/1|x" for [0].html_url from GitHub',
    );
  });
});

describe("an issue is opened", () => {
  test("an issue is opened with the label by which the next run recognizes it", async () => {
    expect(await tracker.createIssue("title", "body")).toMatchObject({ number: 101, title: "title", isOpen: true });
    expect(answering.issues).toMatchObject([{ title: "title", body: "body", labels: [LABEL], user: GITHUB_ACTIONS }]);
  });

  test("an issue that is opened with another token is an error that names it, since each night would open another", async () => {
    answering.self = ALICE;
    await expect(tracker.createIssue("title", "body")).rejects.toThrow(
      new CommandError(
        "Received the issue https://github.com/acme/access/issues/101, which wasn't opened by github-actions[bot] with the label support-app-watch: the next run will not recognize it, and open another. Close it, and give the step the workflow's own token, with issues: write, as .github/workflows/doctor.yml does.",
      ),
    );
  });
});

import { pathToFileURL } from "node:url";
import type { IssueTracker } from "../../../../cli/forge/forge";
import { GITLAB } from "../../../../cli/forge/gitlab/gitlab";
import {
  ALICE,
  gitLabInTests,
  OTHER_BOT,
  type StoredGitLabIssue,
  TOKEN_OWNER,
} from "../../../support/answering-gitlab";
import { commitTo } from "../../../support/commit-to";
import { sharedFolder } from "../../../support/folder";
import { mergeRequestEnvironment } from "../../../support/merge-requests";

const gitlab = gitLabInTests();
const folder = sharedFolder();
let commit: string;
let tracker: IssueTracker;
beforeEach(() => {
  commit = commitTo(folder, "main");
  tracker = GITLAB.issuesOf({
    ...{ ...mergeRequestEnvironment(gitlab), PATH: process.env.PATH },
    ...{ CI_COMMIT_SHA: commit, CI_COMMIT_BRANCH: "main", CI_REPOSITORY_URL: pathToFileURL(folder).href },
  });
});

const LABEL = "support-app-watch";

/** An issue in the project that is kept. */
function stored(iid: number, difference: Partial<StoredGitLabIssue> = {}): void {
  gitlab.issues.push({
    ...{ iid, author: TOKEN_OWNER, title: "a", description: "text", state: "opened", labels: [LABEL], comments: [] },
    ...difference,
  });
}

describe("which issues are kept:", () => {
  test("issues on later pages are kept, too, open or closed, the one that was opened first at the beginning", async () => {
    const numbers = Array.from({ length: 101 }, (_, index) => index + 1);
    for (const number of numbers) stored(number, number === 1 ? { state: "closed" } : {});
    const issues = await tracker.keptIssues();
    expect(issues.map(({ number }) => number)).toEqual(numbers);
    expect(issues[0]).toEqual({
      ...{ number: 1, url: "https://gitlab.com/acme/access/-/issues/1", title: "a", body: "text" },
      ...{ isOpen: false, isSilenced: false },
    });
    expect(issues[1]?.isOpen).toBe(true);
  });

  test.each<[string, Partial<StoredGitLabIssue>]>([
    ["of a person with the very text", { author: ALICE }],
    ["of another bot", { author: OTHER_BOT }],
    ["of an account that was deleted", { author: null }],
    ["of ours without the label", { labels: ["bug"] }],
  ])("an issue isn't kept if it is %s, even if GitLab lists it", async (_, forged) => {
    stored(1, forged);
    expect(await tracker.keptIssues()).toEqual([]);
    const [issue] = gitlab.issues;
    const body = [{ ...issue, web_url: "https://gitlab.com/acme/access/-/issues/1" }];
    gitlab.failures.set("GET /projects/5/issues", { status: 200, body });
    expect(await tracker.keptIssues()).toEqual([]);
  });

  test.each<[Partial<StoredGitLabIssue>, boolean]>([
    [{ state: "closed", labels: [LABEL, "support-app-silenced"] }, true],
    [{ state: "closed" }, false],
    [{ state: "opened", labels: [LABEL, "support-app-silenced"] }, false],
  ])("an issue is silenced by closing it with a label: %j", async (difference, isSilenced) => {
    stored(1, difference);
    expect((await tracker.keptIssues())[0]?.isSilenced).toBe(isSilenced);
    expect(tracker.howToSilence).toBe("close it with the label support-app-silenced");
  });

  test("a link that would end a link in Markdown or Slack isn't GitLab's", async () => {
    const body = [{ ...{ iid: 1, web_url: "https://gitlab.com/x|y", title: "", state: "opened", labels: [] } }];
    gitlab.failures.set("GET /projects/5/issues", { status: 200, body });
    await expect(tracker.keptIssues()).rejects.toThrow(
      'Received "https://gitlab.com/x|y" for [0].web_url from GitLab to GET /projects/5/issues',
    );
  });

  test("a job of an earlier commit, such as a retried one, keeps no issues: issues of environments that were added since would be closed", async () => {
    const newest = commitTo(folder, "main");
    await expect(tracker.keptIssues()).rejects.toThrow(
      `Received the commit ${commit}, expected ${newest}, the newest one of main: this pipeline has an old environment file. Start a new pipeline, with Run pipeline.`,
    );
    expect(gitlab.asked).toEqual([]);
  });
});

test("an issue is opened with the label by which the next pipeline recognizes it, changed, closed, reopened and commented on", async () => {
  const issue = await tracker.createIssue("title", "/close\nbody");
  expect(issue).toMatchObject({ number: 101, title: "title", body: "/close\nbody", isOpen: true });
  expect(gitlab.issues).toMatchObject([{ labels: [LABEL], author: TOKEN_OWNER }]);
  expect(gitlab.issues[0]?.description).not.toMatch(/^\/close/m); // GitLab would run it
  expect(await tracker.keptIssues()).toEqual([issue]);
  expect(await tracker.changeIssue(issue, { isOpen: false })).toMatchObject({ title: "title", isOpen: false });
  expect(await tracker.changeIssue(issue, { isOpen: true, title: "other", body: "new" })).toEqual({
    ...{ ...issue, title: "other", body: "new" },
  });
  await tracker.commentOnIssue(issue, "why\n/close");
  expect(gitlab.issues[0]?.comments.map(({ body }) => body.replace("\u2060", ""))).toEqual(["why\n/close"]);
  await tracker.createIssue("second", ""); // the label is there
  expect(gitlab.asked.filter((call) => call === "GET /user")).toHaveLength(1);
  expect(gitlab.projectLabels).toHaveLength(1);
});

test("an issue that GitLab opens without its label is an error that names it, since each night would open another", async () => {
  const body = { iid: 3, web_url: "https://gitlab.com/acme/access/-/issues/3", title: "", state: "opened", labels: [] };
  gitlab.failures.set("POST /projects/5/issues", { status: 201, body });
  await expect(tracker.createIssue("title", "body")).rejects.toThrow(
    `Received the issue ${body.web_url}, which wasn't opened by ${TOKEN_OWNER.username} with the label ${LABEL}: the next pipeline will not recognize it, and open another. Close it, and give GITLAB_TOKEN at least the role Reporter, which may set labels.`,
  );
});

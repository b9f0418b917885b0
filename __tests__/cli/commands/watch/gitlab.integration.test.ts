import { pathToFileURL } from "node:url";
import { gitLabInTests } from "../../../support/answering-gitlab";
import { commitTo } from "../../../support/commit-to";
import { sharedFolder } from "../../../support/folder";
import { GITLAB_TOKEN, mergeRequestEnvironment } from "../../../support/merge-requests";
import { type Said, watchingInTests } from "../../../support/watching";

const { night } = watchingInTests();
const gitlab = gitLabInTests();
const repository = sharedFolder();

const TRUST: Said = { findings: { trust: [{}] } };

/** A night at the newest commit, in a project of GitLab. */
const nightAt = (says: Said, commit = commitTo(repository, "main")) =>
  night({
    ...{ says: { production: says }, args: ["--gitlab"] },
    env: {
      ...mergeRequestEnvironment(gitlab),
      ...{ CI_COMMIT_SHA: commit, CI_COMMIT_BRANCH: "main", CI_REPOSITORY_URL: pathToFileURL(repository).href },
    },
  });
const issues = () => gitlab.issues.map(({ iid, state, labels }) => `#${iid} ${state} ${labels.join(" ")}`);

test("an issue in GitLab is opened for a finding, stays as it is the next night, closes itself, and can be silenced", async () => {
  const { status, output } = await nightAt(TRUST);
  expect(status).toBe(4);
  expect(output).toContain("new  production: trust: full  https://gitlab.com/acme/access/-/issues/101");
  expect(output).not.toContain(GITLAB_TOKEN);
  expect(gitlab.issues[0]?.description).toContain("close it with the label support-app-silenced");
  const requests = gitlab.asked.length;
  await nightAt(TRUST);
  expect(gitlab.asked.slice(requests)).toEqual(["GET /user", "GET /projects/5/issues"]);
  expect((await nightAt({})).status).toBe(0);
  expect(issues()).toEqual(["#101 closed support-app-watch"]);
  expect(gitlab.issues[0]?.comments).toHaveLength(1);
  await nightAt(TRUST);
  expect(issues()).toEqual(["#101 opened support-app-watch"]);
  Object.assign(gitlab.issues[0] ?? {}, { state: "closed", labels: ["support-app-watch", "support-app-silenced"] });
  expect((await nightAt(TRUST)).output).toContain("Findings: 1 silenced.");
});

test("a job that is retried after another commit says so, and changes no issue", async () => {
  const commit = commitTo(repository, "main");
  commitTo(repository, "main");
  const { status, output } = await nightAt(TRUST, commit);
  expect(status).toBe(1);
  expect(output).toContain("this pipeline has an old environment file. Start a new pipeline, with Run pipeline.");
  expect(gitlab.issues).toEqual([]);
});

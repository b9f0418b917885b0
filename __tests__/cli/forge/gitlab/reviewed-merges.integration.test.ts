import { lastDeployedCommit } from "../../../../cli/forge/gitlab/last-deploy";
import { gitLabInTests, PROJECT_ID, type StoredMerge } from "../../../support/answering-gitlab";
import { printedInTests } from "../../../support/printed";

const gitlab = gitLabInTests();
const printed = printedInTests();

/** A commit, by a letter. */
const commitOf = (letter: string) => letter.repeat(40);
const [DEPLOYED, HEAD] = [commitOf("a"), commitOf("f")];

/** What reached main after the last deploy, newest first, as lines of a commit and its parents. */
function mainHas(...lines: readonly string[]): void {
  const commits = lines.map((line) => {
    const [id = "", ...parent_ids] = [...line].map(commitOf);
    return { id, parent_ids };
  });
  gitlab.commits.push(...commits, { id: DEPLOYED, parent_ids: [commitOf("0")] });
}

const PASSED = { name: "access", status: "success", finished_at: "2026-12-01T10:00:00.000Z" };

/** Merge request !1, which was merged by fast-forward at the commit f after its review. */
function merged(difference: Partial<StoredMerge> = {}): void {
  const merge: StoredMerge = {
    ...{ iid: 1, state: "merged", target_branch: "main", target_project_id: PROJECT_ID, sha: HEAD },
    ...{ squash_commit_sha: null, merge_commit_sha: null, merged_at: "2026-12-01T12:00:00.000+01:00" },
    ...{ commits: [], jobs: [{ name: "synth", status: "success", finished_at: "2026-12-01T09:00:00Z" }, PASSED] },
  };
  gitlab.merges.push({ ...merge, ...difference });
}

const env = (): NodeJS.ProcessEnv => ({
  ...{ CI_API_V4_URL: gitlab.url, CI_PROJECT_ID: String(PROJECT_ID), GITLAB_TOKEN: "t0ken" },
  ...{ CI_COMMIT_SHA: HEAD, CI_COMMIT_BRANCH: "main" },
});

beforeEach(() => {
  printed.length = 0;
  const jobs = [{ name: "deployed", status: "success" }];
  const child = { id: 2, sha: DEPLOYED, project_id: PROJECT_ID, jobs };
  gitlab.pipelines.push({ id: 1, sha: DEPLOYED, children: [child] });
});

const isDeployable = () =>
  lastDeployedCommit(env()).then(
    (commit) => commit === DEPLOYED,
    (error: Error) => error.message,
  );

describe("what was merged since the last deploy is what was reviewed:", () => {
  test.each<[string, () => void]>([
    ["nothing", () => mainHas()],
    ["by fast-forward", () => [mainHas("fa"), merged()]],
    ["by fast-forward, several commits", () => [mainHas("fb", "ba"), merged({ commits: [commitOf("b")] })]],
    [
      "by fast-forward, after main was merged into it",
      () => {
        mainHas("fbc", "ba", "ca");
        merged({ commits: [commitOf("c")] });
        merged({ iid: 2, sha: commitOf("b") });
      },
    ],
    [
      "with a merge commit",
      () => {
        mainHas("fab", "ba");
        merged({ sha: commitOf("b"), merge_commit_sha: HEAD });
      },
    ],
    ["squashed", () => [mainHas("fa"), merged({ sha: commitOf("9"), squash_commit_sha: HEAD })]],
    [
      "squashed, with a merge commit",
      () => {
        mainHas("fae", "ea");
        merged({ sha: commitOf("9"), squash_commit_sha: commitOf("e"), merge_commit_sha: HEAD });
      },
    ],
    [
      "in two merge requests",
      () => {
        mainHas("fb", "ba");
        merged();
        merged({ iid: 2, sha: commitOf("b") });
      },
    ],
    [
      "though a retried job has failed since",
      () => {
        mainHas("fa");
        merged({ jobs: [{ ...PASSED, status: "failed", finished_at: "2026-12-01T10:30:00Z" }, PASSED] });
      },
    ],
  ])("%s", async (_, prepare) => {
    prepare();
    expect(await isDeployable()).toBe(true);
  });
});

describe("nothing is deployed if what was merged isn't what was reviewed:", () => {
  test.each<[string, () => void, string]>([
    // Whatever status somebody has reported, GitLab lists only jobs here.
    ["no job has passed", () => [mainHas("fa"), merged({ jobs: [{ ...PASSED, status: "failed" }] })], "!1"],
    ["there is no such job", () => [mainHas("fa"), merged({ jobs: [{ ...PASSED, name: "synth" }] })], "!1"],
    [
      "the job passed only after the merge, when there was nothing left to review",
      () => [mainHas("fa"), merged({ jobs: [{ ...PASSED, finished_at: "2026-12-01T11:00:01Z" }] })],
      "!1",
    ],
    ["the job hasn't ended", () => [mainHas("fa"), merged({ jobs: [{ ...PASSED, finished_at: null }] })], "!1"],
    ["somebody has pushed to main", () => mainHas("fa"), "of a merge request into main"],
    [
      "an earlier merge wasn't reviewed",
      () => {
        mainHas("fb", "ba");
        merged();
        merged({ iid: 2, sha: commitOf("b"), jobs: [] });
      },
      `${commitOf("b")} in main, expected the job access of merge request !2`,
    ],
    [
      "an earlier merge wasn't reviewed, and a later merge request names its commit",
      () => {
        mainHas("fb", "ba");
        merged({ commits: [commitOf("b")] });
        merged({ iid: 2, sha: commitOf("b"), jobs: [] });
      },
      "!2",
    ],
    [
      "another merge request of the same commit passed later",
      () => {
        mainHas("fa");
        merged({ jobs: [] });
        gitlab.merges.unshift({ ...gitlab.merges[0], iid: 2, merged_at: "2026-12-01T11:00:05Z" } as StoredMerge);
      },
      "!1",
    ],
    [
      "GitLab has rebased while it merged",
      () => [mainHas("fb", "ba"), merged({ sha: commitOf("9"), commits: [HEAD, commitOf("b")] })],
      "a merge request into main",
    ],
    [
      "GitLab has rebased while it merged, with a merge commit",
      () => [mainHas("fab", "ba"), merged({ sha: commitOf("9"), merge_commit_sha: HEAD, commits: [commitOf("b")] })],
      "!1",
    ],
    [
      "the branch was behind main, with a merge commit",
      () => {
        mainHas("fcb", "ca", "ba");
        merged({ sha: commitOf("b"), merge_commit_sha: HEAD });
        merged({ iid: 2, sha: commitOf("c") });
        gitlab.unmerged.add(commitOf("c"));
      },
      "!1",
    ],
    [
      "the branch was behind main, squashed",
      () => {
        mainHas("fb", "ba");
        merged({ sha: commitOf("9"), squash_commit_sha: HEAD });
        merged({ iid: 2, sha: commitOf("b") });
        gitlab.unmerged.add(commitOf("b"));
      },
      "!1",
    ],
    ["it was merged into another branch", () => [mainHas("fa"), merged({ target_branch: "other" })], "into main"],
    ["it was merged in another project", () => [mainHas("fa"), merged({ target_project_id: 6 })], "into main"],
    ["it isn't merged", () => [mainHas("fa"), merged({ state: "opened" })], "into main"],
    [
      "the merge request was merged before the last deploy",
      () => [mainHas("fa"), merged({ sha: commitOf("0"), commits: [HEAD] })],
      "into main",
    ],
  ])("%s", async (_, prepare, words) => {
    prepare();
    const message = await isDeployable();
    expect(message).toContain(words);
    expect(message).toMatch(/^Received the commit .* Nothing is deployed\. .* start a pipeline of main by hand/);
  });

  test("GitLab lists only some of the commits", async () => {
    mainHas("fe", "ed");
    gitlab.unmerged.add(commitOf("d"));
    expect(await isDeployable()).toMatch(/^Received the commits a+\.\.f+ from GitLab without d+, expected all of them/);
    gitlab.commits.splice(0);
    gitlab.unmerged.add(HEAD);
    expect(await isDeployable()).toMatch(/from GitLab without f+, expected all of them/);
  });
});

test("without an earlier deploy, it is said that nothing is checked", async () => {
  gitlab.pipelines.splice(0);
  expect(await lastDeployedCommit(env())).toBeUndefined();
  expect(printed.join()).toContain("GitLab knows no earlier deploy");
});

test("a deploy that somebody has started by hand counts, and many nights since don't hide it", async () => {
  const [pipeline] = gitlab.pipelines;
  Object.assign(pipeline ?? {}, { source: "web" });
  const nights = Array.from({ length: 40 }, (_, index) => {
    return { id: 100 + index, sha: DEPLOYED, source: "schedule", children: [] };
  });
  gitlab.pipelines.unshift(...nights);
  mainHas();
  expect(await isDeployable()).toBe(true);
});

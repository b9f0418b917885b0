import { lastDeployedCommit } from "../../../../cli/forge/gitlab/last-deploy";
import { gitLabInTests, PROJECT_ID, type StoredMerge } from "../../../support/answering-gitlab";

const gitlab = gitLabInTests();

/** A commit, by a letter. What comes before it in the alphabet is in its history. */
const commitOf = (letter: string) => letter.repeat(40);
const [DEPLOYED, HEAD] = [commitOf("a"), commitOf("f")];

const HOURS = { a: "09", d: "11", f: "12" };

/**
 * Commits of main since the last deploy, as letters of a commit and its parents. The deploy a was at 9 o'clock, the merge d at 11, f at 12. What the
 * branches of merge requests had before isn't asked for.
 */
function mainHas(...lines: readonly string[]): void {
  for (const line of lines) {
    const [id = "", ...parent_ids] = [...line].map(commitOf);
    const hour = HOURS[line[0] as keyof typeof HOURS] ?? "13";
    gitlab.commits.push({ id, parent_ids, committed_date: `2026-12-01T${hour}:00:00.000+00:00` });
  }
}

const access = (status: string, hour: string, minute = "30", second = "00.000") => {
  const time = `2026-12-01T${hour}:${minute}:${second}Z`;
  const started_at = new Date(Date.parse(time) - 60_000).toISOString(); // it takes a minute
  return { name: "access", status, started_at, finished_at: time };
};

/** Merge request !1, whose last commit is e and which was merged with the commit f. */
function merged(difference: Partial<StoredMerge> = {}): void {
  const jobs = [{ ...access("success", "11", "20"), name: "synth" }, access("success", "11")];
  gitlab.merges.push({ iid: 1, sha: commitOf("e"), commits: [HEAD, commitOf("e")], jobs, ...difference });
}

/** Merge request !2, whose last commit is c and which was merged with the commit d before. */
function mergedBefore(difference: Partial<StoredMerge> = {}): void {
  merged({ iid: 2, sha: commitOf("c"), commits: [commitOf("d"), commitOf("c")], jobs: [access("success", "10")] });
  Object.assign(gitlab.merges.at(-1) as StoredMerge, difference);
}

const env = (): NodeJS.ProcessEnv => ({
  ...{ CI_API_V4_URL: gitlab.url, CI_PROJECT_ID: String(PROJECT_ID), GITLAB_TOKEN: "t0ken" },
  ...{ CI_COMMIT_SHA: HEAD, CI_COMMIT_BRANCH: "main" },
});

const differ = (from: string, to: string) => gitlab.differences.add(`${commitOf(from)}..${commitOf(to)}`);
beforeEach(() => {
  const jobs = [{ name: "deployed", status: "success" }];
  const child = { id: 2, sha: DEPLOYED, project_id: PROJECT_ID, jobs };
  gitlab.pipelines.push({ id: 1, sha: DEPLOYED, children: [child] });
  gitlab.isMerged = (commit, head) => commit <= head;
  mainHas("a0");
});

const isDeployable = () =>
  lastDeployedCommit(env()).then(
    (commit) => commit === DEPLOYED,
    (error: Error) => error.message,
  );

describe("what was merged since the last deploy is what was reviewed:", () => {
  test.each<[string, () => void]>([
    ["a merge request", () => [mainHas("fae"), merged()]],
    ["two merge requests", () => [mainHas("fde", "dac"), merged(), mergedBefore()]],
    ["squashed commits", () => [mainHas("fa9"), merged()]],
    [
      "a merge request whose job failed until it was approved",
      () => [mainHas("fae"), merged({ jobs: [access("success", "11"), access("failed", "11", "10")] })],
    ],
    [
      "a merge request that was merged as soon as its job had passed",
      () => [mainHas("fae"), merged({ jobs: [access("success", "12", "00", "00.900")] })],
    ],
    [
      "a merge request that GitLab also calls merged, since another has its commits",
      () => {
        mainHas("fae");
        merged({ iid: 2, sha: commitOf("c"), jobs: [access("failed", "10")] });
        merged();
        differ("c", "f");
      },
    ],
    [
      "a merge that wasn't reviewed, which somebody has deployed by hand, though not everywhere",
      () => {
        mainHas("fde", "dac");
        merged();
        mergedBefore({ jobs: [] });
        gitlab.pipelines.unshift({ id: 9, sha: commitOf("d"), source: "web", children: [] });
      },
    ],
  ])("%s", async (_, prepare) => {
    prepare();
    expect(await isDeployable()).toBe(true);
  });

  test("nothing", async () => {
    expect(await lastDeployedCommit({ ...env(), CI_COMMIT_SHA: DEPLOYED })).toBe(DEPLOYED);
  });
});

describe("nothing is deployed if what was merged isn't what was reviewed:", () => {
  const oneMerge = (difference: Partial<StoredMerge>) => () => [mainHas("fae"), merged(difference)];
  test.each<[string, () => void, string[]?]>([
    // Whatever status somebody has reported, GitLab lists only jobs here.
    ["the job has failed", oneMerge({ jobs: [access("failed", "11")] })],
    ["there is no such job", oneMerge({ jobs: [{ ...access("success", "11"), name: "synth" }] })],
    ["the job hasn't ended", oneMerge({ jobs: [{ ...access("success", "11"), finished_at: null }] })],
    ["nobody knows when the job began", oneMerge({ jobs: [{ ...access("success", "11"), started_at: null }] })],
    [
      "the job passed only after the merge, when there was nothing left to review",
      oneMerge({ jobs: [access("success", "12", "00", "01.000")] }),
    ],
    [
      "the job began before the merge before it, whose commit somebody has predicted",
      () => {
        mainHas("fde", "dac");
        merged({ jobs: [access("success", "11", "01", "03.000")] });
        mergedBefore();
      },
    ],
    [
      "the job has failed since, such as without the approval",
      oneMerge({ jobs: [access("failed", "11", "40"), access("success", "11")] }),
    ],
    ["somebody has pushed to main", () => mainHas("fa")],
    ["somebody has pushed a merge to main", () => mainHas("fae")],
    [
      "an earlier merge wasn't reviewed",
      () => [mainHas("fde", "dac"), merged(), mergedBefore({ jobs: [access("failed", "10")] })],
      ["d"],
    ],
    [
      "an earlier merge wasn't reviewed, and its author has changed it and others since, so that others are listed for it",
      () => {
        mainHas("fde", "dac");
        merged({ commits: [HEAD, commitOf("d"), commitOf("c")] });
        mergedBefore({ commits: [] });
        differ("e", "d");
      },
      ["d"],
    ],
    [
      "another merge request of the same files passed once they were merged",
      () => {
        mainHas("fae");
        merged({ jobs: [access("failed", "11")] });
        merged({ iid: 2, sha: commitOf("c"), jobs: [access("success", "12", "10")] });
      },
    ],
    ["the merge has other files than the reviewed commit", () => [mainHas("fae"), merged(), differ("e", "f")]],
    [
      "the branch was behind main",
      () => {
        mainHas("fde", "dac");
        merged();
        mergedBefore();
        gitlab.isMerged = (commit, head) => commit <= head && head !== commitOf("e");
      },
      ["f"],
    ],
    // On top of another branch that was merged like this, it was compared with main as it was before.
    ["it was merged by fast-forward", () => [mainHas("fa"), merged({ sha: HEAD })]],
    ["several merges", () => [mainHas("fde", "dac"), merged({ jobs: [] }), mergedBefore({ jobs: [] })], ["f", "d"]],
  ])("%s", async (_, prepare, letters = ["f"]) => {
    prepare();
    const [message, ...commits] = String(await isDeployable()).split("\n");
    expect(message).toMatch(
      /^Received commits in main that aren't what .* Nothing is deployed\. .* start a pipeline of main by hand/,
    );
    expect(commits).toEqual(letters.map(commitOf));
  });

  test("GitLab can't compare the files in time", async () => {
    mainHas("fae");
    merged();
    const body = { diffs: [], compare_timeout: true };
    gitlab.failures.set("GET /projects/5/repository/compare", { status: 200, body });
    expect(await isDeployable()).toContain("Nothing is deployed");
  });

  test.each<[string, string[]]>([
    ["another history leads to it", ["fbe", "b0e", "0"]],
    ["main has another beginning", ["fbe", "b"]],
  ])("the last deploy isn't among the merges, since %s", async (_, lines) => {
    mainHas(...lines);
    merged({ commits: [HEAD, commitOf("b")] });
    expect(await isDeployable()).toMatch(/^Received a main whose merges don't lead back to a+, .*Nothing is deployed/);
  });

  test("nobody has started a deploy, and GitLab knows none", async () => {
    gitlab.pipelines.splice(0);
    mainHas("fae");
    merged();
    expect(await isDeployable()).toMatch(/^GitLab knows no deploy of main, .* Start a pipeline of main by hand/);
  });

  test("somebody has started a deploy of it by hand, and canceled that", async () => {
    mainHas("fae");
    merged({ jobs: [] });
    gitlab.pipelines.unshift({ id: 9, sha: HEAD, source: "web", status: "canceled", children: [] });
    expect(await isDeployable()).toContain("Nothing is deployed");
  });

  test("the project could have merged by fast-forward", async () => {
    mainHas("fae");
    merged();
    gitlab.mergeMethod = "ff";
    expect(await isDeployable()).toContain('Received "ff" for the merge method of acme/access');
  });
});

test("many nights, and many merges that weren't deployed everywhere, don't hide a deploy by hand", async () => {
  const later = Array.from({ length: 80 }, (_, index) => {
    return { id: 100 + index, sha: DEPLOYED, source: index < 40 ? "schedule" : "push", children: [] };
  });
  const [pipeline] = gitlab.pipelines.splice(0);
  gitlab.pipelines.push(...later, { ...pipeline, source: "web" } as (typeof gitlab.pipelines)[number]);
  mainHas("fae");
  expect(await isDeployable()).toContain("Nothing is deployed");
  merged();
  expect(await isDeployable()).toBe(true);
});

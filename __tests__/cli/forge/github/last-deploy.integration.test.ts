import { lastDeployedCommit } from "../../../../cli/forge/github/last-deploy";
import { gitHubInTests, type StoredRun } from "../../../support/answering-github";

const UNMERGED = "e".repeat(40);

const github = gitHubInTests();
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  env = {
    GITHUB_REF: "refs/heads/main",
    GITHUB_SHA: "f".repeat(40),
    GITHUB_REPOSITORY: "acme/access",
    GITHUB_RUN_NUMBER: String(100 + "c".charCodeAt(0)),
    GITHUB_API_URL: github.url,
    GITHUB_TOKEN: "t0ken",
  };
});

/** A run at the commit that is that letter forty times, in which the job `deployed` ended so. */
const runOf = (letter: string, conclusion: string | null, difference: Partial<StoredRun> = {}): StoredRun => ({
  id: letter.charCodeAt(0),
  run_number: 100 + letter.charCodeAt(0),
  head_sha: letter.repeat(40),
  head_branch: "main",
  event: "push",
  jobs: [{ name: "deployed", conclusion }],
  ...difference,
});

const manyJobs = Array.from({ length: 150 }, (_, index) => ({ name: `canaries (${index})`, conclusion: "success" }));
const deployed = runOf("a", "success");

/** Each with the run that was before this one, on top of one that has deployed everything. */
test.each<[string, StoredRun]>([
  ["deployed everything", runOf("b", "success")],
  ["was started by hand, and deployed everything", runOf("b", "success", { event: "workflow_dispatch" })],
  [
    "had many jobs, and deployed everything",
    runOf("b", null, { jobs: [...manyJobs, { name: "deployed", conclusion: "success" }] }),
  ],
])("a run gives jobs to what differs from the run before it, which %s", async (_, run) => {
  github.runs.push(runOf("c", null), run, deployed);
  expect(await lastDeployedCommit(env)).toBe("b".repeat(40));
});

test.each<[string, StoredRun]>([
  ["a pull request that has such a workflow", runOf("b", "success", { event: "pull_request" })],
  ["a pull request of a fork that was deleted", runOf("b", null, { event: "pull_request", head_branch: null })],
  ["another branch", runOf("b", "success", { head_branch: "change", event: "workflow_dispatch" })],
])("runs of %s count as none", async (_, run) => {
  github.runs.push(runOf("c", null), run, deployed);
  expect(await lastDeployedCommit(env)).toBe("a".repeat(40));
});

/** What it has deployed may differ from what earlier runs have, and be as it was before in this commit. */
test.each<[string, StoredRun[]]>([
  ["isn't there", []],
  ["failed, and may have deployed a part", [runOf("b", null), deployed]],
  ["was overtaken by a later merge", [runOf("b", "skipped"), deployed]],
  ["has no job that says so", [runOf("b", null, { jobs: manyJobs }), deployed]],
  ["was deleted, as whoever may write can", [deployed]],
  ["is of an unmerged commit, which a tag called main has", [runOf("b", "success", { head_sha: UNMERGED }), deployed]],
])("every environment gets a job if the run before %s", async (_, runs) => {
  github.runs.push(...runs);
  github.unmerged.add(UNMERGED);
  expect(await lastDeployedCommit(env)).toBeUndefined();
});

test.each([
  ["another deploy.yml, such as one that runs for a tag called main", "9".repeat(40)],
  ["no deploy.yml any more", undefined],
])("every environment gets a job if the run before is green, at a merged commit with %s", async (_, blob) => {
  github.runs.push(runOf("b", "success"), deployed);
  const { deployYmlOf } = github;
  github.deployYmlOf = (commit) => (commit === "b".repeat(40) ? blob : deployYmlOf(commit));
  expect(await lastDeployedCommit(env)).toBeUndefined();
});

test.each([
  [
    "GitHub answers something else",
    () => github.runs.push(runOf("b", "success", { head_sha: "x" })),
    "workflow_runs[0].head_sha from GitHub",
  ],
  ["it runs on a tag", () => Object.assign(env, { GITHUB_REF: "refs/tags/refs/heads/v1" }), "expected a branch"],
])("nothing is known if %s", async (_, prepare, sentence) => {
  prepare();
  await expect(lastDeployedCommit(env)).rejects.toThrow(sentence);
});

import { lastDeployedCommit } from "../../../../cli/forge/github/last-deploy";
import { gitHubInTests, type StoredRun } from "../../../support/answering-github";

const github = gitHubInTests();
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  env = {
    ...{ GITHUB_REF: "refs/heads/main", GITHUB_SHA: "f".repeat(40), GITHUB_REPOSITORY: "acme/access" },
    ...{ GITHUB_API_URL: github.url, GITHUB_TOKEN: "t0ken" },
  };
});

/** A run at the commit that is that letter forty times, in which the job `deployed` ended so. */
const runOf = (letter: string, conclusion: string | null, difference: Partial<StoredRun> = {}): StoredRun => ({
  ...{ id: letter.charCodeAt(0), head_sha: letter.repeat(40), event: "push" },
  ...{ head_repository: { full_name: "Acme/access" }, jobs: [{ name: "deployed", conclusion }] },
  ...difference,
});

const manyJobs = Array.from({ length: 150 }, (_, index) => ({ name: `canaries (${index})`, conclusion: "success" }));

test.each<[string, StoredRun[], string | undefined]>([
  ["there is no run", [], undefined],
  ["the newest one deployed everything", [runOf("b", "success"), runOf("a", "success")], "b"],
  ["a later merge overtook the newest one", [runOf("b", "skipped"), runOf("a", "success")], "a"],
  ["none deployed everything", [runOf("b", "skipped"), runOf("a", null)], undefined],
  [
    "the workflow has no such job",
    [runOf("b", null, { jobs: [{ name: "summary", conclusion: "success" }] })],
    undefined,
  ],
  ["the run was started by hand", [runOf("b", "success", { event: "workflow_dispatch" })], "b"],
  [
    "a pull request has such a workflow",
    [runOf("b", "success", { event: "pull_request" }), runOf("a", "success")],
    "a",
  ],
  [
    "a fork has such a branch",
    [runOf("b", "success", { head_repository: { full_name: "mallory/access" } }), runOf("a", "success")],
    "a",
  ],
  ["a tag is called main", [runOf("e", "success"), runOf("a", "success")], "a"],
  ["a fork was deleted", [runOf("b", "success", { head_repository: null }), runOf("a", "success")], "a"],
  [
    "there are many jobs",
    [runOf("b", null, { jobs: [...manyJobs, { name: "deployed", conclusion: "success" }] })],
    "b",
  ],
  ["there are many jobs without it", [runOf("b", null, { jobs: manyJobs })], undefined],
])("the last commit with which everything was deployed is known if %s", async (_, runs, letter) => {
  github.runs.push(...runs);
  github.unmerged.add("e".repeat(40));
  expect(await lastDeployedCommit(env)).toBe(letter?.repeat(40));
});

test.each([
  [
    "GitHub answers something else",
    () => github.runs.push(runOf("x", "success")),
    "workflow_runs[0].head_sha from GitHub",
  ],
  ["it runs on a tag", () => Object.assign(env, { GITHUB_REF: "refs/tags/refs/heads/v1" }), "expected a branch"],
])("nothing is known if %s", async (_, prepare, sentence) => {
  prepare();
  await expect(lastDeployedCommit(env)).rejects.toThrow(sentence);
});

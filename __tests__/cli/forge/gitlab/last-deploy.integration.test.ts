import { lastDeployedCommit } from "../../../../cli/forge/gitlab/last-deploy";
import { gitLabInTests, PROJECT_ID, type StoredPipeline } from "../../../support/answering-gitlab";

const gitlab = gitLabInTests();
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  env = {
    ...{ CI_API_V4_URL: gitlab.url, CI_PROJECT_ID: String(PROJECT_ID), GITLAB_TOKEN: "t0ken" },
    ...{ CI_COMMIT_SHA: "f".repeat(40), CI_COMMIT_BRANCH: "main" },
  };
});

type Child = StoredPipeline["children"][number];

/** A pipeline at the commit that is that letter forty times, which started another, in which the job `deployed` ended so. */
const pipelineOf = (
  letter: string,
  status: string,
  difference: Partial<Child> = {},
  source = "push",
): StoredPipeline => {
  const [id, sha] = [letter.charCodeAt(0), letter.repeat(40)];
  const child = { id: id + 1000, sha, project_id: PROJECT_ID, jobs: [{ name: "deployed", status }] };
  return { id, sha, source, children: [{ ...child, ...difference }] };
};

const manyJobs = Array.from({ length: 150 }, (_, index) => ({ name: `canaries: [${index}]`, status: "success" }));

test.each<[string, StoredPipeline[], string | undefined]>([
  ["there is no pipeline", [], undefined],
  ["the newest one deployed everything", [pipelineOf("b", "success"), pipelineOf("a", "success")], "b"],
  ["a later merge overtook the newest one", [pipelineOf("b", "skipped"), pipelineOf("a", "success")], "a"],
  ["none deployed everything", [pipelineOf("b", "failed"), pipelineOf("a", "manual")], undefined],
  ["the newest one is a night's", [{ id: 9, sha: "b".repeat(40), children: [] }, pipelineOf("a", "success")], "a"],
  [
    "a job has such a name in another project",
    [pipelineOf("b", "success", { project_id: 6 }), pipelineOf("a", "success")],
    "a",
  ],
  [
    "a pipeline started another for some other commit",
    [pipelineOf("b", "success", { sha: "d".repeat(40) }), pipelineOf("a", "success")],
    "a",
  ],
  ["somebody started the newest one by hand", [pipelineOf("b", "success", {}, "web"), pipelineOf("a", "success")], "b"],
  ["a later merge was deployed than by hand", [pipelineOf("b", "success"), pipelineOf("a", "success", {}, "web")], "b"],
  ["a night's pipeline has such a job", [pipelineOf("b", "success", {}, "schedule"), pipelineOf("a", "success")], "a"],
  ["a tag is called main", [pipelineOf("e", "success"), pipelineOf("a", "success")], "a"],
  ["there are many jobs", [pipelineOf("b", "", { jobs: [...manyJobs, { name: "deployed", status: "success" }] })], "b"],
  ["there are many jobs without it", [pipelineOf("b", "", { jobs: manyJobs })], undefined],
])("the last commit with which everything was deployed is known if %s", async (_, pipelines, letter) => {
  gitlab.pipelines.push(...pipelines);
  gitlab.isMerged = (commit) => commit !== "e".repeat(40);
  expect(await lastDeployedCommit(env)).toBe(letter?.repeat(40));
});

test.each<[string, () => unknown, string]>([
  ["GitLab answers something else", () => gitlab.pipelines.push(pipelineOf("x", "success")), "[0].sha from GitLab"],
  ["it runs on a tag", () => delete env.CI_COMMIT_BRANCH, "Received nothing for the variable CI_COMMIT_BRANCH"],
])("nothing is known if %s", async (_, prepare, sentence) => {
  prepare();
  await expect(lastDeployedCommit(env)).rejects.toThrow(sentence);
});

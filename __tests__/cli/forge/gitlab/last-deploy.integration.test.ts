import { lastDeployedCommit } from "../../../../cli/forge/gitlab/last-deploy";
import { gitLabInTests, PROJECT_ID, type StoredPipeline } from "../../../support/answering-gitlab";

const UNMERGED = "e".repeat(40);

const gitlab = gitLabInTests();
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  env = {
    CI_API_V4_URL: gitlab.url,
    CI_PROJECT_ID: String(PROJECT_ID),
    GITLAB_TOKEN: "t0ken",
    CI_PIPELINE_ID: String("c".charCodeAt(0)),
    CI_COMMIT_SHA: "f".repeat(40),
    CI_COMMIT_BRANCH: "main",
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

const deployed = pipelineOf("a", "success");
const night: StoredPipeline = { ...pipelineOf("n", "success", {}, "schedule"), id: "b".charCodeAt(0) };

/** Each with the pipeline that was before this one, on top of one that has deployed everything. */
test.each<[string, StoredPipeline]>([
  ["deployed everything", pipelineOf("b", "success")],
  ["somebody started by hand, and deployed everything", pipelineOf("b", "success", {}, "web")],
  [
    "had many jobs, and deployed everything",
    pipelineOf("b", "", { jobs: [...manyJobs, { name: "deployed", status: "success" }] }),
  ],
])("a pipeline gives jobs to what differs from the pipeline before it, which %s", async (_, pipeline) => {
  gitlab.pipelines.push(pipelineOf("c", "running"), pipeline, deployed);
  expect(await lastDeployedCommit(env)).toBe("b".repeat(40));
});

test("pipelines of the night count as none", async () => {
  gitlab.pipelines.push(night, pipelineOf("a", "success", {}, "web"));
  expect(await lastDeployedCommit(env)).toBe("a".repeat(40));
});

/** What it has deployed may differ from what earlier pipelines have, and be as it was before in this commit. */
test.each<[string, StoredPipeline[]]>([
  ["isn't there", []],
  ["failed, and may have deployed a part", [pipelineOf("b", "failed"), deployed]],
  ["was overtaken by a later merge", [pipelineOf("b", "skipped"), deployed]],
  ["has no job that says so", [pipelineOf("b", "", { jobs: manyJobs }), deployed]],
  ["started none", [{ ...pipelineOf("b", "success"), children: [] }, deployed]],
  ["started one in another project", [pipelineOf("b", "success", { project_id: 6 }), deployed]],
  ["started one for some other commit", [pipelineOf("b", "success", { sha: "d".repeat(40) }), deployed]],
  ["is of an unmerged commit, which a tag called main has", [pipelineOf("b", "success", { sha: UNMERGED }), deployed]],
])("every environment gets a job if the pipeline before %s", async (_, pipelines) => {
  gitlab.pipelines.push(...pipelines);
  gitlab.isMerged = (commit) => commit !== UNMERGED;
  expect(await lastDeployedCommit(env)).toBeUndefined();
});

test.each<[string, () => unknown, string]>([
  ["GitLab answers something else", () => gitlab.pipelines.push({ ...night, source: "push" }), "[0].sha from GitLab"],
  ["it runs on a tag", () => delete env.CI_COMMIT_BRANCH, "Received nothing for the variable CI_COMMIT_BRANCH"],
])("nothing is known if %s", async (_, prepare, sentence) => {
  prepare();
  await expect(lastDeployedCommit(env)).rejects.toThrow(sentence);
});

import { z } from "zod";
import { askGitHub, type Forge, parseAnswer } from "./api";

/** A job of a run of CI. */
export interface RunJob {
  readonly name: string;
  /** Such as `success`. Undefined: it hasn't ended. */
  readonly conclusion: string | undefined;
}

/** Source: GitHub's REST API, "List jobs for a workflow run". */
const jobsPage = z.object({
  jobs: z.array(z.object({ name: z.string(), conclusion: z.string().nullish() })),
});

const PER_PAGE = 100;

/** The jobs of the run that this process is in. */
export function jobsOfThisRun(forge: Forge, { GITHUB_RUN_ID: run = "" }: NodeJS.ProcessEnv): Promise<RunJob[]> {
  return jobsOfRun(forge, run);
}

/** The jobs of a run, each as it ran last. Nobody but the forge writes them. */
export async function jobsOfRun(forge: Forge, run: string): Promise<RunJob[]> {
  const path = `/actions/runs/${encodeURIComponent(run)}/jobs`;
  const jobs: RunJob[] = [];
  for (let page = 1; ; page++) {
    const { data } = await askGitHub(forge, "GET", path, { per_page: PER_PAGE, page });
    const { jobs: pageJobs } = parseAnswer(forge, path, data, jobsPage);
    for (const { name, conclusion } of pageJobs) jobs.push({ name, conclusion: conclusion ?? undefined });
    if (pageJobs.length < PER_PAGE) return jobs;
  }
}

/** The name of a job of a matrix with one value. */
export function matrixJobName(job: string, value: string): string {
  return `${job} (${value})`;
}

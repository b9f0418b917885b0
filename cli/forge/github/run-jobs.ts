import { z } from "zod";
import type { PlanJobs } from "../forge";
import { readRest } from "../rest-api";
import type { Repository } from "./api";

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

/** The jobs of a run, each as it ran last. Nobody but the forge writes them. */
export async function jobsOfRun(repository: Repository, run: string): Promise<RunJob[]> {
  const path = `/actions/runs/${encodeURIComponent(run)}/jobs`;
  const jobs: RunJob[] = [];
  for (let page = 1; ; page++) {
    const { jobs: pageJobs } = await readRest(repository, path, jobsPage, { per_page: PER_PAGE, page });
    for (const { name, conclusion } of pageJobs) jobs.push({ name, conclusion: conclusion ?? undefined });
    if (pageJobs.length < PER_PAGE) return jobs;
  }
}

/** The jobs of this run that plan a pull request. */
export function planJobsOf(repository: Repository, { GITHUB_RUN_ID: run = "" }: NodeJS.ProcessEnv): PlanJobs {
  return {
    nameOf: (environment) => `plan (${environment})`,
    conclusions: async () =>
      new Map((await jobsOfRun(repository, run)).map(({ name, conclusion }) => [name, conclusion])),
  };
}

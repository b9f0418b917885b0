import * as z from "zod";
import type { PlanJobs } from "../forge";
import { readRest } from "../rest-api";
import type { Repository } from "./api";

/** Source: GitHub's REST API, "List jobs for a workflow run". */
const jobsPage = z.object({
  jobs: z.array(z.object({ name: z.string(), conclusion: z.string().nullish() })),
});

const PER_PAGE = 100;

/** How each job of a run ended when it ran last, such as `success`, by its name. Nobody but the forge writes that. */
export async function jobsOfRun(repository: Repository, run: string): Promise<Map<string, string | undefined>> {
  const path = `/actions/runs/${encodeURIComponent(run)}/jobs`;
  const jobs = new Map<string, string | undefined>();
  for (let page = 1; ; page++) {
    const { jobs: pageJobs } = await readRest(repository, path, jobsPage, { per_page: PER_PAGE, page });
    for (const { name, conclusion } of pageJobs) jobs.set(name, conclusion ?? undefined);
    if (pageJobs.length < PER_PAGE) return jobs;
  }
}

/** The jobs of this run that plan a pull request. */
export function planJobsOf(repository: Repository, { GITHUB_RUN_ID: run = "" }: NodeJS.ProcessEnv): PlanJobs {
  return { nameOf: (environment) => `plan (${environment})`, conclusions: () => jobsOfRun(repository, run) };
}

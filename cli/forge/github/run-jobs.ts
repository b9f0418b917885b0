import * as z from "zod";
import type { PlanJobs } from "../forge";
import { listRest } from "../rest-api";
import type { Repository } from "./api";

/** Source: GitHub's REST API, "List jobs for a workflow run". */
const jobsPage = z
  .object({ jobs: z.array(z.object({ name: z.string(), conclusion: z.string().nullish() })) })
  .transform(({ jobs }) => jobs);

/** How each job of a run ended when it ran last, such as `success`, by its name. Nobody but the forge writes that. */
export async function jobsOfRun(repository: Repository, run: string): Promise<Map<string, string | undefined>> {
  const jobs = await listRest(repository, `/actions/runs/${encodeURIComponent(run)}/jobs`, jobsPage);
  return new Map(jobs.map(({ name, conclusion }) => [name, conclusion ?? undefined]));
}

/** The jobs of this run that plan a pull request. */
export function planJobsOf(repository: Repository, { GITHUB_RUN_ID: run = "" }: NodeJS.ProcessEnv): PlanJobs {
  return { nameOf: (environment) => `plan (${environment})`, conclusions: () => jobsOfRun(repository, run) };
}

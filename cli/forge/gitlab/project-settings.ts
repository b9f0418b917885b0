import { z } from "zod";
import { describe } from "../../../common/problem";
import { CommandError } from "../../terminal/command-error";
import { readRest } from "../rest-api";
import type { Project } from "./api";
import { configPathOf, MERGE_METHOD } from "./setup-script";

/** The parts of a project that are read. Source: GitLab's REST API, "Retrieve a project". */
const projectSettings = z.object({
  path_with_namespace: z.string().min(1),
  default_branch: z.string().min(1),
  ci_config_path: z.string().nullish(),
  merge_method: z.string().nullish(),
});

/** Refuses a project in which a merge request's own file says what its pipeline does, or what is merged isn't what is reviewed. */
export async function expectSettings(project: Project): Promise<void> {
  const live = await readRest(project, "", projectSettings);
  const { path_with_namespace, default_branch, ci_config_path, merge_method } = live;
  const expected = configPathOf({ path: path_with_namespace, branch: default_branch });
  if (ci_config_path !== expected) {
    throw new CommandError(
      `Received ${describe(ci_config_path || undefined)} for the CI/CD configuration file of ${path_with_namespace}, expected ${expected}: otherwise a merge request can change its own pipeline. Set it in Settings > CI/CD > General pipelines, and start a new pipeline.`,
    );
  }
  if (merge_method !== MERGE_METHOD) {
    throw new CommandError(
      `Received ${describe(merge_method ?? undefined)} for the merge method of ${path_with_namespace}, expected ${MERGE_METHOD}: otherwise main can change between the review and the merge. Choose "Merge commit with semi-linear history" in Settings > Merge requests, and start a new pipeline.`,
    );
  }
}

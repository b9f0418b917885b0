import * as z from "zod";
import type { BranchCommit } from "../forge";
import { readRest } from "../rest-api";
import { COMMIT, variablesOf } from "../variables";
import { howToRun, repositoryOf } from "./api";

const WORKFLOW = "deploy.yml";

/** The part of a reference that is read. Source: GitHub's REST API, "Get a reference". */
const reference = z.object({ object: z.object({ sha: z.string() }) });

/**
 * Whether a later commit overtook the one of this GitHub Actions workflow: it has a run of its own, and may be deployed
 * already if this run waited for an approval. Deletes the token, since the app and Terraform inherit `env`.
 *
 * @returns the newest commit of the branch and the branch. Undefined: it is the one of this workflow
 * @throws CommandError when the newest one is unknown
 */
export async function overtakingCommit(env: NodeJS.ProcessEnv): Promise<BranchCommit | undefined> {
  const usage = `${howToRun("support-app deploy --github", WORKFLOW)}, and without --github elsewhere`;
  const variable = variablesOf(env, usage);
  const commit = variable("GITHUB_SHA", "a commit", COMMIT);
  const ref = variable("GITHUB_REF", "a branch, as refs/heads/NAME", /^refs\/heads\/[\w./-]+$/);
  const repository = repositoryOf(env, usage, WORKFLOW);
  delete env.GITHUB_TOKEN;
  const path = `/git/${ref.replace("refs/", "ref/")}`;
  const newest = (await readRest(repository, path, reference)).object.sha;
  return newest === commit ? undefined : { commit: newest, branch: ref.replace("refs/heads/", "") };
}

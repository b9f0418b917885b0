import { z } from "zod";
import { CommandError } from "../terminal/command-error";
import { askGitHub, forgeOf, howToRun, parseAnswer, variablesOf } from "./api";

const WORKFLOW = "deploy.yml";

/** The part of a reference that is read. Source: GitHub's REST API, "Get a reference". */
const reference = z.object({ object: z.object({ sha: z.string() }) });

/**
 * Refuses to deploy an outdated commit in a GitHub Actions workflow: the newest one has a run of its own, and may be
 * deployed already if this run waited for an approval. Deletes the token, since the app and Terraform inherit `env`.
 *
 * @throws CommandError when another commit is the newest on the branch, or the newest one is unknown
 */
export async function expectNewestCommit(env: NodeJS.ProcessEnv): Promise<void> {
  const usage = howToRun("support-app deploy --github", WORKFLOW);
  const variable = variablesOf(env, usage);
  const commit = variable("GITHUB_SHA", "a commit", /^[\da-f]{40,64}$/);
  const ref = variable("GITHUB_REF", "a branch, as refs/heads/NAME", /^refs\/heads\/[\w./-]+$/);
  const forge = forgeOf(env, usage, WORKFLOW);
  delete env.GITHUB_TOKEN;
  const path = `/git/${ref.replace("refs/", "ref/")}`;
  const { data } = await askGitHub(forge, "GET", path, {});
  const newest = parseAnswer(forge, path, data, reference).object.sha;
  if (newest === commit) return;
  throw new CommandError(
    `Received the commit ${commit} to deploy, expected the newest one on ${ref.replace("refs/heads/", "")}, which is ${newest}. Nothing was changed. The workflow run of that commit deploys it; start the workflow by hand if there is none.`,
  );
}

import { z } from "zod";
import { CommandError } from "../command-error";
import { answered, ask, gitHubOf, howToRun, variablesOf } from "../github-api";

const WORKFLOW = "deploy.yml";

/** What is read of a reference. Source: GitHub's REST API, "Get a reference". */
const reference = z.object({ object: z.object({ sha: z.string() }) });

/**
 * Refuses to deploy what something newer was merged after, in a workflow of GitHub Actions: that has a run of its own, and may be deployed
 * already, such as where this run waited for somebody. Takes the token out of the variables, which the app and Terraform inherit.
 *
 * @throws CommandError where another commit is the last of the branch, or GitHub doesn't say which is
 */
export async function expectNewestCommit(env: NodeJS.ProcessEnv): Promise<void> {
  const how = howToRun("support-app deploy --github", WORKFLOW);
  const variable = variablesOf(env, how);
  const commit = variable("GITHUB_SHA", "a commit", /^[\da-f]{40,64}$/);
  const ref = variable("GITHUB_REF", "a branch, as refs/heads/NAME", /^refs\/heads\/[\w./-]+$/);
  const github = gitHubOf(env, how, WORKFLOW);
  delete env.GITHUB_TOKEN;
  const path = `/git/${ref.replace("refs/", "ref/")}`;
  const { data } = await ask(github, "GET", path, {});
  const newest = answered(github, path, data, reference).object.sha;
  if (newest === commit) return;
  throw new CommandError(
    `Received the commit ${commit} to deploy, expected the last one of ${ref.replace("refs/heads/", "")}, which is ${newest}. Nothing was changed. The run of that commit deploys it; start the workflow by hand if there is none.`,
  );
}

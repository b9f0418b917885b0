import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { overtakingCommit } from "../../../../cli/forge/gitlab/newest-commit";
import { commitTo } from "../../../support/commit-to";
import { sharedFolder } from "../../../support/folder";

const folder = sharedFolder();
const SECRET = "glcbt-64_secret";

const environmentOf = (commit: string, changed: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  CI_COMMIT_SHA: commit,
  CI_COMMIT_BRANCH: "main",
  CI_REPOSITORY_URL: pathToFileURL(folder).href,
  CI_JOB_TOKEN: SECRET,
  GITLAB_TOKEN: SECRET,
  CI_REGISTRY_PASSWORD: SECRET,
  CI_DEPENDENCY_PROXY_PASSWORD: SECRET,
  ...changed,
});

let first: string;
const talkative = join(folder, "talkative");
beforeAll(() => {
  first = commitTo(folder, "main");
  mkdirSync(talkative);
  const said = [`echo "warning: password ${SECRET}"`, 'echo "fatal: no $3 with ${3#*:}"'];
  writeFileSync(join(talkative, "git"), `#!/bin/sh\n{ ${said.join("; ")}; } >&2\nexit 128\n`, { mode: 0o755 });
});

test("the newest commit isn't overtaken, and an earlier one is; no token is left for the app", async () => {
  const env = environmentOf(first);
  expect(await overtakingCommit(env)).toBeUndefined();
  expect(JSON.stringify(env)).not.toContain(SECRET);
  expect(env.CI_REPOSITORY_URL).toBeUndefined();
  const second = commitTo(folder, "main");
  expect(await overtakingCommit(environmentOf(first))).toEqual({ commit: second, branch: "main" });
  commitTo(folder, "refs/heads/main"); // a branch whose name ends like the other's
  expect(await overtakingCommit(environmentOf(second))).toBeUndefined();
});

test.each<[string, NodeJS.ProcessEnv, string]>([
  [
    "doesn't have the branch",
    { CI_COMMIT_BRANCH: "gone" },
    "The newest commit of gone is unknown: git ls-remote doesn't list it. Run the job again.",
  ],
  [
    "isn't there",
    { CI_REPOSITORY_URL: pathToFileURL(join(folder, "nowhere")).href },
    "The newest commit of main is unknown: git ls-remote failed (",
  ],
  [
    "isn't reached",
    { CI_REPOSITORY_URL: `http://gitlab-ci-token:${SECRET}@127.0.0.1:1/acme/access.git` },
    "The newest commit of main is unknown: git ls-remote failed (",
  ],
  [
    "isn't reached, by a git that says all it knows",
    { CI_REPOSITORY_URL: `http://job:${SECRET}@127.0.0.1:1/a.git`, PATH: talkative },
    'The newest commit of main is unknown: git ls-remote failed ("fatal: no *** with //job:***@127.0.0.1:1/a.git"). Run the job again.',
  ],
  [
    "is asked without git",
    { PATH: join(folder, "nowhere") },
    "The newest commit of main is unknown: git ls-remote can't be run, since git isn't installed. Run the job again.",
  ],
  [
    "has no name",
    { CI_REPOSITORY_URL: undefined },
    "Received nothing for the variable CI_REPOSITORY_URL, expected the URL of a repository. Run `support-app deploy --gitlab` as .gitlab/deploy.yml does, and without --gitlab elsewhere.",
  ],
  [
    "is of a tag",
    { CI_COMMIT_BRANCH: undefined },
    "Received nothing for the variable CI_COMMIT_BRANCH, expected a branch.",
  ],
  [
    "has a branch of a strange name",
    { CI_COMMIT_BRANCH: "a b" },
    'Received "a b" for the variable CI_COMMIT_BRANCH, expected a branch.',
  ],
])("nothing may be deployed if the repository %s, and no message has a token", async (_, changed, sentence) => {
  const error = await overtakingCommit(environmentOf(first, changed)).catch((reason) => reason);
  expect(error.message).toContain(sentence);
  expect(error.message).not.toContain(SECRET);
});

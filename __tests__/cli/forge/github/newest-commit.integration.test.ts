import { overtakingCommit } from "../../../../cli/forge/github/newest-commit";
import { gitHubInTests } from "../../../support/answering-github";

const COMMIT = "c".repeat(40);
const NEWER = "d".repeat(40);

const github = gitHubInTests();
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  env = {
    GITHUB_SHA: COMMIT,
    GITHUB_REF: "refs/heads/main",
    GITHUB_REPOSITORY: "acme/access",
    GITHUB_API_URL: github.url,
    GITHUB_TOKEN: "t0ken",
  };
});

test("the newest commit of the branch may be deployed, by an app that doesn't get the token", async () => {
  github.branches.set("main", COMMIT);
  expect(await overtakingCommit(env)).toBeUndefined();
  expect(github.asked).toEqual(["GET /repos/acme/access/git/ref/heads/main"]);
  expect(github.authorizations).toEqual(new Set(["bearer t0ken"]));
  expect(env).not.toHaveProperty("GITHUB_TOKEN");
});

test("a commit that isn't the newest one is overtaken by it: that one may be deployed already", async () => {
  github.branches.set("main", NEWER);
  expect(await overtakingCommit(env)).toEqual({ commit: NEWER, branch: "main" });
  expect(env).not.toHaveProperty("GITHUB_TOKEN");
});

test.each<[string, () => void, string]>([
  ["GitHub doesn't know the branch", () => github.branches.clear(), 'with status 404 ("Not Found")'],
  [
    "GitHub answers something else",
    () => github.failures.set("GET /repos/acme/access/git/ref/heads/main", { status: 200, body: { object: {} } }),
    "Received nothing for object.sha from GitHub",
  ],
  [
    "a tag is deployed",
    () => Object.assign(env, { GITHUB_REF: "refs/tags/v1" }),
    'Received "refs/tags/v1" for the variable GITHUB_REF, expected a branch, as refs/heads/NAME. Run `support-app deploy --github` as .github/workflows/deploy.yml does, and without --github elsewhere.',
  ],
  ...["c".repeat(39), ` ${COMMIT}`, `${COMMIT} `, "x".repeat(40)].map((GITHUB_SHA): [string, () => void, string] => [
    `the commit is ${JSON.stringify(GITHUB_SHA)}`,
    () => Object.assign(env, { GITHUB_SHA }),
    "GITHUB_SHA, expected a commit.",
  ]),
  ...["/refs/heads/main", "refs/heads/main?"].map((GITHUB_REF): [string, () => void, string] => [
    `the branch is ${JSON.stringify(GITHUB_REF)}`,
    () => Object.assign(env, { GITHUB_REF }),
    "GITHUB_REF, expected a branch",
  ]),
])("if %s, nothing may be deployed", async (_, breakIt, sentence) => {
  github.branches.set("main", COMMIT);
  breakIt();
  await expect(overtakingCommit(env)).rejects.toThrow(sentence);
});

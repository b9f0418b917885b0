import { pullRequestOf } from "../../../../cli/forge/github/pull-request";
import { COMMIT, pullRequestIn, pullRequestsInTests, TOKEN } from "../../../support/pull-requests";

const { changeRequest, environmentOf, file, github } = pullRequestsInTests();

// What is wrong with a workflow's variables is in bad-inputs/github.yaml.
describe("the files of a pull request", () => {
  test("all files of a pull request are listed, page by page, and a moved file with both names", async () => {
    github.files.push({ filename: "docs/a.md", previous_filename: "main.ts" });
    github.files.push(...Array.from({ length: 150 }, (_, index) => ({ filename: `${index}` })));
    const { paths, areAll } = await changeRequest().changedFiles();
    expect([paths.slice(0, 3), paths.length, areAll]).toEqual([["docs/a.md", "main.ts", "0"], 152, true]);
  });

  test("of more files than GitHub lists, it is said that some are missing", async () => {
    github.files.push(...Array.from({ length: 3_000 }, (_, index) => ({ filename: `${index}.md` })));
    expect((await changeRequest().changedFiles()).areAll).toBe(false);
  });
});

describe("the pull request of a workflow", () => {
  test("the pull request of a workflow is that of its event", () => {
    expect(pullRequestOf(environmentOf())).toMatchObject({
      fullName: "acme/access",
      number: 7,
      headCommit: COMMIT,
      isFork: false,
      url: github.url,
      token: TOKEN,
    });
  });

  test.each([
    ["acme/access", false],
    ["Acme/Access", false],
    ["mallory/access", true],
    [null, true],
  ])("a pull request whose branch is in %s comes from a fork: %s", (repository, isFork) => {
    expect(pullRequestOf(environmentOf({ pull_request: pullRequestIn(repository) })).isFork).toBe(isFork);
  });

  const eventWith = (overrides: object) => ({ pull_request: { ...pullRequestIn("acme/access"), ...overrides } });
  const eventAt = (sha: string) => eventWith({ head: { sha, repo: null } });
  test.each([eventWith({ number: "7; rm" }), eventAt("main"), eventAt(`${COMMIT}x`), eventAt(`x${COMMIT}`)])(
    "a pull request can't be of the event %j",
    (event) => {
      expect(() => pullRequestOf(environmentOf(event))).toThrow(
        `Received the event "${file("event.json")}" in another form, expected a pull_request event. Run `,
      );
    },
  );
});

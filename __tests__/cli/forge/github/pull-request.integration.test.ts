import { deleteLabelsOfClosed, pullRequestOf } from "../../../../cli/forge/github/pull-request";
import type { StoredIssue } from "../../../support/answering-github";
import { COMMIT, pullRequestIn, pullRequestsInTests, TOKEN } from "../../../support/pull-requests";

const { environmentOf, file, github } = pullRequestsInTests();

// What is wrong with a workflow's variables is in bad-inputs/github.yaml.
describe("the pull request of a workflow", () => {
  test("the pull request of a workflow is that of its event", () => {
    expect(pullRequestOf(environmentOf())).toMatchObject({
      fullName: "acme/access",
      number: 7,
      author: { id: 1, login: "alice" },
      again: "Run the job again",
      headCommit: COMMIT,
      isFork: false,
      branch: { repository: "acme/access", name: "change" },
      authorMayApprove: false,
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

  test.each([
    ["true", true],
    ["false", false],
    ["", false],
  ])("an author may approve with SUPPORT_APP_AUTHOR_MAY_APPROVE=%s: %s", (SUPPORT_APP_AUTHOR_MAY_APPROVE, may) => {
    expect(pullRequestOf({ ...environmentOf(), SUPPORT_APP_AUTHOR_MAY_APPROVE }).authorMayApprove).toBe(may);
  });

  const eventWith = (overrides: object) => ({ pull_request: { ...pullRequestIn("acme/access"), ...overrides } });
  const eventAt = (sha: string) => eventWith({ head: { sha, ref: "change", repo: null } });
  test.each([eventWith({ number: "7; rm" }), eventAt("main"), eventAt(`${COMMIT}x`), eventAt(`x${COMMIT}`)])(
    "a pull request can't be of the event %j",
    (event) => {
      expect(() => pullRequestOf(environmentOf(event))).toThrow(
        `Received the event "${file("event.json")}" in another form, expected a pull_request event. Run `,
      );
    },
  );
});

describe("labels of closed pull requests", () => {
  const labelOf = (letter: string) => `approved-${letter.repeat(40)}`;
  const [CLOSED, OPEN, BOTH, UNSET, OURS, FOREIGN] = [..."abcdef"].map(labelOf) as [string, ...string[]];
  const request = (number: number, state: "open" | "closed", ...names: (string | undefined)[]): StoredIssue => ({
    ...{ number, user: null, created_at: "2026-01-01T00:00:00Z", title: "", body: null, state, state_reason: null },
    ...{ labels: names.map((name = "") => ({ name })), pull_request: {}, written: [] },
  });
  const names = () => github.repositoryLabels.map(({ name }) => name);
  const isTarget = (name: string) => name.startsWith("approved-") && name !== FOREIGN;

  test("a label that only closed pull requests have is deleted; one of an open one, of none, or of another kind stays", async () => {
    const labels = ["bug", CLOSED, OPEN, BOTH, UNSET, OURS, FOREIGN].map((name = "") => ({ name }));
    github.repositoryLabels.push(...labels);
    github.labels.push({ name: OURS ?? "" });
    github.issues.push(request(8, "closed", CLOSED, BOTH, "bug", FOREIGN), request(9, "closed", CLOSED, OURS));
    github.issues.push(request(10, "open", OPEN, BOTH));
    await deleteLabelsOfClosed(pullRequestOf(environmentOf()), isTarget, {});
    expect(names()).toEqual(["bug", OPEN, BOTH, UNSET, OURS, FOREIGN]);
    expect(github.asked.filter((request) => request.startsWith("DELETE "))).toEqual([
      `DELETE /repos/acme/access/labels/${CLOSED}`,
    ]);
  });

  test("a label that another run has deleted meanwhile is no error", async () => {
    github.repositoryLabels.push({ name: CLOSED });
    github.issues.push(request(8, "closed", CLOSED));
    github.failures.set(`DELETE /repos/acme/access/labels/${CLOSED}`, { status: 404 });
    await deleteLabelsOfClosed(pullRequestOf(environmentOf()), isTarget, {});
  });

  const manyLabels = Array.from({ length: 35 }, (_, index) =>
    labelOf("x").replace("xx", [..."abcdefghij"][Math.floor(index / 10)] + String.fromCharCode(97 + (index % 10))),
  );

  test("each run looks at ten labels and goes on after the run before, so labels that stay hold up no other", async () => {
    github.repositoryLabels.push(...manyLabels.map((name) => ({ name })));
    github.issues.push(request(8, "open", ...manyLabels.slice(0, -1)), request(9, "closed", manyLabels.at(-1)));
    const runs = [1, 2, 3, 4].map(String);
    for (const GITHUB_RUN_NUMBER of runs) {
      github.asked.length = 0;
      await deleteLabelsOfClosed(pullRequestOf(environmentOf()), isTarget, { GITHUB_RUN_NUMBER });
      expect(github.asked.filter((path) => path.endsWith("/issues"))).toHaveLength(10);
    }
    expect(names()).toEqual(manyLabels.slice(0, -1));
  });
});

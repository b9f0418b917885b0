import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  approvedDigests,
  howToApprove,
  type PullRequest,
  pullRequestOf,
  setOutputs,
  truncateComment,
  updatePullRequest,
  withErrorReport,
} from "../../../../cli/commands/review/github";
import { CommandError } from "../../../../cli/terminal/command-error";
import {
  type Actor,
  ALICE,
  BOB,
  GITHUB_ACTIONS,
  gitHubInTests,
  type IssueEvent,
} from "../../../support/answering-github";
import { sharedFolder } from "../../../support/folder";

const scratch = sharedFolder();
const github = gitHubInTests();
beforeEach(() => {
  for (const name of ["output", "summary"]) writeFileSync(file(name), "");
  Object.assign(process.env, { GITHUB_OUTPUT: file("output"), GITHUB_STEP_SUMMARY: file("summary") });
});

const TOKEN = "ghs_secret.of-a_job";
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const DIGEST = "abcdefghijklmnopqrstuvwxyz234567abcdefgh";
const LABEL = `approved-${DIGEST}`;
const OTHER = "z".repeat(40);

const file = (name: string) => join(scratch, name);
const readText = (name: string) => readFileSync(file(name), "utf8");

/** What GitHub sets for a workflow of alice's pull request. */
function environmentOf(event: unknown = { pull_request: pullRequestIn("acme/access") }): NodeJS.ProcessEnv {
  writeFileSync(file("event.json"), JSON.stringify(event));
  return {
    GITHUB_EVENT_PATH: file("event.json"),
    GITHUB_REPOSITORY: "acme/access",
    GITHUB_API_URL: github.url,
    GITHUB_TOKEN: TOKEN,
  };
}

function pullRequestIn(repository: string | null) {
  const repo = repository === null ? null : { full_name: repository };
  return { number: 7, user: ALICE, head: { sha: COMMIT, repo } };
}

const pullRequest = (changed: Partial<PullRequest> = {}): PullRequest => ({
  ...pullRequestOf(environmentOf()),
  ...changed,
});

// What is wrong with a workflow's variables is in bad-inputs/github.yaml.
describe("the pull request of a workflow", () => {
  test("the pull request of a workflow is that of its event", () => {
    expect(pullRequestOf(environmentOf())).toEqual({
      repository: "acme/access",
      number: 7,
      author: { id: 1, login: "alice" },
      again: "Run the job again",
      headCommit: COMMIT,
      isFork: false,
      authorMayApprove: false,
      apiUrl: github.url,
      token: TOKEN,
      workflow: "review.yml",
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
  const eventAt = (sha: string) => eventWith({ head: { sha, repo: null } });
  test.each([eventWith({ number: "7; rm" }), eventAt("main"), eventAt(`${COMMIT}x`), eventAt(`x${COMMIT}`)])(
    "a pull request can't be of the event %j",
    (event) => {
      expect(() => pullRequestOf(environmentOf(event))).toThrow(
        `Received the event ${file("event.json")} in another form, expected a pull_request event. Run `,
      );
    },
  );
});

describe("an approval", () => {
  let second = 0;
  const happened = (
    event: string,
    actor: Actor | null,
    name = LABEL,
    overrides: Partial<IssueEvent> = {},
  ): IssueEvent => ({
    event,
    created_at: new Date(Date.UTC(2026, 0, 1) + 1000 * second++).toISOString().replace(".000Z", "Z"),
    actor,
    label: { name },
    performed_via_github_app: null,
    ...overrides,
  });
  const labeled = (actor: Actor | null, name?: string, overrides?: Partial<IssueEvent>) =>
    happened("labeled", actor, name, overrides);
  const unlabeled = (actor: Actor | null, name?: string) => happened("unlabeled", actor, name);

  const approved = (events: IssueEvent[], labels = [LABEL], changed?: Partial<PullRequest>) => {
    github.labels.push(...labels.map((name) => ({ name })));
    github.events.push(...events);
    return approvedDigests(pullRequest(changed));
  };

  test("an approval is a label that somebody other than the author has set", async () => {
    expect(await approved([labeled(BOB)])).toEqual([DIGEST]);
    expect(LABEL.length).toBeLessThanOrEqual(50);
    expect(github.authorizations).toEqual(new Set([`bearer ${TOKEN}`]));
  });

  const GHOST: Actor = { id: 10137, login: "ghost", type: "User" };
  const BY_APP = { performed_via_github_app: { id: 5, slug: "chat" } };
  test.each<[string, IssueEvent[]]>([
    ["the author", [labeled(ALICE)]],
    ["the author, whose login is in another case", [labeled({ ...ALICE, id: 9, login: "Alice" })]],
    ["the author, who has another login by now", [labeled({ ...ALICE, login: "allison" })]],
    ["the author, after somebody else's was removed", [labeled(BOB), unlabeled(ALICE), labeled(ALICE)]],
    ["the author, in another case", [labeled(BOB), unlabeled(BOB), labeled(ALICE, LABEL.toUpperCase())]],
    ["a workflow, which the author may have written", [labeled(GITHUB_ACTIONS)]],
    ["an app that acts for a person", [labeled(BOB, LABEL, BY_APP)]],
    ["an account that was deleted", [labeled(null)]],
    ["an account that was deleted, under the name for all of them", [labeled(GHOST)]],
    ["an organization", [labeled({ id: 3, login: "acme", type: "Organization" })]],
    ["nobody: no event is found", []],
    ["somebody else, under the name that it had before", [labeled(BOB, `approved-${OTHER}`)]],
    ["somebody else, before another was renamed to it", [labeled(BOB), unlabeled(BOB), labeled(ALICE, "harmless")]],
    ["somebody else, as something other than a label", [happened("milestoned", BOB)]],
  ])("an approval isn't a label that was set by %s", async (_, events) => {
    expect(await approved(events)).toEqual([]);
  });

  test("an approval is the label set last, in whatever order GitHub lists the events", async () => {
    const events = [labeled(ALICE), unlabeled(BOB), labeled(BOB)];
    expect(await approved(events.toReversed())).toEqual([DIGEST]);
  });

  test("an approval is found beside events that have no label, with times of any zone", async () => {
    const mentioned = happened("mentioned", ALICE, LABEL, { label: undefined });
    const createdAt = (created_at: string) => ({ created_at });
    const set = [
      labeled(BOB, LABEL, createdAt("2026-01-01T02:00:00+01:00")),
      labeled(ALICE, LABEL, createdAt("2026-01-01T00:30:00Z")),
    ];
    expect(await approved([mentioned, ...set])).toEqual([DIGEST]);
  });

  test("an approval may be the author's own if a variable allows it, but still not a bot's", async () => {
    const events = [labeled(ALICE), labeled(GITHUB_ACTIONS, `approved-${OTHER}`)];
    expect(await approved(events, [LABEL, `approved-${OTHER}`], { authorMayApprove: true })).toEqual([DIGEST]);
  });

  test("an approval isn't a label that was removed", async () => {
    expect(await approved([labeled(BOB), unlabeled(BOB)], [])).toEqual([]);
  });

  test("an approval ignores the case of a label's name, as GitHub does", async () => {
    expect(await approved([labeled(BOB, LABEL.toUpperCase())], [LABEL.replace("abc", "ABC")])).toEqual([DIGEST]);
  });

  test.each([
    ["too short", LABEL.slice(0, -1)],
    ["too long", `${LABEL}a`],
    ["of another prefix", `access-${LABEL}`],
    ["followed by a line", `${LABEL}\n`],
    ["preceded by a line", `::error::\n${LABEL}`],
    ["written with a letter that only looks the same in lower case", LABEL.replace("k", "\u212a")],
  ])("an approval isn't a label that is %s", async (_, name) => {
    expect(await approved([labeled(BOB, name), labeled(BOB)], [name])).toEqual([]);
    expect(github.asked).toEqual(["GET /repos/acme/access/issues/7/labels"]); // nothing to ask about
  });

  test("an approval is explained, with who can give it", () => {
    expect(howToApprove(pullRequest(), DIGEST)).toBe(
      `Approve exactly this change with the label \`${LABEL}\`, set by somebody other than the author of the pull request.`,
    );
    expect(howToApprove(pullRequest({ authorMayApprove: true }), DIGEST)).toBe(
      `Approve exactly this change with the label \`${LABEL}\`.`,
    );
  });
});

describe("a pull request is updated", () => {
  const tell = (report: string, approvalNeeded: boolean | undefined = false, changed?: Partial<PullRequest>) =>
    updatePullRequest(pullRequest(changed), report, approvalNeeded);
  const bodies = () => github.comments.map(({ body }) => body);

  test("a pull request is updated in one comment, which names the commit, and in the summary", async () => {
    await tell("## ✅ First");
    expect(readText("summary")).toBe("## ✅ First\n");
    await tell("## ⚠️ Second");
    expect(bodies()).toEqual([`<!-- support-app review -->\n## ⚠️ Second\n\n<sub>Reviewed commit: ${COMMIT}</sub>\n`]);
  });

  test("the comment stands beside whatever others have written, with the mark or without", async () => {
    const forged = "<!-- support-app review -->\n## ✅ Nobody's access changes";
    const talk = Array.from({ length: 150 }, (_, id) => ({ id: 1000 + id, user: BOB, body: "Looks good" }));
    const otherComments = [
      { id: 100, user: ALICE, body: forged },
      { id: 101, user: null, body: forged },
      { id: 103, user: GITHUB_ACTIONS, body: null as never },
      { id: 102, user: GITHUB_ACTIONS, body: "Another workflow\n<!-- support-app review -->" },
    ];
    github.comments.push(...otherComments, ...talk);
    await tell("## First");
    await tell("## Second");
    expect(github.comments.slice(0, -1)).toEqual([...otherComments, ...talk]);
    expect(bodies().at(-1)).toContain("## Second");
  });

  test("a pull request still has one comment after two runs have each created one", async () => {
    const stale = (id: number) => ({ id, user: GITHUB_ACTIONS, body: "<!-- support-app review -->\n## ✅ Stale" });
    github.comments.push(stale(1), stale(2), stale(3));
    await tell("## ⚠️ Now");
    expect(bodies()).toEqual([expect.stringContaining("## ⚠️ Now")]);
  });

  test("a pull request gets a label, which is created if it is missing", async () => {
    await tell("## ⚠️", true);
    expect(github.repositoryLabels).toEqual([
      { name: "access-broadened", color: "d93f0b", description: "People in a Slack channel gain access" },
    ]);
    expect(github.labels).toEqual([{ name: "access-broadened" }]);
    await tell("## ⚠️", true);
    expect(github.labels).toEqual([{ name: "access-broadened" }]);
    await tell("## ✅", false);
    expect(github.labels).toEqual([]);
    await tell("## ⚠️", true);
    expect(github.asked.filter((call) => call === "POST /repos/acme/access/labels")).toHaveLength(1);
  });

  test("a pull request also gets a label that somebody created or removed in between", async () => {
    github.repositoryLabels.push({ name: "Access-Broadened" });
    github.failures.set("GET /repos/acme/access/labels/access-broadened", { status: 404, message: "Not Found" });
    await tell("## ⚠️", true);
    expect(github.labels).toEqual([{ name: "access-broadened" }]);
    github.failures.set("DELETE /repos/acme/access/issues/7/labels/access-broadened", { status: 404, message: "Gone" });
    await expect(tell("## ✅", false)).resolves.toBeUndefined();
  });

  test.each([[[]], [["access-broadened"]]])("a pull request keeps its labels %j after an error", async (before) => {
    github.labels.push(...before.map((name) => ({ name })));
    await withErrorReport(pullRequest(), () => Promise.reject(new Error())).catch(() => undefined);
    expect(github.labels.map(({ name }) => name)).toEqual(before);
  });

  test("a fork's pull request is updated only in the summary: its token only reads", async () => {
    await tell("## ⚠️ Fork", true, { isFork: true });
    expect(readText("summary")).toBe("## ⚠️ Fork\n");
    expect(github.asked).toEqual([]);
  });
});

describe("an error", () => {
  test("an error turns the comment red", async () => {
    await updatePullRequest(pullRequest(), "## ✅ Nobody's access changes", false);
    const error = new CommandError('Received the folder "head", expected a folder that exists.');
    await expect(withErrorReport(pullRequest(), () => Promise.reject(error))).rejects.toBe(error);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toBe(`<!-- support-app review -->
## ⛔ The review ended with an error

It is unknown what access this pull request gives or takes. Earlier reports no longer apply.

    Received the folder "head", expected a folder that exists.

<sub>Reviewed commit: ${COMMIT}</sub>
`);
    expect(readText("summary")).toContain("⛔ The review ended with an error");
  });

  test("an error is still the error if GitHub can't be updated", async () => {
    github.failures.set("GET /repos/acme/access/issues/7/comments", { status: 502, message: "Bad Gateway" });
    const error = new CommandError("Received no plan.");
    const reported = withErrorReport(pullRequest(), () => Promise.reject(error));
    await expect(reported).rejects.toMatchObject({
      message: `Received no plan.\nGitHub answered GET /repos/acme/access/issues/7/comments with status 502 ("Bad Gateway"). Run the job again.`,
      cause: error,
    });
  });

  test("an error of GitHub is reported once", async () => {
    github.failures.set("GET /repos/acme/access/issues/7/comments", { status: 502, message: "Bad Gateway" });
    const reported = withErrorReport(pullRequest(), () => updatePullRequest(pullRequest(), "## ✅", false));
    await expect(reported).rejects.toThrow(/^GitHub answered .* with status 502 .* Run the job again\.$/);
  });

  test("an error of anything else is one line", async () => {
    const error = new TypeError("x is not\na function");
    await expect(withErrorReport(pullRequest(), () => Promise.reject(error))).rejects.toBe(error);
    expect(github.comments[0]?.body).toContain("\n\n    x is not\\u{000a}a function\n\n<sub>");
  });

  test("an error isn't reported if the work succeeds", async () => {
    await expect(withErrorReport(pullRequest(), async () => 3)).resolves.toBe(3);
    expect(github.asked).toEqual([]);
  });

  test("an error shows nothing of its message as Markdown: each line is code", async () => {
    const lines = ["```", "# A heading", "**bold** @everyone <img src=x>", "<!-- support-app review -->", "\u202e"];
    await withErrorReport(pullRequest(), () => Promise.reject(new CommandError(lines))).catch(() => undefined);
    const indentedLines = [...lines.slice(0, -1), "\\u{202e}"].map((line) => `    ${line}\n`).join("");
    expect(readText("summary")).toContain(`\n\n${indentedLines}`);
  });
});

const NOTICE =
  "> [!CAUTION]\n> This report is cut off: it is longer than GitHub accepts. Run `support-app review` to see all of it before you approve anything.\n\n";
/** So many lines of a hundred characters, with their line break. */
const lines = (count: number) => `${"x".repeat(99)}\n`.repeat(count);

test("a report that is too long for a comment is cut at a line, with a notice at its top, and any other is whole", async () => {
  expect(truncateComment(lines(640))).toBe(lines(640));
  expect(truncateComment(`${lines(640)}x`)).toBe(NOTICE + lines(638));
  expect(truncateComment(lines(10_000))).toBe(NOTICE + lines(638));
  expect(truncateComment("`".repeat(70_000))).toBe(NOTICE);
  await updatePullRequest(pullRequest(), lines(1000));
  expect(readText("summary")).toBe(`${NOTICE}${lines(638)}\n`);
  expect(github.comments[0]?.body.length).toBeLessThan(65_536);
});

describe("later jobs", () => {
  test("later jobs get the environments to plan, as JSON of one line", () => {
    setOutputs(pullRequest(), ["paid", 'x"\nother=1'], { paid: { "\n": 1 } });
    expect(readText("output")).toBe('plannable=["paid","x\\"\\nother=1"]\noverrides={"paid":{"\\n":1}}\n');
  });

  test("later jobs get nothing if the file of the outputs can't be written", () => {
    process.env.GITHUB_OUTPUT = file("missing/output");
    expect(() => setOutputs(pullRequest(), [], {})).toThrow(
      `Received "${file("missing/output")}" for the variable GITHUB_OUTPUT, expected a file that can be written`,
    );
  });

  test("later jobs get none of a fork's environments", () => {
    setOutputs(pullRequest({ isFork: true }), ["paid"], { paid: {} });
    expect(readText("output")).toBe("plannable=[]\noverrides={}\n");
  });
});

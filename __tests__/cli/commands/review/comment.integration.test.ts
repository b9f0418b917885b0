import { readFileSync, writeFileSync } from "node:fs";
import { assertSynthesized, updateChangeRequest, withErrorReport } from "../../../../cli/commands/review/comment";
import type { PullRequest } from "../../../../cli/forge/github/pull-request";
import { CommandError } from "../../../../cli/terminal/command-error";
import { ALICE, BOB, GITHUB_ACTIONS } from "../../../support/answering-github";
import { COMMIT, pullRequestsInTests } from "../../../support/pull-requests";

const { github, changeRequest, file } = pullRequestsInTests();
const readText = (name: string) => readFileSync(file(name), "utf8");

describe("a pull request is updated", () => {
  const tell = (report: string, changed?: Partial<PullRequest>) =>
    updateChangeRequest(changeRequest(changed), { head: [report], sections: [] });
  const bodies = () => github.comments.map(({ body }) => body);

  test("a pull request is updated in one comment, and in the summary", async () => {
    await tell("## ✅ First");
    expect(readText("summary")).toBe("## ✅ First\n");
    await tell("## ⚠️ Second");
    expect(bodies()).toEqual(["<!-- support-app review -->\n## ⚠️ Second\n"]);
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

  test("a fork's pull request is updated only in the summary: its token only reads", async () => {
    await tell("## ⚠️ Fork", { isFork: true });
    expect(readText("summary")).toBe("## ⚠️ Fork\n");
    expect(github.asked).toEqual([]);
  });
});

const OF_NOTHING = { head: ["## ✅ Nobody's access changes"], sections: [] };

describe("an error", () => {
  test("an error turns the comment red", async () => {
    await updateChangeRequest(changeRequest(), OF_NOTHING);
    const error = new CommandError('Received the folder "head", expected a folder that exists.');
    await expect(withErrorReport(changeRequest(), () => Promise.reject(error))).rejects.toBe(error);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toBe(`<!-- support-app review -->
## The review ended with an error

    Received the folder "head", expected a folder that exists.

It is unknown what access this pull request gives or takes. Earlier reports no longer apply.

Reviewed: ${COMMIT.slice(0, 8)}
`);
    expect(readText("summary")).toContain("## The review ended with an error");
  });

  test("an error is still the error if GitHub can't be updated", async () => {
    github.failures.set("GET /repos/acme/access/issues/7/comments", { status: 502, message: "Bad Gateway" });
    const error = new CommandError("Received no plan.");
    const reported = withErrorReport(changeRequest(), () => Promise.reject(error));
    await expect(reported).rejects.toMatchObject({
      message: `Received no plan.\nGitHub answered GET /repos/acme/access/issues/7/comments with status 502 ("Bad Gateway"). Run the job again.`,
      cause: error,
    });
  });

  test("an error of GitHub is reported once", async () => {
    github.failures.set("GET /repos/acme/access/issues/7/comments", { status: 502, message: "Bad Gateway" });
    const reported = withErrorReport(changeRequest(), () => updateChangeRequest(changeRequest(), OF_NOTHING));
    await expect(reported).rejects.toThrow(/^GitHub answered .* with status 502 .* Run the job again\.$/);
  });

  test("an error of anything else is one line", async () => {
    const error = new TypeError("x is not\na function");
    await expect(withErrorReport(changeRequest(), () => Promise.reject(error))).rejects.toBe(error);
    expect(github.comments[0]?.body).toContain("\n\n    x is not\\u{000a}a function\n\nIt is unknown");
  });

  test("an error isn't reported if the work succeeds", async () => {
    await expect(withErrorReport(changeRequest(), async () => 3)).resolves.toBe(3);
    expect(github.asked).toEqual([]);
  });
});

describe("a report that is too long", () => {
  const section = (title: string, size: number) => ({
    title,
    lines: ["<details>", "", "x".repeat(size), "</details>"],
  });
  const report = {
    head: ["## Head"],
    sections: [section("the first", 40_000), section("the second", 40_000), section("the third", 20_000)],
  };

  test("a report that is too long for a comment lacks whole sections, which it names, and the summary has them", async () => {
    Object.assign(process.env, {
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "acme/access",
      GITHUB_RUN_ID: "5",
    });
    await updateChangeRequest(changeRequest(), report);
    const body = github.comments[0]?.body ?? "";
    expect(body.length).toBeLessThan(65_536);
    expect(body.match(/^x+$/gm)?.map(({ length }) => length)).toEqual([40_000, 20_000]);
    expect(body).toContain(
      "## Head\n> [!CAUTION]\n> This report is too long for this place. Left out: the second. All of it is in the job's log; [the job's summary](https://github.com/acme/access/actions/runs/5) has more than this comment can hold. Read it before you approve.\n",
    );
    expect(readText("summary").match(/^x+$/gm)).toHaveLength(3);
    expect(readText("summary")).not.toContain("CAUTION");
  });

  test("a report that is too long for a summary, which is measured in bytes, lacks whole sections there, too", async () => {
    const euros = (title: string) => ({ title, lines: ["€".repeat(200_000)] });
    await updateChangeRequest(changeRequest(), { head: ["## Head"], sections: [euros("one"), euros("two")] });
    expect(readText("summary").match(/€+/g)).toHaveLength(1);
    expect(readText("summary")).toContain("Left out: two. All of it is in the job's log. Read");
    expect(Buffer.byteLength(readText("summary"))).toBeLessThan(1_048_576);
  });
});

describe("a synth that failed", () => {
  const reported = async (log: string | Buffer) => {
    writeFileSync(file("synth.log"), log);
    await withErrorReport(changeRequest(), async () =>
      assertSynthesized({ SUPPORT_APP_SYNTH: "failure" }, file("synth.log")),
    ).catch(() => undefined);
    return github.comments[0]?.body ?? "";
  };

  test("the comment on a synth that failed begins with what it printed, whole, without npm's banner", async () => {
    const sentence = `environments.yaml:3:5: Received "ful", expected full. ${"Did you mean without? ".repeat(40)}End.`;
    const body = await reported(`\n> app@1.0.0 synth\n> node main.ts\n\n\u001b[31m${sentence}\u001b[0m\r\nFix it.\n`);
    expect(body).toBe(
      `<!-- support-app review -->\n## This can't be synthesized\n\n    ${sentence}\n    Fix it.\n\nThat is what synth printed last. It is unknown what access this pull request gives or takes. Earlier reports no longer apply.\n\nReviewed: ${COMMIT.slice(0, 8)}\n`,
    );
  });

  test("a synth that failed can print nothing that isn't code, and not more than the end of it", async () => {
    const hostile = ["\n\n</details> @everyone", "## ✅ Nobody's access changes", "\u202e"];
    const body = await reported([...Array(900).fill("z".repeat(100)), ...hostile].join("\n"));
    const codeLines = body.split("\n\n")[1]?.split("\n") ?? [];
    for (const line of codeLines) expect(line).toMatch(/^ {4}(z{100}$|[^z]*$)/); // each whole
    expect(body).toContain("    ## ✅ Nobody's access changes\n    \\u{202e}\n");
    expect(body.length).toBeLessThan(60_000);
  });
});

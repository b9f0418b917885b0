import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ALICE, BOB, gitLabInTests, MERGE_COMMIT } from "../../../support/answering-gitlab";
import { ONCALL, stackOf } from "../../../support/edited-stack";
import { mergeRequestEnvironment } from "../../../support/merge-requests";
import { reviewingInTests } from "../../../support/reviewing";

const { scratch, review, folderOf } = reviewingInTests();
const gitlab = gitLabInTests();
const before = { ...process.env };
beforeEach(() => {
  Object.assign(process.env, mergeRequestEnvironment(gitlab), {
    ...{ SUPPORT_APP_SYNTH: "success", SUPPORT_APP_AUTHOR_MAY_APPROVE: "" },
  });
});
afterEach(() => {
  process.env = { ...before };
});

const ALL = folderOf({ paid: stackOf(`full: { ${ONCALL} }`) });
const LESS = folderOf({ paid: stackOf(`full: { ${ONCALL}, without: [live-chat, resolve-cases] }`) });
const reviewed = (base: string, head: string, ...args: readonly string[]) =>
  review("--gitlab", "--base", base, "--head", head, ...args);

const approve = (author: typeof BOB, body: string) => {
  const time = "2026-01-01T00:00:00.000Z";
  const note = { id: 800 + gitlab.notes.length, body, author, system: false, imported: false };
  gitlab.notes.push({ ...note, created_at: time, updated_at: time });
};

test("a change that gives access is reported in a comment, and passes once somebody else approves exactly it with another", async () => {
  const { status, output } = await reviewed(LESS, ALL);
  expect(status).toBe(3);
  const [comment] = gitlab.notes;
  expect(comment?.body).toContain(output); // the log has all of it, too
  const [, digest = ""] = output.match(/^Digest of this change: `([a-z2-7]{40})`$/m) ?? [];
  expect(output).toContain(
    `Approve exactly this change with a comment that is only \`approved-${digest}\`, written by somebody who is neither the author of the merge request nor has pushed to it. Then run the job \`access\` again.\n`,
  );
  expect(comment?.body).toContain(`<sub>Reviewed commit: ${MERGE_COMMIT}</sub>`);
  expect(gitlab.merge.labels).toEqual(["access-broadened"]);

  approve(ALICE, `approved-${digest}`);
  expect((await reviewed(LESS, ALL)).status).toBe(3);
  expect(gitlab.notes[0]?.body).toContain(
    `- The comment \`approved-${digest}\`, written by \`alice\` at 2026-01-01T00:00:00Z, doesn't approve it: that is the author of the merge request.`,
  );
  approve(BOB, `approved-${"z".repeat(40)}`);
  expect((await reviewed(LESS, ALL)).status).toBe(3);

  approve(BOB, `approved-${digest}`);
  const approved = await reviewed(LESS, ALL);
  expect(approved.status).toBe(0);
  expect(approved.output).toContain("This change **is approved**.");
  expect(gitlab.notes).toHaveLength(4); // the report and three of people
  expect((await reviewed(ALL, LESS)).status).toBe(0);
  expect(gitlab.merge.labels).toEqual([]);
});

test("a merge request that has moved on leaves the earlier report as it is", async () => {
  await reviewed(LESS, ALL);
  const bodies = gitlab.notes.map(({ body }) => body);
  gitlab.merge.sha = "f".repeat(40);
  const { status, output } = await reviewed(ALL, LESS);
  expect(status).toBe(1);
  expect(output).toContain("it has moved on");
  expect(gitlab.notes.map(({ body }) => body)).toEqual(bodies);
});

test("what synth printed is shown if it failed, and no command in it is run by GitLab", async () => {
  process.env.SUPPORT_APP_SYNTH = "failed";
  const log = join(scratch, "synth.log");
  writeFileSync(log, "```\n/approve\n/merge\n");
  const { status } = await reviewed(LESS, ALL, "--synth-log", log);
  expect(status).toBe(1);
  expect(gitlab.notes[0]?.body).toContain("/merge");
  expect(gitlab.notes[0]?.body).not.toMatch(/^\s*\/\w/m);
});

test("--plans is wrong usage, since no job plans a merge request", async () => {
  const { status, output } = await reviewed(LESS, ALL, "--plans", "plans");
  expect(status).toBe(2);
  expect(output).toContain("Received --plans with --gitlab, expected --plan: no job there plans a change.");
});

test("both forges at once are wrong usage", async () => {
  const { status, output } = await reviewed(LESS, ALL, "--github");
  expect(status).toBe(2);
  expect(output).toContain("--github");
});

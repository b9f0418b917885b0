import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gitLabInTests, MERGE_COMMIT } from "../../../support/answering-gitlab";
import { ONCALL, stackOf } from "../../../support/edited-stack";
import { mergeRequestEnvironment } from "../../../support/merge-requests";
import { reviewingInTests } from "../../../support/reviewing";

const { scratch, review, folderOf } = reviewingInTests();
const gitlab = gitLabInTests();
const before = { ...process.env };
beforeEach(() => {
  Object.assign(process.env, mergeRequestEnvironment(gitlab), { SUPPORT_APP_SYNTH: "success" });
});
afterEach(() => {
  process.env = { ...before };
});

const ALL = folderOf({ paid: stackOf(`full: { ${ONCALL} }`) });
const LESS = folderOf({ paid: stackOf(`full: { ${ONCALL}, without: [live-chat, resolve-cases] }`) });
const reviewed = (base: string, head: string, ...args: readonly string[]) =>
  review("--gitlab", "--base", base, "--head", head, ...args);

test("a change is reported in one comment of the merge request, and nothing is asked for", async () => {
  const { status, output } = await reviewed(LESS, ALL);
  expect(status).toBe(0);
  expect(output).toContain("## People gain access in 1 of 1 environment\n");
  expect(gitlab.notes.map(({ body }) => body)).toEqual([expect.stringContaining(output)]); // the log has all of it, too
  expect(gitlab.notes[0]?.body).toContain(`Reviewed: ${MERGE_COMMIT.slice(0, 8)} · `);
  const merge = "/projects/5/merge_requests/7";
  expect(gitlab.asked).toEqual([
    `GET ${merge}`,
    `GET ${merge}/diffs`,
    "GET /user",
    `GET ${merge}/notes`,
    `POST ${merge}/notes`,
  ]);
  await reviewed(ALL, LESS);
  expect(gitlab.notes).toHaveLength(1);
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

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../../support/synthesize";

const scratch = mkdtempSync(join(tmpdir(), "support-app-workflow-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** GitHub's command, which writes down what it is asked and answers what a test has put there. */
const GH = `#!/bin/sh
echo "$@" >> "$GH_LOG"
case "$*" in
  "pr view"*) cat "$GH_LABEL" ;;
  *comments*--jq*) cat "$GH_COMMENT" ;;
esac
for arg in "$@"; do case "$arg" in body=@*) cp "\${arg#body=@}" "$GH_BODY" ;; esac; done
`;
const bin = join(scratch, "bin");
mkdirSync(bin);
writeFileSync(join(bin, "gh"), GH);
chmodSync(join(bin, "gh"), 0o755);

function artifact(side: string, full: string): void {
  const folder = join(scratch, "review", side);
  mkdirSync(join(folder, "stacks/paid"), { recursive: true });
  const yaml = `environments: { paid: { account: "111122223333", region: us-east-1, full: ${full} } }`;
  writeFileSync(join(folder, "stacks/paid/cdk.tf.json"), synthesize(yaml).paid ?? "");
  writeFileSync(
    join(folder, "manifest.json"),
    '{"stacks":{"paid":{"synthesizedStackPath":"stacks/paid/cdk.tf.json"}}}',
  );
}

/** Runs what the workflow runs. */
function run({ label = "", comment = "", fork = false } = {}) {
  const file = (name: string, text = "") => {
    writeFileSync(join(scratch, name), text);
    return join(scratch, name);
  };
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    FOLDER: join(scratch, "review"),
    GITHUB_OUTPUT: file("output"),
    GITHUB_STEP_SUMMARY: file("summary"),
    GITHUB_REPOSITORY: "acme/access",
    PULL_REQUEST: "7",
    FROM_FORK: String(fork),
    RUNNER_TEMP: scratch,
    GH_LOG: file("log"),
    GH_LABEL: file("label", label),
    GH_COMMENT: file("comment", comment),
    GH_BODY: file("body"),
  };
  const { status, stderr } = spawnSync("bash", [".github/review"], { env, encoding: "utf8" });
  const read = (name: string) => readFileSync(join(scratch, name), "utf8");
  return { status, stderr, calls: read("log"), body: read("body"), summary: read("summary"), output: read("output") };
}

const LESS = "{ without: [live-chat] }";

test("what gives more waits for a label of this very change", () => {
  artifact("base", LESS);
  artifact("head", "{}");
  const first = run();
  expect(first).toMatchObject({ status: 3, output: 'changed=["paid"]\n' });
  expect(first.body).toContain("<!-- support-app review -->\n## ⚠️ Access is broadened in 1 environment");
  expect(first.calls).toContain("pr edit 7 --add-label access-broadened");
  const [, label = ""] =
    first.body.match(/To approve this very change, add the label `(access-approved-[\da-f]{32})`/) ?? [];
  expect(label.length).toBeLessThanOrEqual(50); // GitHub's limit

  const approved = run({ label, comment: "42" });
  expect(approved.status).toBe(0);
  expect(approved.calls).toContain('select(.user.login == "github-actions[bot]" and'); // anybody can write the mark
  expect(approved.calls).toContain("--method PATCH repos/acme/access/issues/comments/42"); // one comment, not two
  expect(run({ label: label.replace(/.$/, "x") }).status).toBe(3);
});

test.each(["--list-changed", "--help", "--head=../base", `${"a".repeat(32)}x`])(
  "a label that is no digest approves nothing: %s",
  (label) => {
    artifact("base", LESS);
    artifact("head", "{}");
    const { status, body } = run({ label: `access-approved-${label}` });
    expect(status).toBe(3);
    expect(body).toContain("Access is broadened");
  },
);

test("an error is told in the comment, and takes no warning away", () => {
  artifact("base", LESS);
  artifact("head", "{}");
  const plan = join(scratch, "review/plan-paid");
  mkdirSync(plan);
  writeFileSync(join(plan, "plan.json"), "{}");
  const { status, body, calls, stderr } = run();
  rmSync(plan, { recursive: true });
  expect(status).toBe(1);
  expect(stderr).toContain('of format "", expected a plan of format 1.x.');
  expect(body).toContain("The review ended with an error, which the run's log says");
  expect(calls).not.toMatch(/-label|label create/);
});

test("what takes passes, and the label goes", () => {
  artifact("base", "{}");
  artifact("head", LESS);
  const { status, calls } = run();
  expect(status).toBe(0);
  expect(calls).toContain("pr edit 7 --remove-label access-broadened");
});

test("a fork's report is in the summary: it may not comment", () => {
  artifact("base", LESS);
  artifact("head", "{}");
  const { status, calls, summary } = run({ fork: true });
  expect(status).toBe(3);
  expect(summary).toContain("Access is broadened");
  expect(calls).not.toMatch(/^(api|pr edit|label)/m);
});

test("nothing of a pull request reaches a shell: no expression stands in a script", () => {
  const review = readFileSync(".github/workflows/review.yml", "utf8");
  expect(review).toMatch(/types: \[.*\bedited\].*\n {4}branches: \[main\]/); // another branch to be merged into is another change
  for (const workflow of ["review", "deploy", "ci"]) {
    const text = readFileSync(`.github/workflows/${workflow}.yml`, "utf8");
    for (const [, script = ""] of text.matchAll(/run: (\|\n(?: {10,}.*\n)+|.*\n)/g))
      expect(script).not.toContain("${{");
    for (const [, uses = ""] of text.matchAll(/uses: (\S+)/g)) expect(uses).toMatch(/@[\da-f]{40}$/);
  }
  expect(execFileSync("bash", ["-n", ".github/review"], { encoding: "utf8" })).toBe("");
});

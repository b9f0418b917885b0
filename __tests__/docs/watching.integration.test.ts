import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parse } from "yaml";
import { folderInTests } from "../support/folder";
import { requestProblem } from "../support/gitlab-api";

const PAGE = readFileSync("docs/watching.md", "utf8");
const path = folderInTests();

/** What a block of the page has that begins with this text. */
function block(beginning: string) {
  const texts = [...PAGE.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);
  return parse(texts.find((text) => text.startsWith(beginning)) ?? "");
}

/** Runs a script with a program in place of another, which notes its arguments. */
function run(shell: readonly string[], script: string, program: string, text: string, env: NodeJS.ProcessEnv) {
  writeFileSync(path(program), `#!/bin/bash\nprintf '%s\\n' "$*" >> calls\n${text}\n`, { mode: 0o755 });
  const [command = "", ...args] = [...shell, "-c", script];
  const options = { cwd: path(), env: { ...env, PATH: `${path()}:${process.env.PATH}` }, encoding: "utf8" } as const;
  const { status, stderr } = spawnSync(command, args, options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining("command not found") });
  return {
    calls: readFileSync(path("calls"), "utf8").trimEnd().split("\n"),
    issue: readFileSync(path("issue.md"), "utf8"),
  };
}

/** Writes the reports of a night, by file. */
function write(reports: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(reports)) {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  }
}

const GITHUB = block("name: Doctor issue");
const URL = "https://github.com/acme/access/actions/runs/5";

function inGitHub(result: string, reports: Readonly<Record<string, string>>) {
  write(reports);
  const [{ run: script }] = GITHUB.jobs.issue.steps;
  const download = existsSync(path("doctor-paid")) ? "" : '[ "$1" = issue ]'; // gh fails if there is no artifact
  return run(["bash", "-e"], script, "gh", download, { RUN: "5", ISSUE: "7", RESULT: result, URL });
}

const REPORTS = { "doctor-paid/report.md": "### paid\n", "doctor-free/report.md": "### free\n" };

test.each([
  ["success", "close", REPORTS, "### free\n### paid\n"],
  ["failure", "reopen", {}, ""],
])(
  "after a nightly run with %s, GitHub's issue says where it is, with its reports if there are any, and the step does %s",
  (result, change, reports, text) => {
    const { calls, issue } = inGitHub(result, reports);
    expect(calls).toEqual([
      "run download 5 --pattern doctor-*",
      "issue edit 7 --body-file issue.md",
      `issue ${change} 7`,
    ]);
    expect(issue).toBe(`${result}: ${URL}\n\n${text}`);
  },
);

test("GitHub's issue takes a report of any length", () => {
  const { issue } = inGitHub("failure", { "doctor-paid/report.md": "é".repeat(100_000) });
  expect(issue.length).toBeLessThan(65_536);
});

test("GitHub's issue is written by a job that can write issues alone, after a run of the nightly workflow by its schedule", () => {
  const { name } = parse(readFileSync("cli/commands/init/files/.github/workflows/doctor.yml", "utf8"));
  expect(GITHUB.on).toEqual({ workflow_run: { workflows: [name], types: ["completed"] } });
  expect(GITHUB.permissions).toEqual({ actions: "read", issues: "write" });
  expect(GITHUB.jobs.issue.permissions).toBeUndefined();
  expect(GITHUB.jobs.issue.if).toContain("github.event.workflow_run.event == 'schedule'");
});

const GITLAB = block(".issue:");
/** Notes the request, and stores what it sends as curl reads it. */
const CURL = 'for word in "$@"; do case "$word" in description@*) cp "${word#description@}" sent.md ;; esac; done';

test.each([
  ["found", "on_failure", "reopen"],
  ["healthy", "on_success", "close"],
])("the job %s, which runs %s, sends the reports to GitLab's issue, and %s", (name, when, change) => {
  const { extends: base, variables, rules } = GITLAB[name];
  expect(rules).toEqual([{ when }]);
  const [script] = GITLAB[base].script;
  write(change === "close" ? { "reports/paid.md": "### paid\n" } : {});
  const { calls } = run(["bash", "-eo", "pipefail"], script, "curl", CURL, {
    ...variables,
    CI_PIPELINE_URL: URL,
    CI_API_V4_URL: "https://gitlab.com/api/v4",
    CI_PROJECT_ID: "5",
    SUPPORT_APP_ISSUE: "7",
    GITLAB_TOKEN: "glpat-a",
  });
  const [, method = "", state, url = ""] =
    calls[0]?.match(/--request (\w+) .*--data state_event=(\w+) https:\/\/gitlab\.com(\S+)$/) ?? [];
  expect([calls.length, state]).toEqual([1, change]);
  const payload = { description: readFileSync(path("sent.md"), "utf8"), state_event: state };
  expect(requestProblem(method, url, new URLSearchParams(), payload)).toBeUndefined();
  expect(payload.description).toBe(`${URL}\n\n${change === "close" ? "### paid\n" : ""}`);
});

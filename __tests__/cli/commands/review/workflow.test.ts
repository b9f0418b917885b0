import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly concurrency?: object;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, unknown>> };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: { readonly pull_request: { readonly types: readonly string[]; readonly branches: readonly string[] } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** This project's workflows, and those of a user's repository. */
const FOLDERS = [".github/workflows", "cli/commands/init/files/.github/workflows"];
const WORKFLOWS = FOLDERS.flatMap((folder) => readdirSync(folder).map((file) => `${folder}/${file}`));
const workflowIn = (file: string): Workflow => parse(readFileSync(file, "utf8"));
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);
const commandsOf = ({ steps }: Job) => steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

const review = workflowIn("cli/commands/init/files/.github/workflows/review.yml");
const job = (name: string): Job => review.jobs[name] ?? { steps: [] };

describe.each(WORKFLOWS)("%s", (file) => {
  const steps = stepsOf(workflowIn(file));

  test("nothing from a pull request reaches a shell: no script contains an expression", () => {
    expect(steps.map(({ run }) => run ?? "").filter((run) => run.includes("${{"))).toEqual([]);
  });

  test("each action is pinned to a commit", () => {
    for (const { uses = `@${"0".repeat(40)}` } of steps) expect(uses).toMatch(/@[\da-f]{40}$/);
  });

  test("no checkout leaves its token to later steps", () => {
    for (const { uses, with: given } of steps) {
      if (uses?.startsWith("actions/checkout@")) expect(given).toMatchObject({ "persist-credentials": false });
    }
  });
});

/** The commands of a script, without what keeps the runner from obeying their output. */
function withoutStop(run: string): string[] {
  const [first, second, ...rest] = run.trimEnd().split("\n");
  const isStopped =
    first === 'resume="$(cat /proc/sys/kernel/random/uuid)"' && second === 'echo "::stop-commands::$resume"';
  return isStopped && rest.at(-1) === 'echo "::$resume::"' ? rest.slice(0, -1) : [run];
}

test("whatever Terraform prints of a pull request isn't a command to the runner", () => {
  const scripts = commandsOf(job("plan"));
  expect(scripts.filter((run) => !run.includes("terraform"))).toEqual([]);
  const folder = mkdtempSync(join(tmpdir(), "support-app-workflow-"));
  try {
    writeFileSync(join(folder, "terraform"), "#!/bin/sh\necho ::error::obeyed\n", { mode: 0o755 });
    const env = {
      PATH: `${folder}:${process.env.PATH}`,
      RUNNER_TEMP: folder,
      TF_PLUGIN_CACHE_DIR: join(folder, "providers"),
    };
    const printed = () => scripts.map((run) => spawnSync("bash", ["-e", "-c", run], { env, encoding: "utf8" }).stdout);
    const once = printed();
    for (const output of once) {
      expect(output).toMatch(/^::stop-commands::([\da-f-]{36})\n(?:::error::obeyed\n)+::\1::\n$/);
    }
    expect(printed()).not.toEqual(once); // or the pull request could say what ends it
    expect(readFileSync(join(folder, "plan.json"), "utf8")).toContain("obeyed");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a review runs again if its answer may change: a commit, a label, another branch to merge into", () => {
  expect(review.on.pull_request).toEqual({
    types: ["opened", "synchronize", "reopened", "labeled", "unlabeled", "edited"],
    branches: ["main"],
  });
});

test.each(WORKFLOWS.filter((file) => file.startsWith("cli/")))(
  "%s holds no logic: each script is one command, of plain words and quoted variables, and npx installs nothing",
  (file) => {
    const word = /[\w./=^-]+|"\$[A-Z_]+[\w./-]*"/.source;
    const command = new RegExp(
      `^(exec )?(git|mkdir|npm|npx --no --|terraform)( (${word}))+( > "\\$RUNNER_TEMP/plan\\.json")?$`,
    );
    const commands = stepsOf(workflowIn(file)).flatMap(({ run }) => (run === undefined ? [] : withoutStop(run)));
    for (const one of commands) expect(one).toMatch(command);
  },
);

test("the synthesized folder is uploaded with the provider lock file, whose name begins with a dot", () => {
  const upload = job("synth").steps.find(({ uses }) => uses?.startsWith("actions/upload-artifact@"));
  expect(upload?.with).toMatchObject({ path: "cdktf.out", "include-hidden-files": true });
});

test("reviews once without plans, which nothing skips, and once with the plans that were made", () => {
  const base = ["git checkout --quiet --detach HEAD^1", "npm ci", 'npm run synth -- --output "$RUNNER_TEMP/base"'];
  const compare = 'npx --no -- support-app review --github --base "$RUNNER_TEMP/base" --head "$RUNNER_TEMP/head"';
  expect(commandsOf(job("access"))).toEqual([...base, compare]);
  expect(job("access")).toMatchObject({ needs: "synth", if: "always()" });
  const plans = 'mkdir -p "$RUNNER_TEMP/plans"';
  expect(commandsOf(job("plans"))).toEqual([...base, plans, `${compare} --plans "$RUNNER_TEMP/plans"`]);
  expect(job("plans")).toMatchObject({
    needs: ["synth", "plan"],
    if: "!cancelled() && needs.plan.result != 'skipped'",
  });
});

test("what the pull request's code could have uploaded is only taken for the head", () => {
  const downloads = Object.entries(review.jobs).flatMap(([name, { steps }]) =>
    steps.flatMap((step) => (step.uses?.includes("/download-artifact@") ? [[name, step.with, step.if]] : [])),
  );
  // By its ID: what has a name can be replaced between two jobs.
  const HEAD = { "artifact-ids": "${{ needs.synth.outputs.head }}" };
  expect(job("synth").outputs).toEqual({ head: "${{ steps.head.outputs.artifact-id }}" });
  expect(downloads).toEqual([
    ["access", { ...HEAD, path: "${{ runner.temp }}/head" }, "needs.synth.result == 'success'"],
    ["plan", { ...HEAD, path: "head" }, undefined],
    ["plans", { ...HEAD, path: "${{ runner.temp }}/head" }, "needs.synth.result == 'success'"],
    // Each plan job has overwritten what was there.
    ["plans", { pattern: "plan-*", path: "${{ runner.temp }}/plans" }, "needs.plan.result == 'success'"],
  ]);
  const uploads = job("plan").steps.filter(({ uses }) => uses?.includes("/upload-artifact@"));
  expect(uploads.map((step) => step.with)).toEqual([
    { name: "plan-${{ matrix.environment }}", path: "${{ runner.temp }}/plan.json", overwrite: true },
  ]);
});

test("plans only the environments that the review calls plannable", () => {
  expect(job("access").outputs).toEqual({ plannable: "${{ steps.review.outputs.plannable }}" });
  expect(job("access").steps.find(({ id }) => id === "review")?.run).toContain(" review --github ");
  const { needs, if: condition, strategy, steps } = job("plan");
  expect(needs).toEqual(["synth", "access"]);
  expect(strategy?.matrix).toEqual({ environment: "${{ fromJSON(needs.access.outputs.plannable) }}" });
  expect(condition).toContain("needs.access.outputs.plannable != '' && needs.access.outputs.plannable != '[]'");
  expect(steps.flatMap(({ uses, with: given }) => (uses?.includes("/download-artifact@") ? given : []))).toEqual([
    { "artifact-ids": "${{ needs.synth.outputs.head }}", path: "head" },
  ]);
});

test("the pull request's code runs where it can only read, and all other code is the base branch's", () => {
  expect(review.permissions).toEqual({ contents: "read" });
  expect(job("synth")).not.toHaveProperty("permissions");
  expect(JSON.stringify(job("synth"))).not.toMatch(/secrets\.|vars\.|github\.token/);
  const report = { contents: "read", issues: "write", "pull-requests": "write" };
  expect(job("access").permissions).toEqual(report);
  expect(job("plans").permissions).toEqual(report);
  for (const name of ["access", "plans"]) {
    const [checkout, base] = job(name).steps;
    expect(checkout).toMatchObject({ with: { ref: "${{ github.sha }}", "fetch-depth": 2 } }); // GitHub's merge of both
    expect(base?.run).toBe("git checkout --quiet --detach HEAD^1"); // before anything runs
  }
  expect(job("plan").permissions).toEqual({ contents: "read", "id-token": "write" });
  expect(JSON.stringify(job("plan").steps)).not.toMatch(/checkout|npm|node/); // Terraform reads data, and runs none of its code
});

describe("doctor.yml", () => {
  const { jobs, permissions } = workflowIn("cli/commands/init/files/.github/workflows/doctor.yml");
  const { watch, ...others } = jobs;
  const uses = (one: Job | undefined, action: string) =>
    one?.steps.filter((step) => step.uses?.startsWith(`actions/${action}@`)) ?? [];

  test("runs watch if that is configured, whatever doctor says about an environment, but not after a cancellation", () => {
    expect(watch).toMatchObject({
      needs: ["environments", "doctor"],
      if: "${{ !cancelled() && vars.SUPPORT_APP_WATCH == 'true' && needs.environments.result == 'success' }}",
      concurrency: { group: "watch", "cancel-in-progress": false },
    });
  });

  test("doctor's report is uploaded, unhealthy or not, by the only command that it runs", () => {
    const commands = commandsOf(jobs.doctor ?? { steps: [] });
    expect(commands.slice(1)).toEqual([
      'npx --no -- support-app doctor "$NAMES" --report "$RUNNER_TEMP/report.json"',
      'npx --no -- support-app doctor "$NAMES" --assume --report "$RUNNER_TEMP/report.json"',
    ]);
    const [upload] = uses(jobs.doctor, "upload-artifact");
    expect(upload).toMatchObject({ if: "always()", with: { path: "${{ runner.temp }}/report.json" } });
    const [download] = uses(watch, "download-artifact");
    const name = String(upload?.with?.name).replace("${{ matrix.for.job }}", "");
    expect(download?.with).toMatchObject({ pattern: `${name}*`, path: "${{ runner.temp }}/reports" });
    expect(commandsOf(watch ?? { steps: [] }).at(-1)).toContain(' --reports "$RUNNER_TEMP/reports" ');
  });

  test("the job that writes issues has no rights in AWS, and no other writes issues or has Slack's secret", () => {
    expect(permissions).toEqual({ contents: "read" });
    expect(watch?.permissions).toEqual({ contents: "read", issues: "write" });
    expect(JSON.stringify(watch)).not.toMatch(/aws|id-token|environment"/i);
    expect(JSON.stringify(others)).not.toMatch(/issues|secrets\.|github\.token/);
    const withSecrets = watch?.steps.filter((step) => JSON.stringify(step).match(/secrets\.|github\.token/));
    expect(withSecrets?.map(({ env }) => env)).toEqual([
      { GITHUB_TOKEN: "${{ github.token }}", SLACK_WEBHOOK_URL: "${{ secrets.SLACK_WEBHOOK_URL }}" },
    ]);
  });
});

test("the repository decides whether an author may approve, and GitHub whether synth succeeded", () => {
  for (const name of ["access", "plans"]) {
    expect(job(name).steps.at(-1)?.env).toMatchObject({
      SUPPORT_APP_AUTHOR_MAY_APPROVE: "${{ vars.SUPPORT_APP_AUTHOR_MAY_APPROVE }}",
      SUPPORT_APP_SYNTH: "${{ steps.base.outcome == 'success' && needs.synth.result || 'failure' }}",
    });
  }
});

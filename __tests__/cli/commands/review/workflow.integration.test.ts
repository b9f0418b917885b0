import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { PLAN_ROLE_FILE } from "../../../../cli/terraform/plan-role";
import { folderInTests } from "../../../support/folder";

// biome-ignore lint/suspicious/noExplicitAny: what a workflow has at any place
type Any = any;
type Job = { readonly steps: readonly Any[]; readonly [key: string]: Any };
type Workflow = { readonly permissions: Any; readonly jobs: Readonly<Record<string, Job>> };

/** This project's workflows, and those of a user's repository. */
const FOLDERS = [".github/workflows", "cli/commands/init/files/.github/workflows"];
const WORKFLOWS = FOLDERS.flatMap((folder) => readdirSync(folder).map((file) => `${folder}/${file}`));
const workflowIn = (file: string): Workflow => parse(readFileSync(file, "utf8"));
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps ?? []); // a job that calls a workflow has none
const commandsOf = ({ steps }: Job) => steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

/** Whether a job may do more than read the repository. */
const mayMore = ({ environment, permissions, ...rest }: Job, defaultPermissions: Any): boolean =>
  environment !== undefined ||
  JSON.stringify(permissions ?? defaultPermissions) !== JSON.stringify({ contents: "read" }) ||
  /secrets\b|github\.token/.test(JSON.stringify(rest));
/** setup-node caches by itself, unless it is told not to. */
const hasCache = ({ uses = "", with: inputs = {} }: Any): boolean =>
  uses.includes("cache") ||
  Object.entries(inputs).some(([name, value]) => name.includes("cache") && value !== false) ||
  (uses.startsWith("actions/setup-node@") && inputs["package-manager-cache"] !== false && inputs.cache === undefined);

const review = workflowIn("cli/commands/init/files/.github/workflows/review.yml");
const job = (name: string): Job => review.jobs[name] ?? { steps: [] };

describe.each(WORKFLOWS)("%s", (file) => {
  const steps = stepsOf(workflowIn(file));
  const isOfUser = file.startsWith("cli/");

  test("nothing from a pull request reaches a shell: no script contains an expression", () => {
    expect(steps.map(({ run }) => run ?? "").filter((run) => run.includes("${{"))).toEqual([]);
  });

  test("each action is pinned to a commit", () => {
    for (const { uses = `@${"0".repeat(40)}` } of steps) expect(uses).toMatch(/@[\da-f]{40}$/);
  });

  test("no job with credentials takes anything from a cache, which others can write; nor does any job of a user", () => {
    const { jobs, permissions } = workflowIn(file);
    const caching = Object.entries(jobs).filter(
      ([, candidate]) => (isOfUser || mayMore(candidate, permissions)) && (candidate.steps ?? []).some(hasCache),
    );
    expect(caching.map(([name]) => name)).toEqual([]);
  });

  test("no checkout leaves its token to later steps", () => {
    for (const { uses, with: inputs } of steps) {
      if (uses?.startsWith("actions/checkout@")) expect(inputs).toMatchObject({ "persist-credentials": false });
    }
  });
});

/** The commands of a script, without what keeps the runner from obeying their output. */
function withoutStop(run: string): string[] {
  const lines = run.trimEnd().split("\n");
  const [first, second, ...rest] = lines;
  const isStopped =
    first === 'resume="$(cat /proc/sys/kernel/random/uuid)"' && second === 'echo "::stop-commands::$resume"';
  return isStopped && rest.at(-1) === 'echo "::$resume::"' ? rest.slice(0, -1) : lines;
}

/** Also prints what a failed synth prints into a file, which the comment quotes. */
const LOGGED_SYNTH = 'npm run synth 2>&1 | tee "$RUNNER_TEMP/synth.log"';

/** Writes what the plan's Terraform merges into the stack. */
const OVERRIDE = `printf '%s\\n' "$OVERRIDE" > ${PLAN_ROLE_FILE}`;

/** Shows doctor's report in the run's summary. */
const SHOWN_REPORT = 'cat "$RUNNER_TEMP/report.md" >> "$GITHUB_STEP_SUMMARY"';

const folder = folderInTests();

test("whatever Terraform prints of a pull request isn't a command to the runner", () => {
  const [override, ...scripts] = commandsOf(job("plan"));
  expect(override).toBe(OVERRIDE); // prints nothing, since it goes into a file
  expect(scripts.filter((run) => !run.includes("terraform"))).toEqual([]);
  writeFileSync(folder("terraform"), "#!/bin/sh\necho ::error::obeyed\n", { mode: 0o755 });
  const env = { PATH: `${folder()}:${process.env.PATH}`, RUNNER_TEMP: folder() };
  const printedBy = (run = "") => spawnSync("bash", ["-e", "-c", run], { env, encoding: "utf8" }).stdout;
  const printed = scripts.map(printedBy);
  for (const output of printed) {
    expect(output).toMatch(/^::stop-commands::([\da-f-]{36})\n(?:::error::obeyed\n)+::\1::\n$/);
  }
  expect(printedBy(scripts[0])).not.toBe(printed[0]); // or the pull request could say what ends it
  expect(readFileSync(folder("plan.json"), "utf8")).toContain("obeyed");
});

test.each(WORKFLOWS.filter((file) => file.startsWith("cli/")))(
  "%s holds no logic: each line of a script is one command, of plain words and quoted variables, and npx installs nothing",
  (file) => {
    const word = /[\w./=^-]+|"\$[A-Z_]+[\w./-]*"/.source;
    const command = new RegExp(
      `^(exec )?(git|mkdir|npm|npx --no --|terraform|true)( (${word}))*( > "\\$RUNNER_TEMP/plan\\.json")?$`,
    );
    const commands = stepsOf(workflowIn(file)).flatMap(({ run }) => (run === undefined ? [] : withoutStop(run)));
    for (const line of commands)
      if (![OVERRIDE, LOGGED_SYNTH, SHOWN_REPORT].includes(line)) expect(line).toMatch(command);
  },
);

const FIRST_PLANNABLE = "${{ fromJSON(needs.access.outputs.plannable)[0] }}";

test("what the pull request's code could have uploaded is only taken for the head and for what a failed synth printed", () => {
  const downloads = Object.entries(review.jobs).flatMap(([name, { steps }]) =>
    steps.flatMap((step) => (step.uses?.includes("/download-artifact@") ? [[name, step.with, step.if]] : [])),
  );
  // By its ID: what has a name can be replaced between two jobs.
  const HEAD = { "artifact-ids": "${{ needs.synth.outputs.head }}" };
  const LOG = { "artifact-ids": "${{ needs.synth.outputs.log }}", path: "${{ runner.temp }}/log" };
  // The pull request's code chooses the outputs of its job: of several IDs, one may name what isn't there yet, and none names all.
  const IS_ID = "needs.synth.result == 'success' && needs.synth.outputs.head > 0";
  expect(job("synth").outputs).toEqual({
    head: "${{ steps.head.outputs.artifact-id }}",
    log: "${{ steps.log.outputs.artifact-id }}",
  });
  expect(downloads).toEqual([
    ["access", { ...HEAD, path: "${{ runner.temp }}/head" }, IS_ID],
    ["access", LOG, "needs.synth.outputs.log > 0"],
    ["plan", { ...HEAD, path: "head" }, undefined],
    ["plans", { ...HEAD, path: "${{ runner.temp }}/head" }, IS_ID],
    ["plans", LOG, "needs.synth.outputs.log > 0"],
    // Each plan job has overwritten what was there. A pattern's only match is extracted into the path itself.
    [
      "plans",
      { name: `plan-${FIRST_PLANNABLE}`, path: `\${{ runner.temp }}/plans/plan-${FIRST_PLANNABLE}` },
      "${{ !fromJSON(needs.access.outputs.plannable)[1] }}",
    ],
    ["plans", { pattern: "plan-*", path: "${{ runner.temp }}/plans" }, "fromJSON(needs.access.outputs.plannable)[1]"],
  ]);
  const uploads = job("plan").steps.filter(({ uses }) => uses?.includes("/upload-artifact@"));
  expect(uploads.map((step) => step.with)).toEqual([
    { name: "plan-${{ matrix.environment }}", path: "${{ runner.temp }}/plan.json", overwrite: true },
  ]);
});

test("Terraform plans only the environments that the review calls plannable", () => {
  expect(job("access").outputs).toEqual({
    plannable: "${{ steps.review.outputs.plannable }}",
    overrides: "${{ steps.review.outputs.overrides }}",
  });
  expect(job("access").steps.find(({ id }) => id === "review")?.run).toContain(" review --github ");
  const { needs, if: condition, strategy, steps } = job("plan");
  expect(needs).toEqual(["synth", "access"]);
  expect(strategy?.matrix).toEqual({ environment: "${{ fromJSON(needs.access.outputs.plannable) }}" });
  expect(condition).toContain("needs.access.outputs.plannable != '' && needs.access.outputs.plannable != '[]'");
  expect(steps.flatMap(({ uses, with: inputs }) => (uses?.includes("/download-artifact@") ? inputs : []))).toEqual([
    { "artifact-ids": "${{ needs.synth.outputs.head }}", path: "head" },
  ]);
  expect(steps.find(({ run }) => run === OVERRIDE)).toEqual({
    if: "needs.access.outputs.overrides != ''",
    run: OVERRIDE,
    env: { OVERRIDE: "${{ toJSON(fromJSON(needs.access.outputs.overrides)[matrix.environment]) }}" },
  });
});

test("the pull request's code runs where it can only read, and all other code is the base branch's", () => {
  expect(review.permissions).toEqual({ contents: "read" });
  expect(job("synth")).not.toHaveProperty("permissions");
  expect(JSON.stringify(job("synth"))).not.toMatch(/secrets\.|vars\.|github\.token/);
  const report = { contents: "read", "pull-requests": "write" };
  expect(job("access").permissions).toEqual(report);
  expect(job("plans").permissions).toEqual({ ...report, actions: "read" }); // which of the plan jobs succeeded
  for (const name of ["access", "plans"]) {
    const [checkout, base] = job(name).steps;
    expect(checkout).toMatchObject({ with: { ref: "${{ github.sha }}", "fetch-depth": 2 } }); // GitHub's merge of both
    expect(base?.run).toBe("git read-tree --empty\ngit clean -ffdxq\ngit reset --quiet --hard HEAD^1\n"); // before anything runs
  }
  expect(job("plan").permissions).toEqual({ contents: "read", "id-token": "write" });
  expect(JSON.stringify(job("plan").steps)).not.toMatch(/checkout|npm|node/); // Terraform reads data, and runs none of its code
});

test("GitHub says whether synth succeeded", () => {
  for (const name of ["access", "plans"]) {
    expect(job(name).steps.find(({ run }) => run?.includes(" review --github "))?.env).toMatchObject({
      SUPPORT_APP_SYNTH:
        "${{ steps.base.outcome == 'success' && needs.synth.outputs.head > 0 && needs.synth.result || 'failure' }}",
    });
  }
});

test("no job of doctor.yml may write anything or has a secret", () => {
  const { jobs, permissions } = workflowIn("cli/commands/init/files/.github/workflows/doctor.yml");
  expect(permissions).toEqual({ contents: "read" });
  expect(JSON.stringify(jobs).replaceAll('"id-token":"write"', "")).not.toMatch(/"write"|secrets\.|github\.token/);
});

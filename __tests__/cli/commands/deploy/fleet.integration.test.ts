import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { runSupportApp } from "../../../../cli/program";
import { gitHubInTests } from "../../../support/answering-github";
import { printedInTests } from "../../../support/printed";
import { standInForTerraform } from "../../../support/terraform-stand-in";

// The real Terraform deploys a fleet in __tests__/e2e/fleet.e2e.ts.
const ROOT = process.cwd();
const printed = printedInTests();
const project = standInForTerraform();
const { fails, meanwhile, drifted, envs } = project;
beforeEach(() => fleet({ a: "", b: "", c: "", d: "" }));

/** Writes environments, each with further YAML, and the app's output for them. */
function fleet(environments: Record<string, string>): void {
  const entries = Object.entries(environments);
  const lines = entries.map(
    ([name, keys], index) =>
      `  ${name}: { account: "${111122220000 + index}", region: us-east-1, ${keys} read-only: {} }`,
  );
  writeFileSync("environments.yaml", `defaults: { deploy-role: role/deployer }\nenvironments:\n${lines.join("\n")}\n`);
  for (const [name] of entries) code(name, "1");
}

/** The app's output for an environment. */
function code(name: string, digest: string): void {
  mkdirSync(join("cdktf.out/stacks", name), { recursive: true });
  const terraform = { output: { support_app_digest: { value: digest } }, resource: { aws_iam_role: { full: {} } } };
  writeFileSync(join("cdktf.out/stacks", name, "cdk.tf.json"), JSON.stringify(terraform));
}

/** What was run since the last time, as `ENVIRONMENT: COMMAND`. */
const calls = () => project.calls.map((call) => call.split(" ").slice(0, 2).join(" "));
/** The environments for which a command was run. */
const ran = (command: string) =>
  calls().flatMap((call) => (call.endsWith(`: ${command}`) ? [call.split(":")[0] ?? ""] : []));

async function run(...args: string[]) {
  for (const list of [project.calls, envs]) list.length = 0;
  const status = await runSupportApp(args);
  return { status, output: printed.splice(0).join("\n") };
}

const deploy = (...args: string[]) => run("deploy", "--changed", "--auto-approve", ...args);

test("all environments are deployed once, and none again until it changes", async () => {
  const first = await deploy();
  expect(first.status).toBe(0);
  expect(first.output.split("\n").slice(-5)).toEqual([
    ...["a", "b", "c", "d"].map((name, index) => `${name}  ${111122220000 + index}  deployed`),
    "4 environments: 4 deployed.",
  ]);
  expect(ran("apply")).toEqual(["a", "b", "c", "d"]);

  const { status, output } = await deploy();
  expect({ status, plans: ran("plan"), applies: ran("apply") }).toEqual({ status: 0, plans: [], applies: [] });
  expect(output.split("\n").slice(-2)).toEqual([
    "d (111122220003): applied already.",
    "4 environments: 4 applied already.",
  ]);

  code("a", "2");
  code("b", "2");
  expect((await deploy("b", "d", "c")).output).toContain("3 environments: 1 deployed; 2 applied already.");
  expect(ran("apply")).toEqual(["b"]);
});

const FIX =
  "1 of 4 environments failed or were not started: b. Fix the errors above, and run the same command again. A deploy skips what is deployed.";
test.each([
  ["state", "terraform state pull ended with the exit status 1 for b. Nothing was changed there."],
  ["apply", "terraform apply ended with the exit status 1 for b. Some of the changes may have been made."],
])("if %s fails, the others are deployed, and the failed one is deployed next time", async (command, sentence) => {
  fails.add(`${command} b`);
  const { status, output } = await deploy();
  expect(status).toBe(1);
  expect(output).toContain(sentence);
  expect(output.split("\n").slice(-2)).toEqual(["4 environments: 1 failed; 3 deployed.", FIX]);
  fails.clear();
  expect((await deploy()).status).toBe(0);
  expect(ran("apply")).toEqual(["b"]);
});

describe("canaries", () => {
  beforeEach(() => fleet({ a: "", b: "canary: true,", c: "", d: "canary: true," }));

  test("canaries are deployed before all others", async () => {
    expect((await deploy("--parallel", "4")).status).toBe(0);
    expect(ran("apply").slice(0, 2).sort()).toEqual(["b", "d"]);
    expect(calls().findIndex((call) => call.startsWith("a: "))).toBeGreaterThan(calls().lastIndexOf("d: apply"));
  });

  test("canaries that fail stop the others, but not other canaries", async () => {
    fails.add("apply b");
    const { status, output } = await deploy();
    expect(status).toBe(1);
    expect(output).toContain(
      "a  111122220000  not started, since a canary failed or isn't healthy\nb  111122220001  failed\n",
    );
    expect(ran("apply")).toEqual(["b", "d"]);
    expect(ran("init")).toEqual(["b", "d"]);
  });
});

test("several deploys at once print Terraform's output for each in one piece, share their providers, and are in one report", async () => {
  const temporary = project.folder("temp");
  mkdirSync(temporary);
  jest.spyOn(os, "tmpdir").mockReturnValue(temporary);
  fails.add("apply b");
  const { output } = await deploy("--parallel", "4", "--report", "report.json");
  const report = JSON.parse(readFileSync("report.json", "utf8"));
  expect(report.environments.slice(0, 2)).toEqual([
    { name: "a", account: "111122220000", result: "deployed" },
    { name: "b", account: "111122220001", result: "failed" },
  ]);
  for (const name of ["a", "b", "c", "d"]) {
    expect(output).toContain(`${name} says init\n${name} says plan\n${name} says apply\n`);
  }
  expect(new Set(envs.map(({ TF_PLUGIN_CACHE_DIR }) => TF_PLUGIN_CACHE_DIR))).toEqual(
    new Set([undefined, project.folder("cdktf.out/.terraform-providers")]), // of the app, and of Terraform
  );
  expect(readdirSync(temporary)).toEqual([]);
});

test("Ctrl-C lets running applies finish and starts no more, and the next run does the rest", async () => {
  const interrupt = async () => {
    while (ran("apply").length < 2) await new Promise(setImmediate);
    process.emit("SIGINT", "SIGINT");
  };
  for (const name of ["a", "b"]) meanwhile.set(`apply ${name}`, interrupt);
  const { status, output } = await deploy("--parallel", "2");
  expect(status).toBe(130);
  expect(output).toContain("4 environments: 2 not started; 2 deployed.");
  expect(output.split("\n").at(-1)).toBe("Received SIGINT. Run the same command again to continue from there.");
  expect((await deploy()).status).toBe(0);
  expect(ran("apply")).toEqual(["c", "d"]);
});

test("diff --drift distinguishes unchanged, drifted and undeployed environments, and failures", async () => {
  const drift = (...args: string[]) => run("diff", "--drift", ...args);
  await deploy();
  expect((await drift()).status).toBe(0);
  drifted.add("b");
  code("c", "2");
  const result = await drift("--parallel", "2");
  expect(result.status).toBe(6);
  expect(project.calls[0]).toBe("app: cdktf.out all");
  expect(result.output).toContain(
    "b  111122220001  drifted: somebody changed something by hand\nc  111122220002  not deployed as written in environments.yaml\n4 environments: 1 drifted; 1 not deployed as written in environments.yaml; 2 unchanged.",
  );
  expect(ran("apply")).toEqual([]);
  fails.add("plan a");
  const { status, output } = await drift();
  expect(status).toBe(1);
  expect(output).toMatch(/ Fix the errors above, and run the same command again\. A deploy skips what is deployed\.$/);
});

test("a plan that fails may wait for a lock, whose release is named: by its ID or, in GitLab, on the page of the project's states", async () => {
  fleet({
    a: "",
    b: "backend: { type: http, address: https://gitlab.com/api/v4/projects/acme%2Faccess/terraform/state },",
  });
  fails.add("plan a").add("plan b");
  const { status, output } = await deploy("a", "b");
  expect(status).toBe(1);
  const advice =
    "Fix the error above, and run this again. If the state is locked, wait until that run has ended. If it was cancelled or killed, release its lock";
  expect(output).toContain(
    `terraform plan ended with the exit status 1 for a. Nothing was changed there. ${advice} with the ID under "Lock Info": terraform '-chdir=cdktf.out/stacks/a' force-unlock ID`,
  );
  expect(output).toContain(`${advice} in Operate > Terraform states in the GitLab project, which shows whose it is`);
});

describe("the deploy workflow", () => {
  const COMMIT = "c".repeat(40);
  const github = gitHubInTests();
  beforeEach(() => {
    github.branches.set("main", COMMIT);
    const variables = { GITHUB_REPOSITORY: "acme/access", GITHUB_API_URL: github.url };
    Object.assign(process.env, variables, { GITHUB_SHA: COMMIT, GITHUB_REF: "refs/heads/main" });
  });

  const { jobs } = parse(readFileSync(join(ROOT, "cli/commands/init/files/.github/workflows/deploy.yml"), "utf8"));

  test("the deploy workflow deploys nothing after something newer was merged, since that may be deployed already", async () => {
    Object.assign(process.env, { GITHUB_TOKEN: "t0ken", SLACK_BOT_TOKEN: "xoxb-1", GITHUB_OUTPUT: "outputs" });
    expect((await deploy("a", "--github")).status).toBe(0);
    expect([envs[0]?.GITHUB_TOKEN, envs[0]?.SLACK_BOT_TOKEN, ran("apply")]).toEqual([undefined, undefined, ["a"]]);

    github.branches.set("main", "d".repeat(40));
    process.env.GITHUB_TOKEN = "t0ken";
    expect(await deploy("a", "--github", "--report", "report.json")).toEqual({
      status: 0, // not red: the other run deploys it
      output: `Not deployed: ${"d".repeat(40)} is the newest commit on main, and its own workflow run deploys it. Nothing was changed. Start a workflow run by hand if there is none.`,
    });
    expect(calls()).toEqual([]);
    expect(readFileSync("outputs", "utf8")).toBe("overtaken=true\n");
    expect(readFileSync("report.json", "utf8")).toContain('"result": "overtaken"');
    expect(jobs.canaries.outputs.overtaken).toContain("steps.changed.outputs.overtaken");
    const deploying = jobs.others.steps.filter(({ run = "" }) => run.includes("support-app"));
    const checked = { run: expect.stringContaining(" --github"), env: { GITHUB_TOKEN: "${{ github.token }}" } };
    expect(deploying).toMatchObject([checked, checked]);
  });

  test("the deploy workflow makes the others wait until the canaries are deployed and healthy", () => {
    expect(jobs.doctor.needs).toEqual(["environments", "canaries"]);
    expect(jobs.others.needs).toEqual(["environments", "plan", "canaries", "doctor"]);
    for (const job of ["canaries", "doctor"]) {
      expect(jobs.others.if).toContain(`contains(fromJSON('["success", "skipped"]'), needs.${job}.result)`);
    }
    expect(jobs.doctor.environment).toBe("doctor-${{ matrix.for.environment }}");
    expect(jobs.others.environment).toBe("${{ matrix.for.environment }}");
    expect(jobs.others.concurrency).toEqual({ group: "deploy-${{ matrix.for.job }}", "cancel-in-progress": false });
    expect(jobs.others.steps).toEqual(jobs.canaries.steps);
  });

  test("the deploy workflow deploys nothing of which a plan should be approved and isn't there", () => {
    expect(jobs.plan.if).toContain("vars.SUPPORT_APP_PLAN == 'true'");
    expect(jobs.plan.environment).toBe("drift-${{ matrix.for.environment }}"); // which has no reviewers
    const planning = jobs.plan.steps.filter(({ run = "" }) => run.includes("support-app"));
    expect(planning).toMatchObject([
      { if: "${{ !inputs.unchanged }}", run: expect.stringContaining(' diff --changed "$NAMES" ') },
      { if: "inputs.unchanged", run: expect.stringContaining(' diff "$NAMES" ') },
    ]);
    for (const { needs, if: condition } of [jobs.canaries, jobs.others]) {
      expect(needs).toContain("plan");
      expect(condition).not.toContain("needs.plan"); // an environment whose plan failed holds no other back
    }
    // GitHub skips a job without a status function in its condition if any job before it was skipped, not only one that it needs.
    for (const name of ["canaries", "doctor", "others", "summary", "deployed"])
      expect(jobs[name].if).toMatch(/!cancelled\(\)|always\(\)/);
    const deploying = jobs.others.steps.filter(({ run = "" }) => run.includes("support-app"));
    const PLANNED = "${{ vars.SUPPORT_APP_PLAN == 'true' && format('{0}/planned/report.json', runner.temp) || '' }}";
    const refusing = { run: expect.stringContaining(' --planned "$PLANNED"'), env: { PLANNED } };
    expect(deploying).toMatchObject([refusing, refusing]);
  });
});

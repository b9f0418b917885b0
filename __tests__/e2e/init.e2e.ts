import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { name, peerDependencies, version } from "../../package.json";
import { type AnsweringGitHub, answerAsGitHub } from "../support/answering-github";
import { copySources } from "../support/packed";
import { thoroughTest } from "../support/thorough";
import { newAccount, readAccount, readChannels } from "./support/account";
import { startAws } from "./support/doctor";
import { createBucket } from "./support/examples";
import { type Ended, type Project, run } from "./support/project";

const EARLIER = "0.0.9";
const WORKFLOWS = ".github/workflows";
const REVIEW = `${WORKFLOWS}/review.yml`;

/** What the page's example adds to the stacks, and a role. */
const [, EXAMPLE = ""] =
  readFileSync("docs/your-repository.md", "utf8").match(/```ts\n(import \{ CloudwatchLogGroup \}.*?)```/s) ?? [];
const MAIN = EXAMPLE.replace(
  "\n});",
  `
  new IamRole(stack, "extra", {
    name: "extra",
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
    }),
  });
});`,
).replace("import", 'import { IamRole } from "@cdktf/provider-aws/lib/iam-role";\nimport');

const account = newAccount();
const scratch = mkdtempSync(join(process.env.E2E_SCRATCH ?? tmpdir(), "init-"));
const project: Project = { name: "init", folder: join(scratch, "slack-access") };
const temp = join(scratch, "runner");

let github: AnsweringGitHub;
beforeAll(async () => {
  mkdirSync(temp);
  github = await answerAsGitHub();
});
afterAll(async () => {
  await github.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** A clone, which no registry has anything of. */
function clone(name: string): string {
  const source = join(scratch, name);
  copySources(source);
  return source;
}

/** A clone of the version before: with another workflow of reviews, and without doctor's. */
function earlierClone(): string {
  const source = clone("earlier");
  const file = join(source, "package.json");
  writeFileSync(file, readFileSync(file, "utf8").replace(`"version": "${version}"`, `"version": "${EARLIER}"`));
  const files = join(source, "cli/commands/init/files");
  rmSync(join(files, WORKFLOWS, "doctor.yml"));
  writeFileSync(join(files, REVIEW), `# Before.\n${readFileSync(join(files, REVIEW), "utf8")}`);
  return source;
}

/** Runs a script as a step of a workflow does, in a folder of the repository. */
async function step(script: string, env: NodeJS.ProcessEnv = {}, folder = "."): Promise<Ended> {
  const runner = { RUNNER_TEMP: temp, GITHUB_OUTPUT: join(temp, "output"), GITHUB_STEP_SUMMARY: join(temp, "summary") };
  return run(project, "bash", ["-e", "-c", `cd "${folder}"\n${script}`], { as: account, env: { ...runner, ...env } });
}

/** The same, of one that is expected to work. */
async function works(script: string, env?: NodeJS.ProcessEnv, folder?: string): Promise<string> {
  const { status, output } = await step(script, env, folder);
  expect({ script, status, output: status === 0 ? "" : output }).toEqual({ script, status: 0, output: "" });
  return output;
}

/** The scripts of a job, but for the installation, which has been done. */
function scriptsOf(workflow: string, job: string): string[] {
  const { jobs } = parse(readFileSync(join(project.folder, WORKFLOWS, workflow), "utf8"));
  const steps: { run?: string }[] = jobs[job].steps;
  return steps.flatMap(({ run }) => (run === undefined || run.includes("npm ci") ? [] : [run]));
}

/** The output of a step that has just set it. */
function outputOf(key: string): readonly unknown[] {
  const lines = readFileSync(join(temp, "output"), "utf8").trim().split("\n");
  return JSON.parse(lines.findLast((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? "null");
}

function writeEnvironments(bucket: string, full: string): void {
  writeFileSync(
    join(project.folder, "environments.yaml"),
    `environments:
  production:
    account: "${account}"
    region: us-east-1
    backend: { type: s3, bucket: ${bucket}, region: us-east-1 }
    full: ${full}
`,
  );
}

/** What every job is told of GitHub. */
function repository(): NodeJS.ProcessEnv {
  return { GITHUB_REPOSITORY: "acme/access", GITHUB_API_URL: github.url, GITHUB_TOKEN: "token" };
}

/** deploy.yml, with no earlier run that has deployed everything. */
async function deploy(): Promise<void> {
  for (const name of ["base", "head"]) rmSync(join(temp, name), { recursive: true, force: true });
  const commit = { ...repository(), GITHUB_SHA: "c".repeat(40), GITHUB_REF: "refs/heads/main" };
  github.branches.set("main", commit.GITHUB_SHA);
  const [last = "", , synth = "", list = ""] = scriptsOf("deploy.yml", "environments");
  expect(await works(last, commit)).toBe(""); // so there is no base
  await works(synth);
  await works(list);
  const production = { job: "production", environment: "production", names: "production" };
  expect(outputOf("others")).toEqual([production]);
  const [script = ""] = scriptsOf("deploy.yml", "others");
  const reports = join(temp, "reports", "deployed-production");
  mkdirSync(reports, { recursive: true });
  const job = { ...commit, NAMES: "production", PLANNED: "", RUNNER_TEMP: reports };
  const summary = scriptsOf("deploy.yml", "summary").at(-1) ?? "";
  const JOBS = JSON.stringify([[], [production]]);
  await works(script, job);
  expect(await works(summary, { JOBS })).toContain("1 environment: 1 deployed.");
  await works(script, job);
  expect(await works(summary, { JOBS })).toContain("1 environment: 1 applied already.");
}

/** review.yml, for a pull request: what the job `access` ends with and, once planned, the job `plans`. */
async function review(): Promise<readonly Ended[]> {
  for (const name of ["base", "head", "plans"]) rmSync(join(temp, name), { recursive: true, force: true });
  rmSync(join(project.folder, "cdktf.out"), { recursive: true, force: true }); // each job has a fresh checkout
  const [synth = ""] = scriptsOf("review.yml", "synth");
  await works(synth);
  cpSync(join(project.folder, "cdktf.out"), join(temp, "head"), { recursive: true });
  const [checkout = "", synthBase = "", access = ""] = scriptsOf("review.yml", "access");
  await works(checkout);
  await works(synthBase);
  await works("git checkout --quiet main");
  const sha = (await works("git rev-parse HEAD")).trim();
  const event = join(temp, "event.json");
  const head = { sha, repo: { full_name: "acme/access" } };
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7, head } }));
  const env = { ...repository(), GITHUB_EVENT_PATH: event, SUPPORT_APP_SYNTH: "success" };
  const first = await step(access, env);
  if (outputOf("plannable").length === 0) return [first]; // the jobs of plans are skipped
  const cache = { TF_PLUGIN_CACHE_DIR: join(temp, "providers") };
  for (const script of scriptsOf("review.yml", "plan"))
    await works(script, cache, join(temp, "head/stacks/production"));
  mkdirSync(join(temp, "plans/plan-production"), { recursive: true });
  cpSync(join(temp, "plan.json"), join(temp, "plans/plan-production/plan.json"));
  for (const name of [".terraform", ".terraform.lock.hcl", "plan"]) {
    rmSync(join(temp, "head/stacks/production", name), { recursive: true });
  }
  return [first, await step(scriptsOf("review.yml", "plans").at(-1) ?? "", env)];
}

thoroughTest(
  "from a clone to a deployed, reviewed and upgraded repository of one's own, without a registry's package of ours",
  async () => {
    const init = ["run", "--silent", "support-app", "--", "init", "../slack-access", "--account", account, "--full"];
    execFileSync("npm", init, { cwd: earlierClone() });
    const install = () => works("npm install --silent --no-audit --no-fund --prefer-offline");
    await install();
    expect(await works("npx --no -- support-app --version")).toBe(`${EARLIER}\n`);

    const identity = "git -c user.name=alice -c user.email=alice@example.com";
    await works(`git init --quiet --initial-branch main\ngit add .\n${identity} commit --quiet --message init`);

    // An upgrade by a packed package writes what is new in it.
    execFileSync("npm", ["pack", "--silent", "--pack-destination", scratch], { cwd: clone("current") });
    const tarball = `${name}-${version}.tgz`;
    const upgraded = await works(`npx --yes --prefer-offline ../${tarball} init --upgrade`);
    expect(upgraded).toContain(`${WORKFLOWS}/doctor.yml: added\n${REVIEW}: upgraded\n`);
    for (const file of ["review.yml", "deploy.yml", "doctor.yml", "drift.yml"]) {
      const path = join(WORKFLOWS, file);
      expect(readFileSync(join(project.folder, path), "utf8")).toBe(
        readFileSync(join("cli/commands/init/files", path), "utf8"),
      );
    }
    await install();
    expect(await works("npx --no -- support-app --version")).toBe(`${version}\n`);
    expect(readdirSync(join(project.folder, "vendor"))).toHaveLength(1);
    await works(`git add .\n${identity} commit --quiet --message upgrade`);
    expect(await works("npx --no -- support-app init --upgrade")).toContain("Nothing to upgrade: ");

    // npm has each peer once, but for what development tools have below them.
    const { packages }: { packages: Record<string, { dev?: boolean }> } = JSON.parse(
      readFileSync(join(project.folder, "package-lock.json"), "utf8"),
    );
    const installed = Object.entries(packages)
      .filter(([path, { dev }]) => !dev || !path.includes("/node_modules/"))
      .map(([path]) => path.replace(/^.*node_modules\//, ""));
    for (const peer of Object.keys(peerDependencies)) expect(installed.filter((name) => name === peer)).toEqual([peer]);

    const bucket = await createBucket(account);
    writeEnvironments(bucket, "{}");
    await works(`git add .\n${identity} commit --quiet --message base`);
    expect(await works("git status --porcelain --ignored")).not.toMatch(/^\?\?/m);
    await deploy();
    expect(Object.keys((await readAccount(account)).roles)).toEqual(["AWSSupportAppFullRole"]);

    writeEnvironments(
      bucket,
      "{ without: [live-chat], channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }] }",
    );
    writeFileSync(join(project.folder, "main.ts"), MAIN);
    await works(`${identity} commit --quiet --all --message "A channel, and resources of one's own"`);
    expect((await review()).map(({ status, output }) => (status === 0 ? "" : output))).toEqual([""]); // what isn't proven isn't planned
    const [comment] = github.comments;
    expect(comment?.body).toMatch(/^## Read this yourself: 1 of 1 environments/m);
    expect(comment?.body).toMatch(/\| everyone in `#oncall` \(`C01` of `T012ABCDEFG`\) \| \*\*view-cases, /);
    for (const address of ["aws_iam_role.extra", "aws_cloudwatch_log_group.log"])
      expect(comment?.body).toContain(`| \`${address}\` | added: `);

    // README's review by hand: what isn't committed would be in both folders.
    await works(
      "git switch --quiet --create again && git diff --stat --exit-code HEAD && npm run synth -- --output head",
    );
    await works("git switch --quiet main && npm run synth -- --output base && git switch --quiet -");
    expect(await works("npx --no -- support-app review --base base --head head")).toContain("Nobody's access changes");
    await works("git switch --quiet main");
    expect(await works("npx --no -- support-app diff production")).toContain("Plan: ");

    await deploy();
    expect(Object.keys(await readChannels(account))).toHaveLength(1);
    expect(Object.keys((await readAccount(account)).roles).sort()).toEqual(["AWSSupportAppFullRole", "extra"]);
    await works("npx --no -- support-app publish --out published");
    await works("npx --no -- support-app publish --check --out published");
    const { environments } = JSON.parse(readFileSync(join(project.folder, "published/access.json"), "utf8"));
    expect(environments).toMatchObject([
      { name: "production", accesses: [{ access: "full" }], channels: [{ name: "oncall", access: "full" }] },
    ]);
    expect(JSON.stringify(environments)).not.toContain("live-chat");
    const [list = ""] = scriptsOf("doctor.yml", "environments");
    await works(list);
    expect(outputOf("jobs")).toMatchObject([{ names: "production" }]);
    const [look = ""] = scriptsOf("drift.yml", "drift");
    await works(look, { NAMES: "production" });
    const [doctor = ""] = scriptsOf("doctor.yml", "doctor");
    const aws = await startAws();
    const healthy = await works(doctor, { NAMES: "production", AWS_ENDPOINT_URL: aws.endpoint });
    expect(healthy).toContain("production (");
    expect(healthy).toContain("is healthy.");
    await aws.close();

    await works("npx --no -- support-app destroy production --auto-approve");
    expect((await readAccount(account)).roles).toEqual({});
  },
);

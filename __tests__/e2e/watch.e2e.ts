import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { AttachRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { parse } from "yaml";
import { type AnsweringGitHub, answerAsGitHub } from "../support/answering-github";
import { iamIn, newAccount } from "./support/account";
import { type Aws, startAws } from "./support/doctor";
import { clickRole, trustIn, VIEWING } from "./support/examples";
import { createProject, deployed, type Ended, removeProjects, supportApp } from "./support/project";

const ROLE = "AWSSupportAppReadOnlyRole";
const TOKEN = "ghs_secret";
const production = newAccount();
const staging = newAccount();
const project = createProject(
  "watch",
  `defaults: { region: us-east-1 }
environments:
  production: { account: "${production}", read-only: {} }
  staging: { account: "${staging}", read-only: {} }
`,
);
const temp = join(project.folder, "runner");

let aws: Aws;
let github: AnsweringGitHub;
beforeAll(async () => {
  [aws, github] = await Promise.all([startAws(), answerAsGitHub()]);
  await deployed(project, "production", { as: production });
  await clickRole(staging, ROLE, VIEWING);
});
afterAll(async () => {
  await Promise.all([aws.close(), github.close()]);
  removeProjects();
});

/** The first command of a job of doctor.yml that has these words. */
function commandOf(job: string, words: string): string {
  const { jobs } = parse(readFileSync("cli/commands/init/files/.github/workflows/doctor.yml", "utf8"));
  const steps: { run?: string }[] = jobs[job].steps;
  return steps.find(({ run }) => run?.includes(words))?.run ?? "";
}

/** Runs a command as a step does. The workflow's commands are plain words and quoted variables. */
function step(command: string, as: string, env: Record<string, string>): Promise<Ended> {
  const [npx, no, end, name, ...words] = command.split(" ");
  expect([npx, no, end, name]).toEqual(["npx", "--no", "--", "support-app"]);
  const args = words.map((word) =>
    word.replace(/^"\$([A-Z_]+)(.*)"$/, (_, variable, rest) => `${env[variable]}${rest}`),
  );
  return supportApp(project, args, { as, endpoint: aws.endpoint, env });
}

/** A night: a job for each environment, and the job that watches. @param jobs the account whose credentials each has; undefined: its job doesn't begin */
async function night(jobs: Readonly<Record<string, string | undefined>>) {
  rmSync(temp, { recursive: true, force: true });
  const doctor: (number | null)[] = [];
  for (const [name, as] of Object.entries(jobs)) {
    if (as === undefined) continue;
    const RUNNER_TEMP = join(temp, name);
    mkdirSync(RUNNER_TEMP, { recursive: true });
    const { status } = await step(commandOf("doctor", " doctor "), as, { NAMES: name, RUNNER_TEMP });
    doctor.push(status);
    // As the artifacts are handed on.
    const [from, to] = [join(RUNNER_TEMP, "report.json"), join(temp, "watch/reports", `doctor-${name}`, "report.json")];
    mkdirSync(dirname(to), { recursive: true });
    if (existsSync(from)) cpSync(from, to);
  }
  const RUNNER_TEMP = join(temp, "watch");
  mkdirSync(RUNNER_TEMP, { recursive: true });
  const requestCount = github.asked.length;
  const { status, output } = await step(commandOf("watch", " watch "), production, {
    RUNNER_TEMP,
    GITHUB_REPOSITORY: "acme/access",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_API_URL: github.url,
    GITHUB_TOKEN: TOKEN,
    GITHUB_STEP_SUMMARY: join(RUNNER_TEMP, "step-summary.md"),
  });
  const files = ["watch.md", "watch.json", "step-summary.md"].map((file) =>
    readFileSync(join(RUNNER_TEMP, file), "utf8"),
  );
  expect([output, ...files].join()).not.toContain(TOKEN);
  const writeCount = github.asked.slice(requestCount).filter((call) => !call.startsWith("GET ")).length;
  const issues = github.issues.map(
    ({ number, state, title }) => `#${number} ${state} ${title.replace(/ \([\da-f]+\)$/, "")}`,
  );
  return { doctor, watch: status, written: writeCount, issues };
}

const EXTRA = "production: unexpected-access: read-only policy arn:aws:iam::aws:policy/AdministratorAccess";

test("an issue is opened, kept, closed, and opened again over nights in which an account breaks and heals", async () => {
  const healthy = { production, staging };
  expect(await night(healthy)).toEqual({ doctor: [0, 0], watch: 0, written: 0, issues: [] });

  // Somebody attaches a policy by hand.
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  const attach = () => iamIn(production).send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
  await attach();
  expect(await night(healthy)).toMatchObject({ doctor: [4, 0], watch: 4, issues: [`#101 open ${EXTRA}`] });
  expect(github.issues[0]?.body).toContain("npx support-app deploy production");

  // The next night, nothing changed in it, and another account breaks.
  const trustOf = (service: string) =>
    iamIn(staging).send(new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument: trustIn(service) }));
  await trustOf("ec2.amazonaws.com");
  const second = [`#101 open ${EXTRA}`, "#102 open staging: trust: read-only"];
  expect(await night(healthy)).toEqual({ doctor: [4, 4], watch: 4, written: 2, issues: second });

  // Neither account is seen: nothing is healed, though both are by then.
  await deployed(project, "production", { as: production });
  await trustOf("supportapp.amazonaws.com");
  const third = [...second, "#103 open production: not looked at", "#104 open staging: not looked at"];
  expect(await night({ production: staging, staging: undefined })).toMatchObject({
    doctor: [5],
    watch: 5,
    issues: third,
  });

  const healed = third.map((issue) => issue.replace(" open ", " closed "));
  expect(await night(healthy)).toEqual({ doctor: [0, 0], watch: 0, written: 8, issues: healed });
  expect(await night(healthy)).toMatchObject({ written: 0, issues: healed });

  await attach();
  expect(await night(healthy)).toMatchObject({ watch: 4, issues: healed.with(0, `#101 open ${EXTRA}`) });
  expect(github.issues[0]?.written.map(({ body }) => body)).toEqual([
    "Closed: this is no longer found, or environments.yaml no longer has it.",
    "Reopened: this is found again. To silence it, close it as not planned.",
  ]);
});

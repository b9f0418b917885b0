import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand } from "@aws-sdk/client-iam";
import { doctorReportSchema } from "../../cli/doctor/report";
import { type Identity, iamIn, newAccount } from "./account";
import { type Aws, startAws } from "./doctor";
import { allowUser, createDeployRole, createUser, policyDocument, trustIn } from "./examples";
import { createProject, removeProjects, supportApp } from "./project";

/** AWS's distance, in milliseconds: IAM answers from one region, which for most people is another continent. */
const DISTANCE = 100;
const COUNT = 200;
const ROLE = "AWSSupportAppReadOnlyRole";

const caller = newAccount();
const accounts = Array.from({ length: COUNT }, newAccount);
/** Two that nothing was made in: one has no deploy-role either. */
const [EMPTY, CLOSED] = [17, 101];

let aws: Aws;
let as: Identity;

function yaml(count: number): string {
  const environments = accounts
    .slice(0, count)
    .map(
      (account, index) =>
        `  account-${index}: { account: "${account}", deploy-role: "arn:aws:iam::${account}:role/terraform", read-only: {} }`,
    );
  return `defaults: { region: us-east-1 }\nenvironments:\n${environments.join("\n")}\n`;
}

beforeAll(async () => {
  aws = await startAws();
  as = await createUser(caller, "doctor");
  await allowUser(caller, "doctor", policyDocument({ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }));
  for (const [index, account] of accounts.entries()) {
    if (index === CLOSED) continue;
    await createDeployRole(account, undefined, caller);
    if (index === EMPTY) continue;
    const iam = iamIn(account);
    const AssumeRolePolicyDocument = trustIn("supportapp.amazonaws.com");
    const Action = ["support:DescribeCases", "support:DescribeCommunications"];
    const PolicyDocument = policyDocument({ Effect: "Allow", Action, Resource: "*" });
    await iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument }));
    await iam.send(new CreatePolicyCommand({ PolicyName: `${ROLE}Policy`, PolicyDocument }));
    const PolicyArn = `arn:aws:iam::${account}:policy/${ROLE}Policy`;
    await iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
  }
  aws.fault = async () => {
    await sleep(DISTANCE);
    return undefined;
  };
}, 120_000);

afterAll(async () => {
  await aws.close();
  removeProjects();
});

/** Runs doctor on that many environments: how long it took, the most memory it had, and what it said. */
async function examineAll(count: number, ...args: string[]) {
  let peak = 0;
  let watch: NodeJS.Timeout | undefined;
  const started = Date.now();
  const { status, stdout, output } = await supportApp(
    createProject(`doctor-accounts-${count}`, yaml(count)),
    ["doctor", "--all", "--assume", "--format", "json", ...args],
    {
      as,
      endpoint: aws.endpoint,
      onStart: ({ pid }) => {
        watch = setInterval(() => {
          const { stdout } = spawnSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
          peak = Math.max(peak, Number(stdout) / 1024);
        }, 500);
      },
    },
  );
  clearInterval(watch);
  return {
    status,
    output,
    peak,
    seconds: (Date.now() - started) / 1000,
    report: doctorReportSchema.parse(JSON.parse(stdout)),
  };
}

test(`${COUNT} accounts: none is dropped, memory stays flat, and it is at least five times as fast as one at a time`, async () => {
  const few = await examineAll(20);
  const all = await examineAll(COUNT);
  const oneByOne = await examineAll(COUNT, "--parallel", "1");
  const figures = { few, all, oneByOne };
  for (const [name, { seconds, peak }] of Object.entries(figures)) {
    process.stderr.write(`  ${name}: ${seconds.toFixed(1)} s, at most ${peak.toFixed(0)} MB\n`);
  }

  for (const { status, output, report } of [all, oneByOne]) {
    expect(status).toBe(4); // one is unhealthy
    expect(report.environments.map(({ account }) => account)).toEqual(accounts);
    const answers = report.environments.map(({ answer }) => answer);
    expect(answers[EMPTY]).toBe("unhealthy");
    expect(answers[CLOSED]).toBe("unknown");
    expect(answers.filter((answer) => answer === "healthy")).toHaveLength(COUNT - 2);
    for (const [index, { checks }] of report.environments.entries()) {
      expect(checks).toHaveLength(10);
      if (![EMPTY, CLOSED].includes(index)) expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
    }
    expect(output.match(/of 200: account-\d+ is (healthy|unhealthy|unknown)\.$/gm)).toHaveLength(COUNT);
  }
  expect(oneByOne.seconds / all.seconds).toBeGreaterThan(5);
  expect(all.peak).toBeLessThan(few.peak * 1.3);
}, 900_000);

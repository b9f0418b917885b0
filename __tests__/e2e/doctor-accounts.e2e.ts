import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { doctorReportSchema } from "../../cli/findings/doctor-report";
import { policyText } from "../support/policy-text";
import { isThorough } from "../support/thorough";
import { type Identity, newAccount } from "./support/account";
import { type Aws, startAws } from "./support/doctor";
import { allowUser, clickRole, createDeployRole, createUser, VIEWING } from "./support/examples";
import { createProject, removeProjects, supportApp } from "./support/project";

const COUNT = isThorough ? 200 : 50;
/** How many are looked at one at a time, which takes as long for each of them. */
const FEW = isThorough ? 20 : 8;
const ROLE = "AWSSupportAppReadOnlyRole";

const caller = newAccount();
const accounts = Array.from({ length: COUNT }, newAccount);
/** Two of the few that nothing was made in: one has no deploy-role either. */
const [EMPTY, CLOSED] = [7, 4];

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
  await allowUser(caller, "doctor", policyText({ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }));
  const limit = pLimit(16);
  await Promise.all(accounts.map((account, index) => limit(() => create(account, index))));
});

async function create(account: string, index: number): Promise<void> {
  if (index === CLOSED) return;
  await createDeployRole(account, undefined, caller);
  if (index === EMPTY) return;
  await clickRole(account, ROLE, VIEWING);
}

afterAll(async () => {
  await aws.close();
  removeProjects();
});

/**
 * Runs doctor on that many environments: the seconds of each from the first call to the last, the most memory it had, and
 * what it said.
 *
 * @param distance AWS's, in milliseconds
 */
async function examineAll(count: number, distance: number, ...args: string[]) {
  const times: number[] = [];
  aws.fault = async () => {
    times.push(Date.now());
    await sleep(distance);
    return undefined;
  };
  let peak = 0;
  let watch: NodeJS.Timeout | undefined;
  const { status, stdout, output } = await supportApp(
    createProject(`doctor-accounts-${count}`, yaml(count)),
    ["doctor", "--all", "--assume", "--format", "json", ...args],
    {
      as,
      endpoint: aws.endpoint,
      env: { NODE_OPTIONS: "--max-old-space-size=90" }, // in megabytes: what Node.js doesn't tidy up yet isn't counted
      onStart: ({ pid }) => {
        watch = setInterval(() => {
          const { stdout } = spawnSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
          peak = Math.max(peak, Number(stdout) / 1024);
        }, 500);
      },
    },
  );
  clearInterval(watch);
  const average = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000 / count;
  process.stderr.write(
    `  ${count} accounts, ${distance.toFixed(0)} ms away: ${average.toFixed(3)} s each, at most ${peak.toFixed(0)} MB\n`,
  );
  return { status, output, peak, each: average, report: doctorReportSchema.parse(JSON.parse(stdout)) };
}

test(`none of ${COUNT} accounts is dropped, memory stays flat, and all at once take a fifth of the time`, async () => {
  const smallRun = await examineAll(FEW, 0);
  // IAM answers from one region, which for most people is another continent. Waiting must outweigh what this machine is busy with.
  const distance = Math.max(100, 2000 * smallRun.each);
  const largeRun = await examineAll(COUNT, distance);
  const oneByOne = await examineAll(FEW, distance, "--parallel", "1");

  for (const { status, output, report } of [smallRun, largeRun, oneByOne]) {
    expect(status).toBe(4); // one is unhealthy
    const count = report.environments.length;
    expect(report.environments.map(({ account }) => account)).toEqual(accounts.slice(0, count));
    const answers = report.environments.map(({ answer }) => answer);
    expect(answers[EMPTY]).toBe("unhealthy");
    expect(answers[CLOSED]).toBe("unknown");
    expect(answers.filter((answer) => answer === "healthy")).toHaveLength(count - 2);
    for (const [index, { checks }] of report.environments.entries()) {
      expect(checks).toHaveLength(13);
      if (![EMPTY, CLOSED].includes(index)) expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
    }
    const lines = new RegExp(`of ${count}: account-\\d+ is (healthy|unhealthy|unknown)\\.$`, "gm");
    expect(output.match(lines)).toHaveLength(count);
  }
  expect([smallRun, largeRun, oneByOne].map(({ report }) => report.environments.length)).toEqual([FEW, COUNT, FEW]);
  expect(oneByOne.each / largeRun.each).toBeGreaterThan(5);
  expect(largeRun.peak).toBeLessThan(smallRun.peak * 1.3);
});

import fs, { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import tty from "node:tty";
import { runSupportApp } from "../../../../cli/program";
import { testHelp } from "../../../support/help";
import { printedInTests } from "../../../support/printed";
import { standInForTerraform } from "../../../support/terraform-stand-in";

// The real Terraform deploys in __tests__/e2e/deploy-command.e2e.ts, and real signals interrupt it in interruption.e2e.ts.
const NAMES = ["one", "two", "three"];
const printed = printedInTests();
const project = standInForTerraform();
beforeEach(() => {
  const lines = NAMES.map(
    (name, index) => `  ${name}: { account: "${111122223333 + index}", region: us-east-1, read-only: {} }\n`,
  );
  writeFileSync("environments.yaml", `defaults: { deploy-role: role/deployer }\nenvironments:\n${lines.join("")}`);
  for (const name of NAMES) mkdirSync(join("cdktf.out/stacks", name), { recursive: true });
});

for (const name of ["deploy", "diff", "destroy"]) testHelp(name);

/** The commands that were run, whether with colors or without. */
const calls = () => project.calls.map((call) => call.replace(/ -no-color$/, ""));

async function run(...args: string[]) {
  const status = await runSupportApp(args);
  return { status, output: printed.splice(0).join("\n") };
}

const deploys = (name: string, destroy = "") => [
  `${name}: init -input=false`,
  `${name}: state pull`,
  `${name}: plan -input=false -detailed-exitcode -out=PLAN${destroy}`,
  `${name}: show -json PLAN`,
  `${name}: apply -input=false -auto-approve PLAN`,
  ...(destroy === "" ? [`${name}: state pull`] : []),
];

test("deploy runs the app for the named environments, and then Terraform for each of them once, in their order", async () => {
  expect(await run("deploy", "two", "one", "two", "--auto-approve")).toEqual({ status: 0, output: "" });
  expect(calls()).toEqual(["app: cdktf.out two,one", ...deploys("two"), ...deploys("one")]);
});

test("destroy applies a plan that destroys, and diff applies none", async () => {
  expect((await run("destroy", "one", "--auto-approve")).status).toBe(0);
  expect((await run("diff", "two")).status).toBe(0);
  expect(calls()).toEqual([
    ...["app: cdktf.out one", ...deploys("one", " -destroy")],
    ...["app: cdktf.out two", "two: init -input=false", "two: state pull"],
    ...["two: plan -input=false -detailed-exitcode -out=PLAN -lock=false", "two: show -json PLAN"],
  ]);
});

test.each([
  [["diff", "one"], "", undefined],
  [["--no-color", "diff", "one"], " -no-color", "1"],
  [["diff", "one", "--no-color"], " -no-color", "1"],
])("%j prints colors or not, whatever runs", async (args, option, noColor) => {
  jest.spyOn(tty, "isatty").mockReturnValue(true);
  expect((await run(...args)).status).toBe(0);
  expect([project.calls.at(-1), project.envs[0]?.NO_COLOR]).toEqual([`one: show -json PLAN${option}`, noColor]);
});

test("after the first environment that fails, nothing is run", async () => {
  project.fails.add("apply two");
  expect(await run("deploy", "one", "two", "three", "--auto-approve")).toEqual({
    status: 1,
    output:
      "terraform apply ended with the exit status 1 for two. Some of the changes may have been made. Fix the error above, and run this again.",
  });
  expect(calls().at(-1)).toBe("two: apply -input=false -auto-approve PLAN");
});

test("a signal during an apply that completes ends with 130, and nothing after it is started", async () => {
  project.meanwhile.set("apply one", () => process.emit("SIGINT", "SIGINT"));
  const { status, output } = await run("deploy", "one", "two", "--auto-approve");
  expect(status).toBe(130);
  expect(output.split("\n").at(-1)).toBe("Received SIGINT. one is done; nothing after it was started.");
  expect(calls()).toEqual(["app: cdktf.out one,two", ...deploys("one").slice(0, -1)]);
});

test("--report that can't be written is an error before anything is run", async () => {
  expect(await run("diff", "--drift", "--report", "/nowhere/report.json")).toEqual({
    status: 1,
    output: expect.stringContaining('Can\'t write --report "/nowhere/report.json"'),
  });
  expect(calls()).toEqual([]);
});

const planned = () => JSON.parse(readFileSync("planned.json", "utf8"));

test("what diff --planned has planned is deployed, and nothing of what changed since", async () => {
  for (const name of NAMES) writeFileSync(`cdktf.out/stacks/${name}/cdk.tf.json`, JSON.stringify({ output: {} }));
  process.env.GITHUB_STEP_SUMMARY = "summary";
  const diff = await run("diff", "one", "two", "--changed", "--planned", "planned.json", "--github");
  expect(diff.status).toBe(0);
  expect(diff.output).toContain("2 environments: 2 not deployed as written in environments.yaml.");
  expect(planned()).toEqual({
    schemaVersion: 1,
    environments: ["one", "two"].map((name) => ({
      name,
      digest: expect.stringMatching(/^[\da-f]{64}$/),
      changes: [{ kind: "output", name: "code", digest: expect.stringMatching(/^[\da-f]{64}$/) }],
    })),
  });
  const summary = readFileSync("summary", "utf8");
  for (const { digest } of planned().environments) expect(summary).toContain(`with the digest \`${digest}\``);

  project.drifted.add("two");
  const deploy = await run("deploy", "--changed", "--auto-approve", "--planned", "planned.json");
  expect(deploy.status).toBe(1);
  expect(deploy.output).toContain("the plan of two isn't the approved plan any more: output code differs.");
  expect(deploy.output).toContain("nobody was shown a plan of three");
  expect(deploy.output).toContain("3 environments: 2 refused; 1 deployed.");
  expect(calls().filter((call) => call.includes(": apply"))).toEqual([expect.stringMatching(/^one: /)]);
  expect((await run("deploy", "two", "--auto-approve", "--planned", "planned.json")).status).toBe(1);
});

test("without plans, an empty name of their file compares nothing", async () => {
  expect((await run("deploy", "one", "--auto-approve", "--planned", "")).status).toBe(0);
  expect(calls().at(-2)).toBe("one: apply -input=false -auto-approve PLAN");
});

test("a plan that fails leaves the others, and has no digest", async () => {
  project.fails.add("plan one");
  expect((await run("diff", "--planned", "planned.json")).status).toBe(1);
  expect(planned().environments.map(({ name }: { name: string }) => name)).toEqual(["two", "three"]);
});

test("a missing file of plans is an error, and nothing is deployed", async () => {
  expect(await run("deploy", "one", "--auto-approve", "--planned", "planned.json")).toEqual({
    status: 1,
    output:
      'Can\'t read --planned "planned.json": there is no such file or folder. Run support-app diff --planned again.',
  });
  expect(calls()).toEqual([]);
});

test.each([["diff"], ["deploy", "--auto-approve"]])(
  "plans of HCP Terraform can't be shown or compared here: %s",
  async (...args) => {
    const environment = `{ account: "111122223333", region: us-east-1, backend: { type: cloud, organization: a }, full: {} }`;
    writeFileSync("environments.yaml", `environments:\n  one: ${environment}\n`);
    const output = expect.stringContaining("Received --planned for one with state in HCP Terraform");
    expect(await run(...args, "one", "--planned", "planned.json")).toEqual({ status: 1, output });
  },
);

test.each([
  [
    ["diff", "one", "--changed"],
    "Received --changed, --github or --gitlab without --planned, expected --planned with it.",
  ],
  [
    ["diff", "one", "--github"],
    "Received --changed, --github or --gitlab without --planned, expected --planned with it.",
  ],
  [["diff", "--drift", "--planned", "x"], "Received --planned and --drift, expected one of them."],
  [
    ["deploy", "one", "--parallel", "2"],
    "Received --parallel or --report without --changed, expected both or neither.",
  ],
  [["diff", "one", "--report", "x"], "Received --parallel or --report without --drift, expected both or neither."],
  [
    ["deploy", "--changed", "--parallel", "2"],
    "Received --parallel 2 without --auto-approve, expected both: nobody can approve several plans at once. Review support-app diff --drift and add --auto-approve, or leave --parallel out.",
  ],
  [
    ["destroy", "one", "two"],
    "Can't ask for an approval without a terminal. Nothing was changed. Review what support-app diff prints, and add --auto-approve.",
  ],
  [
    ["deploy", "--changed"],
    "Can't ask for an approval without a terminal. Nothing was changed. Review what support-app diff prints, and add --auto-approve.",
  ],
  [
    ["diff", "--drift", "--parallel", "1000"],
    "error: option '--parallel <number>' argument '1000' is invalid. Expected a whole number from 1 to 999.\n(add --help for what is expected)",
  ],
])("%j is wrong usage, and runs nothing", async (args, sentence) => {
  jest.spyOn(tty, "isatty").mockReturnValue(false);
  expect(await run(...args)).toEqual({ status: 2, output: sentence });
  expect(calls()).toEqual([]);
});

const COMMAND = "::set-output name=overtaken::true";

test.each([
  [["deploy", "--changed", "--auto-approve"], "init three", 0],
  [["diff", "--planned", "planned.json"], "plan one", 1],
])("whatever Terraform prints during %j is no command in GitHub Actions", async (args, command, expectedStatus) => {
  if (expectedStatus !== 0) project.fails.add(command);
  project.meanwhile.set(command, () => fs.writeSync(1, `${COMMAND}\n`));
  process.env.GITHUB_ACTIONS = "true";
  const { status, output } = await run(...args);
  expect(status).toBe(expectedStatus);
  const [, token = ""] = /^::stop-commands::([\da-f-]{36})\n/.exec(output) ?? [];
  const lines = output.split("\n");
  expect(lines.filter((line) => line.startsWith("::"))).toEqual([`::stop-commands::${token}`, COMMAND, `::${token}::`]);

  process.env.GITHUB_ACTIONS = "false";
  expect((await run(...args)).output.split("\n").filter((line) => line.startsWith("::"))).toEqual([COMMAND]);
});

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import tty from "node:tty";
import { runSupportApp } from "../../../../cli/program";
import { compiled } from "../../../support/compiled";
import { printedInTests } from "../../../support/printed";
import { standInForTerraform } from "../../../support/terraform-stand-in";

/*
 * The real Terraform deploys in __tests__/e2e/deploy-command.e2e.ts. Here, a script stands in for it, since `npm test` needs none: it
 * shows what it is run with, and fails or waits.
 */
const TEXT = `environments:
  one: { account: "111122223333", region: us-east-1, read-only: {} }
  two: { account: "444455556666", region: us-east-1, read-only: {} }
  three: { account: "777755556666", region: us-east-1, read-only: {} }
`;

/** Terraform that has a change to make. It fails where `$OUT/fails` names its command and folder, and its apply waits for `$OUT/done` where `$OUT/waits` is. */
const TERRAFORM = `#!/bin/sh
echo "$(basename "$PWD"): $*" >> "$OUT/calls"
[ "$1" = show ] && echo "{}"
[ "$1 $(basename "$PWD")" = "$(cat "$OUT/fails" 2>/dev/null)" ] && exit 1
trap 'echo INT >> "$OUT/signals"; exit 1' INT
if [ "$1" = apply ] && [ -e "$OUT/waits" ]; then echo > "$OUT/started"; while [ ! -e "$OUT/done" ]; do sleep 0.05; done; fi
case "$*" in "plan -input=false -detailed-exitcode -out="*) exit 2 ;; esac
exit 0
`;
const APP = `for name in one two three; do mkdir -p "$CDKTF_OUTDIR/stacks/$name"; done; echo "app: $CDKTF_OUTDIR \${SUPPORT_APP_ONLY-all}" >> "$OUT/calls"`;

const printed = printedInTests();
const project = standInForTerraform(TERRAFORM);
const { tell, seen } = project;
beforeEach(() => {
  writeFileSync(join(project.folder, "environments.yaml"), TEXT);
  writeFileSync(join(project.folder, "app.sh"), APP);
});

/** The commands that were run, with PLAN for the plan's file, whether with colors or without. */
const calls = () => seen("calls").map((call) => call.replace(/ -no-color$/, "").replace(/(=| )\/.*\/plan\b/, "$1PLAN"));

async function run(...args: string[]) {
  const status = await runSupportApp(args);
  return { status, output: printed.splice(0).join("\n") };
}

const deploys = (name: string, destroy = "") => [
  `${name}: init -input=false`,
  `${name}: plan -input=false -detailed-exitcode -out=PLAN${destroy}`,
  `${name}: show -json PLAN`,
  `${name}: apply -input=false -auto-approve PLAN`,
];

test("deploy runs the app for the named environments, and then Terraform for each of them once, in their order", async () => {
  expect(await run("deploy", "two", "one,two", "--auto-approve")).toEqual({ status: 0, output: "" });
  expect(calls()).toEqual(["app: cdktf.out two,one", ...deploys("two"), ...deploys("one")]);
});

test("destroy applies a plan that destroys, and diff none", async () => {
  expect((await run("destroy", "one", "--auto-approve")).status).toBe(0);
  expect((await run("diff", "two")).status).toBe(0);
  expect(calls()).toEqual([
    ...["app: cdktf.out one", ...deploys("one", " -destroy")],
    ...["app: cdktf.out two", "two: init -input=false", "two: plan -input=false"],
  ]);
});

test.each([[["--no-color", "diff", "one"]], [["diff", "one", "--no-color"]]])(
  "%j prints no colors, whatever runs",
  async (args) => {
    jest.spyOn(tty, "isatty").mockReturnValue(true);
    writeFileSync(join(project.folder, "app.sh"), `${APP}; echo "$NO_COLOR" > "$OUT/app-has"`);
    expect((await run("diff", "one")).status).toBe(0);
    expect([seen("calls").at(-1), seen("app-has")]).toEqual(["one: plan -input=false", [""]]);
    expect((await run(...args)).status).toBe(0);
    expect([seen("calls").at(-1), seen("app-has")]).toEqual(["one: plan -input=false -no-color", ["1"]]);
  },
);

test("after the first environment that fails, nothing is run", async () => {
  tell("fails", "apply two");
  expect(await run("deploy", "one", "two", "three", "--auto-approve")).toEqual({
    status: 1,
    output:
      "terraform apply ended with the exit status 1 for two. Some of the changes may have been made. Fix the error above, and run this again.",
  });
  expect(calls().at(-1)).toBe("two: apply -input=false -auto-approve PLAN");
});

test.each([
  [
    ["SIGINT", "SIGINT"],
    130,
    [],
    "Received SIGINT: waiting for Terraform to finish these changes, so that none is lost. A second signal interrupts it: resources that AWS is creating then may be missing from its state.\nReceived SIGINT. one is done; nothing after it was started.\n",
  ],
  [["SIGTERM"], 130, ["INT"], expect.stringContaining("Some of the changes may have been made.")],
] as const)(
  "without a terminal, %j to the whole group during an apply ends with %d, after Terraform",
  async (signals, status, sent, says) => {
    tell("waits");
    const command = [compiled("cli/support-app.ts"), "deploy", "one", "two", "--auto-approve"];
    const child = spawn(process.execPath, command, {
      detached: true,
      env: process.env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const [output, ended] = [text(child.stderr), new Promise((done) => child.on("close", done))];
    while (seen("started").length === 0) await sleep(20);
    for (const signal of signals) {
      process.kill(-(child.pid ?? 0), signal); // npm sends a copy
      await sleep(50);
    }
    await sleep(200);
    tell("done");
    expect([await ended, seen("signals"), await output]).toEqual([status, sent, says]);
    expect(calls()).toEqual(["app: cdktf.out one,two", ...deploys("one")]);
  },
);

test.each([
  [["diff", "--drift"], "all"],
  [["deploy", "--changed", "one", "--auto-approve"], "one"],
])("%j makes the app build only these: %s", async (args, built) => {
  await runSupportApp(args);
  expect(calls()[0]).toBe(`app: cdktf.out ${built}`);
});

test("--report that can't be written is an error before anything is run", async () => {
  const { status, output } = await run("diff", "--drift", "--report", "/nowhere/report.json");
  expect({ status, output }).toEqual({
    status: 1,
    output: expect.stringContaining('Can\'t write --report "/nowhere/report.json"'),
  });
  expect(calls()).toEqual([]);
});

test.each([
  [["deploy"], "Received no environment, expected names of environments, or --changed for all of them."],
  [["diff"], "Received no environment, expected names of environments, or --drift for all of them."],
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
    "Can't ask for an approval without a terminal. Nothing was changed. Review support-app diff one two, and add --auto-approve.",
  ],
  [
    ["deploy", "--changed"],
    "Can't ask for an approval without a terminal. Nothing was changed. Review support-app diff --drift, and add --auto-approve.",
  ],
  ...["0", "1000", "2x"].map((number): [string[], string] => [
    ["diff", "--drift", "--parallel", number],
    `error: option '--parallel <number>' argument '${number}' is invalid. Expected a whole number from 1 to 999.\n(add --help for what is expected)`,
  ]),
])("%j is wrong usage, and runs nothing", async (args, sentence) => {
  jest.spyOn(tty, "isatty").mockReturnValue(false);
  expect(await run(...args)).toEqual({ status: 2, output: sentence });
  expect(calls()).toEqual([]);
});

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import tty from "node:tty";
import { runSupportApp } from "../../../../cli/program";
import { compiled } from "../../../support/compiled";
import { printedInTests } from "../../../support/printed";
import { standInForTerraform } from "../../../support/terraform-stand-in";
import { sample, thoroughTest } from "../../../support/thorough";

/*
 * The real Terraform deploys in __tests__/e2e/deploy-command.e2e.ts. Here, a script stands in for it, since `npm test` needs none: it
 * shows what it is run with, and fails, waits or answers as Terraform may.
 */
const TEXT = `environments:
  one: { account: "111122223333", region: us-east-1, read-only: {} }
  two: { account: "444455556666", region: us-east-1, read-only: {} }
`;

/** Terraform that has a change to make. Of `OUT`'s files, `X-status` is its exit status, and it waits for `X-done` where `X-waits` is. */
const TERRAFORM = `#!/bin/sh
echo "$(basename "$PWD"): $*" >> "$OUT/calls"
for each; do [ "$each" = -no-color ] || last=$each; done
plan=$last
for each; do case "$each" in -out=*) plan=\${each#-out=}; echo secret > "$plan"; stat -c %a "$(dirname "$plan")" > "$OUT/mode";; esac; done
[ "$1" = apply ] && [ "$(cat "$plan")" != secret ] && exit 9
[ "$1" = show ] && echo "{}"
trap 'echo INT >> "$OUT/signals"; [ -e "$OUT/deaf" ] || exit 1' INT
trap 'echo TERM >> "$OUT/signals"' TERM
if [ -e "$OUT/$1-waits" ]; then echo "$$" > "$OUT/$1-started"; while [ ! -e "$OUT/$1-done" ]; do sleep 0.05; done; fi
[ -e "$OUT/$1-status" ] && exit "$(cat "$OUT/$1-status")"
[ "$1" = plan ] && [ "$plan" != "$last" -o "\${last#-}" = "$last" -o "$last" = -destroy ] && exit 2
exit 0
`;
const APP = `mkdir -p "$CDKTF_OUTDIR/stacks/one" "$CDKTF_OUTDIR/stacks/two"; echo "app: $CDKTF_OUTDIR $TF_VAR_secret" >> "$OUT/calls"`;

const printed = printedInTests();
const project = standInForTerraform(TERRAFORM);
const { tell: tellTerraform, seen } = project;
beforeEach(() => {
  writeFileSync(join(project.folder, "environments.yaml"), TEXT);
  writeFileSync(join(project.folder, "app.sh"), APP);
});

/** The commands that were run, with PLAN for the plan's file, whether with colors or without. */
function calls(): string[] {
  return seen("calls").map((call) =>
    call
      .replace(/ -no-color$/, "")
      .replace(/(=| )\/.*\/plan\b/, "$1PLAN")
      .trim(),
  );
}

/** The folders of plans that still exist. */
function plansLeft(): string[] {
  const made = seen("calls").flatMap((call) => call.match(/(?<=-out=).*(?=\/plan\b)/) ?? []);
  expect(made).not.toEqual([]);
  return made.filter((path) => existsSync(path));
}

async function run(...args: string[]) {
  const status = await runSupportApp(args);
  return { status, output: printed.splice(0).join("\n") };
}

const deploys = (name: string) => [
  `${name}: init -input=false`,
  `${name}: plan -input=false -detailed-exitcode -out=PLAN`,
  `${name}: show -json PLAN`,
  `${name}: apply -input=false -auto-approve PLAN`,
];

test("deploy runs the app, and applies exactly the plan that was shown for each environment; nobody else can read the plan, and it is deleted afterwards", async () => {
  process.env.TF_VAR_secret = "secret";
  expect(await run("deploy", "two", "one", "two", "--auto-approve")).toEqual({ status: 0, output: "" });
  expect(calls()).toEqual(["app: cdktf.out", ...deploys("two"), ...deploys("one")]);
  expect(seen("mode")).toEqual(["700"]);
  expect(plansLeft()).toEqual([]);
});

test("diff plans and keeps no plan", async () => {
  tellTerraform("plan-status", 0);
  expect(await run("diff", "one", "two")).toEqual({ status: 0, output: "" });
  expect(calls()).toEqual([
    "app: cdktf.out",
    "one: init -input=false",
    "one: plan -input=false",
    "two: init -input=false",
    "two: plan -input=false",
  ]);
});

test.each([
  ["--no-color", "diff", "one"],
  ["diff", "one", "--no-color"],
])("support-app %s %s %s prints no colors, whatever runs", async (...args) => {
  jest.spyOn(tty, "isatty").mockReturnValue(true);
  writeFileSync(join(project.folder, "app.sh"), `${APP}; echo "$NO_COLOR" > "$OUT/app-has"`);
  expect((await run("diff", "one")).status).toBe(0);
  expect(seen("calls").slice(1)).toEqual(["one: init -input=false", "one: plan -input=false"]);
  expect(seen("app-has")).toEqual([""]);
  expect((await run(...args)).status).toBe(0);
  expect(seen("calls").slice(4)).toEqual(["one: init -input=false -no-color", "one: plan -input=false -no-color"]);
  expect(seen("app-has")).toEqual(["1"]);
});

test("destroy applies exactly the plan that was shown, after a look at what it destroys", async () => {
  expect(await run("destroy", "one", "--auto-approve")).toEqual({ status: 0, output: "" });
  const [init, plan, show, apply] = deploys("one");
  expect(calls()).toEqual(["app: cdktf.out", init, `${plan} -destroy`, show, apply]);
});

test.each([
  ["init", "Nothing was changed there."],
  ["plan", "Nothing was changed there."],
  ["apply", "Some of the changes may have been made."],
])(
  "after the first environment whose %s fails, nothing is run, and the report says which are done",
  async (command, effect) => {
    writeFileSync(
      join(project.folder, "terraform"),
      TERRAFORM.replace("\ntrap", `\n[ "$1 $(basename "$PWD")" = "${command} two" ] && exit 1\ntrap`),
    );
    writeFileSync(
      join(project.folder, "environments.yaml"),
      `${TEXT}${TEXT.split("\n")[1]?.replace("one", "three").replace("1111", "7777")}\n`,
    );
    expect(await run("deploy", "one", "two", "three", "--auto-approve")).toEqual({
      status: 1,
      output: `Done: one. Not done: two, three.\nterraform ${command} ended with the exit status 1 for two. ${effect} Fix the error above, and run this again.`,
    });
    expect(calls().at(-1)).toMatch(`two: ${command}`);
    expect(plansLeft()).toEqual([]);
  },
);

test("a Terraform that can't be run is reported after the app has run", async () => {
  writeFileSync(join(project.folder, "terraform"), "");
  process.env.PATH = "/bin"; // without any
  expect(await run("deploy", "one", "--auto-approve")).toEqual({
    status: 1,
    output: expect.stringMatching(
      /^Can't run Terraform as "terraform" \(.*\)\. Nothing was changed\. Install Terraform, or set TERRAFORM_BINARY_NAME to another binary\.$/,
    ),
  });
  expect(calls()).toEqual(["app: cdktf.out"]);
});

test("an unknown environment is found before anything is run", async () => {
  expect(await run("deploy", "one", "twoo", "--auto-approve")).toEqual({
    status: 1,
    output: 'Received the environment "twoo", expected one of one, two. Did you mean two?',
  });
  expect(calls()).toEqual([]);
});

const COMMAND = compiled("cli/support-app.ts");

/** A running process: waits for its output, and for its end. */
interface Watched {
  readonly child: ChildProcess;
  shows(text: string): Promise<void>;
  ended(): Promise<{ readonly status: number | null; readonly said: string }>;
}

function watch(child: ChildProcess): Watched {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      said += chunk;
    });
  }
  const closed = new Promise<number | null>((done) => child.on("close", done));
  return {
    child,
    shows: (text) => until(() => said.includes(text)),
    ended: async () => ({ status: await closed, said: said.replaceAll("\r", "").trim() }),
  };
}

/** The command in its own process and process group. */
function start(args: readonly string[]): Watched {
  const options = { env: process.env, detached: true } as const;
  return watch(spawn(process.execPath, [COMMAND, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] }));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(20);
}

test.each(["deploy", "destroy"])("without a terminal and --auto-approve, %s runs nothing", async (command) => {
  expect(await start([command, "one"]).ended()).toEqual({
    status: 2,
    said: "Can't ask for an approval without a terminal. Nothing was changed. Review support-app diff one, and add --auto-approve.",
  });
  expect(calls()).toEqual([]);
});

describe("a signal without a terminal", () => {
  const waiting =
    "Received SIGINT: waiting for Terraform to finish these changes, so that none is lost. A second signal interrupts it: resources that AWS is creating then may be missing from its state.";

  /** Starts a deploy, and waits until a Terraform command is running. */
  async function deployUntil(command: string) {
    tellTerraform(`${command}-waits`);
    const { child, shows, ended } = start(["deploy", "one", "two", "--auto-approve"]);
    await until(() => seen(`${command}-started`).length > 0);
    return { group: -(child.pid ?? 0), shows, ended };
  }

  test("SIGINT for the whole group, and npm's copy of it, let a running apply finish, and nothing follows", async () => {
    const { group, ended } = await deployUntil("apply");
    process.kill(group, "SIGINT");
    await sleep(50);
    process.kill(-group, "SIGINT");
    await sleep(200);
    tellTerraform("apply-done");
    expect(await ended()).toEqual({
      status: 130,
      said: `${waiting}\nDone: one. Not done: two.\nReceived SIGINT. one is done; nothing after it was started.`,
    });
    expect(seen("signals")).toEqual([]);
    expect(calls()).toEqual(["app: cdktf.out", ...deploys("one")]);
    expect(plansLeft()).toEqual([]);
  });

  thoroughTest("a second SIGINT interrupts Terraform, a third ends it, each exactly once", async () => {
    tellTerraform("deaf");
    const { group, shows, ended } = await deployUntil("apply");
    for (const interrupts of [0, 1, 2]) {
      process.kill(group, "SIGINT");
      await shows(waiting);
      await until(() => seen("signals").length >= interrupts);
      await sleep(1100);
      expect(seen("signals")).toEqual(Array(interrupts).fill("INT"));
    }
    tellTerraform("apply-status", 1);
    tellTerraform("apply-done");
    const { status, said } = await ended();
    expect(status).toBe(130);
    const costs =
      "Received SIGINT again: resources that AWS is creating right now may be missing from Terraform's state. Another signal ends Terraform at once, and it may lose more.";
    expect(said.split("\n")).toEqual([
      waiting,
      costs,
      costs,
      "Done: none. Not done: one, two.",
      'Received SIGINT while one was being changed. Some of the changes were made. Run the same command again to continue from there. If it can\'t, see node_modules/cdktf-support-app-access/docs/deploying.md, "After an interrupted deploy".',
    ]);
  });

  test("SIGTERM interrupts an apply at once: CI runners kill processes that outlive it", async () => {
    const { group, ended } = await deployUntil("apply");
    process.kill(group, "SIGTERM");
    expect((await ended()).status).toBe(130);
    expect(seen("signals")).toEqual(["INT"]);
    expect(plansLeft()).toEqual([]);
  });

  thoroughTest("SIGINT ends a plan, and nothing was changed", async () => {
    const { group, ended } = await deployUntil("plan");
    process.kill(group, "SIGINT");
    expect(await ended()).toEqual({
      status: 130,
      said: `Received SIGINT: waiting for the current operation to stop. A second signal ends it at once, and Terraform may lose state.
Done: none. Not done: one, two.
Received SIGINT before one was changed. Nothing was changed there.`,
    });
    expect(seen("signals")).toEqual(["INT"]);
    expect(plansLeft()).toEqual([]);
  });
});

/** `script` of util-linux, which creates a terminal. macOS has a different one. */
const hasTerminal = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true;

(hasTerminal ? describe : describe.skip)("on a terminal", () => {
  const CTRL_C = "\x03";
  const CTRL_D = "\x04";

  /** The command on a terminal, and what types there. */
  function onTerminal(...args: string[]) {
    const command = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], { env: process.env });
    return { ...watch(child), type: (keys: string) => child.stdin.write(keys) };
  }

  const ANSWERS: readonly (readonly [string, number, readonly string[], string])[] = [
    ["yes\n", 0, [], "apply -input=false -auto-approve PLAN"],
    ["y\n", 1, ['Not deployed: you didn\'t answer "yes". Nothing was changed in the account.'], "show"],
    ["\n", 1, ['Not deployed: you didn\'t answer "yes". Nothing was changed in the account.'], "show"],
    [CTRL_D, 1, ['Not deployed: you didn\'t answer "yes". Nothing was changed in the account.'], "show"],
    [CTRL_C, 130, ["Received SIGINT, expected an answer. Nothing was changed in the account."], "show"],
  ];
  test.each(sample(ANSWERS, 4))("%j to the question ends with %d", async (keys, status, says, last) => {
    const { shows, type, ended } = onTerminal("deploy", "one");
    await shows("Deploy this in one (account 111122223333)? Only yes is accepted:");
    type(keys);
    const end = await ended();
    expect(end.status).toBe(status);
    for (const sentence of says) expect(end.said).toContain(sentence);
    expect(calls().at(-1)).toContain(last);
    expect(plansLeft()).toEqual([]);
  });

  thoroughTest("Ctrl-C reaches a plan once, and an apply never", async () => {
    tellTerraform("plan-waits");
    const first = onTerminal("diff", "one");
    await until(() => seen("plan-started").length > 0);
    first.type(CTRL_C);
    expect((await first.ended()).status).toBe(130);
    expect(seen("signals")).toEqual(["INT"]);

    rmSync(join(project.out, "plan-waits"));
    rmSync(join(project.out, "signals"));
    tellTerraform("apply-waits");
    const { type, shows, ended } = onTerminal("deploy", "one", "--auto-approve");
    await until(() => seen("apply-started").length > 0);
    type(CTRL_C);
    await shows("waiting for Terraform to finish these changes");
    tellTerraform("apply-done");
    expect((await ended()).status).toBe(130);
    expect(seen("signals")).toEqual([]);
  });
});

test("help says what is run", async () => {
  for (const command of ["deploy", "diff", "destroy"]) {
    const { status, output } = await run(command, "--help");
    expect(status).toBe(0);
    expect(output).toContain("TERRAFORM_BINARY_NAME");
  }
});

test.each([
  [["diff", "two"], "two"],
  [["deploy", "two", "one", "--auto-approve"], "two,one"],
  [["deploy", "--changed", "one", "--auto-approve"], "one"],
  [["diff", "--drift"], "all"],
])("%j makes the app build only these: %s", async (args, built) => {
  writeFileSync(join(project.folder, "app.sh"), `${APP}\necho "\${SUPPORT_APP_ONLY-all}" > "$OUT/built"`);
  await runSupportApp(args);
  expect(readFileSync(join(project.out, "built"), "utf8")).toBe(`${built}\n`);
});

test.each([
  [["deploy"], "Received no environment, expected names of environments, or --changed for all of them."],
  [["diff"], "Received no environment, expected names of environments, or --drift for all of them."],
  [
    ["deploy", "a", "--parallel", "2"],
    "Received --parallel without --changed, expected both or neither. Add --changed, or leave --parallel out.",
  ],
  [
    ["diff", "a", "--report", "x"],
    "Received --report without --drift, expected both or neither. Add --drift, or leave --report out.",
  ],
  [
    ["deploy", "--changed", "--parallel", "2"],
    "Received --parallel 2 without --auto-approve, expected both: nobody can approve several plans at once. Review support-app diff --drift and add --auto-approve, or leave --parallel out.",
  ],
  ...["0", "1000", "2x"].map((number): [string[], string] => [
    ["diff", "--drift", "--parallel", number],
    `error: option '--parallel <number>' argument '${number}' is invalid. Expected a whole number from 1 to 999.\n(add --help for what is expected)`,
  ]),
])("%j is wrong usage, and runs nothing", async (args, sentence) => {
  expect(await run(...args)).toEqual({ status: 2, output: sentence });
  expect(calls()).toEqual([]);
});

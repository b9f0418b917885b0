import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { parse } from "yaml";
import { folderInTests } from "./support/folder";

/** What .ci/run needs of the system itself. */
const SYSTEM = ["bash", "cat", "dirname", "grep", "id", "ln", "mkdir", "mktemp", "rm"];
/** What it runs tests with. Here they do nothing, but for npm, which says what it is to run, and Python, which makes a pip that does nothing. */
const TOOLS =
  "act actionlint apt-get aws cfn-lint checkov chromium curl git go jq node npm python3 rsync terraform tflint unshare".split(
    " ",
  );
const SCRIPTS: Readonly<Record<string, string>> = {
  npm: 'echo "npm $*"',
  python3:
    'PATH=/usr/bin:/bin; [ "$2" != venv ] || { mkdir -p "$3/bin"; echo "#!/bin/sh" > "$3/bin/pip"; chmod 755 "$3/bin/pip"; }',
};

const paths = spawnSync("which", SYSTEM, { encoding: "utf8" }).stdout.trim().split("\n");
const folder = folderInTests();
beforeEach(() => {
  for (const [index, name] of SYSTEM.entries()) symlinkSync(paths[index] ?? "", folder(name));
});

/** Runs .ci/run, or a part of it, on a machine that lacks tools. */
function runWithout(missing: readonly string[], env: NodeJS.ProcessEnv, ...part: readonly string[]) {
  for (const tool of TOOLS.filter((name) => !missing.includes(name))) {
    const hasNoProvider = missing.includes("aws-provider") && tool === "npm";
    const end = hasNoProvider ? '[ "$2" != e2e ] || exit 77' : "";
    writeFileSync(folder(tool), `#!/bin/sh\n${SCRIPTS[tool] ?? ""}\n${end}\n`, { mode: 0o755 });
  }
  const { status, stdout, stderr } = spawnSync(folder("bash"), [".ci/run", ...part], {
    env: { PATH: folder(), TMPDIR: tmpdir(), ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const LACKING = [
  ["unshare", "unshare", "the tests of full disks and killed runs"],
  ["chromium", "browser", "the tests of the access page"],
  ["act", "act", "the tests that run workflows"],
  ["aws-provider", "aws-provider", "end-to-end tests"],
] as const;

/** The last line of a run that isn't thorough. No date is on its PATH: it does the same every day. */
const PASSED = "Passed. THOROUGH=true tries every case.\n";

/** What npm is to run. */
const UNIT = ["npm ci", "npm run synth", "npm test", "npm run test:cdktn", "npm run bench -- sample"];
const DEPLOYS = "npm run e2e --";

test.each(LACKING)("without %s, CI fails, and names what it can't run", (missing, name, tests) => {
  expect(runWithout([missing], { CI: "true", MAY_LACK: `other,${name}s` })).toMatchObject({
    status: 1,
    stdout: expect.not.stringContaining("Passed"),
    stderr: expect.stringContaining(
      `Can't run ${tests}: this machine lacks ${name}. Install it, or allow that with MAY_LACK=${name}.\n`,
    ),
  });
});

test.each([{ CI: "true", MAY_LACK: "unshare,act,browser,aws-provider" }, {}])(
  "CI passes without any of the tools with %j, and lists what didn't run",
  (env) => {
    const result = runWithout(["unshare", "act", "chromium", "aws-provider"], env);
    const lines = LACKING.map(([, name, tests]) => `Didn't run: ${tests}, since this machine lacks ${name}.\n`);
    const without = ["page.e2e", "workflow-"].map((name) => `--testPathIgnorePatterns=/${name}`);
    const commands = [...UNIT, [DEPLOYS, ...without].join(" ")];
    expect(result).toMatchObject({ status: 0, stdout: `${commands.join("\n")}\n${PASSED}${lines.join("")}` });
  },
);

test.each<[NodeJS.ProcessEnv, part: readonly string[], commands: readonly string[]]>([
  [{}, [], [...UNIT, DEPLOYS]],
  [{}, ["tests"], UNIT],
  [{}, ["deploys"], ["npm ci", DEPLOYS]],
  [{}, ["matrix"], ["npm ci", "npm run matrix -- --check"]],
  [
    { THOROUGH: "true" },
    [],
    [
      ...UNIT.flatMap((name) =>
        name === "npm test" ? ["npm test -- --coverage --randomize", "npm run test:alone"] : [name],
      ),
      DEPLOYS,
      "npm run matrix",
    ],
  ],
])("with all of the tools, %j and the arguments %j, CI leaves nothing out", (env, part, commands) => {
  const { status, stdout } = runWithout([], { CI: "true", ...env }, ...part);
  const line = env.THOROUGH ? "Passed, with every case.\n" : PASSED;
  expect([status, stdout]).toEqual([0, `${commands.join("\n")}\n${line}`]);
});

test.each([[["test"]], [["deploys", "matrix"]]])("the parts %j, which there aren't, are refused", (parts) => {
  const stderr = `Received ${parts.join(" ")}, expected tests, deploys or matrix, or nothing.\n`;
  expect(runWithout([], {}, ...parts)).toMatchObject({ status: 2, stderr });
});

test("the workflows run everything: parts beside each other, and each Monday every case", () => {
  const jobsOf = (workflow: string) => parse(readFileSync(`.github/workflows/${workflow}.yml`, "utf8")).jobs;
  const { run } = jobsOf("ci");
  expect(run.strategy.matrix.part).toContain(`inputs.parts || '["tests", "deploys"]'`);
  expect(run.steps.at(-1)).toMatchObject({ run: 'bash .ci/run "$PART"', env: { PART: "${{ matrix.part }}" } });
  expect(jobsOf("matrix").ci.with.parts).toBe('["matrix"]');
  expect(jobsOf("thorough").thorough.steps.at(-1).run).toMatch(/^THOROUGH=true bash \.ci\/run$/m);
});

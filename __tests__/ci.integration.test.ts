import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { parse } from "yaml";
import { folderInTests } from "./support/folder";

/** What .ci/run needs of the system itself. */
const SYSTEM = ["bash", "cat", "dirname", "grep", "id", "ln", "mkdir", "mktemp", "rm"];
/** What it runs tests with. Here they do nothing, but for Python, which makes a pip that does nothing. */
const TOOLS =
  "act actionlint apt-get aws cfn-lint checkov chromium curl git go jq node npm python3 rsync terraform tflint unshare".split(
    " ",
  );
const SCRIPTS: Readonly<Record<string, string>> = {
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
    const script = hasNoProvider ? '[ "$2" != e2e ] || exit 77' : SCRIPTS[tool];
    writeFileSync(folder(tool), `#!/bin/sh\n${script ?? ""}\n`, { mode: 0o755 });
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
    expect(result).toMatchObject({ status: 0, stdout: `${PASSED}${lines.join("")}` });
  },
);

test.each([
  [{}, PASSED],
  [{ THOROUGH: "true" }, "Passed, with every case.\n"],
])("CI passes with all of the tools and %j, says so, and leaves nothing out", (env, line) => {
  const { status, stdout } = runWithout([], { CI: "true", ...env });
  expect([status, stdout]).toEqual([0, line]);
});

test("CI's jobs run everything in parts, and a part that there isn't is refused", () => {
  const jobsOf = (workflow: string) => parse(readFileSync(`.github/workflows/${workflow}.yml`, "utf8")).jobs;
  expect(jobsOf("ci").run.strategy.matrix.part).toContain(`inputs.parts || '["tests", "deploys"]'`);
  expect(jobsOf("matrix").ci.with.parts).toBe('["matrix"]');
  const withoutProvider = (part: string) => runWithout(["aws-provider"], { CI: "true" }, part);
  expect(withoutProvider("tests")).toMatchObject({ status: 0, stdout: PASSED });
  expect(withoutProvider("deploys")).toMatchObject({ status: 1 });
  expect(withoutProvider("test")).toMatchObject({
    status: 2,
    stderr: "Received test, expected tests, deploys or matrix, or nothing.\n",
  });
});

import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What .ci/run needs of the system itself. */
const SYSTEM = ["bash", "cat", "date", "dirname", "grep", "id", "mktemp", "rm"];
/** What it runs tests with. Here they do nothing, but for Python, which makes a pip that does nothing. */
const TOOLS = "actionlint apt-get aws chromium git go node npm python3 terraform tflint unshare".split(" ");
const SCRIPTS: Readonly<Record<string, string>> = {
  python3:
    'PATH=/usr/bin:/bin; [ "$2" != venv ] || { mkdir -p "$3/bin"; echo "#!/bin/sh" > "$3/bin/pip"; chmod 755 "$3/bin/pip"; }',
};

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "support-app-ci-"));
  for (const name of SYSTEM) {
    symlinkSync(spawnSync("which", [name], { encoding: "utf8" }).stdout.trim(), join(folder, name));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs .ci/run on a machine that lacks a tool. */
function runWithout(missing: string, env: NodeJS.ProcessEnv) {
  for (const tool of TOOLS.filter((name) => name !== missing)) {
    const script = missing === "aws-provider" && tool === "npm" ? '[ "$2" != e2e ] || exit 77' : SCRIPTS[tool];
    writeFileSync(join(folder, tool), `#!/bin/sh\n${script ?? ""}\n`);
    chmodSync(join(folder, tool), 0o755);
  }
  const { status, stdout, stderr } = spawnSync(join(folder, "bash"), [".ci/run"], {
    env: { PATH: folder, TMPDIR: tmpdir(), ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe.each([
  ["unshare", "unshare", "the tests of full disks and killed runs"],
  ["chromium", "browser", "the tests of the access page"],
  ["aws-provider", "aws-provider", "end-to-end tests and the matrix"],
])("without %s", (missing, name, tests) => {
  test("CI fails, and names what it can't run", () => {
    expect(runWithout(missing, { CI: "true" })).toMatchObject({
      status: 1,
      stdout: expect.not.stringContaining("Passed"),
      stderr: expect.stringContaining(
        `Can't run ${tests}: this machine lacks ${name}. Install it, or allow that with MAY_LACK=${name}.\n`,
      ),
    });
  });

  test.each([{ CI: "true", MAY_LACK: `other,${name}` }, {}])("it passes with %j, and lists what didn't run", (env) => {
    const { status, stdout } = runWithout(missing, env);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Passed, with the sample \d+\.$/m);
    expect(stdout).toContain(`Didn't run: ${tests}, since this machine lacks ${name}.\n`);
  });
});

test("CI passes with all of them, and leaves nothing out", () => {
  const { status, stdout } = runWithout("nothing", { CI: "true", SAMPLE: "7" });
  expect([status, stdout]).toEqual([0, "Passed, with the sample 7.\n"]);
});

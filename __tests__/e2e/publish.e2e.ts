import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newAccount } from "./account";
import { createProject, type Project, removeProjects, run, supportApp } from "./project";

afterAll(removeProjects);

const account = newAccount();
const as = { as: account };
const CHANNELS = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";
const YAML = `environments:\n  a: { account: "${account}", region: us-east-1, full: { ${CHANNELS} }, read-only: {} }\n`;

/** Publishes into a folder in memory that has room for little, or that can't be written. */
function publishInto(project: Project, options: string): { status: number | null; output: string; left: string } {
  const folder = join(project.folder, "memory");
  mkdirSync(folder, { recursive: true });
  const publish = `${process.execPath} --require ts-node/register cli/support-app.ts publish --out memory/out`;
  const script = `mount -t tmpfs -o ${options} tmpfs memory && { ${publish}; status=$?; echo "left: $(ls -A memory)"; exit $status; }`;
  const { status, stdout, stderr } = spawnSync("unshare", ["--map-root-user", "--mount", "sh", "-c", script], {
    cwd: project.folder,
    encoding: "utf8",
  });
  return { status, output: stderr, left: stdout };
}

test.each([
  ["full", "size=64k", "ENOSPC"],
  ["not to be written", "ro", "EROFS"],
])("a disk that is %s is a sentence, and nothing is half-written", (_, options, code) => {
  const { status, output, left } = publishInto(createProject("publish-disk", YAML), options);
  const sentence = `Received --out "memory/out", expected a folder that can be written, but: ${code}`;
  expect({ status, output, left }).toMatchObject({
    status: 1,
    output: expect.stringContaining(sentence),
    left: "left: \n",
  });
  expect(output).not.toContain("    at ");
});

test("what is published with the same input passes --check, fmt and sha256sum", async () => {
  const project = createProject("publish", YAML);
  expect(await supportApp(project, ["publish", "--out", "out"], as)).toMatchObject({ status: 0 });
  expect(await supportApp(project, ["publish", "--check", "out"], as)).toMatchObject({ status: 0 });
  expect(await run(project, "terraform", ["fmt", "-check", "-recursive", "-diff", "out"], as)).toMatchObject({
    status: 0,
  });
  const sums = spawnSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: join(project.folder, "out") });
  expect(sums.status).toBe(0);
});

test("an environment's root plans what CDKTF's own stack plans", async () => {
  const project = createProject("publish-root", YAML);
  expect(await supportApp(project, ["publish", "--out", "out"], as)).toMatchObject({ status: 0 });
  expect(await run(project, "cdktf", ["synth"], as)).toMatchObject({ status: 0 });
  const planned = async (folder: string) => {
    for (const args of [["init", "-input=false"], ["validate"], ["plan", "-input=false", "-out=plan"]]) {
      expect(await run(project, "terraform", [`-chdir=${folder}`, ...args], as)).toMatchObject({ status: 0 });
    }
    const { output } = await run(project, "terraform", [`-chdir=${folder}`, "show", "-json", "plan"], as);
    return JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)).planned_values;
  };
  const own = await planned("cdktf.out/stacks/a");
  expect(own.root_module.resources.length).toBeGreaterThan(10);
  expect(await planned("out/environments/a")).toEqual(own);
});

if (spawnSync("tflint", ["--version"]).status === 0) {
  test("tflint has nothing to say, with its recommended rules", async () => {
    const project = createProject("publish-tflint", YAML);
    expect(await supportApp(project, ["publish", "--out", "out"], as)).toMatchObject({ status: 0 });
    const config = join(project.folder, "tflint.hcl");
    writeFileSync(config, 'plugin "terraform" {\n  enabled = true\n  preset  = "recommended"\n}\n');
    const linted = await run(project, "tflint", ["--chdir=out", "--recursive", `--config=${config}`], as);
    expect(linted).toMatchObject({ status: 0, output: "" });
    writeFileSync(join(project.folder, "out/environments/a/more.tf"), 'variable "unused" {}\n');
    const { status } = await run(project, "tflint", ["--chdir=out", "--recursive", `--config=${config}`], as);
    expect(status).toBe(2); // and it has, where there is something
  });
} else {
  process.stderr.write("There is no tflint on the PATH: what it says of the published files isn't checked.\n");
}

test.each([
  ["while it writes", "writeFileSync", 10, "0.1.0"],
  ["with the old folder away and the new one not there", "renameSync", 1, "0.1.0"],
  ["with the new folder there", "renameSync", 2, "9.9.9"],
])("one that is killed %s leaves a whole folder, at the latest once it runs again", async (_, call, times, version) => {
  const project = createProject("publish-killed", YAML);
  expect(await supportApp(project, ["publish", "--out", "out"], as)).toMatchObject({ status: 0 });
  const kill = `const fs = require("node:fs"); const original = fs.${call}; let count = 0;
    fs.${call} = (...args) => { original(...args); if (++count === ${times}) process.kill(process.pid, "SIGKILL"); };`;
  writeFileSync(join(project.folder, "kill.js"), kill);
  const args = ["--require", "ts-node/register", "--require", "./kill.js", "cli/support-app.ts", "publish"];
  const killed = await run(project, process.execPath, [...args, "--out", "out", "--version", "9.9.9"], as);
  expect(killed.status).toBeNull();
  // It runs again, and stops before it would write.
  const again = await supportApp(project, ["publish", "--out", "out", "--since", "nowhere"], as);
  expect(again).toMatchObject({ status: 1, output: expect.stringContaining('Received --since "nowhere"') });
  const sums = spawnSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: join(project.folder, "out") });
  expect(sums.status).toBe(0);
  expect(readFileSync(join(project.folder, "out/manifest.json"), "utf8")).toContain(`"version": "${version}"`);
  expect(readdirSync(project.folder).filter((name) => name.startsWith(".out"))).toEqual([]);
});

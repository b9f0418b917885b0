import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newAccount } from "./support/account";
import { createProject, removeProjects, runCdktf, synth, terraform } from "./support/project";

afterAll(removeProjects);

/** Nobody listens there, so that no registry can be reached, wherever this runs. */
const OFFLINE = { HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "" };

/** Where the tests' Terraform takes its providers from. */
function mirror(): string {
  const config = readFileSync(process.env.TF_CLI_CONFIG_FILE ?? "", "utf8");
  return JSON.parse(config.match(/path = (".*")/)?.[1] ?? '""');
}

test("the lines of docs/deploying.md write a provider lock file from a mirror, and every Terraform keeps to it", async () => {
  const account = newAccount();
  const offline = { as: account, env: OFFLINE };
  const project = createProject(
    "lock",
    `environments: { production: { account: "${account}", region: us-east-1, read-only: {} } }`,
  );
  const committed = join(project.folder, ".terraform.lock.hcl");
  const beside = join(project.folder, "cdktf.out/stacks/production/.terraform.lock.hcl");

  expect((await synth(project, offline)).status).toBe(0);
  expect(existsSync(beside)).toBe(false);
  const { stdout: version } = await terraform(project, "production", ["version", "-json"], offline);
  const options = [`-fs-mirror=${mirror()}`, `-platform=${JSON.parse(version).platform}`];
  expect(await terraform(project, "production", ["providers", "lock", ...options], offline)).toMatchObject({
    status: 0,
  });
  copyFileSync(beside, committed);
  const lock = readFileSync(committed, "utf8");
  expect(lock).toMatch(/^provider "registry\..*\/hashicorp\/aws" \{\n {2}version +=/m);

  // CDKTF's command takes it as it is, and asks no registry.
  const planned = await runCdktf(project, ["diff", "production"], offline);
  expect({ status: planned.status, output: planned.output }).toEqual({
    status: 0,
    output: expect.stringContaining("aws_iam_role.read_only"),
  });
  expect(readFileSync(beside, "utf8")).toBe(lock);

  // A provider of another checksum isn't run.
  writeFileSync(committed, lock.replace(/"h1:.*"/, `"h1:${"A".repeat(43)}="`));
  expect((await synth(project, offline)).status).toBe(0);
  rmSync(join(project.folder, "cdktf.out/stacks/production/.terraform"), { recursive: true });
  const refused = await terraform(project, "production", ["init", "-input=false"], offline);
  expect(refused.status).toBe(1);
  expect(refused.output.replace(/[\s│╷╵]+/g, " ")).toMatch(/match any of the checksums/);
});

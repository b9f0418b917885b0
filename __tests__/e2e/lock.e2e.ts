import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newAccount } from "./support/account";
import { createProject, removeProjects, runCdktf, supportApp, synth, terraform } from "./support/project";

afterAll(removeProjects);

/** Nobody listens there, so that no registry can be reached, wherever this runs. */
const OFFLINE = { HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "" };

/** Where the tests' Terraform takes its providers from. */
function mirror(): string {
  const config = readFileSync(process.env.TF_CLI_CONFIG_FILE ?? "", "utf8");
  return JSON.parse(config.match(/path = (".*")/)?.[1] ?? '""');
}

test("a provider lock file is written from a mirror, and every Terraform keeps to it", async () => {
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

  // Without the registry, it says so in Terraform's own words.
  const unreachable = await supportApp(project, ["lock"], offline);
  expect(unreachable.status).toBe(1);
  expect(unreachable.output).toMatch(
    /^Can't lock the providers: ".*" ended with the exit status 1\. Nothing was written\..* Terraform's output:\n(.*\n)*.*could not connect to/m,
  );
  expect(existsSync(committed)).toBe(false);

  const { stdout: version } = await terraform(project, "production", ["version", "-json"], offline);
  const options = ["--mirror", mirror(), "--platform", JSON.parse(version).platform];
  const { status, output } = await supportApp(project, ["lock", ...options], offline);
  expect({ status, output }).toEqual({
    status: 0,
    output: expect.stringMatching(
      /^registry\..*\/hashicorp\/aws: none → \d+\.\d+\.\d+\nWrote "\.terraform\.lock\.hcl"/m,
    ),
  });
  const lock = readFileSync(committed, "utf8");

  // CDKTF's command takes it as it is, and asks no registry.
  const planned = await runCdktf(project, ["diff", "production"], offline);
  expect({ status: planned.status, output: planned.output }).toEqual({
    status: 0,
    output: expect.stringContaining("aws_iam_role.read_only"),
  });
  expect(readFileSync(beside, "utf8")).toBe(lock);
  expect((await supportApp(project, ["lock", ...options], offline)).output).toContain(", unchanged\n");
  expect(readFileSync(committed, "utf8")).toBe(lock);

  // A provider of another checksum isn't run.
  writeFileSync(committed, lock.replace(/"h1:.*"/, `"h1:${"A".repeat(43)}="`));
  expect((await synth(project, offline)).status).toBe(0);
  rmSync(join(project.folder, "cdktf.out/stacks/production/.terraform"), { recursive: true });
  const refused = await terraform(project, "production", ["init", "-input=false"], offline);
  expect(refused.status).toBe(1);
  expect(refused.output.replace(/[\s│╷╵]+/g, " ")).toMatch(/match any of the checksums/);
});

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { HOSTILE, obeyedIn } from "../../../support/hostile";
import { printedInTests } from "../../../support/printed";
import { synthesizeInto } from "../../../support/synthesize";

/*
 * The real Terraform locks in __tests__/e2e/lock.e2e.ts. Here, a script stands in for it, since `npm test` needs none: it shows what
 * it is run with, and fails, hangs or answers as Terraform may.
 */
const TEXT = `environments:
  one: { account: "111122223333", region: us-east-1, read-only: {} }
  two: { account: "444455556666", region: us-east-1, full: {} }
`;
const LOCK = (version: string) => `provider "registry.terraform.io/hashicorp/aws" {
  version     = "${version}"
  constraints = ">= 5.100.0, < 7.0.0"
  hashes = [
    "h1:a=",
  ]
}
`;

const printed = printedInTests();
const before = { ...process.env };
let folder: string;
let lock: string;
let temporary: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "support-app-lock-test-")));
  lock = join(folder, ".terraform.lock.hcl");
  temporary = join(folder, "temporary");
  mkdirSync(temporary);
  jest.spyOn(os, "tmpdir").mockImplementation(() => temporary);
  writeFileSync(join(folder, "environments.yaml"), TEXT);
  synthesizeInto(join(folder, "out"), parseEnvironments(TEXT, "environments.yaml"));
  process.env = { ...before, TMPDIR: temporary, SUPPORT_APP_ENVIRONMENTS: join(folder, "environments.yaml") };
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true });
});

/** A script that is run instead of Terraform, in its folder. `$OUT` is the folder for its records. */
function terraformIs(script: string): void {
  const file = join(folder, "terraform");
  writeFileSync(file, `#!/bin/sh\nOUT='${folder}'\n${script}\n`);
  chmodSync(file, 0o755);
  process.env.TERRAFORM_BINARY_NAME = file;
}

/** Temporary files that a run has left. */
function leftBehind(): string[] {
  return readdirSync(temporary).filter((name) => name.startsWith("support-app-"));
}

async function run(...args: string[]) {
  const status = await runSupportApp(["lock", join(folder, "out"), ...args]);
  return { status, output: printed.splice(0).join("\n").replaceAll(folder, "") };
}

const locking = (version: string) =>
  `echo "$@" > "$OUT/args"; ls -A > "$OUT/found"; cp main.tf.json "$OUT"; printf '%s' '${LOCK(version)}' > .terraform.lock.hcl`;

test("it locks the newest versions for five platforms, in a folder without the old lock file, which is replaced", async () => {
  terraformIs(locking("5.100.0"));
  expect(await run()).toEqual({
    status: 0,
    output: `registry.terraform.io/hashicorp/aws: none → 5.100.0
Wrote "/.terraform.lock.hcl", with checksums for linux_amd64, linux_arm64, darwin_amd64, darwin_arm64, windows_amd64. Commit it, and run npm run synth.`,
  });
  expect(readFileSync(lock, "utf8")).toBe(LOCK("5.100.0"));
  terraformIs(locking("6.0.0"));
  expect((await run()).output).toContain("registry.terraform.io/hashicorp/aws: 5.100.0 → 6.0.0\n");
  expect((await run()).output).toContain("registry.terraform.io/hashicorp/aws: 6.0.0, unchanged\n");
  expect(readFileSync(lock, "utf8")).toBe(LOCK("6.0.0"));
  expect(readFileSync(join(folder, "found"), "utf8")).toBe("main.tf.json\n");
  expect(JSON.parse(readFileSync(join(folder, "main.tf.json"), "utf8"))).toEqual({
    terraform: { required_providers: { p0: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } } },
  });
  expect(readFileSync(join(folder, "args"), "utf8")).toBe(
    "providers lock -no-color -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_amd64 -platform=darwin_arm64 -platform=windows_amd64\n",
  );
  expect(leftBehind()).toEqual([]);
});

test("where nothing is synthesized yet, that comes first", async () => {
  const before = process.cwd();
  try {
    process.chdir(folder);
    expect(await runSupportApp(["lock"])).toBe(1);
  } finally {
    process.chdir(before);
  }
  expect(printed).toEqual([
    'Can\'t lock the providers: there is no folder "cdktf.out". Synthesize first, with npm run synth.',
  ]);
});

test("given platforms and a given mirror are used", async () => {
  terraformIs(locking("5.100.0"));
  expect((await run("--platform", "linux_amd64", "--platform", "freebsd_arm", "--mirror", folder)).status).toBe(0);
  expect(readFileSync(join(folder, "args"), "utf8")).toBe(
    `providers lock -no-color -fs-mirror=${folder} -platform=linux_amd64 -platform=freebsd_arm\n`,
  );
});

test("Terraform's own files in the output folder don't matter", async () => {
  terraformIs(locking("5.100.0"));
  mkdirSync(join(folder, "out/stacks/one/.terraform"));
  writeFileSync(join(folder, "out/stacks/one/.terraform.lock.hcl"), "Terraform's own");
  expect((await run()).status).toBe(0);
});

test("if Terraform fails, its output follows, nothing in it is obeyed, and nothing is written", async () => {
  writeFileSync(lock, LOCK("5.100.0"));
  writeFileSync(join(folder, "said"), `\nError: ${HOSTILE.replaceAll("\n", " ")}\n\n::error::no such host\n`);
  terraformIs('echo "- Fetching ::error::"; cat "$OUT/said" >&2; exit 1');
  const { status, output } = await run();
  expect(status).toBe(1);
  expect(obeyedIn(output)).toEqual([]);
  expect(output).toContain(`- Fetching ::error::
Can't lock the providers: "/terraform" ended with the exit status 1. Nothing was written. Run it where the registry can be reached, or use a filesystem mirror with --mirror FOLDER. Terraform's output:
Error: `);
  expect(output).toMatch(/\n\\u\{003a\}:error::no such host$/);
  expect(readFileSync(lock, "utf8")).toBe(LOCK("5.100.0"));
  expect(leftBehind()).toEqual([]);
});

test("a mirror that lacks a platform: the platforms that it has can be named", async () => {
  terraformIs("exit 1");
  expect((await run("--mirror", folder)).output).toContain(
    "Nothing was written. Check that the mirror has each provider for linux_amd64, linux_arm64, darwin_amd64, darwin_arm64, windows_amd64, or name only the platforms that it has with --platform. Terraform's output:",
  );
});

test("a Terraform that writes no lock file is an error", async () => {
  terraformIs("true");
  const { status, output } = await run();
  expect(status).toBe(1);
  expect(output).toMatch(
    /^Can't lock the providers: Terraform wrote no lock file \(ENOENT: .*Nothing was written\. Synthesize again\./,
  );
  expect(existsSync(lock)).toBe(false);
});

test("a Terraform that can't be run, or is killed, is an error", async () => {
  terraformIs("kill -9 $$");
  expect((await run()).output).toContain('"/terraform" ended with no exit status. Nothing was written.');
  process.env.TERRAFORM_BINARY_NAME = join(folder, "tofu");
  expect(await run()).toEqual({
    status: 1,
    output:
      'Can\'t run Terraform as "/tofu" (spawn /tofu ENOENT). Nothing was written. Install Terraform, or set TERRAFORM_BINARY_NAME to another binary.',
  });
  expect(leftBehind()).toEqual([]);
});

test("the providers of all stacks are locked, each in the versions that all stacks allow", async () => {
  const stack = (required_providers: object) => JSON.stringify({ terraform: { required_providers } });
  const [one, two] = ["one", "two"].map((name) => join(folder, `out/stacks/${name}/cdk.tf.json`)) as [string, string];
  writeFileSync(one, stack({ aws: { source: "hashicorp/aws", version: ">= 5.100.0" }, random: {} }));
  writeFileSync(two, stack({ aws: "~> 6.1", mine: { source: "acme.com:8443/a/mine", version: "1.0.0" } }));
  terraformIs(locking("6.1.0"));
  expect(await run()).toMatchObject({ status: 0 });
  expect(JSON.parse(readFileSync(join(folder, "main.tf.json"), "utf8")).terraform.required_providers).toEqual({
    p0: { source: "acme.com:8443/a/mine", version: "1.0.0" },
    p1: { source: "hashicorp/aws", version: ">= 5.100.0, ~> 6.1" },
    p2: { source: "hashicorp/random", version: "" },
  });
});

test.each([
  [
    ["--platform", "linux"],
    "error: option '--platform <platform>' argument 'linux' is invalid. Expected a platform as Terraform names it, such as linux_amd64.\n(add --help for what is expected)",
  ],
  [["--mirror", "/nowhere"], 'Received --mirror "/nowhere", expected a folder that exists. Check the name.'],
  [["--mirror", "/dev/null"], 'Received --mirror "/dev/null", expected a folder that exists. Check the name.'],
])("%j is wrong usage, and nothing is written", async (args, sentence) => {
  expect(await run(...args)).toEqual({ status: 2, output: sentence });
  expect(existsSync(lock)).toBe(false);
});

test("a lock file in another form is replaced, and what was locked before is unknown", async () => {
  writeFileSync(lock, "by hand\n");
  terraformIs(locking("5.100.0"));
  expect((await run()).output).toContain("registry.terraform.io/hashicorp/aws: unknown → 5.100.0\n");
});

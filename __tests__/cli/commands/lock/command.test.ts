import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { dirname, join } from "node:path";
import { commandInTests } from "../../../support/commanding";
import { HOSTILE, obeyedIn } from "../../../support/hostile";

// The real Terraform locks in __tests__/e2e/lock.e2e.ts. Here, a script stands in for it, since `npm test` needs none.
const LOCK = (version: string) => `provider "registry.terraform.io/hashicorp/aws" {
  version     = "${version}"
  constraints = ">= 5.100.0, < 7.0.0"
  hashes = [
    "h1:a=",
  ]
}
`;

const { path: inFolder, run: ran } = commandInTests(
  "lock",
  'environments: { one: { account: "111122223333", region: us-east-1, full: {} } }',
);
let [folder, lock, temporary] = ["", "", ""];
beforeEach(() => {
  [folder, lock, temporary] = [dirname(inFolder("any")), inFolder(".terraform.lock.hcl"), inFolder("temporary")];
  mkdirSync(temporary);
  jest.spyOn(os, "tmpdir").mockImplementation(() => temporary);
  const aws = { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" };
  synthesized({ one: { aws }, two: { aws } });
  process.env.TMPDIR = temporary;
});

/** Writes an output folder of stacks with these required providers. */
function synthesized(providers: Readonly<Record<string, object>>): void {
  const stacks = Object.keys(providers).map((name) => [name, { synthesizedStackPath: `stacks/${name}/cdk.tf.json` }]);
  for (const [name, required_providers] of Object.entries(providers)) {
    const stack = inFolder(`out/stacks/${name}`);
    mkdirSync(stack, { recursive: true });
    writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify({ terraform: { required_providers } }));
  }
  writeFileSync(join(folder, "out/manifest.json"), JSON.stringify({ stacks: Object.fromEntries(stacks) }));
}

/** A script that is run instead of Terraform, in its folder. `$OUT` is the folder for its records. */
function terraformIs(script: string): void {
  process.env.TERRAFORM_BINARY_NAME = inFolder("terraform");
  writeFileSync(inFolder("terraform"), `#!/bin/sh\nOUT='${folder}'\n${script}\n`, { mode: 0o755 });
}

async function run(...args: string[]) {
  const { status, output } = await ran(inFolder("out"), ...args);
  return { status, output: output.replaceAll(folder, "") };
}

/** What the script was run with. */
const required = () => JSON.parse(readFileSync(join(folder, "main.tf.json"), "utf8")).terraform.required_providers;

const locking = (version: string) =>
  `echo "$@" > "$OUT/args"; ls -A > "$OUT/found"; cp main.tf.json "$OUT"; printf '%s' '${LOCK(version)}' > .terraform.lock.hcl`;

test("lock locks the newest versions for five platforms, in a folder without the old lock file, which is replaced", async () => {
  terraformIs(locking("5.100.0"));
  expect(await run()).toEqual({
    status: 0,
    output: `registry.terraform.io/hashicorp/aws: none → 5.100.0
Wrote "/.terraform.lock.hcl", with checksums for linux_amd64, linux_arm64, darwin_amd64, darwin_arm64, windows_amd64. Commit it, and run npm run synth.`,
  });
  terraformIs(locking("6.0.0"));
  expect((await run()).output).toContain("registry.terraform.io/hashicorp/aws: 5.100.0 → 6.0.0\n");
  expect((await run()).output).toContain("registry.terraform.io/hashicorp/aws: 6.0.0, unchanged\n");
  expect(readFileSync(lock, "utf8")).toBe(LOCK("6.0.0"));
  writeFileSync(lock, "by hand\n");
  expect((await run()).output).toContain("registry.terraform.io/hashicorp/aws: unknown → 6.0.0\n");
  expect(readFileSync(join(folder, "found"), "utf8")).toBe("main.tf.json\n");
  expect(required()).toEqual({ p0: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } });
  expect(readFileSync(join(folder, "args"), "utf8")).toBe(
    "providers lock -no-color -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_amd64 -platform=darwin_arm64 -platform=windows_amd64\n",
  );
  expect(readdirSync(temporary)).toEqual([]);
});

test("given platforms and a given mirror are used, and named if Terraform fails", async () => {
  terraformIs(`${locking("5.100.0")}; exit 1`);
  const { output } = await run("--platform", "linux_amd64", "--platform", "freebsd_arm", "--mirror", folder);
  expect(readFileSync(join(folder, "args"), "utf8")).toBe(
    `providers lock -no-color -fs-mirror=${folder} -platform=linux_amd64 -platform=freebsd_arm\n`,
  );
  expect(output).toContain(
    "Nothing was written. Run it where the registry can be reached, or use a filesystem mirror with --mirror. Check that it has each provider for linux_amd64, freebsd_arm, or name other platforms with --platform. Terraform's output:",
  );
});

test("the providers of all stacks are locked, each in the versions that all stacks allow", async () => {
  synthesized({
    one: { aws: "~> 6.1", random: {} },
    two: {
      aws: { source: "hashicorp/aws", version: ">= 5.100.0" },
      mine: { source: "acme.com:8443/a/mine", version: "1.0.0" },
    },
  });
  terraformIs(locking("6.1.0"));
  expect(await run()).toMatchObject({ status: 0 });
  expect(required()).toEqual({
    p0: { source: "acme.com:8443/a/mine", version: "1.0.0" },
    p1: { source: "hashicorp/aws", version: ">= 5.100.0, ~> 6.1" },
    p2: { source: "hashicorp/random", version: ">= 0" },
  });
});

test("if Terraform fails, its output follows, nothing in it is obeyed, and nothing is written", async () => {
  writeFileSync(join(folder, "said"), `\nError: ${HOSTILE.replaceAll("\n", " ")}\n\n::error::no such host\n`);
  terraformIs('echo "- Fetching ::error::"; echo "Success"; cat "$OUT/said" >&2; exit 1');
  const { status, output } = await run();
  expect(status).toBe(1);
  expect(obeyedIn(output)).toEqual([]);
  expect(output).toContain(`- Fetching ::error::
Can't lock the providers: "/terraform" ended with the exit status 1. Nothing was written. Run it where the registry can be reached, or use a filesystem mirror with --mirror. Check that it has each provider for linux_amd64, linux_arm64, darwin_amd64, darwin_arm64, windows_amd64, or name other platforms with --platform. Terraform's output:
Error: `);
  expect(output).toMatch(/\n\\u\{003a\}:error::no such host$/);
  expect(existsSync(lock)).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
});

test("a mirror that is a file is an error", async () => {
  const { status, output } = await run("--mirror", join(folder, "environments.yaml"));
  expect([status, output]).toEqual([
    2,
    expect.stringMatching(/^Received --mirror ".*", expected a folder that exists/),
  ]);
});

test.each([
  [
    "writes no lock file",
    "true",
    /^Can't lock the providers: Terraform wrote no lock file \(there is no such file or folder\).*Synthesize again\./,
  ],
  ["is killed", "kill -9 $$", /"\/terraform" ended with no exit status\. Nothing was written\./],
])("a Terraform that %s is an error", async (_, script, sentence) => {
  terraformIs(script);
  expect(await run()).toEqual({ status: 1, output: expect.stringMatching(sentence) });
  expect(existsSync(lock)).toBe(false);
});

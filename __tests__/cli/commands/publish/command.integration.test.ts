import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { dirname, join } from "node:path";
import { contentsOf } from "../../../support/changes";
import { commandInTests } from "../../../support/commanding";

const YAML = `environments:
  production:
    account: "444455556666"
    region: us-east-1
    read-only: { channels: [{ name: support-watch, workspace: T01, channel: C01 }] }
    full: { without: [resolve-cases], channels: [{ name: support-oncall, workspace: T01, channel: C02 }] }
  staging: { account: "111122223333", region: us-east-1, read-only: {} }
`;

const { path, environmentsAre, run: publish } = commandInTests("publish", YAML);
const out = () => path("new/out");
const readPublished = (file: string) => readFileSync(join(out(), file), "utf8");
const namesIn = (folder: string) => readdirSync(folder).sort();

test("a folder is written, what isn't published any more is removed, and a check compares with it", async () => {
  const siblings = readdirSync(".");
  jest.spyOn(os, "tmpdir").mockReturnValue("/dev/null"); // it needs no temporary folder
  const { output } = await publish("--out", out());
  expect(output).toMatch(/^Making environments: 2 …\nWrote \d+ files to .*\/new\/out: version .*\.$/);
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(JSON.parse(readPublished("manifest.json"))).toMatchObject({ version });
  expect(namesIn(join(out(), "environments"))).toEqual(["production", "staging"]);

  environmentsAre(YAML.slice(0, YAML.indexOf("  staging:")));
  const { status, output: checkOutput } = await publish("--check", "--out", out());
  expect(status).toBe(1);
  expect(checkOutput).toContain(`${out()} is not what publish would write. Publish again.`);
  expect(checkOutput).toMatch(/\ndiffers: access\.json\n.*\nnot published: environments\/staging\/versions\.tf\n/s);
  expect(await publish("--out", out(), "--version", "2.0.0")).toMatchObject({ status: 0 });
  expect(namesIn(join(out(), "environments"))).toEqual(["production"]);
  expect(JSON.parse(readPublished("manifest.json"))).toMatchObject({ version: "2.0.0" });
  expect(await publish("--check", "--out", out())).toEqual({
    status: 0,
    output: `Making environments: 1 …\n${out()} is what publish would write.`,
  });
  expect(namesIn(path("new"))).toEqual(["out"]);
  expect(readdirSync(".")).toEqual(siblings);
});

test("a choice of environments isn't published: the others would be removed", async () => {
  process.env.SUPPORT_APP_ONLY = "production";
  expect(await publish("--out", out())).toMatchObject({ status: 2 });
  expect(existsSync(path("new"))).toBe(false);
});

test("a publication lives where others keep files: only what publish wrote is replaced and removed, again and again", async () => {
  const clone = path("clone");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: clone, encoding: "utf8" });
  mkdirSync(clone);
  git("init", "--quiet");
  const theirs = ["atlantis.yaml", "environments/root.hcl", ".gitignore"];
  for (const folder of ["production", "staging"])
    for (const name of ["terragrunt.hcl", ".terraform.lock.hcl", ".terraform/modules/m/main.tf", "backend.tf"])
      theirs.push(`environments/${folder}/${name}`);
  for (const name of theirs) {
    mkdirSync(dirname(join(clone, name)), { recursive: true });
    writeFileSync(join(clone, name), name.endsWith("backend.tf") ? 'terraform {\n  backend "s3" {}\n}\n' : "theirs");
  }
  for (const version of ["1.0.0", "1.1.0"]) {
    expect(await publish("--out", clone, "--version", version)).toMatchObject({ status: 0 });
    expect(await publish("--check", "--out", clone)).toMatchObject({ status: 0 });
  }
  environmentsAre(YAML.slice(0, YAML.indexOf("  staging:")));
  const { output } = await publish("--out", clone);
  expect(output.split("\n").at(-1)).toBe(
    "Not published, but not empty: environments/staging. If an environment was there, remove the folder: Terraform with only a backend there would destroy what the state has.",
  );
  expect(await publish("--check", "--out", clone)).toMatchObject({ status: 0 });
  await publish("--out", out());
  git("add", "--all");
  const published = Object.keys(contentsOf(out())).filter((name) => lstatSync(join(out(), name)).isFile());
  expect(git("ls-files").trimEnd().split("\n").sort()).toEqual([...published, ...theirs].sort());
  for (const name of theirs.filter((name) => !name.endsWith("backend.tf")))
    expect(readFileSync(join(clone, name), "utf8")).toBe("theirs");
});

test("publishing again keeps the version, the backend and the provider until it is told otherwise, and prints them", async () => {
  const settings = async (...args: string[]) => {
    const { status, output } = await publish("--out", out(), ...args);
    const { version, backend, provider } = JSON.parse(readPublished("manifest.json"));
    expect(existsSync(join(out(), "environments/staging/provider_override.tf"))).toBe(provider === "none");
    const block = readPublished("environments/staging/versions.tf").match(/(?:backend|cloud) .*/)?.[0];
    return [status, output.split("\n").at(-1)?.replace(/.*: /, ""), version, backend, block];
  };
  expect(await settings("--version", "1.1.0")).toEqual([0, "version 1.1.0.", "1.1.0", undefined, undefined]);
  const S3 = 'backend "s3" {}';
  expect(await settings("--backend", "s3")).toEqual([0, "version 1.1.0, backend s3.", "1.1.0", "s3", S3]);
  const settingsWords = "version 1.1.0, backend s3, provider none.";
  expect(await settings("--provider", "none")).toEqual([0, settingsWords, "1.1.0", "s3", S3]);
  expect(await publish("--check", "--out", out())).toMatchObject({ status: 0 });
  expect(await settings()).toEqual([0, settingsWords, "1.1.0", "s3", S3]);
  expect(await settings("--provider", "environment")).toEqual([0, "version 1.1.0, backend s3.", "1.1.0", "s3", S3]);
  expect(await settings("--backend", "environment")).toMatchObject([0, "version 1.1.0.", "1.1.0"]);
  expect(await publish("--check", "--out", out(), "--version", "1.3.0")).toMatchObject({ status: 1 });
  expect(await publish("--out", out(), "--backend", "local")).toMatchObject({ status: 2 });
});

test("a publication has a CloudFormation template on request, and keeps it until it is told otherwise", async () => {
  const template = join(out(), "stack-set.template.json");
  await publish("--out", out(), "--cloudformation");
  expect(Object.keys(JSON.parse(readFileSync(template, "utf8")).Resources)).toContain("Account444455556666FullRole");
  expect(await publish("--out", out())).toMatchObject({ status: 0 });
  expect(await publish("--check", "--out", out())).toMatchObject({ status: 0 });
  expect(existsSync(template)).toBe(true);
  await publish("--out", out(), "--no-cloudformation");
  expect(existsSync(template)).toBe(false);
});

test("a CloudFormation template takes nothing over, and isn't larger than AWS takes", async () => {
  environmentsAre(YAML.replace("[resolve-cases]", "[resolve-cases], adopt: true"));
  const { status, output } = await publish("--out", out(), "--cloudformation");
  expect([status, output]).toEqual([
    1,
    expect.stringContaining(
      "Received --cloudformation with adopt in production, expected environments without adopt: CloudFormation can't take over what exists.",
    ),
  ]);
  environmentsAre(YAML.replace("[resolve-cases]", '[resolve-cases], description: "{{resolve:ssm:secret}}"'));
  expect((await publish("--out", out(), "--cloudformation")).output).toContain(
    "Received --cloudformation with {{ in environments.yaml, such as in a description, expected none",
  );
  const entries = Array.from({ length: 250 }, (_, index) => {
    return `  e${index}: { account: "${100_000_000_000 + index}", region: us-east-1, read-only: {} }`;
  });
  environmentsAre(`environments:\n${entries.join("\n")}\n`);
  expect((await publish("--out", out(), "--cloudformation")).output).toMatch(
    /Received 250 environments, which need a template of \d+ bytes and 501 resources, expected at most 1048576 bytes and 500 resources/,
  );
  expect(existsSync(out())).toBe(false);
});

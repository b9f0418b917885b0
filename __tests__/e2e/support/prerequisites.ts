import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";

/** Something that this machine lacks. The message says what, and how to get it. */
export class MissingPrerequisite extends Error {}

/** There is no AWS provider to be had. */
export class NoProvider extends MissingPrerequisite {}

/** The Terraform or OpenTofu that CDKTF will run. */
export function findTerraform(): string {
  const binary = process.env.TERRAFORM_BINARY_NAME || "terraform";
  const { status, stdout } = spawnSync(binary, ["version"], {
    env: { ...process.env, CHECKPOINT_DISABLE: "1" },
    encoding: "utf8",
  });
  const [, major = "", minor = ""] = stdout?.match(/v(\d+)\.(\d+)/) ?? [];
  if (status !== 0 || Number(major) < 1 || (Number(major) === 1 && Number(minor) < 10)) {
    throw new MissingPrerequisite(
      `Received ${status === 0 ? stdout.split("\n")[0] : `no answer from ${binary}`}, expected Terraform or OpenTofu 1.10 or newer. Install it from https://developer.hashicorp.com/terraform/install, or set TERRAFORM_BINARY_NAME to another binary.`,
    );
  }
  return binary;
}

/**
 * Finds an AWS provider: in AWS_PROVIDER_MIRROR, else wherever this machine's Terraform takes providers from, which is
 * the registry unless its configuration says otherwise, else in a filesystem mirror anywhere on this machine.
 *
 * @returns a Terraform CLI configuration that has every `terraform init` take it from a local folder
 */
export function findAwsProvider(terraform: string, scratch: string, cache: string): string {
  const mirrorPath = process.env.AWS_PROVIDER_MIRROR;
  if (mirrorPath) {
    const config = mirrorConfig(scratch, resolve(mirrorPath));
    const problem = initProblem(terraform, scratch, { TF_CLI_CONFIG_FILE: config });
    if (problem === undefined) return config;
    throw new MissingPrerequisite(
      `Received AWS_PROVIDER_MIRROR=${mirrorPath}, expected a folder with registry.terraform.io/hashicorp/aws in it, unpacked or as zip files, 5.100.0 or newer. Terraform says:\n${problem}`,
    );
  }
  mkdirSync(cache, { recursive: true });
  const problem = initProblem(terraform, scratch, { TF_PLUGIN_CACHE_DIR: cache });
  if (problem === undefined && hasProvider(cache)) return mirrorConfig(scratch, cache);
  for (const mirror of filesystemMirrors()) {
    const config = mirrorConfig(scratch, mirror);
    if (initProblem(terraform, scratch, { TF_CLI_CONFIG_FILE: config }) === undefined) return config;
  }
  throw new NoProvider(
    `Received no hashicorp/aws from the registry nor from a filesystem mirror on this machine, expected 5.100.0 or newer. Connect to the registry, or run \`${terraform} providers mirror DIR\` where it can be reached and set AWS_PROVIDER_MIRROR=DIR. Terraform says:\n${problem}`,
  );
}

/** A Terraform CLI configuration that knows no other source of providers. */
export function mirrorConfig(scratch: string, mirror: string): string {
  const file = join(mkdtempSync(join(scratch, "mirror-")), "terraform.rc");
  const path = JSON.stringify(mirror);
  writeFileSync(file, `provider_installation {\n  filesystem_mirror {\n    path = ${path}\n  }\n}\n`);
  return file;
}

/** What Terraform says against initializing a configuration that needs the AWS provider. Undefined: nothing. */
function initProblem(terraform: string, scratch: string, env: NodeJS.ProcessEnv): string | undefined {
  const folder = mkdtempSync(join(scratch, "init-"));
  const required_providers = { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers } }));
  const { status, stderr } = spawnSync(terraform, [`-chdir=${folder}`, "init", "-input=false", "-no-color"], {
    env: { ...process.env, CHECKPOINT_DISABLE: "1", ...env },
    encoding: "utf8",
  });
  return status === 0 ? undefined : stderr.trim();
}

function hasProvider(cache: string): boolean {
  return ["terraform.io", "opentofu.org"].some((host) => existsSync(join(cache, `registry.${host}`, "hashicorp/aws")));
}

/** The folders on this machine that hold a mirrored hashicorp/aws. */
function filesystemMirrors(): string[] {
  const provider = "*/registry.*/hashicorp/aws";
  // Not one of another run of these tests, which ends and takes it away.
  const never = "-path /proc -o -name node_modules -o -name .terraform -o -name support-app-*".split(" ");
  const { stdout } = spawnSync(
    "find",
    ["/", "-xdev", "(", ...never, ")", "-prune", "-o", "-type", "d", "-path", provider, "-print"],
    { encoding: "utf8", maxBuffer: 1 << 26 },
  );
  return (stdout ?? "").split("\n").flatMap((path) => {
    const root = path.split(sep).slice(0, -3).join(sep);
    return root === "" ? [] : [root];
  });
}

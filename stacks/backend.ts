import { join, relative, resolve } from "node:path";
import {
  CloudBackend,
  LocalBackend,
  Manifest,
  NamedCloudWorkspace,
  S3Backend,
  type TerraformStack,
} from "../modules/support-app/framework";
import type { Environment } from "./environment";
import type { BackendEntry } from "./environments-schema";

/** Folder beside cdktf.json that keeps local state. Git ignores it, and deleting cdktf.out leaves it alone. */
const STATE_FOLDER = "state";

/** Tells Terraform where to keep the environment's state. The stack is written below the output folder. */
export function addBackend(
  stack: TerraformStack,
  { name, backend }: Environment,
  profile: string | undefined,
  outdir: string,
): void {
  switch (backend.type) {
    case "local":
      new LocalBackend(stack, { path: localStatePath(outdir, name) });
      break;
    case "s3": {
      const s3 = new S3Backend(stack, {
        bucket: backend.bucket,
        key: stateKey(name, backend),
        region: backend.region,
        encrypt: true,
        kmsKeyId: backend["kms-key"],
        profile,
      });
      s3.addOverride("use_lockfile", true); // newer than CDKTF's last release
      break;
    }
    case "cloud":
      new CloudBackend(stack, {
        organization: backend.organization,
        hostname: backend.hostname,
        workspaces: new NamedCloudWorkspace(cloudWorkspace(name, backend)),
      });
  }
}

/** The key of the environment's state in its bucket. The lock file is beside it. */
export function stateKey(name: string, backend: Extract<BackendEntry, { type: "s3" }>): string {
  return `${backend.prefix ?? "support-app"}/${name}.tfstate`;
}

/** The environment's workspace in HCP Terraform. */
export function cloudWorkspace(name: string, backend: Extract<BackendEntry, { type: "cloud" }>): string {
  return `${backend["workspace-prefix"] ?? "support-app-"}${name}`;
}

/**
 * The path of the state file, relative to the folder that Terraform runs in, so that no path of this machine is
 * written. An output folder outside the project is for reading, not for deploying, and has the same paths as cdktf.out.
 */
export function localStatePath(outdir: string, name: string): string {
  const inside = !relative(process.cwd(), resolve(outdir)).startsWith("..");
  const workingDirectory = resolve(inside ? outdir : "cdktf.out", Manifest.stacksFolder, name);
  return join(relative(workingDirectory, process.cwd()), STATE_FOLDER, `${name}.tfstate`);
}

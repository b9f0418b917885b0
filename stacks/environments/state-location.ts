import { posix, relative, resolve } from "node:path";
import { canonical } from "../../common/canonical";
import { BACKENDS, STATE_PREFIX } from "../../modules/support-app/model/properties";
import type { BackendEntry, Environment } from "./environment";

/** The folder in the output folder that has a folder for each stack. */
export const STACKS_FOLDER = "stacks";

/** Folder beside cdktf.json that keeps local state. Git ignores it, and deleting cdktf.out leaves it alone. */
const STATE_FOLDER = "state";

/** The key of the environment's state in its bucket. The lock file is beside it. */
export function stateKey(name: string, backend: Extract<BackendEntry, { type: "s3" }>): string {
  return `${backend.prefix ?? BACKENDS.s3.properties.prefix.byDefault}/${name}.tfstate`;
}

/** The settings of Terraform's S3 backend for the environment. */
export function s3Settings(
  environment: Pick<Environment, "name" | "profile">,
  backend: Extract<BackendEntry, { type: "s3" }>,
) {
  return {
    bucket: backend.bucket,
    key: stateKey(environment.name, backend),
    region: backend.region,
    encrypt: true,
    kms_key_id: backend["kms-key"],
    profile: environment.profile,
    use_lockfile: true,
  };
}

/** The organization, with the host if it isn't HCP Terraform's. */
export function cloudOrganization({ hostname, organization }: Extract<BackendEntry, { type: "cloud" }>): string {
  const { byDefault } = BACKENDS.cloud.properties.hostname;
  return hostname === undefined || hostname === byDefault ? organization : `${hostname}/${organization}`;
}

/** The environment's workspace in HCP Terraform. */
export function cloudWorkspace(name: string, backend: Extract<BackendEntry, { type: "cloud" }>): string {
  return `${backend["workspace-prefix"] ?? BACKENDS.cloud.properties.workspacePrefix.byDefault}${name}`;
}

/**
 * The settings of Terraform's HTTP backend for the environment. Source: GitLab, Terraform state: POST locks, DELETE unlocks. Credentials
 * are variables of the process.
 */
export function httpSettings(name: string, { address: states }: Extract<BackendEntry, { type: "http" }>) {
  const address = `${states}/${STATE_PREFIX}${name}`;
  const lockAddress = `${address}/lock`;
  return {
    address,
    lock_address: lockAddress,
    unlock_address: lockAddress,
    lock_method: "POST",
    unlock_method: "DELETE",
  };
}

/** Where a person sees who has locked a state in GitLab. */
export const LOCKS_PAGE = "Operate > Terraform states in the GitLab project";

/** The state file of an environment in the project's folder, in which this process runs. */
function localStateFile(name: string): string {
  return resolve(STATE_FOLDER, `${name}.tfstate`);
}

/**
 * The path of the state file, relative to the folder that Terraform runs in, so that no path of this machine is
 * written. An output folder outside the project is for reading, not for deploying, and has the same paths as cdktf.out.
 */
export function localStatePath(outdir: string, name: string): string {
  const isInside = !relative(process.cwd(), resolve(outdir)).startsWith("..");
  const workingDirectory = resolve(isInside ? outdir : "cdktf.out", STACKS_FOLDER, name);
  return relative(workingDirectory, localStateFile(name));
}

/**
 * The place of an environment's state, as a text: two environments with one place have one state.
 *
 * @param statePath the path of local state, relative to the stack's folder
 */
export function statePlace({ name, backend }: Pick<Environment, "name" | "backend">, statePath = ""): string {
  switch (backend.type) {
    case "local":
      return canonical(["local", posix.join(posix.isAbsolute(statePath) ? "" : `${STACKS_FOLDER}/${name}`, statePath)]);
    case "s3":
      return canonical(["s3", backend.bucket, stateKey(name, backend)]);
    case "cloud":
      return canonical(["cloud", cloudOrganization(backend).toLowerCase(), cloudWorkspace(name, backend)]);
    case "http":
      return canonical(["http", httpSettings(name, backend).address]);
  }
}

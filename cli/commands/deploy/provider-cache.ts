import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import pLimit from "p-limit";
import { canonical } from "../../../common/canonical";
import { attempt } from "../../../common/disk-error";
import { fieldsIn, parseJson } from "../../../common/json";
import { makeFolders } from "../../../common/make-folders";
import { PROVIDER_LOCK } from "../../../stacks/output/provider-lock";

/** In the output folder. The stacks link to the providers in it. */
const FOLDER = ".terraform-providers";

/** The providers of many stacks, downloaded once. */
export interface ProviderCache {
  /** Environment variables for Terraform. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs a stack's `terraform init`, which throws if it fails, one at a time. */
  init(folder: string, run: () => Promise<unknown>): Promise<void>;
}

/**
 * A cache of providers, in TF_PLUGIN_CACHE_DIR or in the output folder. Terraform itself doesn't lock it. Stacks with
 * the same requirements and no provider lock file get the first one's lock file, so that all of them run the same providers.
 */
export function providerCache(output: string): ProviderCache {
  const ownCache = resolve(output, FOLDER);
  const cache = process.env.TF_PLUGIN_CACHE_DIR || ownCache;
  if (cache === ownCache) attempt(() => makeFolders(ownCache)); // otherwise, Terraform says that it isn't there
  const locks = new Map<string, Buffer>();
  const limit = pLimit(1);
  const initialize = async (folder: string, run: () => Promise<unknown>) => {
    const file = join(folder, PROVIDER_LOCK);
    const requirement = requiredIn(folder);
    const cachedLock = locks.get(requirement);
    if (cachedLock !== undefined && !existsSync(file)) writeFileSync(file, cachedLock);
    await run();
    if (existsSync(file)) locks.set(requirement, readFileSync(file));
  };
  return { env: { TF_PLUGIN_CACHE_DIR: cache }, init: (folder, run) => limit(initialize, folder, run) };
}

/** What a stack requires, as one text. A stack in HCL shares its requirements with no other. */
function requiredIn(folder: string): string {
  const file = join(folder, "cdk.tf.json");
  if (!existsSync(file)) return folder;
  const { terraform } = fieldsIn(parseJson(readFileSync(file, "utf8")));
  return canonical(fieldsIn(terraform).required_providers);
}

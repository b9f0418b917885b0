import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import pLimit from "p-limit";
import { messageOf } from "../../modules/support-app/printable";
import { describePath } from "../../modules/support-app/problem";
import { PROVIDER_LOCK } from "../../stacks/provider-lock";
import { CommandError } from "../command-error";
import { canonical, isFields, parseJson } from "../json";
import type { Ended } from "./children";

/** In the output folder, whose stacks link to what is in it. */
const FOLDER = ".terraform-providers";

/** The providers of many stacks, downloaded once. */
export interface ProviderCache {
  /** What Terraform's environment has for it. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs `terraform init` of a stack: at once with others where all that it needs is there, and alone where it isn't. */
  init(folder: string, run: () => Promise<Ended>): Promise<Ended>;
}

/**
 * A cache of providers, which Terraform itself doesn't lock: the one that TF_PLUGIN_CACHE_DIR names, or one in the output folder. Stacks
 * that require the same and have no provider lock file get that of the first, so that all of them run the same providers.
 */
export function providerCache(output: string): ProviderCache {
  const cache = process.env.TF_PLUGIN_CACHE_DIR || newFolder(resolve(output, FOLDER));
  const locks = new Map<string, Buffer>();
  const alone = pLimit(1);
  const readers = new Set<Promise<Ended>>();
  /** Whether what a stack requires was initialized before, with the very same lock file. */
  const isWarm = (folder: string): boolean => {
    const known = locks.get(requiredIn(folder));
    const file = join(folder, PROVIDER_LOCK);
    if (known === undefined) return false;
    if (!existsSync(file)) writeFileSync(file, known);
    return readFileSync(file).equals(known);
  };
  return {
    env: { TF_PLUGIN_CACHE_DIR: cache },
    init: async (folder, run) => {
      const begun = await alone(async () => {
        if (isWarm(folder)) {
          const running = run();
          readers.add(running);
          return { ended: running.finally(() => readers.delete(running)) };
        }
        await Promise.allSettled(readers);
        const ended = await run();
        const file = join(folder, PROVIDER_LOCK);
        if (ended.status === 0 && existsSync(file)) locks.set(requiredIn(folder), readFileSync(file));
        return { ended };
      });
      return begun.ended;
    },
  };
}

/** What a stack requires, as one text. Of one in HCL all of it: it is alone with that. */
function requiredIn(folder: string): string {
  const file = join(folder, "cdk.tf.json");
  if (!existsSync(file)) return folder;
  const stack = parseJson(readFileSync(file, "utf8"));
  const { terraform } = isFields(stack) ? stack : {};
  return canonical(isFields(terraform) ? terraform.required_providers : undefined);
}

function newFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch (error) {
    throw new CommandError(
      `Received ${describePath(folder)}, expected a folder for providers, but: ${messageOf(error)}. Nothing was changed. Make room there, or name another folder in TF_PLUGIN_CACHE_DIR.`,
    );
  }
}

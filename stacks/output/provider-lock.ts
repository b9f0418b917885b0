import { lstatSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { failureReason } from "../../common/disk-error";
import { InputError } from "../../common/input-error";
import { printableLines } from "../../common/printable";
import { describePath } from "../../common/problem";
import { environmentsFile } from "../environments/environments";

/** Terraform's name for the file that pins the versions and checksums of providers. */
export const PROVIDER_LOCK = ".terraform.lock.hcl";

/** The provider lock file of all environments. It is beside the environment file, and needn't exist. */
export function providerLockFile(): string {
  return join(dirname(environmentsFile()), PROVIDER_LOCK);
}

/**
 * The provider lock file's content. Undefined: there is none.
 *
 * @throws InputError if it can't be read
 */
export function readProviderLock(file = providerLockFile()): Buffer | undefined {
  try {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
    return readFileSync(file);
  } catch (error) {
    throw new InputError(
      printableLines(
        `Can't read the provider lock file ${describePath(file)}: ${failureReason(error)}. Nothing was written. Move it away, and write a new one with terraform providers lock.`,
      ),
    );
  }
}

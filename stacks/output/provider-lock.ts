import { lstatSync, readFileSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { printableLines } from "../../modules/support-app/model/printable";
import { describePath } from "../../modules/support-app/model/problem";
import { environmentsFile } from "../environments/environments";
import { InputError } from "../input-error";
import { diskReason, errorCode, notAFile } from "./disk-error";

/** Terraform's name for the file that pins the versions and checksums of providers. */
export const PROVIDER_LOCK = ".terraform.lock.hcl";

/** More than any lock file needs, in bytes. */
const MAX_SIZE = 1_000_000;

/** A provider lock file that can't be read. The message is complete, and written for people. */
export class ProviderLockError extends InputError {
  constructor(file: string, found: string) {
    super(
      printableLines(
        `Received ${describePath(file)}, expected a readable provider lock file of at most ${MAX_SIZE} bytes, or none, but: ${found}. Nothing was written. Move it away, and write a new one with support-app lock.`,
      ),
    );
  }
}

/** The provider lock file of all environments. It is beside the environment file, and needn't exist. */
export function providerLockFile(): string {
  return join(dirname(environmentsFile()), PROVIDER_LOCK);
}

/**
 * The provider lock file's content. Undefined: there is none.
 *
 * @throws ProviderLockError if it can't be read
 */
export function readProviderLock(file = providerLockFile()): Buffer | undefined {
  try {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
    const problem = problemOf(statSync(file, { throwIfNoEntry: false }));
    if (problem !== undefined) throw new ProviderLockError(file, problem);
    return readFileSync(file);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new ProviderLockError(file, diskReason(error, dirname(file)));
  }
}

function problemOf(found: Stats | undefined): string | undefined {
  return notAFile(found) ?? (found && found.size > MAX_SIZE ? `it has ${found.size} bytes` : undefined);
}

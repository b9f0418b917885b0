import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROVIDER_LOCK } from "../../stacks/output/provider-lock";

/** A provider that a lock file pins. */
export interface LockedProvider {
  readonly version: string;
  /** What the configuration allowed when it was locked. */
  readonly constraints?: string;
  /** The checksums of the packages that Terraform accepts, sorted. */
  readonly hashes: readonly string[];
}

/** The content of a provider lock file, by the provider's address. */
export type ProviderLock = ReadonlyMap<string, LockedProvider>;

/** A block as Terraform and OpenTofu write it. A text in it has no escapes. */
const BLOCK = new RegExp(
  [
    /^provider "([\w.:/-]+)" \{\n/,
    / {2}version += "([^"\\\n]+)"\n/,
    /(?: {2}constraints = "([^"\\\n]*)"\n)?/,
    /(?: {2}hashes = \[\n((?: {4}"[^"\\\n]+",\n)*) {2}\]\n)?\}\n/,
  ]
    .map(({ source }) => source)
    .join(""),
);

/**
 * Reads a provider lock file, only in the form in which Terraform and OpenTofu write it. Undefined: it has another form, so
 * what Terraform reads from it is unknown.
 */
export function readLock(text: string): ProviderLock | undefined {
  const providers = new Map<string, LockedProvider>();
  let rest = text.replaceAll("\r\n", "\n");
  for (;;) {
    rest = rest.replace(/^(?:#.*\n|\n)+/, "");
    if (rest === "") return providers;
    // Stryker disable next-line StringLiteral: a match has an address and a version, and no hash is found in a text without quotes
    const [block, address = "", version = "", constraints, hashes = ""] = BLOCK.exec(rest) ?? [];
    if (block === undefined || providers.has(address)) return undefined;
    providers.set(address, { version, constraints, hashes: (hashes.match(/(?<=").*(?=")/g) ?? []).sort() });
    rest = rest.slice(block.length);
  }
}

/** The address of the AWS provider that Terraform has chosen for a stack. */
export function lockedAwsProvider(folder: string): string {
  const lock = readLock(readFileSync(join(folder, PROVIDER_LOCK), "utf8"));
  const address = [...(lock?.keys() ?? [])].find((address) => address.endsWith("/hashicorp/aws"));
  return address ?? "registry.terraform.io/hashicorp/aws";
}

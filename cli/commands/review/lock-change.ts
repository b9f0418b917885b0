import { canonical } from "../../../common/canonical";
import { zipByKey } from "../../../common/zip-by-key";
import { type LockedProvider, readLock } from "../../terraform/provider-lock";

/** A change of the provider lock file of all environments: Terraform may install and run other providers. */
export interface LockChange {
  readonly kind: "added" | "changed" | "removed";
  /** What changes. Undefined: the file, before or after, isn't in the form that Terraform writes. */
  readonly providers?: readonly ProviderChange[];
  /** What an approval covers. */
  readonly approved: unknown;
}

/** A provider whose lock changes, by its address. */
export interface ProviderChange {
  readonly address: string;
  readonly before?: LockedProvider;
  readonly after?: LockedProvider;
}

/** The change between two lock files, either of which may be missing. Undefined: nothing changes, or only the formatting. */
export function lockChange(base: string | undefined, head: string | undefined): LockChange | undefined {
  if (base === head) return undefined;
  const kind = base === undefined ? "added" : head === undefined ? "removed" : "changed";
  const [before, after] = [base, head].map((text) => readLock(text ?? ""));
  if (!before || !after) return { kind, approved: [base ?? null, head ?? null] };
  const providers = zipByKey(before, after).flatMap(([address, before, after]) =>
    canonical(before) === canonical(after) ? [] : [{ address, before, after }],
  );
  if (kind === "changed" && providers.length === 0) return undefined;
  return { kind, providers, approved: [[...before].sort(), [...after].sort()] };
}

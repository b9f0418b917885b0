import { createHash } from "node:crypto";
import { canonical } from "../../../common/canonical";
import { normalizeStatements } from "../../iam/normalize";
import type { EnvironmentAccess } from "../../terraform/environment-access";

/** Bits of a digest: enough that nobody can find a second change with the same one, and few enough for a label. */
const BITS = 200;

/** The digits of base32 (RFC 4648) in lower case. Labels ignore case. */
const DIGITS = "abcdefghijklmnopqrstuvwxyz234567";
const BITS_OF_DIGIT = 5;

/** The digest of a value: equal only for equal values. */
export function digestOf(value: unknown): string {
  const bytes = createHash("sha256")
    .update(canonical(value))
    .digest()
    .subarray(0, BITS / 8);
  const number = BigInt(`0x${bytes.toString("hex")}`).toString(DIGITS.length);
  const digits = number.padStart(BITS / BITS_OF_DIGIT, "0");
  return digits.replace(/./g, (digit) => DIGITS[Number.parseInt(digit, DIGITS.length)] ?? "");
}

/** Access in normal form: the order of statements and actions, and how statements are split, make no difference. */
export function normalizeAccess({ roles, channels, workspaces, ...otherFields }: EnvironmentAccess): unknown {
  return {
    ...otherFields,
    roles: [...roles].sort(byName).map(([name, { trust, permissions, ...role }]) => ({
      ...{ name, role, trust: normalizeStatements(trust), permissions: normalizeStatements(permissions) },
    })),
    channels: channels.map(canonical).sort(),
    workspaces: [...workspaces].sort(),
  };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1; // names are unique
}

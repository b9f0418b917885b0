import { z } from "zod";
import { parseJsonIfAny } from "../../../common/json";

/** A lock of a state that somebody else holds. */
export interface StateLock {
  readonly id: string;
  /** As USER@MACHINE. */
  readonly holder: string;
  readonly operation: string;
  readonly since: string;
}

/** What a command prints that locks the state, changes nothing and reads little, as data. */
export const LOCKING = ["plan", "-json", "-input=false", "-refresh=false", "-lock-timeout=0s"];

/** The part of a line that is read. Source: Terraform's machine-readable UI, "diagnostic". */
const diagnosticLine = z.object({
  type: z.literal("diagnostic"),
  diagnostic: z.object({ summary: z.literal("Error acquiring the state lock"), detail: z.string() }),
});

/** What the HTTP backend prints of the lock that is held. Its "Lock Info" is the lock that it asked for itself. Source: Terraform and OpenTofu, http/client.go. */
const HELD_OVER_HTTP = /^Error message: HTTP remote state already locked(?:: ID=(.*)$)?/m;

/** The lock that the output of {@link LOCKING} is about. Undefined: it isn't about a lock, or not in the known form. */
export function stateLockIn(output: string): StateLock | undefined {
  const [detail] = output.split("\n").flatMap((line) => {
    const result = diagnosticLine.safeParse(parseJsonIfAny(line));
    return result.success ? [result.data.diagnostic.detail] : [];
  });
  const heldOverHttp = detail?.match(HELD_OVER_HTTP);
  const fieldOf = (key: string) =>
    heldOverHttp ? undefined : detail?.match(new RegExp(`^ *${key}: +(\\S.*)$`, "m"))?.[1]?.trim();
  const id = heldOverHttp?.[1] ?? fieldOf("ID");
  if (id === undefined || !/^[\w-]+$/.test(id)) return undefined;
  const [holder = "unknown", operation = "unknown", since = "unknown"] = ["Who", "Operation", "Created"].map(fieldOf);
  return { id, holder, operation, since };
}

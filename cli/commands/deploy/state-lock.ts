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

/** The lock that the output of {@link LOCKING} is about. Undefined: it isn't about a lock, or not in the known form. */
export function stateLockIn(output: string): StateLock | undefined {
  const [detail] = output.split("\n").flatMap((line) => {
    const result = diagnosticLine.safeParse(parseJsonIfAny(line));
    return result.success ? [result.data.diagnostic.detail] : [];
  });
  const fieldOf = (key: string) => detail?.match(new RegExp(`^ *${key}: +(\\S.*)$`, "m"))?.[1]?.trim();
  const [id, holder, operation, since] = ["ID", "Who", "Operation", "Created"].map(fieldOf);
  if (id === undefined || !/^[\w-]+$/.test(id)) return undefined;
  return { id, holder: holder ?? "unknown", operation: operation ?? "unknown", since: since ?? "unknown" };
}

import { messageOf } from "../../common/printable";

/** Why a fetch failed: Node.js has it as the cause, which may be several or have no message. */
export function causeOfFetch(error: unknown): string {
  const { cause } = Object(error);
  const { errors } = Object(cause);
  const words = Array.isArray(errors) ? errors : cause === undefined ? [] : [cause];
  return words.map(messageOf).filter(Boolean).join("; ") || messageOf(error);
}

import { attempt } from "./disk-error";
import { InputError } from "./input-error";

/** @throws InputError if the current folder was removed: no path in it would mean anything. */
export function expectCurrentFolder(): void {
  if (attempt(() => process.cwd()) !== undefined) return;
  throw new InputError(
    "Can't find the current folder: it was removed or moved. Nothing was done. Change to a folder that exists.",
  );
}

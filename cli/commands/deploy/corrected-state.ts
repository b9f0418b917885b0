import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { attempt } from "../../../common/disk-error";
import { isRewritable } from "../../../common/json";
import { describePath } from "../../../common/problem";
import { CommandError } from "../../terminal/command-error";
import { temporaryFolder } from "../../terminal/temporary-folder";
import type { ChildResult } from "../../terraform/children";
import {
  editState,
  lockedAwsProvider,
  readState,
  restoredState,
  type State,
  type StateEdit,
} from "../../terraform/state";
import { type Change, effectOf, failure, interruption, isRemote, printLine, run, terraform } from "./terraform-run";

/** The file that names a copy of the state, in the stack's folder while Terraform plans with it. */
export const STATE_COPY = "support-app-state_override.tf.json";

/** A state, and its text. */
export interface PulledState {
  readonly state: State | undefined;
  readonly text: string;
}

export async function pulledState(change: Change): Promise<PulledState> {
  const { stdout: text } = await terraform(change, ["state", "pull"]);
  try {
    return { state: readState(text), text };
  } catch {
    throw new CommandError(
      `Received a state of ${change.environment.name} that isn't in the form in which Terraform writes it, expected version 4. ${effectOf(change)} Use a version of Terraform or OpenTofu that was tested.`,
    );
  }
}

/** Plans from a copy of the state in which what AWS has is current: a reader can't change the state itself. */
export async function withStateCopy<T>(
  change: Change,
  pulled: PulledState,
  edits: readonly StateEdit[],
  plan: (change: Change) => Promise<T>,
): Promise<T> {
  const { folder } = change;
  const corrected = correctedState(change, pulled, edits);
  const copy = temporaryFolder("support-app-state-");
  const override = join(folder, STATE_COPY);
  try {
    const path = join(copy, "copy.tfstate");
    writeFileSync(path, JSON.stringify(corrected));
    writeFileSync(override, JSON.stringify({ terraform: { backend: { local: { path } } } }));
    // What init has installed is used again, and its record of the state's own backend stays.
    symlinkSync(resolve(folder, process.env.TF_DATA_DIR ?? ".terraform", "providers"), join(copy, "providers"));
    const copyChange: Change = { ...change, variables: { TF_DATA_DIR: copy } };
    await terraform(copyChange, ["init", "-input=false"]);
    return await plan(copyChange);
  } finally {
    for (const path of [override, copy]) rmSync(path, { recursive: true, force: true });
  }
}

/** The state as AWS is. A state that a deploy can't write again is an error: there must be no plan of it to approve either. */
function correctedState(change: Change, { state, text }: PulledState, edits: readonly StateEdit[]): State {
  if (text.trim() !== "" && !isRewritable(text))
    throw new CommandError(
      `Can't correct the state of ${change.environment.name}: it has a number or a key that would change if it were written again. ${effectOf(change)} Correct what is printed above by hand.`,
    );
  return editState(state, edits, lockedAwsProvider(change.folder));
}

/**
 * Makes the state as AWS is, so that the plan shows and changes what differs.
 *
 * @returns the folder with the state as it was. Undefined: it is as it was
 */
export async function correctState(
  change: Change,
  pulled: PulledState,
  edits: readonly StateEdit[],
): Promise<string | undefined> {
  if (edits.length === 0) return undefined;
  const { environment } = change;
  const corrected = correctedState(change, pulled, edits);
  const folder = temporaryFolder("support-app-state-");
  writeFileSync(join(folder, BEFORE), pulled.text);
  const { status } = await pushState(change, folder, corrected);
  if (status === 0) return folder;
  rmSync(folder, { recursive: true });
  if (change.children.stop.aborted) throw interruption(change);
  if (!isRemote(environment)) throw failure(change, ["state push"], { status, stdout: "" });
  printLine(`Can't change the state of ${environment.name}. The plan's own checks show what differs.`, change);
  return undefined;
}

const BEFORE = "before.tfstate";

/** Pushes a state, also after a signal: a state that is half corrected must not stay. */
async function pushState(change: Change, folder: string, state: State): Promise<ChildResult> {
  const file = join(folder, "next.tfstate");
  writeFileSync(file, JSON.stringify(state));
  const result = await run(change, ["state", "push", file], true);
  rmSync(file);
  return result;
}

/** Restores the state if nothing was applied: nobody has approved what it has taken over. */
export async function withCorrectionUndone(
  change: Change,
  before: State | undefined,
  folder: string,
  error: Error,
): Promise<Error> {
  if (!change.applyStarted) {
    const pulled = await run(change, ["state", "pull"], true); // also after a signal
    const currentState = pulled.status === 0 ? attempt(() => readState(pulled.stdout)) : undefined;
    const pushed = currentState && (await pushState(change, folder, restoredState(before, currentState)));
    if (pushed?.status === 0) {
      rmSync(folder, { recursive: true });
      return error;
    }
  }
  const start = change.applyStarted ? "" : " The state couldn't be restored: it has what AWS has, as printed above.";
  if (error instanceof CommandError)
    error.message += `${start} The state as it was before this deploy is in ${describePath(join(folder, BEFORE))}.`;
  return error;
}

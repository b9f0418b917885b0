import { isThorough } from "../../support/thorough";

/**
 * Files that only a thorough run has, since all of them take longer than a commit may wait. Of what they show, the others
 * show the most common case, or it changes less often than the tools that it needs.
 */
export const WEEKLY: readonly string[] = [
  "adoption", // import and live-state take over what was made by hand, too
  "clone",
  "doctor-accounts",
  "doctor-slack", // doctor-iam has faults and fixes, too
  "engines",
  "examples",
  "failed-deploys", // live-state and rename have deploys that fail
  "failing-aws",
  "fleet", // workflow-deploy deploys a canary and others
  "interruption", // shared-state and moved-state go on after what was killed
  "lock",
  "notations",
  "publication", // modules and publish try what is published
  "retired",
];

/** The files that wait for the thorough run. */
export function waitingFiles(): readonly string[] {
  return isThorough ? [] : WEEKLY;
}

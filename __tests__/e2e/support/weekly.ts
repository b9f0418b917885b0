import { isThorough } from "../../support/thorough";

/**
 * Files that only a thorough run has, since all of them take longer than a commit may wait. Of what they show, the others
 * show the most common case, or it changes less often than the tools that it needs.
 */
const WEEKLY: readonly string[] = [
  "acceptance", // from-nothing, rename, drift and audit have its steps
  "adoption", // audit and live-state take over what was made by hand, too
  "bootstrap", // its command's tests have who may assume the roles
  "clone",
  "doctor-accounts",
  "doctor-iam", // reader and workflow-deploy run doctor, and integration tests have each fault
  "doctor-slack",
  "engines",
  "examples",
  "failed-deploys", // live-state and rename have deploys that fail
  "failing-aws",
  "fleet", // workflow-deploy deploys a canary and others
  "gitlab", // integration tests have the review, the nights and the child pipelines
  "gitlab-state", // moved-state keeps a state in S3, and unit tests have the settings and the lock
  "guardrail", // modules deploys a published module, and unit tests evaluate the policy
  "import", // audit prints what was made by hand and deploys it
  "interruption", // failed-retirement goes on after what was killed
  "least-privilege", // from-nothing deploys with the printed policies alone
  "lock",
  "notations",
  "publication", // modules and publish try what is published
  "retired",
  "shared-state", // moved-state keeps a state in S3
  "until", // unit tests evaluate an end at any time
];

/** The files that wait for the thorough run. */
export function waitingFiles(): readonly string[] {
  return isThorough ? [] : WEEKLY;
}

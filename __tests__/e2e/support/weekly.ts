import { sample } from "../../support/thorough";

/** Files that take turns, one of each pair a day, since all of them take longer than a commit may wait. A pair takes about the same time. */
export const TURNS: readonly (readonly [string, string])[] = [
  ["interruption", "live-state"],
  ["doctor-slack", "doctor-iam"],
  ["drift", "fleet"],
  ["failed-deploys", "deploy-command"],
  ["rename", "retired"],
  ["notations", "moved-state"],
  ["modules", "publication"],
  ["doctor-accounts", "shared-state"],
  ["failing-aws", "least-privilege"],
  ["lock", "guardrail"],
  ["examples", "page"],
  ["publish", "engines"],
  ["reader", "bootstrap"],
  ["workflow-review", "workflow-deploy"],
];

/** The files whose turn it isn't. In a thorough run, none. */
export function waitingFiles(): string[] {
  return TURNS.flatMap((pair) => pair.filter((file) => !sample(pair, pair.length).includes(file)));
}

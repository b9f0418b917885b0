/**
 * What a change is, from the quietest to the loudest.
 *
 * - `cosmetic`: the Terraform changes, and provably gives the same
 * - `settings`: the same access under other circumstances, such as another name or other notifications
 * - `unknown`: it may give somebody more
 * - `left-behind`: an environment leaves the file while all of it stays in the account
 */
export const VERDICTS = [
  "unchanged",
  "cosmetic",
  "settings",
  "narrowed",
  "broadened",
  "unknown",
  "left-behind",
] as const;

/** What a change is. */
export type Verdict = (typeof VERDICTS)[number];

/** The loudest of verdicts. Of none: unchanged. */
export function loudest(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS[Math.max(0, ...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))] ?? "unknown";
}

/** Whether nobody needs to look at it. */
export function isQuiet(verdict: Verdict): boolean {
  return verdict === "unchanged" || verdict === "cosmetic";
}

/** Whether somebody must approve it. */
export function needsApproval(verdict: Verdict): boolean {
  return verdict === "broadened" || verdict === "unknown" || verdict === "left-behind";
}

/**
 * The verdict on a change, from the least to the most severe. Its words are in `cli/commands/review/report/phrases.ts`.
 *
 * - `cosmetic`: the Terraform changes, but provably gives the same access
 * - `settings`: the same access with other settings, such as notifications
 * - `unknown`: it may give somebody more
 * - `left-behind`: an environment is removed from the file, but all of it stays in the account, or may stay
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

/** The verdict on a change. */
export type Verdict = (typeof VERDICTS)[number];

/** The most severe of the verdicts that apply; with none, unchanged. */
export function mostSevere(verdicts: readonly (Verdict | false | undefined)[]): Verdict {
  return VERDICTS.findLast((verdict) => verdicts.includes(verdict)) ?? "unchanged";
}

/** Whether nobody needs to look at it. */
export function isSilent(verdict: Verdict): boolean {
  return verdict === "unchanged" || verdict === "cosmetic";
}

/** Whether somebody must approve it. */
export function needsApproval(verdict: Verdict): boolean {
  return verdict === "broadened" || verdict === "unknown" || verdict === "left-behind";
}

import type { Verdict } from "../../../terraform/verdict";

/** Ends a paragraph about a part of a change that needs an approval. */
export const NEEDS_APPROVAL = "**This needs an approval.**";

/** A verdict, and what it means. */
export const VERDICT_WORDS: Readonly<Record<Verdict, readonly [short: string, sentence: string]>> = {
  unchanged: ["unchanged", "The code is the same."],
  cosmetic: ["changed in form only", "Everybody can do what they could before."],
  settings: ["settings change", "Everybody can do what they could before, with other settings."],
  narrowed: ["access is narrowed", "Somebody can do less than before, and nobody more."],
  broadened: ["access is broadened", `Somebody can do more than before. ${NEEDS_APPROVAL}`],
  unknown: [
    "access is unknown",
    `Something in this change may let somebody do more, or have Terraform act on something else: see below. ${NEEDS_APPROVAL}`,
  ],
  "left-behind": ["left behind", NEEDS_APPROVAL],
};

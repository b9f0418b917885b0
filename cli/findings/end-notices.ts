import { grantsOf } from "../../modules/support-app/model/grant";
import { accessWords, labelOfOwner, type OwnedAccess } from "../../modules/support-app/model/team";
import { inSeconds, untilOf } from "../../modules/support-app/model/until";
import { endWords, NOTICE_MS } from "../iam/until-words";
import { manualFix, type WholeDraft } from "./finding";
import type { NoticeKind } from "./kinds";

/** What people should know in time, though nothing is wrong. */
export type Notice = WholeDraft & { readonly kind: NoticeKind };

/** Access that has ended, or ends within 14 days. Neither is a fault: IAM enforces the ends of environments.yaml. */
export function endNotices(props: OwnedAccess, { name }: { readonly name: string }, time: Date): Notice[] {
  const now = inSeconds(time);
  const noticeEnd = inSeconds(new Date(time.getTime() + NOTICE_MS));
  return grantsOf(props).flatMap(({ capabilities, end }, index): Notice[] => {
    if (end === undefined || end > noticeEnd) return [];
    const access = `${accessWords(props)} of ${name}`;
    const isWhole = index === 0;
    const about = [labelOfOwner(props), ...(isWhole ? ["all"] : capabilities), untilOf(end)];
    const resource = isWhole ? `all ${access}` : `${capabilities.join(", ")} of the ${access}`;
    const endingWords = isWhole ? "do anything" : capabilities.join(", ");
    const draft = { answer: "healthy" as const, resource, about };
    if (end > now) {
      const impact = `After that, people in its channels can't ${endingWords}.`;
      const fix = manualFix("To keep it, set a later until.");
      return [
        {
          ...draft,
          kind: "ending",
          impact,
          expected: "a later end, if it is still needed",
          found: `it ends at ${endWords(end)}`,
          fix,
        },
      ];
    }
    const fix = manualFix("Remove what has ended from environments.yaml, not only its until, or set a later until.");
    const impact = `People in its channels can no longer ${endingWords}.`;
    const expected = "environments.yaml without access that has ended";
    return [{ ...draft, kind: "ended", impact, expected, found: `it ended at ${endWords(end)}`, fix }];
  });
}

/** Access that has ended, in sentences: Terraform's plan shows it like any other. */
export function endedSentences(
  accesses: readonly OwnedAccess[],
  environment: { readonly name: string },
  time = new Date(),
) {
  return accesses
    .flatMap((props) => endNotices(props, environment, time))
    .filter(({ kind }) => kind === "ended")
    .map(({ resource, found, impact, fix }) => `${resource}: ${found}. ${impact} ${fix.text}`);
}

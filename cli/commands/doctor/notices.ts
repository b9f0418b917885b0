import { canonical } from "../../../common/canonical";
import { distinct } from "../../../common/json";
import { grantsOf } from "../../../modules/support-app/model/grant";
import { policyArnOf } from "../../../modules/support-app/model/iam-names";
import { accessWords, labelOfOwner, type OwnedAccess } from "../../../modules/support-app/model/team";
import { inSeconds, untilOf } from "../../../modules/support-app/model/until";
import type { Environment } from "../../../stacks/environments/environment";
import { spelledIn } from "../../aws/live-document";
import { valueIfKnown } from "../../aws/lookup";
import { manualFix, type WholeDraft } from "../../findings/finding";
import type { NoticeKind } from "../../findings/kinds";
import { actionsWords } from "../../iam/ability-words";
import { awsManagedPolicy } from "../../iam/aws-managed-policies";
import { compare, NO_DIFFERENCE, type Right } from "../../iam/compare";
import { normalizeStatements } from "../../iam/normalize";
import type { Policy } from "../../iam/policy";
import { endWords, NOTICE_MS } from "../../iam/until-words";
import type { LiveLevel } from "./account";
import { roleLocation } from "./check";

/** What people should know in time, though nothing is wrong. */
export type Notice = WholeDraft & { readonly kind: NoticeKind };

/** Access that has ended, or ends within 14 days. Neither is a fault: IAM enforces the ends of environments.yaml. */
export function endingNotices(props: OwnedAccess, { name }: Pick<Environment, "name">, time: Date): Notice[] {
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

/** The AWS managed policy of an access, if it isn't what it was when this version was released. What more it allows may be a finding, too. */
export function policyNotices({ props, policies }: LiveLevel): Notice[] {
  const arn = policyArnOf(props);
  const copy = awsManagedPolicy(arn);
  const live = valueIfKnown(policies)?.find((policy) => policy.arn === arn);
  const document = live && valueIfKnown(live.document);
  if (!copy || !document || normalizedText(copy) === normalizedText(document.policy)) return [];
  const isReadable = document.policy.unreadable.length === 0;
  const { gained, lost } = isReadable ? compare(copy.statements, document.policy.statements) : NO_DIFFERENCE;
  const actions = (rights: readonly Right[]) => distinct(rights.map(({ action }) => action));
  const gainedWords = actionsWords(actions(gained), (action) => spelledIn(document, action)) || "nothing";
  const lostWords = actionsWords(actions(lost)) || "nothing";
  const change = gained.length + lost.length === 0 ? "" : `: it allows ${gainedWords} more, and ${lostWords} less`;
  return [
    {
      ...{ kind: "policy-changed", answer: "healthy", about: [labelOfOwner(props), "policy", arn] },
      resource: `policy ${arn} of the ${roleLocation(props).resource}`,
      impact: "AWS, and not environments.yaml, decides what people in its channels can do.",
      expected: "the policy as it was when this version was released",
      found: `AWS has changed it${change}`,
      fix: manualFix("If AWS shouldn't decide this, switch to a customer-managed policy, and deploy."),
    },
  ];
}

/** The same for policies that differ only in how they are written. */
function normalizedText({ statements, unreadable }: Policy): string {
  return canonical([normalizeStatements(statements), unreadable]);
}

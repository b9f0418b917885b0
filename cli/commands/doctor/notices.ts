import { distinct } from "../../../common/json";
import { policyArnOf } from "../../../modules/support-app/model/iam-names";
import { labelOfOwner } from "../../../modules/support-app/model/team";
import { spelledIn } from "../../aws/live-document";
import { valueIfKnown } from "../../aws/lookup";
import type { Notice } from "../../findings/end-notices";
import { manualFix } from "../../findings/finding";
import { actionsWords } from "../../iam/ability-words";
import { allowedBeyond } from "../../iam/allowed-beyond";
import { awsManagedPolicy } from "../../iam/aws-managed-policies";
import type { Statement } from "../../iam/policy";
import type { LiveLevel } from "./account";
import { roleLocation } from "./check";

/** The AWS managed policy of an access, if it isn't what it was when this version was released. What more it allows may be a finding, too. */
export function policyNotices({ props, policies }: LiveLevel): Notice[] {
  const arn = policyArnOf(props);
  const copy = awsManagedPolicy(arn);
  const live = valueIfKnown(policies)?.find((policy) => policy.arn === arn);
  const document = live && valueIfKnown(live.document);
  if (!copy || !document) return [];
  const { statements, unreadable } = document.policy;
  const [gained, lost] = [allowedBeyond(statements, copy.statements), allowedBeyond(copy.statements, statements)];
  if (unreadable.length + gained.length + lost.length === 0) return [];
  const actions = (allowed: readonly Statement[]) => distinct(allowed.map((statement) => statement.actions));
  const gainedWords = actionsWords(actions(gained), (action) => spelledIn(document, action)) || "nothing";
  const lostWords = actionsWords(actions(lost)) || "nothing";
  const change = unreadable.length > 0 ? "" : `: it allows ${gainedWords} more, and ${lostWords} less`;
  return [
    {
      kind: "policy-changed",
      answer: "healthy",
      about: [labelOfOwner(props), "policy", arn],
      resource: `policy ${arn} of the ${roleLocation(props).resource}`,
      impact: "AWS, and not environments.yaml, decides what people in its channels can do.",
      expected: "the policy as it was when this version was released",
      found: `AWS has changed it${change}`,
      fix: manualFix("If AWS shouldn't decide this, switch to a customer-managed policy, and deploy."),
    },
  ];
}

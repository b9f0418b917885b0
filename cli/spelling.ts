import { actionsOf, CAPABILITIES } from "../modules/support-app/capability";

/** An action or a condition key as AWS spells it, of those that the Support App has to do with; any other as it is. */
export function spelled(name: string): string {
  return SPELLED.get(name.toLowerCase()) ?? name;
}

const SPELLED = new Map(
  [
    ...actionsOf(CAPABILITIES),
    "iam:CreateServiceLinkedRole",
    "sts:AssumeRole",
    "iam:AWSServiceName",
    "aws:SourceAccount",
  ].map((name) => [name.toLowerCase(), name]),
);

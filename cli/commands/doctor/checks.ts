import { type PolicyDocument, policyDocument } from "../../iam/policy";
import type { Check, ExaminedSlack } from "./check";
import { accountAlias } from "./checks/account-alias";
import { capabilities } from "./checks/capabilities";
import { channels } from "./checks/channels";
import { otherRegions } from "./checks/other-regions";
import { otherRoles } from "./checks/other-roles";
import { region } from "./checks/region";
import { permissionsBoundary, role } from "./checks/role";
import { serviceQuotasRole } from "./checks/service-quotas-role";
import { slackChannels, slackPeople, slackToken } from "./checks/slack";
import { supportPlan } from "./checks/support-plan";
import { trust } from "./checks/trust";
import { unexpectedAccess } from "./checks/unexpected-access";

/** Every check of an account, in the order of the report. */
export const CHECKS: readonly Check[] = [
  region,
  supportPlan,
  role,
  trust,
  permissionsBoundary,
  unexpectedAccess,
  capabilities,
  channels,
  otherRegions,
  accountAlias,
  otherRoles,
  serviceQuotasRole,
];

/** The checks of Slack, for --slack. They don't depend on AWS. */
export const SLACK_CHECKS: readonly Check<ExaminedSlack>[] = [slackToken, slackChannels, slackPeople];

/** The least privilege that doctor needs, with a statement for each permission of a check. It is the same in every account. */
export function doctorPolicy(): PolicyDocument {
  return policyDocument(
    CHECKS.flatMap(({ name, permissions = [] }) =>
      permissions.map((permission, index) => ({
        // A statement's ID takes no hyphen.
        Sid: `${name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}${index === 0 ? "" : index + 1}`,
        Effect: "Allow",
        ...permission,
      })),
    ),
  );
}

import { type PolicyDocument, policyDocument } from "../../iam/policy-document";
import type { Check } from "./check";
import { capabilities } from "./checks/capabilities";
import { channels } from "./checks/channels";
import { credentials } from "./checks/credentials";
import { otherRoles } from "./checks/other-roles";
import { permissionsBoundary } from "./checks/permissions-boundary";
import { region } from "./checks/region";
import { role } from "./checks/role";
import { serviceQuotasRole } from "./checks/service-quotas-role";
import { slackChannels } from "./checks/slack-channels";
import { slackPeople } from "./checks/slack-people";
import { slackToken } from "./checks/slack-token";
import { supportPlan } from "./checks/support-plan";
import { trust } from "./checks/trust";
import { unexpectedAccess } from "./checks/unexpected-access";

/** Every check, in the order of the report. Without the right credentials, the others can't look at anything. */
export const CHECKS: readonly Check[] = [
  credentials,
  region,
  supportPlan,
  role,
  trust,
  permissionsBoundary,
  unexpectedAccess,
  capabilities,
  channels,
  otherRoles,
  serviceQuotasRole,
];

/** The checks of Slack, for --slack. They don't depend on AWS. */
export const SLACK_CHECKS: readonly Check[] = [slackToken, slackChannels, slackPeople];

/** The least privilege that doctor needs, with a statement for each permission of a check. It is the same in every account. */
export function doctorPolicy(): PolicyDocument {
  return policyDocument(
    CHECKS.flatMap(({ name, permissions = [] }) =>
      permissions.map((permission, index) => ({
        Sid: `${sidOf(name)}${index === 0 ? "" : index + 1}`,
        Effect: "Allow",
        ...permission,
      })),
    ),
  );
}

/** A statement's ID takes no hyphen. */
function sidOf(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}

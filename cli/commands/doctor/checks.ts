import type { EnvironmentKind } from "../../findings/kinds";
import type { DoctorCheck, SlackExamination } from "./check";
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

export type SlackKind = Extract<EnvironmentKind, `slack-${string}`>;
type AwsKind = Exclude<EnvironmentKind, "credentials" | "retired" | SlackKind>;

/** The check of each kind, of what is read with the credentials. */
export const DOCTOR_CHECKS: Readonly<Record<AwsKind, DoctorCheck>> = {
  region,
  "support-plan": supportPlan,
  role,
  trust,
  "permissions-boundary": permissionsBoundary,
  "unexpected-access": unexpectedAccess,
  capabilities,
  channels,
  "other-regions": otherRegions,
  "account-alias": accountAlias,
  "other-roles": otherRoles,
  "service-quotas-role": serviceQuotasRole,
};

/** The checks of Slack, for --slack. They don't depend on AWS. */
export const SLACK_CHECKS: Readonly<Record<SlackKind, DoctorCheck<SlackExamination>>> = {
  "slack-token": slackToken,
  "slack-channels": slackChannels,
  "slack-people": slackPeople,
};

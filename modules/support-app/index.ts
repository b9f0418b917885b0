/**
 * The constructs, for an app of your own.
 *
 * @module constructs
 */
import "./peers";

export type { AccessLevel } from "./access-level";
export { AccountAlias, type AccountAliasProps } from "./account-alias";
export { CAPABILITIES, type Capability, OPTIONAL_CAPABILITIES, type OptionalCapability } from "./capability";
export type { TemporaryCapability } from "./grant";
export type { Notify, NotifyEvent, NotifySeverity } from "./notify";
export type { ServiceQuotasRoleMode } from "./service-quotas-role";
export { SlackChannel, type SlackChannelId, type SlackChannelProps } from "./slack-channel";
export { SlackWorkspace, type SlackWorkspaceProps } from "./slack-workspace";
export { SupportAppAccess } from "./support-app-access";
export type {
  FullAccessProps,
  OnlyWithFullAccess,
  PolicySource,
  ReadOnlyAccessProps,
  SupportAppAccessProps,
} from "./support-app-access-props";

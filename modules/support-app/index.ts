/**
 * The constructs, for an app of your own: `new SlackChannel(scope, id, props)` takes {@link SlackChannelProps}, and so on.
 *
 * @module constructs
 */
import "./peers";

export { AccountAlias, type AccountAliasProps } from "./account-alias";
export type { PolicySource } from "./model/access";
export type { AccessLevel } from "./model/access-level";
export { CAPABILITIES, type Capability, OPTIONAL_CAPABILITIES, type OptionalCapability } from "./model/capability";
export type { TemporaryCapability } from "./model/grant";
export type { Notify, NotifyEvent, NotifySeverity } from "./model/notify";
export type { ServiceQuotasRoleMode } from "./model/service-quotas-role";
export { SlackChannel, type SlackChannelProps } from "./slack-channel";
export { SlackWorkspace, type SlackWorkspaceProps } from "./slack-workspace";
export {
  type FullAccessProps,
  type ReadOnlyAccessProps,
  SupportAppAccess,
  type SupportAppAccessProps,
} from "./support-app-access";

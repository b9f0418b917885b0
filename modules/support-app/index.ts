export type { AccessLevel } from "./access-level";
export { CAPABILITIES, type Capability, OPTIONAL_CAPABILITIES, type OptionalCapability } from "./capability";
export type { ServiceQuotasRoleMode } from "./service-quotas-role";
export { SupportAppAccess } from "./support-app-access";
export type { PolicySource, SupportAppAccessProps } from "./support-app-access-props";

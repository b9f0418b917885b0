/** What a person in the Slack channel can do with the AWS Support App. docs/access-levels.md describes each one. */
export type Capability =
  | "view-cases"
  | "create-cases"
  | "reply-to-cases"
  | "attach-files"
  | "resolve-cases"
  | "live-chat"
  | "request-quota-increases";

/** A capability that can be left out. Not `view-cases`: every other capability starts from viewing a case. */
export type OptionalCapability = Exclude<Capability, "view-cases">;

/**
 * The IAM actions behind each capability.
 *
 * They are the actions of AWS's managed policy AWSSupportAppFullAccess. AWS documents the actions behind create-cases
 * and request-quota-increases; the others are inferred from the user guide and the actions' descriptions.
 * `iam:CreateServiceLinkedRole` is not here: whether a channel needs it depends on the {@link ServiceQuotasRoleMode}.
 */
const ACTIONS: Readonly<Record<Capability, readonly string[]>> = {
  "view-cases": ["support:DescribeCases", "support:DescribeCommunications"],
  "create-cases": ["support:CreateCase", "support:DescribeSeverityLevels"],
  "reply-to-cases": ["support:AddCommunicationToCase"],
  "attach-files": ["support:AddAttachmentsToSet"],
  "resolve-cases": ["support:ResolveCase"],
  "live-chat": ["support:InitiateChatForCase"],
  "request-quota-increases": [
    "servicequotas:GetRequestedServiceQuotaChange",
    "servicequotas:GetServiceQuota",
    "servicequotas:RequestServiceQuotaIncrease",
  ],
};

/** Each capability in words, to follow "can". */
export const CAPABILITY_WORDS: Readonly<Record<Capability, string>> = {
  "view-cases": "search support cases and read them",
  "create-cases": "open a support case",
  "reply-to-cases": "add to a case's correspondence, which also reopens it",
  "attach-files": "attach files to a new case or a reply",
  "resolve-cases": "resolve a case",
  "live-chat":
    "start a live chat with AWS, in a thread of the channel or in a new private channel that gets the same access",
  "request-quota-increases": "look up a service quota and request an increase",
};

/** Every capability, in the order in which people come across them. */
export const CAPABILITIES: readonly Capability[] = Object.freeze(Object.keys(ACTIONS) as Capability[]);

/** Every capability that can be left out. */
export const OPTIONAL_CAPABILITIES: readonly OptionalCapability[] = Object.freeze(
  CAPABILITIES.filter((capability) => capability !== "view-cases"),
);

/** The IAM actions that the given capabilities need, sorted as in AWS's own policy. */
export function actionsOf(capabilities: readonly Capability[]): string[] {
  return capabilities.flatMap((capability) => ACTIONS[capability]).sort();
}

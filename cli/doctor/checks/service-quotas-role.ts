import type { Access } from "../../../modules/support-app/model/access";
import { actionsOf } from "../../../modules/support-app/model/capability";
import { capabilitiesAt } from "../../../modules/support-app/model/grant";
import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import {
  CREATE_SERVICE_LINKED_ROLE,
  SERVICE_QUOTAS_ROLE_NAME,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasModeOf,
} from "../../../modules/support-app/model/service-quotas-role";
import type { Environment } from "../../../stacks/environment";
import { inAccount } from "../../aws/commands";
import type { LivePolicy } from "../../aws/live-role";
import { knownOf } from "../../aws/lookup";
import { isAboutAction } from "../../iam/authorize";
import type { Statement } from "../../iam/policy";
import { isServiceQuotasRight } from "../../iam/service-quotas-right";
import {
  type Check,
  deniedInWords,
  deployFix,
  type Examined,
  type Finding,
  type Fix,
  lookupFix,
  type Outcome,
  ownPolicyChange,
  restoringFix,
  roleSubject,
  type Subject,
  undeterminedFinding,
  unlessKnown,
} from "../check";
import { GUIDE_TOPICS } from "../guide-topic";
import { type Denied, isLimited, isOfOrganization, judge } from "../judge";
import { isGone, isOwnPolicy, type LiveAccess } from "../live-access";
import { unexpectedAccess } from "./unexpected-access";

const topic = GUIDE_TOPICS.missingServiceQuotasRole;

const SERVICE_LINKED_ROLE = ["service-linked-role"];

/** Quota increases need a role in the account, which a channel's role may or may not create. */
export const serviceQuotasRole: Check = {
  name: "service-quotas-role",
  sentence: "Where people may request quota increases, the Service Quotas role exists or the channel may create it.",
  permissions: [], // the check of other roles lists them
  examine: (examined) => {
    const { environment, account } = examined;
    const props = environment.accesses.find((one) =>
      capabilitiesAt(one, account.time).includes("request-quota-increases"),
    );
    const access = props && account.accesses.get(props.access);
    if (!props || !access) return { findings: [] };
    const waitsFor = blockedBy(examined, props, access);
    const { policy, isRead } = ownPolicyWith(props, access, isServiceQuotasRight);
    const isOnDemand = serviceQuotasModeOf(props) === "on-demand";
    const isThere = knownOf(account.serviceQuotasRole) === true;
    return {
      findings: [
        ...(waitsFor === undefined ? missing(examined, props, access) : []),
        ...(isOnDemand || !policy ? [] : unneeded(environment, props, policy)),
      ],
      notes: isOnDemand && policy ? leftOver(examined, props) : [],
      // Only the simulation shows what the organization denies.
      unseen: isOnDemand && !isThere && "unknown" in access.simulated ? [SERVICE_LINKED_ROLE] : [],
      // An unreadable part might give the right: another check reports it.
      waitsFor: waitsFor ?? (isOnDemand || isRead ? undefined : unexpectedAccess.name),
    };
  },
};

/** The role is missing, and nobody creates it. */
function missing(
  { environment, account: { serviceQuotasRole } }: Examined,
  props: Access,
  access: LiveAccess,
): Finding[] {
  const of = { subject: `service-linked role ${SERVICE_QUOTAS_ROLE_NAME}`, about: SERVICE_LINKED_ROLE };
  const mode = serviceQuotasModeOf(props);
  const unknown = unlessKnown(of, "to see whether it exists", serviceQuotasRole, topic);
  if (unknown.length > 0 || knownOf(serviceQuotasRole)) return unknown;
  if (mode === "on-demand") return notCreatable(environment, props, access, of);
  const fix =
    mode === "create"
      ? deployFix(environment, "Deploy the environment, which creates the role.")
      : {
          text: "Create the role, or request a quota increase in the Service Quotas console once, which creates it.",
          commands: [
            inAccount(environment, "iam", `create-service-linked-role --aws-service-name ${SERVICE_QUOTAS_SERVICE}`),
          ],
        };
  const expected = `it exists (service-quotas-role: ${mode})`;
  return [{ answer: "unhealthy", ...of, expected, found: "no such role in the account", topic, fix }];
}

/** The channel should create the role, but may not. */
function notCreatable(environment: Environment, props: Access, access: LiveAccess, of: Subject): Finding[] {
  const judgement = judge(access, props, CREATE_SERVICE_LINKED_ROLE);
  if (judgement.is === "allowed") return [];
  const expected = "it exists, or the channel may create it";
  if (judgement.is === "unknown") return [undeterminedFinding(of, expected, judgement, topic)];
  return [
    {
      answer: "unhealthy",
      ...of,
      expected,
      found: `neither: the role ${iamNamesOf(props).roleName} isn't allowed ${CREATE_SERVICE_LINKED_ROLE}: ${deniedInWords(judgement)}`,
      topic,
      fix: creatingFix(environment, props, judgement),
    },
  ];
}

/** How the role gets created. */
function creatingFix(environment: Environment, props: Access, denied: Denied): Fix {
  if (denied.why) return lookupFix(denied.why);
  if (isOfOrganization(denied)) {
    return { text: "Ask whoever runs the organization to allow it, or to create the role once.", commands: [] };
  }
  if (!isLimited(denied, props) && !(props.policy === "aws-managed" && denied.cause === "policy")) {
    const text = "Deploy the environment, which restores the channel's right to create the role.";
    return restoringFix(environment, denied, text);
  }
  return deployFix(
    environment,
    "Let Terraform create the role, and deploy. The channel then needs no right to create it.",
    {
      [props.access]: { ...ownPolicyChange(props), "service-quotas-role": "create" },
    },
  );
}

/** The role's own policy if it has such a statement, and whether all of it could be read. */
function ownPolicyWith(
  props: Access,
  { policies }: LiveAccess,
  isSuch: (statement: Statement) => boolean,
): { readonly policy?: LivePolicy; readonly isRead: boolean } {
  if ("unknown" in policies) return { isRead: false };
  const own = policies.known.find((policy) => isOwnPolicy(policy, props));
  if (!own) return { isRead: true };
  if ("unknown" in own.document) return { isRead: false };
  const { statements, unreadable } = own.document.known.policy;
  return { policy: statements.some(isSuch) ? own : undefined, isRead: unreadable.length === 0 };
}

/** Whether a statement gives the right to create a service-linked role in another form than AWS's guide. */
function isOtherRight(statement: Statement): boolean {
  return (
    statement.effect === "Allow" &&
    isAboutAction(statement, CREATE_SERVICE_LINKED_ROLE) &&
    !isServiceQuotasRight(statement)
  );
}

/** The channel may create the role, although environments.yaml doesn't say so. */
function unneeded(environment: Environment, props: Access, giving: LivePolicy): Finding[] {
  return [
    {
      answer: "unhealthy",
      subject: `policy ${giving.arn} of the ${roleSubject(props)}`,
      about: [props.access],
      expected: `no ${CREATE_SERVICE_LINKED_ROLE} (service-quotas-role: ${props.serviceQuotasRole})`,
      found: `it allows ${CREATE_SERVICE_LINKED_ROLE}`,
      topic,
      fix: deployFix(environment, "Deploy the environment, which removes the right."),
    },
  ];
}

/** The channel may create the role, as environments.yaml says, but the role exists now. */
function leftOver({ environment, account }: Examined, props: Access): string[] {
  if (!knownOf(account.serviceQuotasRole) || props.policy === "aws-managed") return [];
  return [
    `The Service Quotas role exists, so the channel no longer needs the right to create it: set service-quotas-role: existing for ${props.access} of ${environment.name} to remove it.`,
  ];
}

/**
 * The check whose finding explains why nobody can create the role. People who can't request quota increases don't need it, and
 * an edited right that allows too much is unexpected access.
 */
function blockedBy(
  { account: { serviceQuotasRole } }: Examined,
  props: Access,
  access: LiveAccess,
): Outcome["waitsFor"] {
  if (knownOf(serviceQuotasRole) !== false || serviceQuotasModeOf(props) !== "on-demand") return undefined;
  if (isGone(access)) return "role";
  const isUsable = actionsOf(["request-quota-increases"]).every(
    (action) => judge(access, props, action).is !== "denied",
  );
  if (!isUsable) return "capabilities";
  const right = judge(access, props, CREATE_SERVICE_LINKED_ROLE);
  const isEdited = right.is === "denied" && right.cause === "policy";
  return isEdited && ownPolicyWith(props, access, isOtherRight).policy ? unexpectedAccess.name : undefined;
}

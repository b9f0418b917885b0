import { capabilitiesOf } from "../../../modules/support-app/access-level";
import { actionsOf } from "../../../modules/support-app/capability";
import { iamNamesOf } from "../../../modules/support-app/iam-names";
import {
  SERVICE_QUOTAS_ROLE_NAME,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasModeOf,
} from "../../../modules/support-app/service-quotas-role";
import type { SupportAppAccessProps } from "../../../modules/support-app/support-app-access-props";
import type { Environment } from "../../../stacks/environment";
import type { Fields } from "../../review/policy";
import { type AccessFound, isGone, isOwnPolicy, type PolicyFound } from "../access-found";
import {
  type Check,
  deploying,
  type Examined,
  type Finding,
  type Fix,
  inAccount,
  knowing,
  notKnown,
  type Outcome,
  ownPolicySetting,
  roleSubject,
  unlessKnown,
} from "../check";
import { isAbout, statementsIn } from "../evaluate";
import { type Denied, isLimited, isOfOrganization, judge } from "../judge";
import { knownOf, mapped, type Reading } from "../reading";
import { CREATE_SERVICE_LINKED_ROLE, isServiceQuotasRight } from "../service-quotas-right";
import { TOPICS } from "../topic";
import { unexpectedAccess } from "./unexpected-access";

const topic = TOPICS.missingServiceQuotasRole;

/** Quota increases need a role of the account's own, which a channel's role may make or not. */
export const serviceQuotasRole: Check = {
  name: "service-quotas-role",
  sentence: "Where people may request quota increases, the Service Quotas role is there or the channel may make it.",
  permissions: [{ actions: ["iam:ListRoles"], resources: ["*"] }],
  examine: (examined) => {
    const { environment, account } = examined;
    const props = environment.accesses.find(({ access, without }) =>
      capabilitiesOf(access, without).includes("request-quota-increases"),
    );
    const access = props && account.accesses.get(props.access);
    if (!props || !access) return { findings: [] };
    const waitsFor = blockedBy(examined, props, access);
    const giving = ownPolicyWith(props, access, isServiceQuotasRight);
    const isOnDemand = serviceQuotasModeOf(props) === "on-demand";
    return {
      findings: [
        ...(waitsFor === undefined ? missing(examined, props, access) : []),
        ...(isOnDemand ? [] : unneeded(environment, props, knownOf(giving))),
      ],
      notes: isOnDemand ? leftOver(examined, props, knownOf(giving)) : [],
      // What can't be read might hold the right: that is another check's finding.
      waitsFor: waitsFor ?? (!isOnDemand && "unknown" in giving ? unexpectedAccess.name : undefined),
    };
  },
};

/** The role isn't there, and nobody makes it. */
function missing(
  { environment, account: { serviceQuotasRole } }: Examined,
  props: SupportAppAccessProps,
  access: AccessFound,
): Finding[] {
  const subject = `service-linked role ${SERVICE_QUOTAS_ROLE_NAME}`;
  const mode = serviceQuotasModeOf(props);
  const unknown = unlessKnown(subject, "to see whether it is there", serviceQuotasRole, topic);
  if (unknown.length > 0 || knownOf(serviceQuotasRole)) return unknown;
  if (mode === "on-demand") return notCreatable(environment, props, access, subject);
  const fix =
    mode === "create"
      ? deploying(environment, "Deploy the environment, which makes the role.")
      : {
          text: "Make the role, or request a quota increase in the Service Quotas console once, which makes it.",
          commands: [
            inAccount(environment, "iam", `create-service-linked-role --aws-service-name ${SERVICE_QUOTAS_SERVICE}`),
          ],
        };
  const expected = `it is there (service-quotas-role: ${mode})`;
  return [{ answer: "unhealthy", subject, expected, found: "no such role in the account", topic, fix }];
}

/** The channel is to make the role, and may not. */
function notCreatable(
  environment: Environment,
  props: SupportAppAccessProps,
  access: AccessFound,
  subject: string,
): Finding[] {
  const judgement = judge(access, props, CREATE_SERVICE_LINKED_ROLE);
  if (judgement.is === "allowed") return [];
  const expected = "it is there, or the channel may make it";
  if (judgement.is === "unknown") return [notKnown(subject, expected, judgement.why, topic)];
  const { by } = judgement;
  return [
    {
      answer: "unhealthy",
      subject,
      expected,
      found: `neither: the role ${iamNamesOf(props).roleName} lacks ${CREATE_SERVICE_LINKED_ROLE}${by === undefined ? "" : ` (${by})`}`,
      topic,
      fix: creatingFix(environment, props, judgement),
    },
  ];
}

/** How somebody comes to make the role. */
function creatingFix(environment: Environment, props: SupportAppAccessProps, denied: Denied): Fix {
  if (denied.why) return knowing(denied.why);
  if (isOfOrganization(denied)) {
    return { text: "Ask whoever runs the organization to allow it, or to make the role once.", commands: [] };
  }
  if (!isLimited(denied, props) && !(props.policy === "aws-managed" && denied.cause === "policy")) {
    return deploying(environment, "Deploy the environment, which gives the channel the right again.");
  }
  return deploying(environment, "Have Terraform make the role, and deploy: the channel needs no right for that then.", {
    [props.access]: { ...ownPolicySetting(props), "service-quotas-role": "create" },
  });
}

/** The role's own policy, where one of its statements is such. */
function ownPolicyWith(
  props: SupportAppAccessProps,
  { policies }: AccessFound,
  isSuch: (statement: Fields) => boolean,
): Reading<PolicyFound | undefined> {
  if ("unknown" in policies) return policies;
  const own = policies.known.find((policy) => isOwnPolicy(policy, props));
  if (!own) return { known: undefined };
  return mapped(own.text, (text) => (statementsIn(text)?.some(isSuch) ? own : undefined));
}

/** Whether a statement gives the right to make some service-linked role in other words than AWS's guide. */
function isOtherRight(statement: Fields): boolean {
  return (
    statement.Effect === "Allow" && isAbout(statement, CREATE_SERVICE_LINKED_ROLE) && !isServiceQuotasRight(statement)
  );
}

/** The channel may make the role though environments.yaml says that it needn't. */
function unneeded(environment: Environment, props: SupportAppAccessProps, giving: PolicyFound | undefined): Finding[] {
  if (!giving) return [];
  return [
    {
      answer: "unhealthy",
      subject: `policy ${giving.arn} of the ${roleSubject(props)}`,
      expected: `no ${CREATE_SERVICE_LINKED_ROLE} (service-quotas-role: ${props.serviceQuotasRole})`,
      found: `it allows ${CREATE_SERVICE_LINKED_ROLE}`,
      topic,
      fix: deploying(environment, "Deploy the environment, which takes the right off."),
    },
  ];
}

/** The channel may make the role, as environments.yaml says, which has been made since. */
function leftOver(
  { environment, account }: Examined,
  props: SupportAppAccessProps,
  giving: PolicyFound | undefined,
): string[] {
  if (!knownOf(account.serviceQuotasRole) || !giving || props.policy === "aws-managed") return [];
  return [
    `The Service Quotas role is there, so the channel's right to make it is no longer needed: service-quotas-role: existing for ${props.access} of ${environment.name} takes it off.`,
  ];
}

/**
 * The check whose finding explains that nobody makes the role: who can't request a quota increase at all needn't, and a
 * right that was edited is put right where it allows more than it should.
 */
function blockedBy(
  { account: { serviceQuotasRole } }: Examined,
  props: SupportAppAccessProps,
  access: AccessFound,
): Outcome["waitsFor"] {
  if (knownOf(serviceQuotasRole) !== false || serviceQuotasModeOf(props) !== "on-demand") return undefined;
  if (isGone(access)) return "role";
  const isUsable = actionsOf(["request-quota-increases"]).every(
    (action) => judge(access, props, action).is !== "denied",
  );
  if (!isUsable) return "capabilities";
  const right = judge(access, props, CREATE_SERVICE_LINKED_ROLE);
  const isEdited = right.is === "denied" && right.cause === "policy";
  return isEdited && knownOf(ownPolicyWith(props, access, isOtherRight)) ? unexpectedAccess.name : undefined;
}

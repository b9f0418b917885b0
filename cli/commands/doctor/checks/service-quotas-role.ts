import { actionsOf } from "../../../../modules/support-app/model/capability";
import { capabilitiesAt } from "../../../../modules/support-app/model/grant";
import { iamNamesOf } from "../../../../modules/support-app/model/iam-names";
import {
  CREATE_SERVICE_LINKED_ROLE,
  SERVICE_QUOTAS_ROLE_NAME,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasModeOf,
} from "../../../../modules/support-app/model/service-quotas-role";
import type { Environment } from "../../../../stacks/environments/environment";
import { inAccount } from "../../../aws/commands";
import { knownOf } from "../../../aws/lookup";
import { isAboutAction } from "../../../iam/authorize";
import { isServiceQuotasRight } from "../../../iam/excess";
import type { Statement } from "../../../iam/policy";
import {
  type Check,
  deployFix,
  type Examined,
  type Finding,
  type Fix,
  manualFix,
  type Outcome,
  ownPolicyChange,
  restoringFix,
  unknownFinding,
} from "../check";
import { checkAction, type Denied, isLimited, isOfOrganization } from "../check-action";
import { GUIDE_TOPICS } from "../guide-topic";
import { isGone, isOwnPolicy, type LiveAccess, readDocuments } from "../live-access";
import { unexpectedAccess } from "./unexpected-access";

const topic = GUIDE_TOPICS.missingServiceQuotasRole;

const LINKED_ROLE = { subject: `service-linked role ${SERVICE_QUOTAS_ROLE_NAME}`, about: ["service-linked-role"] };

/** Quota increases need a role in the account, which a channel's role may or may not create. */
export const serviceQuotasRole: Check = {
  name: "service-quotas-role",
  sentence: "Where people may request quota increases, the Service Quotas role exists or the channel may create it.",
  examine: (examined) => {
    const { environment, account } = examined;
    const access = account.accesses.find(({ props }) =>
      capabilitiesAt(props, account.time).includes("request-quota-increases"),
    );
    if (!access) return { findings: [] };
    const { props } = access;
    const isOnDemand = serviceQuotasModeOf(props) === "on-demand";
    const isThere = knownOf(account.serviceQuotasRole) === true;
    const hasRight = isOnDemand && ownStatements(access).some(isServiceQuotasRight);
    const isLeftOver = hasRight && isThere && props.policy !== "aws-managed";
    const waitsFor = isOnDemand && knownOf(account.serviceQuotasRole) === false ? blockedBy(access) : undefined;
    return {
      findings: waitsFor === undefined ? missing(examined, access) : [],
      notes: isLeftOver
        ? [
            `The Service Quotas role exists, so the channel no longer needs the right to create it: set service-quotas-role: existing for ${props.access} of ${environment.name} to remove it.`,
          ]
        : [],
      // Only the simulation shows what the organization denies.
      unseen: isOnDemand && !isThere && "unknown" in access.simulated ? [LINKED_ROLE.about] : undefined,
      waitsFor,
    };
  },
};

/** The role is missing, and nobody creates it. */
function missing({ environment, account: { serviceQuotasRole } }: Examined, access: LiveAccess): Finding[] {
  if ("unknown" in serviceQuotasRole) {
    return [unknownFinding(LINKED_ROLE, "to see whether it exists", serviceQuotasRole.unknown, topic)];
  }
  if (serviceQuotasRole.known) return [];
  const mode = serviceQuotasModeOf(access.props);
  if (mode !== "on-demand") {
    const create = `create-service-linked-role --aws-service-name ${SERVICE_QUOTAS_SERVICE}`;
    const fix =
      mode === "create"
        ? deployFix(environment, "Deploy the environment, which creates the role.")
        : {
            text: "Create the role, or request a quota increase in the Service Quotas console once, which creates it.",
            commands: [inAccount(environment, "iam", create)],
          };
    const expected = `it exists (service-quotas-role: ${mode})`;
    return [{ answer: "unhealthy", ...LINKED_ROLE, expected, found: "no such role in the account", topic, fix }];
  }
  const right = checkAction(access, CREATE_SERVICE_LINKED_ROLE);
  if (right.is === "allowed") return [];
  const about = { ...LINKED_ROLE, expected: "it exists, or the channel may create it", topic };
  if (right.is === "unknown") return [{ answer: "unknown", ...about, found: right.found, fix: right.fix }];
  const { roleName } = iamNamesOf(access.props);
  const found = `neither: the role ${roleName} isn't allowed ${CREATE_SERVICE_LINKED_ROLE}: ${right.found}`;
  return [{ answer: "unhealthy", ...about, found, fix: creatingFix(environment, access, right) }];
}

/** How the role gets created. */
function creatingFix(environment: Environment, { props }: LiveAccess, denied: Denied): Fix {
  if (denied.fix) return denied.fix;
  if (isOfOrganization(denied)) {
    return manualFix("Ask whoever runs the organization to allow it, or to create the role once.");
  }
  if (!isLimited(denied, props) && !(props.policy === "aws-managed" && denied.cause === "policy")) {
    const text = "Deploy the environment, which restores the channel's right to create the role.";
    return restoringFix(environment, denied, text);
  }
  return deployFix(
    environment,
    "Let Terraform create the role, and deploy. The channel then needs no right to create it.",
    { [props.access]: { ...ownPolicyChange(props), "service-quotas-role": "create" } },
  );
}

/** The statements of the role's own policy, as far as they could be read. */
function ownStatements({ props, policies }: LiveAccess): readonly Statement[] {
  const { documents } = readDocuments(policies);
  return documents.find((policy) => isOwnPolicy(policy, props))?.policy.statements ?? [];
}

/** Whether a statement gives the right to create a service-linked role in another form than AWS's guide. */
function isOtherRight(statement: Statement): boolean {
  const isAllowed = statement.effect === "Allow" && isAboutAction(statement, CREATE_SERVICE_LINKED_ROLE);
  return isAllowed && !isServiceQuotasRight(statement);
}

/**
 * The check whose finding explains why the channel can't create the role. People who can't request quota increases don't need
 * it, and an edited right that allows too much is unexpected access.
 */
function blockedBy(access: LiveAccess): Outcome["waitsFor"] {
  if (isGone(access)) return "role";
  const needed = actionsOf(["request-quota-increases"]);
  if (needed.some((action) => checkAction(access, action).is === "denied")) return "capabilities";
  const right = checkAction(access, CREATE_SERVICE_LINKED_ROLE);
  const isEdited = right.is === "denied" && right.cause === "policy";
  return isEdited && ownStatements(access).some(isOtherRight) ? unexpectedAccess.name : undefined;
}

import { actionsOf } from "../../../../modules/support-app/model/capability";
import { capabilitiesAt } from "../../../../modules/support-app/model/grant";
import { iamNamesOf } from "../../../../modules/support-app/model/iam-names";
import {
  CREATE_SERVICE_LINKED_ROLE,
  SERVICE_QUOTAS_ROLE_NAME,
  SERVICE_QUOTAS_SERVICE,
  serviceQuotasModeOf,
} from "../../../../modules/support-app/model/service-quotas-role";
import { labelOfOwner, type OwnedAccess } from "../../../../modules/support-app/model/team";
import type { Environment } from "../../../../stacks/environments/environment";
import { inAccount } from "../../../aws/aws-cli";
import type { Lookup } from "../../../aws/lookup";
import { type Fix, manualFix, unhealthy } from "../../../findings/finding";
import { isGone, type LiveLevel } from "../account";
import { type ActionDenial, decideAction, isLimited } from "../action-decision";
import {
  changeOf,
  type DoctorCheck,
  deployFix,
  mergeOutcomes,
  type Outcome,
  ownPolicyChange,
  restoringFix,
  unknownFinding,
} from "../check";

const LINKED_ROLE = { resource: `service-linked role ${SERVICE_QUOTAS_ROLE_NAME}`, about: ["service-linked-role"] };

/** Quota increases need a role in the account, which a channel's role may or may not create. */
export const serviceQuotasRole: DoctorCheck = {
  examine: ({ environment, account: { accesses, serviceQuotasRole: lookup, time } }) => {
    const outcomes = accesses
      .filter(({ props }) => capabilitiesAt(props, time).includes("request-quota-increases"))
      .map((access) => outcomeFor(environment, access, lookup));
    const [outcome = {}, ...otherOutcomes] = outcomes;
    if (otherOutcomes.length === 0) return outcome;
    const { findings = [], ...merged } = mergeOutcomes(outcomes);
    const finding = findings.find(({ answer }) => answer === "unhealthy") ?? findings[0]; // it is one role
    return { ...merged, findings: finding ? [finding] : [] };
  },
};

function outcomeFor(environment: Environment, access: LiveLevel, lookup: Lookup<boolean>): Outcome {
  const { props } = access;
  const mode = serviceQuotasModeOf(props);
  const isOnDemand = mode === "on-demand";
  if ("unknown" in lookup) {
    return { findings: [unknownFinding(LINKED_ROLE, "to see whether it exists", lookup.unknown)] };
  }
  if (!lookup.known && isOnDemand) return creatable(environment, access);
  if (!lookup.known) {
    const text = "Create the role, or request a quota increase in the Service Quotas console once, which creates it.";
    const create = `create-service-linked-role --aws-service-name ${SERVICE_QUOTAS_SERVICE}`;
    const fix =
      mode === "create"
        ? deployFix(environment, "Deploy the environment, which creates the role.")
        : { text, commands: [inAccount(environment, "iam", create)] };
    const expected = `it exists (service-quotas-role: ${mode})`;
    return { findings: [unhealthy(LINKED_ROLE, expected, "no such role in the account", fix)] };
  }
  if (!isOnDemand || props.policy === "aws-managed") return {};
  const note = `The Service Quotas role exists, so the channel needs no right to create it: set service-quotas-role: existing for ${labelOfOwner(props)} of ${environment.name} to remove it.`;
  return { notes: [note] };
}

/** The role is missing, and the channel may have the right to create it. */
function creatable(environment: Environment, access: LiveLevel): Outcome {
  if (isGone(access)) return { waitsFor: "role" };
  // People who can't request quota increases don't need the role.
  const isNeeded = actionsOf(["request-quota-increases"]).every(
    (action) => decideAction(access, action).is !== "denied",
  );
  if (!isNeeded) return { waitsFor: "capabilities" };
  const right = decideAction(access, CREATE_SERVICE_LINKED_ROLE);
  if (right.is === "allowed") return {};
  const expected = "it exists, or the channel may create it";
  if (right.is === "unknown") {
    return { findings: [{ ...unhealthy(LINKED_ROLE, expected, right.found, right.fix), answer: "unknown" }] };
  }
  const actual = `neither: the role ${iamNamesOf(access.props).roleName} isn't allowed ${CREATE_SERVICE_LINKED_ROLE}: ${right.found}`;
  return { findings: [unhealthy(LINKED_ROLE, expected, actual, creatingFix(environment, access.props, right))] };
}

function creatingFix(environment: Environment, props: OwnedAccess, denial: ActionDenial): Fix {
  if (denial.cause === "organization") {
    return manualFix("Ask whoever runs the organization to allow it, or to create the role once.");
  }
  if (!isLimited(denial, props) && !(props.policy === "aws-managed" && denial.cause === "policy")) {
    return restoringFix(environment, "the channel's right to create the role");
  }
  const change = changeOf(props, { ...ownPolicyChange(props), "service-quotas-role": "create" });
  const text = "Let Terraform create the role, and deploy. The channel then needs no right to create it.";
  return deployFix(environment, text, change);
}

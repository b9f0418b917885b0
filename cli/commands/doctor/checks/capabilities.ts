import { actionsOf, type Capability } from "../../../../modules/support-app/model/capability";
import { capabilitiesAt } from "../../../../modules/support-app/model/grant";
import { policyArnOf } from "../../../../modules/support-app/model/iam-names";
import { labelOfOwner, type OwnedAccess } from "../../../../modules/support-app/model/team";
import type { Environment } from "../../../../stacks/environments/environment";
import { valueIfKnown } from "../../../aws/lookup";
import { type Draft, type Fix, manualFix, unhealthy } from "../../../findings/finding";
import { isGone, type LiveLevel } from "../account";
import { type ActionDenial, decideAction, isLimited, type Undetermined } from "../action-decision";
import {
  changeOf,
  type DoctorCheck,
  deployFix,
  eachAccess,
  ownPolicyChange,
  restoringFix,
  roleLocation,
  unknownFinding,
} from "../check";

/** What a finding is about that only the simulation shows. */
const ORGANIZATION = "organization";

/** What people were promised, and can't do. */
export const capabilities: DoctorCheck = {
  examine: eachAccess((access, { environment }) => {
    const { props, simulated: simulation } = access;
    const live = valueIfKnown(access.role);
    const expected = props.permissionsBoundary;
    if (isGone(access)) return { waitsFor: "role" };
    // The boundary of environments.yaml may deny what the role's own doesn't.
    if (live && expected !== undefined && live.boundary !== expected) return { waitsFor: "permissions-boundary" };
    const findings = findingsOf(environment, access);
    if ("known" in simulation) return { findings };
    const { unknown } = simulation;
    const role = roleLocation(props);
    if (unknown.kind !== "denied") {
      return { findings: [unknownFinding(role, "to simulate what it may do", unknown), ...findings] };
    }
    const note = `IAM's simulation of the ${role.resource} isn't allowed (${unknown.message}), so only its policies were read. They don't show what the organization denies.`;
    return { findings, notes: [note] };
  }),
};

/** What is missing, with one finding for each cause. */
function findingsOf(environment: Environment, access: LiveLevel): Draft[] {
  const { props, time } = access;
  const byCause = new Map<string, { decision: ActionDenial | Undetermined; actions: string[]; of: Set<Capability> }>();
  for (const capability of capabilitiesAt(props, time)) {
    for (const action of actionsOf([capability])) {
      const decision = decideAction(access, action);
      if (decision.is === "allowed") continue;
      const group = byCause.get(decision.found) ?? { decision, actions: [], of: new Set() };
      byCause.set(decision.found, group);
      group.actions.push(action);
      group.of.add(capability);
    }
  }
  return [...byCause.values()].map(({ decision, actions, of: capabilities }) => {
    const capabilityWords = [...capabilities].join(", ");
    const resource = `${capabilityWords} of the ${roleLocation(props).resource}`;
    const impact = `People in its channels can't ${capabilityWords}.`;
    const label = labelOfOwner(props);
    const about = decision.is === "denied" && decision.cause === "organization" ? [label, ORGANIZATION] : [label];
    const fix = decision.is === "denied" ? fixOf(environment, props, decision, [...capabilities]) : decision.fix;
    const finding = unhealthy({ resource, about, impact }, `${actions.join(", ")} allowed`, decision.found, fix);
    return decision.is === "denied" ? finding : { ...finding, answer: "unknown" };
  });
}

function fixOf(
  environment: Environment,
  props: OwnedAccess,
  denial: ActionDenial,
  missing: readonly Capability[],
): Fix {
  const { cause, by: policy } = denial;
  if (isLimited(denial, props)) {
    const allow =
      cause === "organization"
        ? "Ask whoever runs the organization to allow it"
        : `Let ${policy?.arn} allow it, or choose another permissions-boundary`;
    const drop = `; or drop ${missing.join(", ")} from ${labelOfOwner(props)} in environments.yaml (without, temporarily), and deploy`;
    return manualFix(`${allow}${missing.includes("view-cases") ? "" : drop}.`); // every access level has view-cases
  }
  if (props.policy === "aws-managed" && policy?.arn === policyArnOf(props) && cause !== "not-attached") {
    const text = "AWS's policy allows less than before. Switch to a customer-managed policy, and deploy.";
    return deployFix(environment, text, changeOf(props, ownPolicyChange(props)));
  }
  if (cause === "not-attached" && props.adopt) {
    return manualFix(
      "Attach the policy to the role: Terraform adopts only an attached one. If there is no policy of that ARN, set adopt: false, and deploy.",
    );
  }
  return restoringFix(environment, "the role's policies and boundary");
}

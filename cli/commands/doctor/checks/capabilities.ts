import type { Access } from "../../../../modules/support-app/model/access";
import { actionsOf, type Capability } from "../../../../modules/support-app/model/capability";
import { capabilitiesAt } from "../../../../modules/support-app/model/grant";
import { iamNamesOf, policyArnOf } from "../../../../modules/support-app/model/iam-names";
import type { Environment } from "../../../../stacks/environments/environment";
import { inAccount, quoted } from "../../../aws/commands";
import { accountOfArn } from "../../../iam/arn";
import { canonical } from "../../../terminal/json";
import {
  type Check,
  deployFix,
  eachAccess,
  type Finding,
  type Fix,
  manualFix,
  ownPolicyChange,
  restoringFix,
  roleOf,
  type Subject,
  unknownFinding,
} from "../check";
import {
  type ActionCheck,
  checkAction,
  type Denied,
  hasOtherBoundary,
  isLimited,
  isOfOrganization,
} from "../check-action";
import { GUIDE_TOPICS } from "../guide-topic";
import { isGone, type LiveAccess, readDocuments } from "../live-access";
import { endingNotes } from "../notes";
import { permissionsBoundary } from "./permissions-boundary";

const topic = GUIDE_TOPICS.missingPermission;

/** What people were promised, and can't do. */
export const capabilities: Check = {
  name: "capabilities",
  sentence: "Each role may do all that environments.yaml says.",
  permissions: [{ Action: ["iam:SimulatePrincipalPolicy"], Resource: ["arn:aws:iam::*:role/*"] }],
  examine: eachAccess((access, { environment, whole }) => {
    const { props, simulated } = access;
    const notes = endingNotes(props, whole, access.time);
    if (isGone(access)) return { notes, waitsFor: "role" };
    const findings = findingsOf(environment, access);
    const waitsFor = hasOtherBoundary(access) ? permissionsBoundary.name : undefined;
    if ("known" in simulated) return { findings, notes, waitsFor };
    const { unknown } = simulated;
    const role = roleOf(props);
    if (unknown.kind !== "denied") {
      findings.unshift(unknownFinding(role, "to simulate what it may do", unknown, topic));
      return { findings, notes, waitsFor };
    }
    if (arePoliciesRead(access)) {
      notes.push(
        `IAM's simulation of the ${role.subject} isn't allowed (${unknown.message}), so its policies were read instead. They don't show what the organization denies.`,
      );
    }
    return { findings, notes, waitsFor, unseen: [organizationOf(access)] };
  }),
};

/** What only the simulation shows: what the organization denies an access level's role. */
function organizationOf({ props }: LiveAccess): Subject["about"] {
  return [props.access, "organization"];
}

/** Whether all policies that decide without the simulation could be read. */
function arePoliciesRead(access: LiveAccess): boolean {
  return !readDocuments(access.policies).unread && ("known" in access.boundary || hasOtherBoundary(access));
}

/** What is missing for one reason. */
interface Missing {
  readonly check: Exclude<ActionCheck, { is: "allowed" }>;
  readonly actions: string[];
  readonly of: Set<Capability>;
}

/** What is missing, with one finding for each cause. */
function findingsOf(environment: Environment, access: LiveAccess): Finding[] {
  const { props } = access;
  const all = missingOf(access);
  // Each fix drops all of them, so that a later fix doesn't restore what an earlier one dropped.
  const limited = all.flatMap(({ check, of }) => (check.is === "denied" && isLimited(check, props) ? [...of] : []));
  return all.map(({ check, actions, of }) => {
    const isByOrganization = check.is === "denied" && isOfOrganization(check);
    return {
      answer: check.is === "denied" ? "unhealthy" : "unknown",
      subject: `${[...of].join(", ")} of the ${roleOf(props).subject}`,
      about: isByOrganization ? organizationOf(access) : [props.access],
      expected: `${actions.join(", ")} allowed`,
      found: check.found,
      topic,
      fix: check.is === "denied" ? fixOf(environment, props, check, limited) : check.fix,
    };
  });
}

function missingOf(access: LiveAccess): Missing[] {
  const byCause = new Map<string, Missing>();
  for (const capability of capabilitiesAt(access.props, access.time)) {
    for (const action of actionsOf([capability])) {
      const check = checkAction(access, action);
      if (check.is === "allowed") continue;
      const key = canonical(check.is === "denied" ? [check.cause, check.by] : check.found);
      const group = byCause.get(key) ?? { check, actions: [], of: new Set() };
      byCause.set(key, group);
      group.actions.push(action);
      group.of.add(capability);
    }
  }
  return [...byCause.values()];
}

function fixOf(environment: Environment, props: Access, denied: Denied, limited: readonly Capability[]): Fix {
  const { cause, by, fix } = denied;
  if (fix) return fix;
  if (isLimited(denied, props)) return allowOrDropFix(environment, props, denied, limited);
  if (props.policy === "aws-managed" && by?.arn === policyArnOf(props) && cause !== "not-attached") {
    const text = "AWS's policy allows less than before. Switch to a customer-managed policy, and deploy.";
    return deployFix(environment, text, { [props.access]: ownPolicyChange(props) });
  }
  if (cause === "not-attached" && props.adopt) {
    const operation = `attach-role-policy --role-name=${quoted(iamNamesOf(props).roleName)} --policy-arn=${quoted(policyArnOf(props))}`;
    return {
      text: "Attach the policy: Terraform adopts only an attached one. If there is no policy of that ARN, set adopt: false, and deploy.",
      commands: [inAccount(environment, "iam", operation)],
    };
  }
  return restoringFix(environment, denied, "Deploy the environment, which restores the role's policies and boundary.");
}

/** The fix if no deploy can give it: allow it elsewhere, or drop the capability. */
function allowOrDropFix(environment: Environment, props: Access, { by }: Denied, limited: readonly Capability[]): Fix {
  const allow =
    by?.arn === undefined
      ? "Ask whoever runs the organization to allow it"
      : accountOfArn(by.arn) === "aws"
        ? `Choose another permissions-boundary than ${by.arn}`
        : `Let ${by.arn} allow it`;
  // No access level goes without it, and read-only has nothing else.
  if (limited.includes("view-cases")) return manualFix(`${allow}.`);
  const without = [...new Set([...(props.without ?? []), ...limited])];
  const isTemporary = props.temporarily?.some(({ capability }) => limited.includes(capability));
  const temporarily = props.temporarily?.filter(({ capability }) => !limited.includes(capability));
  const ownPolicy = ownPolicyChange(props);
  if (limited.includes("request-quota-increases") && props.serviceQuotasRole !== undefined) {
    const instead = Object.entries(ownPolicy).map(([key, value]) => `${key}: ${value}, `);
    return manualFix(
      `${allow}; or drop the capability: set ${instead.join("")}without: [${without.join(", ")}], remove service-quotas-role, and deploy.`,
    );
  }
  return deployFix(environment, `${allow}; or drop the capability, and deploy.`, {
    [props.access]: { ...ownPolicy, without, ...(isTemporary && { temporarily }) },
  });
}

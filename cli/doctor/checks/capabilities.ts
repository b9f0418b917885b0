import type { Access } from "../../../modules/support-app/model/access";
import { actionsOf, type Capability } from "../../../modules/support-app/model/capability";
import { capabilitiesAt } from "../../../modules/support-app/model/grant";
import { iamNamesOf, policyArnOf } from "../../../modules/support-app/model/iam-names";
import type { Environment } from "../../../stacks/environment";
import { inAccount, quoted } from "../../aws/commands";
import { accountOfArn } from "../../iam/arn";
import { canonical } from "../../json";
import {
  type Check,
  deniedInWords,
  deployFix,
  type Finding,
  type Fix,
  lookupFix,
  ownPolicyChange,
  restoringFix,
  roleOf,
  roleSubject,
  type Subject,
  undeterminedFinding,
  unknownFinding,
} from "../check";
import { endingNotes } from "../ending-notes";
import { GUIDE_TOPICS } from "../guide-topic";
import { type Denied, hasOtherBoundary, isLimited, isOfOrganization, type Judgement, judge } from "../judge";
import { isGone, type LiveAccess } from "../live-access";
import { permissionsBoundary } from "./permissions-boundary";

/** What people were promised, and can't do. */
export const capabilities: Check = {
  name: "capabilities",
  sentence: "Each role may do all that environments.yaml says.",
  permissions: [{ actions: ["iam:SimulatePrincipalPolicy"], resources: ["arn:aws:iam::*:role/*"] }],
  examine: ({ environment, whole, account }) => {
    const notes = endingNotes(environment, whole, account.time);
    const findings: Finding[] = [];
    const unseen: Subject["about"][] = [];
    let waitsFor: string | undefined;
    for (const props of environment.accesses) {
      const access = account.accesses.get(props.access);
      if (!access || isGone(access)) {
        waitsFor = "role";
        continue;
      }
      if ("unknown" in access.simulated) {
        const { unknown } = access.simulated;
        if (unknown.kind === "denied") {
          unseen.push(ofOrganization(props));
          if (arePoliciesRead(access, props)) {
            notes.push(
              `IAM's simulation of the ${roleSubject(props)} isn't allowed (${unknown.message}), so its policies were read instead. They don't show what the organization denies.`,
            );
          }
        } else {
          findings.push(
            unknownFinding(roleOf(props), "to simulate what it may do", unknown, GUIDE_TOPICS.missingPermission),
          );
        }
      }
      if (hasOtherBoundary(access, props)) waitsFor = permissionsBoundary.name;
      findings.push(...missing(environment, props, missingOf(props, access)));
    }
    return { findings, notes, waitsFor, unseen };
  },
};

/** What only the simulation shows: what the organization denies an access level's role. */
function ofOrganization({ access }: Access): Subject["about"] {
  return [access, "organization"];
}

/** Whether all policies that decide without the simulation could be read. */
function arePoliciesRead(access: LiveAccess, props: Access): boolean {
  const { policies, boundary } = access;
  if ("unknown" in policies || policies.known.some(({ document }) => "unknown" in document)) return false;
  return "known" in boundary || hasOtherBoundary(access, props);
}

/** What is missing for one reason. */
interface Missing {
  readonly judgement: Exclude<Judgement, { is: "allowed" }>;
  readonly actions: string[];
  readonly of: Capability[];
}

/** What is missing, with one finding for each cause. */
function missing(environment: Environment, props: Access, all: readonly Missing[]): Finding[] {
  // Each fix drops all of them, so that a later fix doesn't restore what an earlier one dropped.
  const limited = all.flatMap(({ judgement, of }) =>
    judgement.is === "denied" && isLimited(judgement, props) ? of : [],
  );
  return all.map(({ judgement, actions, of }) => {
    const isByOrganization = judgement.is === "denied" && isOfOrganization(judgement);
    const about = isByOrganization ? ofOrganization(props) : [props.access];
    const subject = { subject: `${of.join(", ")} of the ${roleSubject(props)}`, about };
    const expected = `${actions.join(", ")} allowed`;
    const topic = GUIDE_TOPICS.missingPermission;
    if (judgement.is === "unknown") return undeterminedFinding(subject, expected, judgement, topic);
    const fix = fixOf(environment, props, judgement, limited);
    return { answer: "unhealthy", ...subject, expected, found: deniedInWords(judgement), topic, fix };
  });
}

function missingOf(props: Access, access: LiveAccess): Missing[] {
  const byCause = new Map<string, Missing>();
  for (const capability of capabilitiesAt(props, access.time)) {
    for (const action of actionsOf([capability])) {
      const judgement = judge(access, props, action);
      if (judgement.is === "allowed") continue;
      const key = canonical(judgement.is === "denied" ? { ...judgement, decision: undefined } : judgement);
      const group = byCause.get(key) ?? { judgement, actions: [], of: [] };
      byCause.set(key, group);
      group.actions.push(action);
      if (!group.of.includes(capability)) group.of.push(capability);
    }
  }
  return [...byCause.values()];
}

function fixOf(environment: Environment, props: Access, judgement: Denied, limited: readonly Capability[]): Fix {
  const { cause, by, why } = judgement;
  if (why) return lookupFix(why);
  if (isLimited(judgement, props)) return allowOrDropFix(environment, props, judgement, limited);
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
  return restoringFix(
    environment,
    judgement,
    "Deploy the environment, which restores the role's policies and boundary.",
  );
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
  if (limited.includes("view-cases")) return { text: `${allow}.`, commands: [] };
  const without = [...new Set([...(props.without ?? []), ...limited])];
  const isTemporary = props.temporarily?.some(({ capability }) => limited.includes(capability));
  const temporarily = props.temporarily?.filter(({ capability }) => !limited.includes(capability));
  const ownPolicy = ownPolicyChange(props);
  if (limited.includes("request-quota-increases") && props.serviceQuotasRole !== undefined) {
    const instead = Object.entries(ownPolicy).map(([key, value]) => `${key}: ${value}, `);
    return {
      text: `${allow}; or drop the capability: set ${instead.join("")}without: [${without.join(", ")}], remove service-quotas-role, and deploy.`,
      commands: [],
    };
  }
  return deployFix(environment, `${allow}; or drop the capability, and deploy.`, {
    [props.access]: { ...ownPolicy, without, ...(isTemporary && { temporarily }) },
  });
}

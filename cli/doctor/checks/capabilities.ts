import { capabilitiesOf } from "../../../modules/support-app/access-level";
import { actionsOf, type Capability } from "../../../modules/support-app/capability";
import { iamNamesOf, policyArnOf } from "../../../modules/support-app/iam-names";
import type { SupportAppAccessProps } from "../../../modules/support-app/support-app-access-props";
import type { Environment } from "../../../stacks/environment";
import type { AccessFound } from "../access-found";
import { type Check, deploying, type Finding, type Fix, notKnown } from "../check";
import { type Denied, type Judgement, judge } from "../judge";
import { TOPICS } from "../topic";

/** What people were promised, and can't do. */
export const capabilities: Check = {
  name: "capabilities",
  sentence: "Each role may do all that environments.yaml says.",
  permissions: [{ actions: ["iam:SimulatePrincipalPolicy"], resources: ["arn:aws:iam::*:role/*"] }],
  examine: ({ environment, account }) => {
    const notes: string[] = [];
    const findings: Finding[] = [];
    let waitsFor: string | undefined;
    for (const props of environment.accesses) {
      const access = account.accesses.get(props.access);
      if (!access || ("known" in access.role && access.role.known === undefined)) {
        waitsFor = "role";
        continue;
      }
      if ("unknown" in access.simulated) {
        notes.push(
          `IAM's simulation of the role ${iamNamesOf(props).roleName} wasn't to be had (${access.simulated.unknown.message}): its policies were read instead, which shows no policy of the organization.`,
        );
      }
      findings.push(...missing(environment, props, access));
    }
    return { findings, notes, waitsFor };
  },
};

/** What is missing, with one finding for each cause. */
function missing(environment: Environment, props: SupportAppAccessProps, access: AccessFound): Finding[] {
  const byCause = new Map<
    string,
    { judgement: Exclude<Judgement, { is: "allowed" }>; actions: string[]; of: Capability[] }
  >();
  for (const capability of capabilitiesOf(props.access, props.without)) {
    for (const action of actionsOf([capability])) {
      const judgement = judge(access, props, action);
      if (judgement.is === "allowed") continue;
      const cause = JSON.stringify(judgement);
      const group = byCause.get(cause) ?? { judgement, actions: [], of: [] };
      byCause.set(cause, group);
      group.actions.push(action);
      if (!group.of.includes(capability)) group.of.push(capability);
    }
  }
  return [...byCause.values()].map(({ judgement, actions, of }) => {
    const subject = `${of.join(", ")} of the role ${iamNamesOf(props).roleName} (${props.access})`;
    const expected = `${actions.join(", ")} allowed`;
    const topic = TOPICS.missingPermission;
    if (judgement.is === "unknown") return notKnown(subject, expected, judgement.why, topic);
    const fix = fixOf(environment, props, judgement, of);
    return { answer: "unhealthy", subject, expected, found: wordsOf(judgement), topic, fix };
  });
}

function wordsOf({ cause, by, decision }: Denied): string {
  switch (cause) {
    case "explicit-deny":
      return `an explicit Deny in ${by}`;
    case "boundary":
      return `the permissions boundary ${by} doesn't allow it`;
    case "not-attached":
      return `the policy ${by} isn't attached to the role`;
    case "policy":
      return `the policy ${by} doesn't allow it`;
    case "organization":
      return `a service control policy of the organization denies it (IAM's simulation says ${decision})`;
    case "likely-organization":
      return `the role's policies allow it, but IAM's simulation says ${decision}: most likely a service control policy of the organization`;
    case "simulation":
      return `IAM's simulation says ${decision}, and not all of the role's policies can be read`;
  }
}

function fixOf(
  environment: Environment,
  props: SupportAppAccessProps,
  { cause, by }: Denied,
  of: readonly Capability[],
): Fix {
  const isDeclaredBoundary = props.permissionsBoundary !== undefined && by === props.permissionsBoundary;
  const isOrganization = cause === "organization" || cause === "likely-organization";
  if (isOrganization || isDeclaredBoundary) {
    const who = isOrganization ? "Ask whoever runs the organization to allow it" : `Let ${by} allow it`;
    const optional = of.filter((capability) => capability !== "view-cases");
    if (optional.length === 0 || props.access === "read-only") return { text: `${who}.`, commands: [] };
    const without = [...(props.without ?? []), ...optional];
    const change = { environments: { [environment.name]: { [props.access]: { without } } } };
    return deploying(environment, `${who}; or promise it to nobody, and deploy.`, change);
  }
  if (props.policy === "aws-managed" && by === policyArnOf(props) && cause !== "not-attached") {
    const change = { environments: { [environment.name]: { [props.access]: { policy: "customer-managed" } } } };
    return deploying(environment, "AWS's policy says less than it did. Have one of your own, and deploy.", change);
  }
  return deploying(environment, "Deploy the environment, which sets the role's policies and boundary again.");
}

import { capabilitiesOf } from "../../../modules/support-app/access-level";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/capability";
import { iamNamesOf, policyArnOf } from "../../../modules/support-app/iam-names";
import { SERVICE_QUOTAS_SERVICE } from "../../../modules/support-app/service-quotas-role";
import type { SupportAppAccessProps } from "../../../modules/support-app/support-app-access-props";
import type { Environment } from "../../../stacks/environment";
import type { PolicyFound } from "../access-found";
import { type Check, deploying, type Finding, notKnown } from "../check";
import { evaluate, type Fields, list, statementsIn } from "../evaluate";
import { TOPICS } from "../topic";

/** Whatever a role may do, everyone in its channels may do. */
export const unexpectedAccess: Check = {
  name: "unexpected-access",
  sentence: "Each role may do nothing but what environments.yaml says.",
  permissions: [
    {
      actions: ["iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
      resources: ["arn:aws:iam::*:role/*"],
    },
    { actions: ["iam:GetPolicy", "iam:GetPolicyVersion"], resources: ["arn:aws:iam::*:policy/*"] },
  ],
  examine: ({ environment, account }) => {
    const notes: string[] = [];
    const findings = environment.accesses.flatMap((props): Finding[] => {
      const policies = account.accesses.get(props.access)?.policies;
      if (!policies) return [];
      if ("unknown" in policies) {
        const subject = `role ${iamNamesOf(props).roleName} (${props.access})`;
        return [notKnown(subject, "to see its policies", policies.unknown, TOPICS.restrictUsers)];
      }
      return policies.known.flatMap((policy) => problems(environment, props, policy, notes));
    });
    return { findings, notes };
  },
};

function problems(
  environment: Environment,
  props: SupportAppAccessProps,
  policy: PolicyFound,
  notes: string[],
): Finding[] {
  const isOwn = policy.arn === policyArnOf(props);
  const kind = policy.arn === undefined ? "inline policy" : "policy";
  const subject = `${kind} ${policy.arn ?? policy.name} of the role ${iamNamesOf(props).roleName} (${props.access})`;
  const topic = TOPICS.restrictUsers;
  const expected = isOwn ? `nothing but ${promised(props)}` : "no such policy";
  const fix = deploying(environment, "Deploy the environment, which takes off what it doesn't say.");
  if ("unknown" in policy.text) return [notKnown(subject, "to see what it says", policy.text.unknown, topic)];
  const more = beyond(policy.text.known, props, isOwn);
  if (isOwn && props.policy === "aws-managed") {
    if (more.length > 0) {
      notes.push(`AWS's policy ${policy.arn} says more than it did when this version was made: ${more.join(", ")}.`);
    }
    return [];
  }
  if (more.length === 0) {
    if (!isOwn)
      notes.push(`The ${subject} isn't in environments.yaml, and allows nothing more: a deploy takes it off.`);
    return [];
  }
  const people = newCapabilities(policy.text.known, props);
  const so = people.length > 0 ? `; so people in ${channelsOf(environment, props)} can ${people.join(", ")}` : "";
  return [{ answer: "unhealthy", subject, expected, found: `it allows ${more.join(", ")}${so}`, topic, fix }];
}

/** What a document allows beyond what the access has, as it is written there. */
function beyond(text: string, props: SupportAppAccessProps, isOwn: boolean): string[] {
  const statements = statementsIn(text);
  if (!statements) return ["what can't be read"];
  const expected = actionsOf(capabilitiesOf(props.access, props.without)).map((action) => action.toLowerCase());
  return statements
    .filter(({ Effect }) => Effect !== "Deny")
    .flatMap((statement) => {
      if (statement.NotAction !== undefined) return [`all but ${list(statement.NotAction).join(", ")}`];
      return list(statement.Action)
        .map(String)
        .filter((action) => !expected.includes(action.toLowerCase()) && !(isOwn && isServiceQuotas(statement, action)));
    });
}

/** The right to make the Service Quotas role has a check of its own. */
function isServiceQuotas({ Condition }: Fields, action: string): boolean {
  const only = JSON.stringify(Condition ?? {}).toLowerCase();
  return (
    action.toLowerCase() === "iam:createservicelinkedrole" &&
    [`"${SERVICE_QUOTAS_SERVICE}"`, `["${SERVICE_QUOTAS_SERVICE}"]`].some(
      (service) => only === `{"stringequals":{"iam:awsservicename":${service}}}`,
    )
  );
}

/** What people can do by a document that the access doesn't give them. */
function newCapabilities(text: string, props: SupportAppAccessProps): string[] {
  const promised = capabilitiesOf(props.access, props.without);
  return CAPABILITIES.filter(
    (capability) =>
      !promised.includes(capability) &&
      actionsOf([capability]).some((action) => {
        const { is } = evaluate([{ name: "", text }], { action, hasResources: true });
        return is === "allowed" || is === "unknown";
      }),
  );
}

function promised({ access, without }: SupportAppAccessProps): string {
  return `${access}: ${capabilitiesOf(access, without).join(", ")}`;
}

function channelsOf({ channels }: Environment, { access }: SupportAppAccessProps): string {
  const names = channels.filter((channel) => channel.access === access).map(({ name }) => `#${name}`);
  return names.length > 0 ? names.join(", ") : "every channel with this role";
}

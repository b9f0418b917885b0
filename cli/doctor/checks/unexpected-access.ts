import { capabilitiesOf } from "../../../modules/support-app/access-level";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/capability";
import { serviceQuotasModeOf } from "../../../modules/support-app/service-quotas-role";
import type { SupportAppAccessProps } from "../../../modules/support-app/support-app-access-props";
import type { Environment } from "../../../stacks/environment";
import { list } from "../../review/policy";
import { type AccessFound, isGone, isOwnPolicy, type PolicyFound } from "../access-found";
import { type Check, deploying, type Finding, notKnown, ownPolicySetting, roleSubject } from "../check";
import { statementsIn } from "../evaluate";
import { judge } from "../judge";
import { isServiceQuotasRight } from "../service-quotas-right";
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
    let waitsFor: string | undefined;
    const findings = environment.accesses.flatMap((props): Finding[] => {
      const access = account.accesses.get(props.access);
      if (!access) return [];
      const { policies } = access;
      if (isGone(access)) waitsFor = "role";
      if ("unknown" in policies) {
        return [notKnown(roleSubject(props), "to see its policies", policies.unknown, TOPICS.restrictUsers)];
      }
      return policies.known.flatMap((policy) => problems(environment, props, access, policy, notes));
    });
    return { findings, notes, waitsFor };
  },
};

function problems(
  environment: Environment,
  props: SupportAppAccessProps,
  access: AccessFound,
  policy: PolicyFound,
  notes: string[],
): Finding[] {
  const isOwn = isOwnPolicy(policy, props);
  const kind = policy.arn === undefined ? "inline policy" : "policy";
  const subject = `${kind} ${policy.arn ?? policy.name} of the ${roleSubject(props)}`;
  const topic = TOPICS.restrictUsers;
  if ("unknown" in policy.text) return [notKnown(subject, "to see what it says", policy.text.unknown, topic)];
  const more = beyond(policy.text.known, props, isOwn);
  const isOfAws = isOwn && props.policy === "aws-managed";
  if (more.length === 0) {
    const denies = statementsIn(policy.text.known)?.some(({ Effect }) => Effect === "Deny") ? ", denies something" : "";
    if (!isOwn)
      notes.push(`The ${subject} isn't in environments.yaml${denies} and allows nothing more: a deploy takes it off.`);
    return [];
  }
  if (isOfAws && (props.access === "full" || more.every((action) => READING.test(action)))) {
    notes.push(`AWS's policy ${policy.arn} says more than it did when this version was made: ${more.join(", ")}.`);
    return [];
  }
  const writes = more.some((action) => !READING.test(action) && judge(access, props, action).is === "allowed");
  const gained = newCapabilities(access, props);
  const can =
    gained.length > 0 ? gained.join(", ") : props.access === "read-only" && writes ? "do more than read" : undefined;
  const so = can === undefined ? "" : `; so people in ${channelsOf(environment, props)} can ${can}`;
  const fix = isOfAws
    ? deploying(environment, "AWS's policy isn't read-only any more. Have one of your own, and deploy.", {
        [props.access]: ownPolicySetting(props),
      })
    : deploying(environment, "Deploy the environment, which takes off what it doesn't say.");
  const expected = isOwn ? `nothing but ${promised(props)}` : "no such policy";
  return [{ answer: "unhealthy", subject, expected, found: `it allows ${more.join(", ")}${so}`, topic, fix }];
}

/** Actions that can't write, by their name. */
const READING = /^[a-z0-9-]+:(Describe|Get|List|Search)[a-z*?]*$/i;

/** What a document allows beyond what the access has, as it is written there. */
function beyond(text: string, props: SupportAppAccessProps, isOwn: boolean): string[] {
  const statements = statementsIn(text);
  if (!statements) return ["what can't be read"];
  const capabilities = capabilitiesOf(props.access, props.without);
  const expected = actionsOf(capabilities).map((action) => action.toLowerCase());
  const mode = serviceQuotasModeOf(props);
  // Where it isn't the role's anyway, the right in the role's own policy has a check of its own.
  const mayHaveRight = capabilities.includes("request-quota-increases") && (isOwn || mode === "on-demand");
  return statements
    .filter((statement) => statement.Effect !== "Deny" && !(mayHaveRight && isServiceQuotasRight(statement)))
    .flatMap(({ Action, NotAction }) => {
      if (NotAction !== undefined) return [`all but ${list(NotAction).join(", ")}`];
      return list(Action)
        .map(String)
        .filter((action) => !expected.includes(action.toLowerCase()));
    });
}

/** What people can do by all that the role has, and were not promised. */
function newCapabilities(access: AccessFound, props: SupportAppAccessProps): string[] {
  const promised = capabilitiesOf(props.access, props.without);
  return CAPABILITIES.filter(
    (capability) =>
      !promised.includes(capability) &&
      actionsOf([capability]).every((action) => judge(access, props, action).is === "allowed"),
  );
}

function promised({ access, without }: SupportAppAccessProps): string {
  return `${access}: ${capabilitiesOf(access, without).join(", ")}`;
}

function channelsOf({ channels }: Environment, { access }: SupportAppAccessProps): string {
  const names = channels.filter((channel) => channel.access === access).map(({ name }) => `#${name}`);
  return names.length > 0 ? names.join(", ") : "every channel with this role";
}

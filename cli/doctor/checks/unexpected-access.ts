import type { Access } from "../../../modules/support-app/model/access";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/model/capability";
import { capabilitiesAt, grantedCapabilities, grantsOf } from "../../../modules/support-app/model/grant";
import {
  CREATE_SERVICE_LINKED_ROLE,
  serviceQuotasModeOf,
} from "../../../modules/support-app/model/service-quotas-role";
import type { Environment } from "../../../stacks/environment";
import { actionsWords } from "../../ability-words";
import { type LiveDocument, spelledIn, unsupportedWords } from "../../aws/live-document";
import type { LivePolicy } from "../../aws/live-role";
import type { Targets } from "../../iam/policy";
import { isServiceQuotasRight } from "../../iam/service-quotas-right";
import { endsIn } from "../../iam/until";
import { spelled } from "../../spelling";
import { givenWords, untilWords } from "../../until-words";
import { type Check, deployFix, type Finding, ownPolicyChange, roleOf, roleSubject, unknownFinding } from "../check";
import { GUIDE_TOPICS } from "../guide-topic";
import { judge } from "../judge";
import { isGone, isOwnPolicy, type LiveAccess } from "../live-access";

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
        return [unknownFinding(roleOf(props), "to see its policies", policies.unknown, GUIDE_TOPICS.restrictUsers)];
      }
      return policies.known.flatMap((policy) => problems(environment, props, access, policy, notes));
    });
    return { findings, notes, waitsFor };
  },
};

function problems(
  environment: Environment,
  props: Access,
  access: LiveAccess,
  policy: LivePolicy,
  notes: string[],
): Finding[] {
  const isOwn = isOwnPolicy(policy, props);
  const kind = policy.arn === undefined ? "inline policy" : "policy";
  const subject = `${kind} ${policy.arn ?? policy.name} of the ${roleSubject(props)}`;
  const of = { subject, about: [props.access, kind, policy.arn ?? policy.name] };
  const topic = GUIDE_TOPICS.restrictUsers;
  if ("unknown" in policy.document) return [unknownFinding(of, "to see what it says", policy.document.unknown, topic)];
  const document = policy.document.known;
  const { statements, unreadable } = document.policy;
  const more = beyond(document, props, isOwn);
  const words = actionsWords(more, String);
  const isOfAws = isOwn && props.policy === "aws-managed";
  const isReading = more.every((targets) => isNamedReading(targets));
  const about = { ...of, expected: isOwn ? `nothing but ${promised(props, access)}` : "no such policy", topic };
  const switching = (why: string) =>
    deployFix(environment, `${why} Switch to a customer-managed policy, and deploy.`, {
      [props.access]: ownPolicyChange(props),
    });
  const removing = deployFix(
    environment,
    "Deploy the environment, which removes anything that isn't in environments.yaml.",
  );
  if (more.length > 0 && !(isOfAws && (props.access === "full" || isReading))) {
    const unsupported = unreadable.length === 0 ? "" : `; ${unsupportedWords(unreadable)}`;
    const found = `${consequence(environment, props, access, more)}it allows ${words}${unsupported}`;
    const fix = isOfAws ? switching("AWS's policy is no longer read-only.") : removing;
    return [{ answer: "unhealthy", ...about, found, fix }];
  }
  const longer = lasting(document, props);
  if (longer.length > 0) {
    const found = `${consequence(environment, props, access, [])}it allows for longer than expected: ${longer.join(", ")}`;
    return [{ answer: "unhealthy", ...about, found, fix: removing }];
  }
  if (unreadable.length > 0) {
    const fix = isOfAws ? switching("doctor doesn't support what AWS's policy says.") : removing;
    return [{ answer: "unknown", ...about, found: unsupportedWords(unreadable), fix }];
  }
  if (more.length > 0) {
    notes.push(`AWS's policy ${policy.arn} allows more than when this version was released: ${words}.`);
  } else if (!isOwn) {
    const denies = statements.some(({ effect }) => effect === "Deny") ? ", denies something" : "";
    notes.push(`The ${subject} isn't in environments.yaml${denies} and allows nothing more: a deploy removes it.`);
  }
  return [];
}

/** What people can do because a policy allows more than the access level has, before what it allows. */
function consequence(environment: Environment, props: Access, access: LiveAccess, more: readonly Targets[]): string {
  const writes = more
    .flatMap(({ not, patterns }) => (not ? [UNNAMED_ACTION] : patterns.filter((action) => !READING.test(action))))
    .some((action) => judge(access, props, action).is === "allowed");
  const gained = newCapabilities(access, props);
  const can =
    gained.length > 0 ? gained.join(", ") : props.access === "read-only" && writes ? "do more than read" : undefined;
  return can === undefined ? "" : `people in ${channelsOf(environment, props)} can ${can}: `;
}

/** Actions that can't write, by their name. */
const READING = /^[a-z0-9-]+:(Describe|Get|List|Search)[a-z*?]*$/i;

/** Whether these are actions that can't write, and no others. */
function isNamedReading({ not, patterns }: Targets): boolean {
  return !not && patterns.every((action) => READING.test(action));
}

/** An action that no policy names. */
const UNNAMED_ACTION = "unnamed:Action";

/** What a policy allows beyond the access level, spelled as in the policy. */
function beyond(document: LiveDocument, props: Access, isOwn: boolean): Targets[] {
  const capabilities = grantedCapabilities(props);
  const expected = actionsOf(capabilities).map((action) => action.toLowerCase());
  const mode = serviceQuotasModeOf(props);
  // Another check reports the right in the role's own policy.
  const mayHaveRight = capabilities.includes("request-quota-increases") && (isOwn || mode === "on-demand");
  return document.policy.statements
    .filter((statement) => statement.effect === "Allow" && !(mayHaveRight && isServiceQuotasRight(statement)))
    .map(({ actions: { not, patterns } }) => ({
      not,
      patterns: patterns
        .filter((action) => not || !expected.includes(action))
        .map((action) => spelledIn(document, action)),
    }))
    .filter(({ not, patterns }) => not || patterns.length > 0);
}

/** What a policy allows past its end in environments.yaml, in words. */
function lasting(document: LiveDocument, props: Access): string[] {
  const ends = new Map<string, string>();
  for (const { capabilities, end } of grantsOf(props)) {
    const right = capabilities.includes("request-quota-increases") ? [CREATE_SERVICE_LINKED_ROLE] : [];
    for (const action of [...actionsOf(capabilities), ...right]) {
      if (end !== undefined) ends.set(action.toLowerCase(), end);
    }
  }
  const all = document.policy.statements.flatMap((statement) => {
    const [found] = endsIn([statement]);
    return statement.effect === "Deny"
      ? []
      : statement.actions.patterns.flatMap((action) => {
          const end = ends.get(action);
          if (end === undefined || (found !== undefined && found <= end)) return [];
          const now = found === undefined ? "without an end" : untilWords(found);
          return [`${spelled(action)} (${now}, expected ${untilWords(end)})`];
        });
  });
  return [...new Set(all)];
}

/** What people can do with all policies of the role, and were not promised. */
function newCapabilities(access: LiveAccess, props: Access): string[] {
  const promised = capabilitiesAt(props, access.time);
  return CAPABILITIES.filter(
    (capability) =>
      !promised.includes(capability) &&
      actionsOf([capability]).every((action) => judge(access, props, action).is === "allowed"),
  );
}

function promised(props: Access, { time }: LiveAccess): string {
  const now = capabilitiesAt(props, time);
  const given = grantsOf(props).flatMap(({ capabilities, end }) =>
    capabilities.filter((one) => now.includes(one)).map((one) => givenWords(one, end)),
  );
  return `${props.access}: ${given.join(", ") || "nothing any more"}`;
}

function channelsOf({ channels }: Environment, { access }: Access): string {
  const names = channels.filter((channel) => channel.access === access).map(({ name }) => `#${name}`);
  return names.length > 0 ? names.join(", ") : "every channel with this role";
}

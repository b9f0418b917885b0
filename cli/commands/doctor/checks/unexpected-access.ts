import type { Access } from "../../../../modules/support-app/model/access";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { capabilitiesAt, grantedCapabilities, grantsOf } from "../../../../modules/support-app/model/grant";
import { policyArnOf } from "../../../../modules/support-app/model/iam-names";
import {
  CREATE_SERVICE_LINKED_ROLE,
  serviceQuotasModeOf,
} from "../../../../modules/support-app/model/service-quotas-role";
import { isSameOwner, labelOfOwner } from "../../../../modules/support-app/model/team";
import type { Environment } from "../../../../stacks/environments/environment";
import { type LiveDocument, spelledIn, unsupportedWords } from "../../../aws/live-document";
import type { LivePolicy } from "../../../aws/live-role";
import { unhealthy } from "../../../findings/finding";
import { KINDS } from "../../../findings/kinds";
import { actionsWords } from "../../../iam/ability-words";
import { endsIn } from "../../../iam/condition";
import { isServiceQuotasRight } from "../../../iam/excess";
import type { Targets } from "../../../iam/policy";
import { awsSpelling } from "../../../iam/spelling";
import { givenWords, untilWords } from "../../../iam/until-words";
import { isGone, type LiveLevel } from "../account";
import { decideAction } from "../action-decision";
import {
  changeOf,
  type DoctorCheck,
  deployFix,
  eachAccess,
  mergeOutcomes,
  type Outcome,
  ownPolicyChange,
  roleLocation,
  unknownFinding,
} from "../check";

/** Whatever a role may do, everyone in its channels may do. */
export const unexpectedAccess: DoctorCheck = {
  examine: eachAccess((access, { environment }) => {
    const { props, policies } = access;
    if ("unknown" in policies) {
      return { findings: [unknownFinding(roleLocation(props), "to see its policies", policies.unknown)] };
    }
    const outcome = mergeOutcomes(policies.known.map((policy) => policyOutcome(environment, access, policy)));
    return { ...outcome, waitsFor: isGone(access) ? "role" : undefined };
  }),
};

function policyOutcome(environment: Environment, access: LiveLevel, policy: LivePolicy): Outcome {
  const { props } = access;
  const isOwn = policy.arn === policyArnOf(props);
  const kind = policy.arn === undefined ? "inline policy" : "policy";
  const name = policy.arn ?? policy.name;
  const location = {
    resource: `${kind} ${name} of the ${roleLocation(props).resource}`,
    about: [labelOfOwner(props), kind, name],
  };
  if ("unknown" in policy.document) {
    return { findings: [unknownFinding(location, "to see what it says", policy.document.unknown)] };
  }
  const document = policy.document.known;
  const { unreadable } = document.policy;
  const isOfAws = isOwn && props.policy === "aws-managed";
  const expected = isOwn ? `nothing but ${grantedWords(access)}` : "no such policy";
  const text = "AWS's policy has changed. Switch to a customer-managed policy, and deploy.";
  const fix = isOfAws
    ? deployFix(environment, text, changeOf(props, ownPolicyChange(props)))
    : deployFix(environment, "Deploy the environment, which removes anything that isn't in environments.yaml.");
  const finding = (actual: string) =>
    unhealthy({ ...location, impact: impactOf(environment, access) }, expected, actual, fix);
  const excess = targetsBeyond(document, props);
  const isReading = excess.every(({ not, patterns }) => !not && patterns.every((action) => READING.test(action)));
  if (excess.length > 0 && !(isOfAws && (props.access === "full" || isReading))) {
    const unsupportedPart = unreadable.length === 0 ? "" : `; ${unsupportedWords(unreadable)}`;
    return { findings: [finding(`it allows ${actionsWords(excess, String)}${unsupportedPart}`)] };
  }
  const longer = lasting(document, props);
  if (longer.length > 0) return { findings: [finding(`it allows for longer than expected: ${longer.join(", ")}`)] };
  if (unreadable.length > 0) {
    return { findings: [{ ...unhealthy(location, expected, unsupportedWords(unreadable), fix), answer: "unknown" }] };
  }
  if (isOwn) return {};
  return {
    notes: [`The ${location.resource} isn't in environments.yaml and allows nothing more: a deploy removes it.`],
  };
}

/** What people can do, and environments.yaml doesn't give them. */
function impactOf({ channels }: Environment, access: LiveLevel): string {
  const { props, time } = access;
  const mayCall = (action: string) => decideAction(access, action).is === "allowed";
  const fileCapabilities = capabilitiesAt(props, time);
  const gainedCapabilities = CAPABILITIES.filter(
    (capability) => !fileCapabilities.includes(capability) && actionsOf([capability]).every(mayCall),
  );
  if (gainedCapabilities.length === 0) return KINDS["unexpected-access"].impact;
  const names = channels.filter((channel) => isSameOwner(channel, props)).map(({ name }) => `#${name}`);
  return `People in ${names.join(", ") || "every channel with this role"} can ${gainedCapabilities.join(", ")}.`;
}

/** Names of actions that can't write. */
const READING = /^[a-z0-9-]+:(Describe|Get|List|Search)[a-z*?]*$/i;

/** What a policy allows beyond the access level. */
function targetsBeyond(document: LiveDocument, props: Access): Targets[] {
  const capabilities = grantedCapabilities(props);
  const expected = actionsOf(capabilities).map((action) => action.toLowerCase());
  const mayHaveRight = capabilities.includes("request-quota-increases") && serviceQuotasModeOf(props) === "on-demand";
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
function lasting({ policy }: LiveDocument, props: Access): string[] {
  const ends = new Map<string, string>();
  for (const { capabilities, end } of grantsOf(props)) {
    const right = capabilities.includes("request-quota-increases") ? [CREATE_SERVICE_LINKED_ROLE] : [];
    for (const action of [...actionsOf(capabilities), ...right]) if (end) ends.set(action.toLowerCase(), end);
  }
  const allowing = policy.statements.filter(({ effect }) => effect === "Allow");
  const endPhrases = allowing.flatMap((statement) => {
    const [liveEnd] = endsIn([statement]);
    const liveEndWords = liveEnd === undefined ? "without an end" : untilWords(liveEnd);
    return statement.actions.patterns.flatMap((action) => {
      const end = ends.get(action);
      if (end === undefined || (liveEnd !== undefined && liveEnd <= end)) return [];
      return [`${awsSpelling(action)} (${liveEndWords}, expected ${untilWords(end)})`];
    });
  });
  return [...new Set(endPhrases)];
}

function grantedWords({ props, time }: LiveLevel): string {
  const ends = new Map(
    grantsOf(props).flatMap(({ capabilities, end }) => capabilities.map((capability) => [capability, end])),
  );
  const fileWords = capabilitiesAt(props, time).map((capability) => givenWords(capability, ends.get(capability)));
  return `${labelOfOwner(props)}: ${fileWords.join(", ") || "nothing any more"}`;
}

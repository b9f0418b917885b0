import { canonical } from "../../../../common/canonical";
import { actionsOf, CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { capabilitiesAt, endsOf } from "../../../../modules/support-app/model/grant";
import { policyArnOf } from "../../../../modules/support-app/model/iam-names";
import { accessPermissions } from "../../../../modules/support-app/model/policy-statements";
import { isSameOwner, labelOfOwner } from "../../../../modules/support-app/model/team";
import { inSeconds } from "../../../../modules/support-app/model/until";
import type { Environment } from "../../../../stacks/environments/environment";
import { type LiveDocument, spelledIn, unsupportedWords } from "../../../aws/live-document";
import type { LivePolicy } from "../../../aws/live-role";
import { unhealthy } from "../../../findings/finding";
import { KINDS } from "../../../findings/kinds";
import { actionsWords } from "../../../iam/ability-words";
import { endsIn } from "../../../iam/condition";
import { excessOf } from "../../../iam/excess";
import { readTerraformPolicy, type Targets } from "../../../iam/policy";
import { givenWords } from "../../../iam/until-words";
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
  const [excess = [], ...laterExcess] = excessByTime(document, access);
  const isReading = excess.every(({ not, patterns }) => !not && patterns.every((action) => READING.test(action)));
  const wordsOf = (targets: readonly Targets[]) => actionsWords(targets, (action) => spelledIn(document, action));
  if (excess.length > 0 && !(isOfAws && (props.access === "full" || isReading))) {
    const unsupportedPart = unreadable.length === 0 ? "" : `; ${unsupportedWords(unreadable)}`;
    return { findings: [finding(`it allows ${wordsOf(excess)}${unsupportedPart}`)] };
  }
  const longer = laterExcess.flat();
  if (longer.length > 0) return { findings: [finding(`it allows for longer than expected: ${wordsOf(longer)}`)] };
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

/** What a policy allows beyond the access level now, then what more at each end in environments.yaml. */
function excessByTime({ policy }: LiveDocument, { props, time }: LiveLevel): Targets[][] {
  const { statements } = readTerraformPolicy({ statement: accessPermissions(props) });
  const now = inSeconds(time);
  const times = [now, ...endsIn(statements).filter((end) => end > now)];
  const excesses = times.map((moment) => excessOf(policy.statements, undefined, moment, statements));
  return excesses.map((excess, index) => {
    const earlier = new Set(excesses.slice(0, index).flat().map(canonical));
    return excess.filter((targets) => !earlier.has(canonical(targets)));
  });
}

function grantedWords({ props, time }: LiveLevel): string {
  const ends = endsOf(props);
  const fileWords = capabilitiesAt(props, time).map((capability) => givenWords(capability, ends.get(capability)));
  return `${labelOfOwner(props)}: ${fileWords.join(", ") || "nothing any more"}`;
}

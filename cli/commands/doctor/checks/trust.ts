import { parseJson } from "../../../../common/json";
import { SUPPORT_APP_SERVICE } from "../../../../modules/support-app/model/policy-statements";
import type { OwnedAccess } from "../../../../modules/support-app/model/team";
import { inSeconds } from "../../../../modules/support-app/model/until";
import type { Environment } from "../../../../stacks/environments/environment";
import { type LiveDocument, unsupportedWords } from "../../../aws/live-document";
import { decideTrust, type LiveRole } from "../../../aws/live-role";
import { valueIfKnown } from "../../../aws/lookup";
import { statementsLettingIn, strangersIn } from "../../../aws/role-judgement";
import { type Draft, unhealthy } from "../../../findings/finding";
import { GUIDE_TOPICS } from "../../../findings/kinds";
import type { Decision, Request } from "../../../iam/authorize";
import type { Condition } from "../../../iam/policy";
import { strangersWords } from "../../../iam/right-words";
import { type DoctorCheck, eachAccess, restoringFix, roleLocation } from "../check";

/** Who may use the role of a channel. */
export const trust: DoctorCheck = {
  examine: eachAccess(({ props, role, time }, { environment }) => {
    const live = valueIfKnown(role);
    return live ? { findings: problems(environment, props, live, inSeconds(time)) } : { waitsFor: "role" };
  }),
};

function problems(environment: Environment, props: OwnedAccess, { trust }: LiveRole, now: string): Draft[] {
  const { account } = environment;
  const { unreadable } = trust.policy;
  const hasCondition = props.sourceAccountCondition === true;
  const { resource, about } = roleLocation(props);
  const location = { resource: `trust of the ${resource}`, about };
  const fix = restoringFix(environment, "the trust policy");
  const strangers = strangersWords(strangersIn(trust), account);
  const inOneLine = () => JSON.stringify(parseJson(trust.text));
  const nobodyElse = `nobody but ${SUPPORT_APP_SERVICE} may assume the role`;
  const decision = decide(trust, account, hasCondition, now);
  if (decision === "unknown" && unreadable.length > 0) {
    const actual = [...strangers, unsupportedWords(unreadable)].join("; ");
    const finding = unhealthy(location, nobodyElse, actual, fix);
    return [strangers.length > 0 ? finding : { ...finding, answer: "unknown" }];
  }
  if (decision !== "allowed") {
    const letsIn = strangers.length > 0 ? `; and it trusts ${strangers.join("; ")}` : "";
    const actual = `${LOCKED_OUT[decision]}: ${inOneLine()}${letsIn}`;
    const lockedOut = {
      ...location,
      impact: `People in its channels ${decision === "unknown" ? "may be able to" : "can"} do nothing.`,
      topic: GUIDE_TOPICS.missingRole,
    };
    return [unhealthy(lockedOut, `${SUPPORT_APP_SERVICE} may assume the role`, actual, fix)];
  }
  if (strangers.length > 0) return [unhealthy(location, nobodyElse, strangers.join("; "), fix)];
  const isOfAccount = ({ operator, key, values }: Condition) =>
    EQUALITY.includes(operator) && key === SOURCE_ACCOUNT && values.every((value) => value === account);
  const wider = statementsLettingIn(trust).filter(({ conditions }) => !conditions.some(isOfAccount));
  if (!hasCondition || wider.length === 0) return [];
  const actualWords = `on behalf of other accounts, too: ${inOneLine()}`;
  return [unhealthy(location, `only on behalf of ${account} (source-account-condition)`, actualWords, fix)];
}

const SOURCE_ACCOUNT = "aws:sourceaccount";

function decide(trust: LiveDocument, account: string, hasCondition: boolean, now: string): Decision["is"] {
  const decideWith = (keys: Request["keys"]) => decideTrust(trust, now, keys);
  const ofAccount = decideWith({ [SOURCE_ACCOUNT]: account });
  // AWS doesn't document that the Support App sends the key. Only an environment with the condition relies on it.
  const isSure = hasCondition || decideWith({ [SOURCE_ACCOUNT]: undefined }) === "allowed";
  return ofAccount === "allowed" && !isSure ? decideWith({}) : ofAccount;
}

/** Why a trust policy keeps the Support App from assuming the role. */
const LOCKED_OUT: Readonly<Record<Exclude<Decision["is"], "allowed">, string>> = {
  "explicit-deny": "a Deny that locks it out",
  "implicit-deny": "no statement that lets it in",
  unknown: "a condition or an exception that isn't in environments.yaml and may lock it out",
};

/** Operators that match a value without wildcards literally. */
const EQUALITY = ["StringEquals", "StringEqualsIgnoreCase", "StringLike"];

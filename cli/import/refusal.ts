import type { AccessLevel } from "../../modules/support-app/access-level";
import { PATH } from "../../modules/support-app/limits";
import { BEFORE, CURRENT_TIME_KEY } from "../../modules/support-app/policy-documents";
import { listed } from "../../stacks/listed";
import { unsupportedWords } from "../aws/live-document";
import type { Condition, UnreadablePolicy } from "../iam/policy";
import { spelled } from "../spelling";
import { endWords } from "../until-words";

/** Why environments.yaml can't express a role without giving more access. */
export type Refusal =
  /** A part of the trust policy or, with a name, of a policy is unsupported. */
  | { readonly kind: "unsupported"; readonly policy?: string; readonly unreadable: readonly UnreadablePolicy[] }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "boundary"; readonly boundary: string }
  /** The boundary is a policy that the environment would manage. */
  | { readonly kind: "own-boundary"; readonly boundary: string }
  /** A policy denies what another policy than the role's may allow. */
  | { readonly kind: "lost-deny"; readonly policy: string }
  /** A policy denies something, and the role has others: a deploy removes them one after the other. */
  | { readonly kind: "deny-beside-others"; readonly policy: string }
  | { readonly kind: "conditional-trust" }
  | { readonly kind: "no-policy" }
  | { readonly kind: "only-inline" }
  | { readonly kind: "policy-of-another-account"; readonly arn: string }
  | { readonly kind: "two-paths"; readonly policy: string; readonly policyPath: string; readonly rolePath: string }
  | { readonly kind: "description"; readonly policy: string }
  /** All that the policy allowed has ended. */
  | { readonly kind: "ended"; readonly policy: string; readonly end: string }
  /** The policy, or the role as a whole, doesn't always allow view-cases. */
  | {
      readonly kind: "sometimes-viewing";
      readonly policy: string;
      /** What it depends on. Empty: it isn't allowed at all, or only for some resources. */
      readonly conditions: readonly Condition[];
    }
  | { readonly kind: "changed-for-others"; readonly policy: string }
  | { readonly kind: "more"; readonly policy: string }
  /** Undecided, since it would take too long. Undefined: it is the trust policy. */
  | { readonly kind: "too-complex"; readonly policy?: string }
  | { readonly kind: "no-level"; readonly policy: string }
  | { readonly kind: "second-of-level"; readonly access: AccessLevel; readonly twin: string }
  /** Another role of the environment has its policy, or its boundary, as policy or as boundary. */
  | { readonly kind: "shared-policy"; readonly policy: string; readonly twin: string };

/** The form of an end that import adopts. */
const END = `${BEFORE} of ${CURRENT_TIME_KEY} with a time in UTC to the second, such as 2027-01-01T00:00:00Z`;

/** A refusal in words, after "the role stays outside because". */
export function refusalWords(refusal: Refusal): string {
  switch (refusal.kind) {
    case "unsupported": {
      const where = refusal.policy === undefined ? "its trust" : `its policy ${refusal.policy}`;
      return `in ${where}, ${unsupportedWords(refusal.unreadable)}`;
    }
    case "path":
      return `it has the path ${refusal.path}, and environments.yaml accepts ${PATH.expected}`;
    case "boundary":
      return `it has the permissions boundary ${refusal.boundary}, which environments.yaml can't express`;
    case "own-boundary":
      return `its permissions boundary ${refusal.boundary} is a policy that the environment would manage, and whoever deploys could rewrite it. Give the role another boundary, or none`;
    case "lost-deny":
      return `its policy ${refusal.policy} denies something that environments.yaml can't deny, and a deploy would remove that`;
    case "deny-beside-others":
      return `its policy ${refusal.policy} denies something, and a deploy replaces the role's policies one after the other, which could allow more in between. Merge its policies into one, and import again`;
    case "conditional-trust":
      return "the Support App may assume it only under conditions that environments.yaml can't express, and without them more could assume it";
    case "no-policy":
      return "it has no policy, and so allows nothing. If nobody needs it, delete it";
    case "only-inline":
      return "it has no attached policy, and adopt imports one. Turn its inline policies into an attached one";
    case "policy-of-another-account":
      return `its policy ${refusal.arn} belongs to another account`;
    case "two-paths":
      return `its policy ${refusal.policy} has the path ${refusal.policyPath} and the role ${refusal.rolePath}, and environments.yaml has one path for both`;
    case "description":
      return `its policy ${refusal.policy} has a description that environments.yaml can't express, and IAM can't change descriptions`;
    case "ended":
      return `view-cases of its policy ${refusal.policy}, without which nothing works, has ended at ${endWords(refusal.end)}. If nobody needs the role, delete it`;
    case "sometimes-viewing":
      return `its policy ${refusal.policy} doesn't always allow view-cases, which every access level has${dependsWords(refusal.conditions)}`;
    case "changed-for-others":
      return `its policy ${refusal.policy} is also used elsewhere, and contains more than environments.yaml can express: a deploy would change that for others`;
    case "more":
      return `its policy ${refusal.policy} can't be expressed without giving more access`;
    case "too-complex":
      return `${refusal.policy === undefined ? "its trust policy is" : `its policies are`} too complex to compare with what environments.yaml would give${refusal.policy === undefined ? "" : ` in place of ${refusal.policy}`}. Use fewer wildcards and conditions for the Support App's actions`;
    case "no-level":
      return `AWS's policy ${refusal.policy} doesn't belong to any access level`;
    case "second-of-level":
      return `it is ${refusal.access}, and so is ${refusal.twin}: an environment has each access level once`;
    case "shared-policy":
      return `it shares ${refusal.policy} with ${refusal.twin}, as policy or as permissions boundary: each access level has its own policy, and whoever deploys could rewrite it`;
  }
}

/** What something depends on, and the form that would be adopted. */
function dependsWords(conditions: readonly Condition[]): string {
  if (conditions.length === 0) return "";
  const words = conditions.map(({ operator, key, values }) => `${operator} of ${spelled(key)} ${values.join(", ")}`);
  const isOfTime = conditions.some(
    ({ operator, key }) =>
      /^(ForAllValues:|ForAnyValue:)?Date/.test(operator) && key === CURRENT_TIME_KEY.toLowerCase(),
  );
  return `: it depends on ${listed(words)}${isOfTime ? `. An end is adopted as ${END}; a start isn't` : ""}`;
}

import type { AccessLevel } from "../../../modules/support-app/model/access-level";
import { PATH } from "../../../modules/support-app/model/limits";
import { BEFORE, CURRENT_TIME_KEY } from "../../../modules/support-app/model/policy-statements";
import { listed } from "../../../stacks/listed";
import { unsupportedWords } from "../../aws/live-document";
import type { Condition, UnreadablePolicy } from "../../iam/policy";
import { spelled } from "../../iam/spelling";
import { endWords } from "../../terminal/until-words";

interface PolicyName {
  /** Name of the policy. */
  readonly policy: string;
}
interface TwinName {
  /** Name of another role of the environment. */
  readonly twin: string;
}

/** The words for each kind of refusal, to follow "The role isn't imported because". */
const WORDS = {
  /** A part of the trust policy or, with a name, of a policy is unsupported. */
  unsupported: ({ policy, unreadable }: Partial<PolicyName> & { readonly unreadable: readonly UnreadablePolicy[] }) =>
    `in ${policy === undefined ? "its trust" : `its policy ${policy}`}, ${unsupportedWords(unreadable)}`,
  path: ({ path }: { readonly path: string }) =>
    `it has the path ${path}, and environments.yaml accepts ${PATH.expected}`,
  boundary: ({ boundary }: { readonly boundary: string }) =>
    `it has the permissions boundary ${boundary}, which environments.yaml can't express`,
  "own-boundary": ({ boundary }: { readonly boundary: string }) =>
    `its permissions boundary ${boundary} is a policy that the environment would manage, and whoever deploys could rewrite it. Give the role another boundary, or none`,
  /** A policy denies what another policy than the role's may allow. */
  "lost-deny": ({ policy }: PolicyName) =>
    `its policy ${policy} denies something that environments.yaml can't deny, and a deploy would remove that`,
  "deny-removed-first": ({ policy, allowing }: PolicyName & { readonly allowing: string }) =>
    `a deploy could remove what its policy ${policy} denies before its policy ${allowing}, which would allow more in between. Remove ${allowing} from the role, and import again`,
  "denied-part": ({ policy }: PolicyName) =>
    `another policy of the role denies a part of AWS's policy ${policy}, and a deploy would remove that other policy. Attach a copy of AWS's policy instead, and import again`,
  "conditional-trust": () =>
    "the Support App may assume it only under conditions that environments.yaml can't express, and without them more could assume it",
  "no-policy": () => "it has no policy, and so allows nothing. If nobody needs it, delete it",
  "only-inline": () =>
    "it has no attached policy, and adopt needs one to import. Turn its inline policies into an attached one",
  "policy-of-another-account": ({ arn }: { readonly arn: string }) => `its policy ${arn} belongs to another account`,
  "two-paths": ({
    policy,
    policyPath,
    rolePath,
  }: PolicyName & { readonly policyPath: string; readonly rolePath: string }) =>
    `its policy ${policy} has the path ${policyPath} and the role ${rolePath}, and environments.yaml has one path for both`,
  description: ({ policy }: PolicyName) =>
    `its policy ${policy} has a description that environments.yaml can't express, and IAM can't change descriptions`,
  ended: ({ policy, end }: PolicyName & { readonly end: string }) =>
    `its policy ${policy} allowed view-cases, which everything else depends on, only until ${endWords(end)}. If nobody needs the role, delete it`,
  /** Without conditions, view-cases isn't allowed at all, or only for some resources. */
  "sometimes-viewing": ({ policy, conditions }: PolicyName & { readonly conditions: readonly Condition[] }) =>
    `its policy ${policy} doesn't always allow view-cases, which every access level has${dependsWords(conditions)}`,
  "changed-for-others": ({ policy }: PolicyName) =>
    `its policy ${policy} is also used elsewhere, and contains more than environments.yaml can express: a deploy would change that for others`,
  more: ({ policy }: PolicyName) => `its policy ${policy} can't be expressed without giving more access`,
  /** Undecided, since it would take too long. Without a policy, it is the trust policy. */
  "too-complex": ({ policy }: Partial<PolicyName>) =>
    `${policy === undefined ? "its trust policy is" : "its policies are"} too complex to compare with what environments.yaml would give${policy === undefined ? "" : ` in place of ${policy}`}. Use fewer wildcards and conditions for the Support App's actions`,
  "no-level": ({ policy }: PolicyName) => `AWS's policy ${policy} doesn't belong to any access level`,
  "second-of-level": ({ access, twin }: TwinName & { readonly access: AccessLevel }) =>
    `it is ${access}, and so is ${twin}: an environment has each access level once`,
  "shared-policy": ({ policy, twin }: PolicyName & TwinName) =>
    `it shares ${policy} with ${twin}, as policy or as permissions boundary: each access level has its own policy, and whoever deploys could rewrite it`,
} as const;

type Kind = keyof typeof WORDS;
type RefusalOf<One extends Kind> = One extends Kind
  ? { readonly kind: One } & (Parameters<(typeof WORDS)[One]> extends [infer About] ? About : unknown)
  : never;

/** Why environments.yaml can't express a role without giving more access. */
export type Refusal = RefusalOf<Kind>;

/** A refusal in words, to follow "The role isn't imported because". */
export function refusalWords(refusal: Refusal): string {
  return (WORDS[refusal.kind] as (refusal: Refusal) => string)(refusal);
}

/** The form of an end that import adopts. */
const END = `${BEFORE} of ${CURRENT_TIME_KEY} with a time in UTC to the second, such as 2027-01-01T00:00:00Z`;

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

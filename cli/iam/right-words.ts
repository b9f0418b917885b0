import { formatList } from "../../common/format-list";
import { accountOfArn } from "./arn";
import type { Principal, Principals, Targets } from "./policy";
import { accountOfPrincipal, isAnybody, isWholeAccount } from "./principal";

/** Maximum number of actions or resources that a sentence lists: AWS's ReadOnlyAccess has more than a thousand actions. */
export const MAX_LISTED = 20;

/**
 * Actions or resources, in words.
 *
 * @param format of each of them
 */
export function targetsWords({ not, patterns }: Targets, format: (text: string) => string): string {
  const list = formatList(patterns.map(format), MAX_LISTED);
  return not ? `all but ${list}` : list;
}

/**
 * Somebody who may assume a role, in words.
 *
 * @param format of what identifies them
 */
export function requesterWords(requester: Principal | undefined, format: (text: string) => string): string {
  if (!requester || isAnybody(requester)) return "anybody";
  const { type, id } = requester;
  if (isWholeAccount(requester)) return `anybody in the account ${format(accountOfPrincipal(requester) ?? id)}`;
  return format(type === "AWS" ? id : `${type} ${id}`);
}

/** Those who may assume a role, in words, each once, seen from its account. */
export function strangersWords(strangers: readonly Principals[], account: string): string[] {
  const words = (principal: Principal) => {
    if (isAnybody(principal)) return "anybody";
    const { type, id } = principal;
    const strangerAccount = accountOfPrincipal(principal) ?? accountOfArn(id);
    return `${type} ${id}${strangerAccount === undefined || strangerAccount === account ? "" : `, of another account (${strangerAccount})`}`;
  };
  const strangerWords = strangers.flatMap((principals) =>
    principals.not ? [`anybody but ${principals.all.map(words).join(", ")}`] : principals.all.map(words),
  );
  return [...new Set(strangerWords)];
}

import type { Principal, Targets } from "./policy";
import { isAnybody, isWholeAccount } from "./principal";

/**
 * Actions or resources, in words.
 *
 * @param format of each of them
 */
export function targetsWords({ not, patterns }: Targets, format: (text: string) => string): string {
  const all = patterns.map(format).join(", ");
  return not ? `all but ${all}` : all;
}

/**
 * Somebody who may assume a role, in words.
 *
 * @param format of what identifies them
 */
export function requesterWords(requester: Principal | undefined, format: (text: string) => string): string {
  if (!requester || isAnybody(requester)) return "anybody";
  const { type, id } = requester;
  if (isWholeAccount(requester)) return `anybody in the account ${format(id)}`;
  return format(type === "AWS" ? id : `${type} ${id}`);
}

import type { Targets } from "./policy";
import type { Requester } from "./principal";

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
export function requesterWords(requester: Requester | undefined, format: (text: string) => string): string {
  if (!requester || requester.is === "other") return "anybody";
  if (requester.is === "other-of-account") return `anybody in the account ${format(requester.account)}`;
  const { type, id } = requester.principal;
  return format(type === "AWS" ? id : `${type} ${id}`);
}

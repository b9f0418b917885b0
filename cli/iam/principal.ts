import { parse } from "@aws-sdk/util-arn-parser";
import { accountOfArn } from "./arn";
import type { Principal } from "./policy";

/** The account of a principal. Undefined: it has none, such as a service. */
export function accountOfPrincipal({ type, id }: Principal): string | undefined {
  if (type !== "AWS") return undefined;
  return /^\d{12}$/.test(id) ? id : accountOfArn(id);
}

/** Whether a principal stands for its whole account. */
export function isWholeAccount(principal: Principal): boolean {
  const account = accountOfPrincipal(principal) ?? "";
  return /^\d{12}$/.test(account) && (principal.id === account || parse(principal.id).resource === "root");
}

/** Whether a principal stands for a requester: an account by its number stands for those of it that nobody names. */
export function standsFor(principal: Principal, requester: Principal): boolean {
  if (isAnybody(principal)) return true;
  if (isAnybody(requester)) return false;
  const account = isWholeAccount(principal) ? accountOfPrincipal(principal) : undefined;
  if (account !== undefined) return account === accountOfPrincipal(requester);
  return principal.type === requester.type && principal.id === requester.id;
}

/** Whether a principal stands for every principal. */
export function isAnybody({ type, id }: Principal): boolean {
  return id === "*" && (type === "AWS" || type === "Service");
}

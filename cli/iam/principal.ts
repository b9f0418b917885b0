import { parse, validate } from "@aws-sdk/util-arn-parser";
import { accountOfArn } from "./arn";
import type { Principal, Statement } from "./policy";

/** A principal that makes requests, as far as the named principals distinguish it. */
export type Requester =
  | { readonly is: "named"; readonly principal: Principal }
  /** A principal of that account that isn't named. */
  | { readonly is: "other-of-account"; readonly account: string }
  /** A principal that isn't named. */
  | { readonly is: "other" };

/** The account of a principal. Undefined: it has none, such as a service. */
export function accountOfPrincipal({ type, id }: Principal): string | undefined {
  if (type !== "AWS") return undefined;
  return /^\d{12}$/.test(id) ? id : accountOfArn(id);
}

/** Whether a principal stands for its whole account. */
export function isWholeAccount({ type, id }: Principal): boolean {
  return type === "AWS" && (/^\d{12}$/.test(id) || (validate(id) && parse(id).resource === "root"));
}

/** The principals that statements distinguish. */
export function requestersOf(statements: readonly Statement[]): Requester[] {
  const named = new Map<string, Requester>();
  for (const principal of statements.flatMap(({ principals }) => principals?.all ?? [])) {
    const account = accountOfPrincipal(principal);
    if (account !== undefined) named.set(account, { is: "other-of-account", account });
    if (isWholeAccount(principal) || isAnybody(principal)) continue;
    named.set(JSON.stringify([principal.type, principal.id]), { is: "named", principal });
  }
  return [...named.values(), { is: "other" }];
}

/** Whether a principal stands for a requester. */
export function standsFor(principal: Principal, requester: Requester): boolean {
  if (isAnybody(principal)) return true;
  if (requester.is === "other") return false;
  const account = isWholeAccount(principal) ? accountOfPrincipal(principal) : undefined;
  if (requester.is === "other-of-account") return account === requester.account;
  if (account !== undefined) return account === accountOfPrincipal(requester.principal);
  return principal.type === requester.principal.type && principal.id === requester.principal.id;
}

/** Whether a principal stands for every principal. */
export function isAnybody({ type, id }: Principal): boolean {
  return id === "*" && (type === "AWS" || type === "Service");
}

import type { Right } from "../iam/compare";
import type { Targets } from "../iam/policy";
import { spelled } from "../spelling";

/** What may be done, in words. */
export function rightWords({ action, resource, allowed, otherwise }: Right): string {
  const on = targetsWords(resource, (text) => text);
  const isConditional = allowed.when.length > 0 || allowed.unless.length > 0;
  return `${targetsWords(action, spelled)}${on === "*" ? "" : ` on ${on}`}${isConditional ? " under a condition" : ""}${otherwise ? " in more cases" : ""}`;
}

/** Who may do it, in words. */
export function requesterWords({ requester }: Right): string {
  if (requester === undefined || requester.is === "other") return "anybody else";
  if (requester.is === "other-of-account") return `anybody of the account ${requester.account}`;
  return requester.principal.id;
}

function targetsWords({ not, patterns }: Targets, spell: (text: string) => string): string {
  const all = patterns.map(spell).join(", ");
  return not ? `everything but ${all}` : all;
}

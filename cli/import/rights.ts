import { type LiveDocument, spelledIn } from "../aws/live-document";
import type { Targets } from "../iam/policy";
import { spelled } from "../spelling";
import type { LostRight } from "./adoption";

/**
 * A right in words.
 *
 * @param documents that allow it
 */
export function rightWords(
  { action, resource, allowed, otherwise }: LostRight,
  documents: readonly LiveDocument[],
): string {
  const spell = (name: string) =>
    documents.map((document) => spelledIn(document, name)).find((found) => found !== name) ?? spelled(name);
  const on = targetsWords(resource, (text) => text);
  const isConditional = allowed.when.length > 0 || allowed.unless.length > 0;
  return `${targetsWords(action, spell)}${on === "*" ? "" : ` on ${on}`}${isConditional ? " under a condition" : ""}${otherwise ? " in more cases" : ""}`;
}

/** The principal of a right, to begin a sentence. */
export function requesterWords({ requester }: LostRight): string {
  if (requester === undefined || requester.is === "other") return "Anyone else";
  if (requester.is === "other-of-account") return `Anyone in the account ${requester.account}`;
  return requester.principal.id;
}

function targetsWords({ not, patterns }: Targets, spell: (text: string) => string): string {
  const all = patterns.map(spell).join(", ");
  return not ? `everything but ${all}` : all;
}

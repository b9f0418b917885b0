import { BrokenAnswer } from "../../common/broken-answer";
import { isFields } from "../../common/fields";
import { parseJson } from "../../common/json";
import { describe } from "../../common/problem";
import { type Policy, readPolicy, UNREADABLE_POLICY, type UnreadablePolicy } from "../iam/policy";

export interface LiveDocument {
  readonly policy: Policy;
  /** Its JSON, for a report to quote. */
  readonly text: string;
}

export function readLiveDocument(text: string): LiveDocument {
  return { policy: readPolicy(text), text };
}

/**
 * A policy document in an answer of IAM: URL-encoded JSON.
 *
 * @throws BrokenAnswer when it isn't there, or cut off
 */
export function documentIn<Name extends string>(
  answer: { readonly [name in Name]?: string | undefined },
  name: Name,
): LiveDocument {
  const encodedText = answer[name];
  try {
    const text = decodeURIComponent(encodedText ?? "");
    if (isFields(parseJson(text))) return readLiveDocument(text);
  } catch {
    // not a policy
  }
  throw new BrokenAnswer(`received ${describe(encodedText)} as ${name}, expected a policy document`);
}

/** An action or a condition key as the document spells it. */
export function spelledIn({ text }: LiveDocument, name: string): string {
  const index = text.toLowerCase().indexOf(JSON.stringify(name));
  return index < 0 ? name : text.slice(index + 1, index + 1 + name.length);
}

/** The unsupported parts of a policy, in words. */
export function unsupportedWords(unreadable: readonly UnreadablePolicy[]): string {
  const quote = (source: unknown) => (typeof source === "string" ? source : JSON.stringify(source));
  return unreadable
    .map(({ reason, source }) => `unsupported (${UNREADABLE_POLICY[reason]}): ${quote(source)}`)
    .join("; ");
}

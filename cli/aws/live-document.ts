import { describe } from "../../modules/support-app/model/problem";
import { type Policy, readPolicy, type UnreadablePolicy, type UnreadablePolicyReason } from "../iam/policy";
import { isFields, parseJson } from "../terminal/json";
import { BrokenAnswer } from "./broken-answer";

/** A live policy document. */
export interface LiveDocument {
  readonly policy: Policy;
  /** Its JSON, for a report to quote. */
  readonly text: string;
}

/** Reads a live policy document. */
export function readLiveDocument(text: string): LiveDocument {
  return { policy: readPolicy(text), text };
}

/**
 * A policy document in an answer of IAM: URL-encoded JSON.
 *
 * @throws BrokenAnswer when it isn't there, or cut off
 */
export function documentIn(encoded: string | undefined, name: string): LiveDocument {
  try {
    const text = decodeURIComponent(encoded ?? "");
    if (isFields(parseJson(text))) return readLiveDocument(text);
  } catch {
    // not a policy
  }
  throw new BrokenAnswer(`received ${describe(encoded)} as ${name}, expected a policy document`);
}

/** An action or a condition key as the document spells it. */
export function spelledIn({ text }: LiveDocument, name: string): string {
  const at = text.toLowerCase().indexOf(JSON.stringify(name));
  const spelled = text.slice(at + 1, at + 1 + name.length);
  return at >= 0 && spelled.toLowerCase() === name ? spelled : name;
}

/** The unsupported parts of a policy, in words. */
export function unsupportedWords(unreadable: readonly UnreadablePolicy[]): string {
  return unreadable
    .map(({ reason, source }) => {
      const quoted = typeof source === "string" ? source : JSON.stringify(source);
      return `unsupported (${REASONS[reason]}): ${quoted}`;
    })
    .join("; ");
}

const REASONS: Readonly<Record<UnreadablePolicyReason, string>> = {
  "not-json": "not JSON, or a key stands twice",
  "not-a-policy": "not a policy of version 2012-10-17",
  "not-a-statement": "not a statement",
  "unknown-element": "an unknown element",
  "no-effect": "no Effect",
  "no-action": "no Action",
  "not-a-text": "not a text",
  "not-a-condition": "not a condition",
  expression: "an expression",
};

import { type Fields, isFields, parseAllOfJson } from "../terminal/json";

/** What CDKTF writes for `Fn.jsonencode` of a flat mapping, and the content of the call. */
const CALL = /^\$\{jsonencode\(\{(.*)\}\)\}$/s;

/** A key and its value: a text, a flag or the ARN of a role. */
const PAIR = /("\w+") = ("(?:[^"\\]|\\.)*"|true|false|aws_iam_role\.[\w-]+\.arn)/g;

/**
 * Reads the desired state of a Cloud Control resource, from JSON or from the call of `jsonencode` that CDKTF writes. References stay
 * references. Undefined: it is neither.
 */
export function readDesiredState(value: unknown): Fields | undefined {
  if (typeof value !== "string") return undefined;
  const [, inside] = CALL.exec(value) ?? [];
  const text = inside === undefined ? value : `{${inside.replace(PAIR, (_, key, value) => `${key}: ${json(value)}`)}}`;
  try {
    const state = parseAllOfJson(text);
    return isFields(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

function json(value: string): string {
  return value.startsWith("aws_iam_role.") ? `"\${${value}}"` : value;
}

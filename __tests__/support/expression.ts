import { type Fields, isFields } from "../../common/fields";
import { parseAllOfJson, parseJsonIfAny } from "../../common/json";

/** A reference to one attribute of something in the same stack. */
export interface Reference {
  /** Such as `aws_iam_role.full` or `data.aws_iam_policy_document.full`. */
  readonly address: string;
  readonly attribute: string;
}

const REFERENCE = /^\$\{((?:data\.)?[a-z0-9_]+\.[A-Za-z_][\w-]*)\.([a-z_]+)\}$/;

/** The reference, if the value is one and nothing else. */
export function referenceOf(value: unknown): Reference | undefined {
  const [, address, attribute] = (typeof value === "string" && REFERENCE.exec(value)) || [];
  return address && attribute ? { address, attribute } : undefined;
}

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
  const [, inner] = CALL.exec(value) ?? [];
  const text = inner === undefined ? value : `{${inner.replace(PAIR, (_, key, value) => `${key}: ${json(value)}`)}}`;
  const state = parseJsonIfAny(text, parseAllOfJson);
  return isFields(state) ? state : undefined;
}

function json(value: string): string {
  return value.startsWith("aws_iam_role.") ? `"\${${value}}"` : value;
}

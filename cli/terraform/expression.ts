import { ALWAYS } from "../../stacks/output/stack-digest";
import { hasTemplate } from "../iam/policy";
import { type Fields, isFields, parseAllOfJson, parseJsonIfAny } from "../terminal/json";
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

/** Functions that give the same for the same arguments, so that their value depends only on the Terraform. */
const PURE_FUNCTIONS = new Set(
  `abs ceil floor max min parseint pow signum chomp endswith format formatlist indent join lower regex regexall
   replace split startswith strcontains strrev substr title trim trimprefix trimspace trimsuffix upper alltrue
   anytrue chunklist coalesce coalescelist compact concat contains distinct element flatten index keys length
   lookup merge one range reverse setintersection setproduct setsubtract setunion slice sort sum transpose values
   zipmap base64decode base64encode jsondecode jsonencode urlencode yamldecode yamlencode base64sha256 base64sha512
   md5 sha1 sha256 sha512 uuidv5 can try tobool tolist tomap tonumber toset tostring type sensitive nonsensitive`.split(
    /\s+/,
  ),
);

/** What a run decides instead of the Terraform: its variables, its workspace and its folders. */
const OF_THE_RUN = /\b(var|terraform|path)\s*\./;

/** Data sources that depend only on the Terraform, and on who runs it where. */
export const KNOWN_DATA_SOURCES = ["aws_iam_policy_document", "aws_caller_identity", "aws_partition", "aws_region"];

/**
 * Whether an expression's value depends on anything but the Terraform itself, such as a file, the time or a program. An
 * unknown call counts as such, and so does a comment, which could hide a call.
 */
function readsElsewhere(text: string): boolean {
  if (text === ALWAYS) return false;
  if (OF_THE_RUN.test(text)) return true;
  if ([...text.matchAll(/\bdata\s*\.\s*(\w+)/g)].some(([, type = ""]) => !KNOWN_DATA_SOURCES.includes(type)))
    return true;
  if (!text.includes("(")) return false;
  if (/\/\*|\/\/|#/.test(text)) return true;
  let before = "";
  for (const [token] of text.matchAll(/[\w:-]+|\s+|./gs)) {
    if (token === "(" && /^[\w:-]/.test(before) && !PURE_FUNCTIONS.has(before)) return true;
    if (/\S/.test(token)) before = token;
  }
  return false;
}

/** The first place in a stack whose value depends on anything but the Terraform itself. */
export function elsewhereIn(value: unknown): { path: readonly string[]; source: unknown } | undefined {
  if (typeof value === "string") {
    return hasTemplate(value) && readsElsewhere(value) ? { path: [], source: value } : undefined;
  }
  for (const [key, inside] of Object.entries(value ?? {})) {
    if (hasTemplate(key) && readsElsewhere(key)) return { path: [key], source: key };
    const found = elsewhereIn(inside);
    if (found) return { path: [key, ...found.path], source: found.source };
  }
  return undefined;
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
  const [, inside] = CALL.exec(value) ?? [];
  const text = inside === undefined ? value : `{${inside.replace(PAIR, (_, key, value) => `${key}: ${json(value)}`)}}`;
  const state = parseJsonIfAny(text, parseAllOfJson);
  return isFields(state) ? state : undefined;
}

function json(value: string): string {
  return value.startsWith("aws_iam_role.") ? `"\${${value}}"` : value;
}

import { canonical } from "../../common/canonical";
import { fieldsIn, list } from "../../common/json";
import { ALWAYS } from "../../stacks/output/stack-digest";
import { PLACE_ADDRESS, selfChecksIn } from "../../stacks/self-checks";
import { hasTemplate } from "../iam/policy";
import { type Entry, entriesIn, withoutDigest } from "./entries";
import type { TerraformJson } from "./synthesized-folder";
import type { Unreadable } from "./unreadable";

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
const KNOWN_DATA_SOURCES = ["aws_iam_policy_document", "aws_caller_identity", "aws_partition", "aws_region"];

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
function elsewhereIn(value: unknown): { path: readonly string[]; source: unknown } | undefined {
  if (typeof value === "string") {
    return hasTemplate(value) && readsElsewhere(value) ? { path: [], source: value } : undefined;
  }
  for (const [key, nested] of Object.entries(value ?? {})) {
    if (hasTemplate(key) && readsElsewhere(key)) return { path: [key], source: key };
    const elsewhereInValue = elsewhereIn(nested);
    if (elsewhereInValue) return { path: [key, ...elsewhereInValue.path], source: elsewhereInValue.source };
  }
  return undefined;
}

/** What in an entry depends on anything but the Terraform itself. Undefined: nothing. */
export function elsewhereInEntry({ address, section, type = "", value }: Entry): Unreadable | undefined {
  const reason = "reads-elsewhere";
  const expression = elsewhereIn({ [address]: value });
  if (expression) return { reason, address: expression.path.join("."), source: expression.source };
  const isWhole = section === "module" || section === "variable";
  const isCheck = section === "check" && list(value).some((block) => fieldsIn(block).data !== undefined);
  // A data source may find something else next time.
  const isForeign =
    (section === "data" && !KNOWN_DATA_SOURCES.includes(type)) ||
    (section === "resource" && !type.startsWith("aws_") && address !== PLACE_ADDRESS);
  const { provisioner, connection } = section === "resource" ? fieldsIn(value) : {};
  const isReading = isWhole || isCheck || isForeign || provisioner !== undefined || connection !== undefined;
  return isReading ? { reason, address, source: value } : undefined;
}

/** The parts of a stack that depend on anything but the Terraform itself: they may change while the Terraform doesn't. */
export function elsewhereInStack(terraform: TerraformJson): Unreadable[] {
  const selfChecks = selfChecksIn(terraform);
  const isOwn = ({ address, value }: Entry) =>
    selfChecks.has(address) && canonical(value) === canonical(selfChecks.get(address) ?? null);
  return [...entriesIn(withoutDigest(terraform)).values()].flatMap(
    (entry) => (isOwn(entry) ? undefined : elsewhereInEntry(entry)) ?? [],
  );
}

import { parse, validate } from "@aws-sdk/util-arn-parser";
import type { Statement } from "../iam/policy";
import { accountOfPrincipal } from "../iam/principal";
import type { UnreadableReason } from "./unreadable";

/** Called with what is unusual about a statement. */
type Fail = (reason: UnreadableReason, source: unknown) => void;

/**
 * Condition keys whose value doesn't depend on this stack, such as on the names, tags and boundaries of its roles.
 *
 * Source: IAM User Guide, AWS global condition context keys; Service Authorization Reference, IAM.
 */
const INDEPENDENT_KEYS = new Set([
  ...["iam:awsservicename", "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:requestedregion"],
  ...["aws:securetransport", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:currenttime"],
  ...["aws:epochtime", "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:principalorgid", "aws:useragent"],
  ...["aws:viaawsservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "sts:externalid"],
]);

/** Reports why AWS may refuse a statement of a role's policy, or why its effect may change with something else. */
export function checkPermission(statement: Statement, fail: Fail): void {
  const { principals, resources } = statement;
  if (principals) fail("unusual-principal", principals);
  if (!resources || resources.patterns.length === 0) fail("unusual-resource", statement);
  for (const pattern of resources?.patterns ?? []) {
    if (pattern === "*" || (isAscii(pattern) && isOfOtherService(pattern))) continue;
    fail("unusual-resource", pattern);
  }
  checkEither(statement, fail);
}

/** Whether a pattern matches only resources outside IAM. Those in IAM are known by names that may change. */
function isOfOtherService(pattern: string): boolean {
  if (!validate(pattern)) return false;
  const { service } = parse(pattern);
  return /^[a-z0-9-]+$/.test(service) && service !== "iam" && service !== "sts";
}

/** The same for a statement of a trust policy. */
export function checkTrust(statement: Statement, account: string | undefined, fail: Fail): void {
  const { principals, resources } = statement;
  if (!principals || principals.not || principals.all.length === 0) fail("unusual-principal", statement);
  for (const principal of principals?.all ?? []) {
    if (principal.type === "Service" && /^[a-z0-9.-]+$/.test(principal.id)) continue;
    const isUsual = /^(\*|\d{12}|arn:aws:iam::\d{12}:root)$/.test(principal.id);
    if (principal.type === "AWS" && isUsual) continue;
    const of = accountOfPrincipal(principal);
    // In this account, somebody else may get the name next.
    if (of !== undefined && account !== undefined && of !== account && isLiteralArn(principal.id)) continue;
    fail("unusual-principal", principal);
  }
  if (resources) fail("unusual-resource", resources);
  checkEither(statement, fail);
}

function isLiteralArn(id: string): boolean {
  return /^arn:aws:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/.test(id);
}

/** What applies to both kinds of statement. */
function checkEither({ actions, conditions }: Statement, fail: Fail): void {
  if (actions.patterns.length === 0) fail("unusual-action", actions);
  for (const action of actions.patterns) {
    if (action !== "*" && !/^[a-z0-9-]+:[a-z0-9*?]+$/.test(action)) fail("unusual-action", action);
  }
  for (const condition of conditions) {
    const isKnown = INDEPENDENT_KEYS.has(condition.key) && condition.values.length > 0;
    if (!isKnown || !condition.values.every(isAscii)) fail("unusual-condition", condition);
  }
}

/** Whether a text is the same in every form of Unicode. */
function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

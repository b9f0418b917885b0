import { type Fields, isFields } from "../../common/fields";
import { list, memoize, parseAllOfJson, parseJsonIfAny } from "../../common/json";

/** Actions or resources: one of the patterns must match or, with `not`, none may. */
export interface Targets {
  readonly not: boolean;
  readonly patterns: readonly string[];
}

/** Every action, or every resource. */
export const ANYTHING: Targets = { not: false, patterns: ["*"] };

/** A principal in a trust policy, such as `{ type: "Service", id: "supportapp.amazonaws.com" }`. */
export interface Principal {
  readonly type: string;
  readonly id: string;
}

/** Principals of a statement: one of them must be the requester or, with `not`, none may. */
export interface Principals {
  readonly not: boolean;
  readonly all: readonly Principal[];
}

export interface Condition {
  /** Such as `StringEquals`. */
  readonly operator: string;
  /** In lower case: IAM ignores it. */
  readonly key: string;
  /** In order, each once. */
  readonly values: readonly string[];
}

export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** Undefined: the policy of a role, whose principal is that role. */
  readonly principals?: Principals;
  /** In lower case: IAM ignores it. */
  readonly actions: Targets;
  /** Undefined: the statement names none, as in a trust policy. */
  readonly resources?: Targets;
  /** All must hold. Empty: unconditional. By operator and key, each once. */
  readonly conditions: readonly Condition[];
}

/** A statement that allows everything. */
export const ALLOW_ALL: Statement = { effect: "Allow", actions: ANYTHING, resources: ANYTHING, conditions: [] };

/** What can be unreadable in a policy, in words. */
export const UNREADABLE_POLICY = {
  "not-json": "a policy that isn't JSON, or has a key twice",
  "not-a-policy": "something that isn't a policy of the version 2012-10-17",
  "not-a-statement": "something that isn't a policy statement",
  "unknown-element": "an unknown element of a policy",
  "no-effect": "a statement that neither allows nor denies",
  "no-action": "a statement without actions",
  "not-a-text": "something that isn't a text",
  "not-a-condition": "something that isn't a condition",
  expression: "an expression",
};

export type UnreadablePolicyReason = keyof typeof UNREADABLE_POLICY;

/** An unreadable part of a policy: it may allow or deny anything. */
export interface UnreadablePolicy {
  readonly reason: UnreadablePolicyReason;
  /** The unreadable value. */
  readonly source: unknown;
}

export interface Policy {
  readonly statements: readonly Statement[];
  readonly unreadable: readonly UnreadablePolicy[];
}

/** A policy that can't be read at all. */
export function unreadablePolicy(reason: UnreadablePolicyReason, source: unknown): Policy {
  return { statements: [], unreadable: [{ reason, source }] };
}

/** Merges policies, as IAM does with all policies of a role. */
export function mergePolicies(policies: readonly Policy[]): Policy {
  return {
    statements: policies.flatMap(({ statements }) => statements),
    unreadable: policies.flatMap(({ unreadable }) => unreadable),
  };
}

/** The version of IAM's policy language that has variables. */
const POLICY_VERSION = "2012-10-17";

/** A policy document in the form in which commands print one. */
export interface PolicyDocument {
  readonly Version: typeof POLICY_VERSION;
  readonly Statement: readonly StatementJson[];
}

export interface StatementJson {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  /** Either this or `NotResource`. */
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export function policyDocument(statements: readonly StatementJson[]): PolicyDocument {
  return { Version: POLICY_VERSION, Statement: statements };
}

/** Maximum number of characters of a managed policy, and of all inline policies of a role. Source: IAM User Guide, IAM and STS quotas. */
export const [MAX_MANAGED, MAX_INLINE] = [6_144, 10_240];

/** How many characters IAM counts: all but white space. */
export function policySize(policy: PolicyDocument): number {
  return JSON.stringify(policy).length;
}

/** The beginning of a policy variable, such as `${aws:username}`. */
export const POLICY_VARIABLE = "${";

const POLICY_ELEMENTS = ["Version", "Id", "Statement"];

/** Reads a policy from JSON. */
export function readPolicy(text: string): Policy {
  const policy = parseJsonIfAny(text, parseAllOfJson);
  if (policy === undefined) return unreadablePolicy("not-json", text);
  if (!isFields(policy) || !("Statement" in policy)) return unreadablePolicy("not-a-policy", policy);
  if (Object.keys(policy).some((element) => !POLICY_ELEMENTS.includes(element))) {
    return unreadablePolicy("unknown-element", policy);
  }
  // The older version has no variables.
  if (policy.Version !== POLICY_VERSION && JSON.stringify(policy).includes(POLICY_VARIABLE)) {
    return unreadablePolicy("not-a-policy", policy);
  }
  return mergePolicies(list(policy.Statement).map(readStatement));
}

function readStatement(statement: unknown): Policy {
  if (!isFields(statement)) return unreadablePolicy("not-a-statement", statement);
  const { Sid: _, Principal, NotPrincipal, Condition = {}, ...elements } = statement;
  const principals = [Principal, NotPrincipal].map((principal) =>
    principal === undefined ? undefined : principalsIn(principal),
  );
  return toPolicy(statement, elements, principals, conditionsIn(Condition));
}

function principalsIn(principal: unknown): unknown[] {
  if (principal === "*") return [["AWS", "*"]];
  if (!isFields(principal)) return [[undefined, principal]];
  return Object.entries(principal).flatMap(([type, ids]) => list(ids).map((id) => [type, id]));
}

function conditionsIn(condition: unknown): WrittenCondition[] {
  const NO_PRINCIPAL_CONDITION: WrittenCondition = [undefined, undefined, []];
  if (!isFields(condition)) return [NO_PRINCIPAL_CONDITION];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isFields(keys)
      ? Object.entries(keys).map(([key, values]): WrittenCondition => [operator, key, list(values)])
      : [NO_PRINCIPAL_CONDITION],
  );
}

/** The supported arguments of `data.aws_iam_policy_document`. */
const ARGUMENTS = ["//", "statement", "version", "policy_id"];

/** Reads Terraform's `data.aws_iam_policy_document`. */
export function readTerraformPolicy(block: Fields): Policy {
  const { "//": _, ...writtenBlock } = block;
  if (Object.keys(block).some((argument) => !ARGUMENTS.includes(argument))) {
    return unreadablePolicy("unknown-element", writtenBlock);
  }
  if (hasTemplate(writtenBlock)) return unreadablePolicy("expression", writtenBlock);
  if ((block.version ?? POLICY_VERSION) !== POLICY_VERSION) return unreadablePolicy("not-a-policy", writtenBlock);
  return mergePolicies(list(block.statement ?? []).map(readTerraformStatement));
}

const TEMPLATE = /[$%]\{/;

export function hasTemplate(value: unknown): boolean {
  if (typeof value === "string") return TEMPLATE.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, nested]) => hasTemplate(nested) || (!Array.isArray(value) && hasTemplate(key)),
  );
}

/** Most statements are the same in many environments. */
const readTerraformStatement = memoize((statement: unknown): Policy => {
  if (!isFields(statement)) return unreadablePolicy("not-a-statement", statement);
  const { sid: _, effect = "Allow", actions, not_actions, resources, not_resources, ...rest } = statement;
  const { principals, not_principals, condition, ...unknown } = rest;
  if (Object.keys(unknown).length > 0) return unreadablePolicy("unknown-element", statement);
  const [Action, NotAction] = [actions, not_actions].map(present);
  const [Resource, NotResource] = [resources, not_resources].map((resource) => withVariables(present(resource)));
  const elements = { Effect: effect, Action, NotAction, Resource, NotResource };
  const blocks = [principals, not_principals].map((principalBlocks) => terraformPrincipalsIn(present(principalBlocks)));
  return toPolicy(statement, elements, blocks, list(condition ?? []).map(terraformCondition));
});

/** Terraform treats null and an empty list as missing. */
function present(value: unknown): unknown {
  return value === null || (Array.isArray(value) && value.length === 0) ? undefined : value;
}

/** Terraform writes IAM's variables with an ampersand. */
function withVariables(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withVariables);
  return typeof value === "string" ? value.replaceAll("&{", POLICY_VARIABLE) : value;
}

function terraformPrincipalsIn(blocks: unknown): unknown[] | undefined {
  if (blocks === undefined) return undefined;
  return list(blocks).flatMap((block) =>
    isFields(block) && Object.keys(block).every((key) => ["//", "type", "identifiers"].includes(key))
      ? list(block.identifiers).map((id) => [block.type === "*" ? "AWS" : block.type, id])
      : [[undefined, block]],
  );
}

function terraformCondition(block: unknown): WrittenCondition {
  if (!isFields(block)) return [undefined, block, []];
  const { test, variable, values, "//": _, ...unknown } = block;
  const texts = list(values); // Terraform may write a number in another way
  if (Object.keys(unknown).length > 0 || !texts.every(isText)) return [undefined, block, []];
  return [test, variable, list(withVariables(texts)).flat()];
}

/** Operator, key and values before validation. */
type WrittenCondition = readonly [operator: unknown, key: unknown, values: readonly unknown[]];

/**
 * The policy of one statement.
 *
 * @param source the statement as it is written
 * @param elements all but principals and conditions, as IAM calls them. Undefined: the element is missing
 * @param principals the pairs of type and ID in `Principal`, and in `NotPrincipal`
 */
function toPolicy(
  source: unknown,
  { Effect: effect, Action, NotAction, Resource, NotResource, ...unknown }: Fields,
  [principal, notPrincipal]: readonly (readonly unknown[] | undefined)[],
  writtenConditions: readonly WrittenCondition[],
): Policy {
  const fail = (reason: UnreadablePolicyReason) => unreadablePolicy(reason, source);
  if (Object.keys(unknown).length > 0) return fail("unknown-element");
  if (effect !== "Allow" && effect !== "Deny") return fail("no-effect");
  const actions = eitherOf(Action, NotAction);
  const resources = eitherOf(Resource, NotResource);
  const principals = eitherOf(principal, notPrincipal);
  if (!actions) return fail("no-action");
  const conditions = normalizeConditions(writtenConditions);
  if (conditions === undefined) return fail("not-a-condition");
  if ([actions, resources, principals].some((targets) => targets?.isBoth)) return fail("unknown-element");
  const pairs = (principals?.all ?? []) as [type: unknown, id: unknown][];
  if (![...actions.all, ...(resources?.all ?? []), ...pairs.flat()].every(isText)) return fail("not-a-text");
  const statement = {
    effect,
    ...(principals && { principals: { not: principals.not, all: pairs.map(([type, id]) => ({ type, id })) } }),
    actions: { not: actions.not, patterns: unique(actions.all.map((pattern) => String(pattern).toLowerCase())) },
    ...(resources && { resources: { not: resources.not, patterns: unique(resources.all) } }),
    conditions,
  };
  return { statements: [statement as Statement], unreadable: [] };
}

/** An element or its negation. Undefined: the statement has neither. */
function eitherOf(positive: unknown, notGiven: unknown) {
  if (positive === undefined && notGiven === undefined) return undefined;
  const not = positive === undefined;
  return { not, isBoth: !not && notGiven !== undefined, all: list(not ? notGiven : positive) };
}

/** Conditions in normal form. Like Terraform, it merges the values of the same operator and key. */
function normalizeConditions(writtenConditions: readonly WrittenCondition[]): readonly Condition[] | undefined {
  const conditionsByName = new Map<string, Condition>();
  for (const [operator, key, values] of writtenConditions) {
    if (!isText(operator) || !isText(key)) return undefined;
    if (!values.every((value) => ["string", "boolean", "number"].includes(typeof value))) return undefined;
    const name = JSON.stringify([operator, key]);
    const knownValues = conditionsByName.get(name)?.values ?? [];
    conditionsByName.set(name, {
      operator,
      key: key.toLowerCase(),
      values: unique([...knownValues, ...values.map(String)]).sort(),
    });
  }
  const conditions = [...conditionsByName.values()];
  const spellings = new Set(conditions.map(({ operator, key }) => JSON.stringify([operator.toLowerCase(), key])));
  if (spellings.size < conditions.length) return undefined; // the same in different cases: IAM doesn't document the effect
  return conditions.sort((a, b) => order(a.operator, b.operator) || order(a.key, b.key));
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

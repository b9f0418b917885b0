import { isDeepStrictEqual } from "node:util";
import { parseAllOfJson } from "../json-file";

/** One statement of a policy that can be read. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** Who, as `Service supportapp.amazonaws.com`. Empty in the policy of a role, which is about that role. */
  readonly principals: readonly string[];
  /** In lower case: IAM ignores it. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** All must hold. Empty: unconditional. */
  readonly conditions: readonly Condition[];
}

/** A condition of a statement, in one form: equal conditions are equal values. */
export interface Condition {
  /** The operator, such as `StringEquals`. */
  readonly test: string;
  /** In lower case: IAM ignores it. */
  readonly key: string;
  /** As JSON, in order, each once. */
  readonly values: readonly string[];
}

/** What a policy says. */
export interface Policy {
  readonly statements: readonly Statement[];
  /** What can't be read, each in one form, with the reason first. */
  readonly unreadable: readonly string[];
}

/** What stands in a mapping, such as a statement. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads a policy document as AWS keeps it, from its JSON text. */
export function readDocument(text: string): Policy {
  let document: unknown;
  try {
    document = parseAllOfJson(text);
  } catch {
    return unreadable("no JSON, or a key that stands twice", text);
  }
  if (!isFields(document)) return unreadable("no policy document", text);
  const [other] = Object.keys(document).filter((key) => !["Version", "Id", "Statement"].includes(key));
  if (other !== undefined) return unreadable(other, text);
  return merge(
    list(document.Statement).map((statement) => {
      if (!isFields(statement)) return unreadable("no statement", statement);
      const { Sid: _, Effect, Action, Resource, Principal, Condition, ...rest } = statement;
      return readStatement(statement, {
        effect: Effect,
        actions: list(Action),
        resources: list(Resource ?? []),
        principals: principalsOf(Principal),
        conditions: conditionsOf(Condition),
        rest,
      });
    }),
  );
}

/** Reads Terraform's `data.aws_iam_policy_document`. */
export function readPolicyDocument(block: Fields): Policy {
  const { "//": _, statement, version: __, policy_id: ___, ...rest } = block;
  if (Object.keys(rest).length > 0) return unreadable(`${Object.keys(rest).join(", ")}`, block);
  return merge(
    list(statement ?? []).map((one) => {
      if (!isFields(one)) return unreadable("no statement", one);
      const { sid: _, effect, actions, resources, principals, condition, ...rest } = one;
      return readStatement(one, {
        effect: effect ?? "Allow",
        actions: list(actions ?? []),
        resources: list(resources ?? []),
        principals: list(principals ?? []).flatMap((block) =>
          isFields(block) ? list(block.identifiers).map((one) => principalOf(block.type, one)) : [undefined],
        ),
        conditions: inOneForm(
          list(condition ?? []).map((block) =>
            isFields(block) ? [block.test, block.variable, list(block.values)] : [undefined, undefined, []],
          ),
        ),
        rest,
      });
    }),
  );
}

/** Puts policies together, as IAM does with all that a role has. */
export function merge(policies: readonly Policy[]): Policy {
  return {
    statements: policies.flatMap(({ statements }) => statements),
    unreadable: [...new Set(policies.flatMap((policy) => policy.unreadable))],
  };
}

/** A policy of which nothing but its text is known. */
export function unreadable(reason: string, value: unknown): Policy {
  return { statements: [], unreadable: [`${reason}: ${canonical(value)}`] };
}

/** A value as one text, whatever the order of its keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inside) =>
    isFields(inside) ? Object.fromEntries(Object.entries(inside).sort(([a], [b]) => (a < b ? -1 : 1))) : inside,
  );
}

/** What Terraform or IAM puts something else for. */
export const EXPRESSION = /[$%&]\{/;

/** What stands for many. */
const WILDCARD = /[*?]/;

interface Parts {
  readonly effect: unknown;
  readonly actions: readonly unknown[];
  readonly resources: readonly unknown[];
  readonly principals: readonly unknown[];
  readonly conditions: readonly Condition[] | undefined;
  readonly rest: Fields;
}

/** A statement, as far as nothing in it stands for more than it says. */
function readStatement(source: Fields, { effect, actions, resources, principals, conditions, rest }: Parts): Policy {
  const [other] = Object.keys(rest).filter((key) => !isDeepStrictEqual(rest[key], []));
  if (other !== undefined) return unreadable(other, source);
  if (effect !== "Allow" && effect !== "Deny") return unreadable("neither Allow nor Deny", source);
  if (conditions === undefined) return unreadable("no condition", source);
  // Tags are no access, as long as nothing asks for them.
  if (conditions.some(({ key }) => key.includes("tag"))) return unreadable("a condition on tags", source);
  if (!areTexts(actions) || !areTexts(resources) || !areTexts(principals)) return unreadable("not a text", source);
  if (EXPRESSION.test(canonical([resources, principals, conditions]))) return unreadable("an expression", source);
  // A principal may stand for others: an account for its roles.
  if (effect === "Deny" && principals.length > 0) return unreadable("a Deny of principals", source);
  if ([...resources.filter((resource) => resource !== "*"), ...principals].some((text) => WILDCARD.test(text))) {
    return unreadable("a wildcard", source);
  }
  const read: string[] = [];
  const unread: string[] = [];
  for (const action of actions) {
    const said = { effect, action: action.toLowerCase(), resources, principals, conditions };
    if (EXPRESSION.test(action)) unread.push(`an expression: ${canonical(said)}`);
    else if (WILDCARD.test(action)) unread.push(`a wildcard: ${canonical(said)}`);
    else read.push(action.toLowerCase());
  }
  const statement = { effect, principals, actions: read, resources, conditions } as const;
  return { statements: read.length > 0 ? [statement] : [], unreadable: unread };
}

function areTexts(all: readonly unknown[]): all is readonly string[] {
  return all.every((one) => typeof one === "string");
}

function principalsOf(principal: unknown): unknown[] {
  if (principal === undefined) return [];
  if (principal === "*") return ["AWS *"];
  if (!isFields(principal)) return [undefined];
  return Object.entries(principal).flatMap(([type, all]) => list(all).map((one) => principalOf(type, one)));
}

function principalOf(type: unknown, identifier: unknown): string | undefined {
  return typeof type === "string" && typeof identifier === "string" ? `${type} ${identifier}` : undefined;
}

function conditionsOf(condition: unknown): readonly Condition[] | undefined {
  if (condition === undefined) return [];
  if (!isFields(condition)) return undefined;
  return inOneForm(
    Object.entries(condition).flatMap(([test, keys]) =>
      isFields(keys)
        ? Object.entries(keys).map(([key, values]): WrittenCondition => [test, key, list(values)])
        : [[undefined, undefined, []] as WrittenCondition],
    ),
  );
}

type WrittenCondition = readonly [test: unknown, key: unknown, values: readonly unknown[]];

/** Conditions in one form. Terraform puts the values of the same test of the same key together, as if it were one. */
function inOneForm(written: readonly WrittenCondition[]): readonly Condition[] | undefined {
  const all = new Map<string, { test: string; key: string; values: Set<string> }>();
  for (const [test, key, values] of written) {
    if (typeof test !== "string" || typeof key !== "string") return undefined;
    const condition = all.get(`${test} ${key}`) ?? { test, key: key.toLowerCase(), values: new Set() };
    for (const value of values) condition.values.add(JSON.stringify(value));
    all.set(`${test} ${key}`, condition);
  }
  const spelled = new Set([...all.keys()].map((one) => one.toLowerCase()));
  if (spelled.size < all.size) return undefined; // the same twice, in different cases: whatever IAM makes of it
  return [...all]
    .sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    .map(([, { test, key, values }]) => ({ test, key, values: [...values].sort() }));
}

/** IAM and Terraform take one for a list of one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Whether a value is a mapping of names to values. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

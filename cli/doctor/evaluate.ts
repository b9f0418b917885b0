import { EXPRESSION, type Fields, isFields, list } from "../review/policy";

/** Whether a policy applies, as far as that can be told without the request itself. */
type Applies = "yes" | "maybe" | "no";

/** What policies say to an action. */
export type Decision =
  | { readonly is: "allowed" | "not-allowed" }
  /** Denied by that policy, whatever else allows it; or it depends on more than is known, by that policy. */
  | { readonly is: "denied" | "unknown"; readonly by: string };

/** A policy document, and what it is called. */
export interface NamedDocument {
  readonly name: string;
  /** JSON, as AWS keeps it. */
  readonly text: string;
}

/** What is asked of policies. */
export interface Request {
  readonly action: string;
  /** The ARN of what the action is about, or `some` where that isn't known. Undefined: it is about nothing but everything. */
  readonly resource?: string;
  /** The service that asks, where a trust is judged. */
  readonly service?: string;
  /** What is known of its condition keys, in lower case. Undefined: it doesn't have that one. */
  readonly keys?: Readonly<Record<string, string | undefined>>;
}

/**
 * Evaluates identity policies, or a trust, as IAM does: what is denied is denied, what isn't allowed isn't.
 *
 * Source: IAM User Guide, Policy evaluation logic.
 */
export function evaluate(documents: readonly NamedDocument[], request: Request): Decision {
  let isAllowed = false;
  let maybeAllowed: string | undefined;
  let maybeDenied: string | undefined;
  for (const { name, text } of documents) {
    const statements = statementsIn(text);
    if (!statements) return { is: "unknown", by: name };
    for (const statement of statements) {
      const applies = appliesTo(statement, request);
      const isDeny = statement.Effect === "Deny";
      if (applies === "yes" && isDeny) return { is: "denied", by: name };
      if (applies === "yes") isAllowed = true;
      if (applies === "maybe" && isDeny) maybeDenied ??= name;
      if (applies === "maybe" && !isDeny) maybeAllowed ??= name;
    }
  }
  if (!isAllowed && maybeAllowed === undefined) return { is: "not-allowed" };
  const by = maybeDenied ?? (isAllowed ? undefined : maybeAllowed);
  return by === undefined ? { is: "allowed" } : { is: "unknown", by };
}

/** The statements of a document. Undefined: it is none. */
export function statementsIn(text: string): readonly Fields[] | undefined {
  try {
    const document: unknown = JSON.parse(text);
    const statements = isFields(document) ? list(document.Statement) : [undefined];
    return statements.every(isFields) ? statements : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a pattern of IAM's stands for a text: `*` for any characters, `?` for one. A regular expression could take ages. */
function matches(pattern: string, text: string): boolean {
  let [at, of] = [0, 0];
  let [star, from] = [-1, 0];
  while (at < text.length) {
    if (pattern[of] === "*") {
      star = of++;
      from = at;
    } else if (pattern[of] === "?" || pattern[of] === text[at]) {
      of++;
      at++;
    } else if (star >= 0) {
      of = star + 1;
      at = ++from; // the last * stands for one character more
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(of));
}

function appliesTo(statement: Fields, { action, resource, service, keys = {} }: Request): Applies {
  if (!isAbout(statement, action)) return "no";
  const { Resource, NotResource, Principal, NotPrincipal, Condition } = statement;
  const all = [conditionApplies(Condition, keys)];
  if (service === undefined) {
    all.push(resourceApplies(Resource, NotResource, action, resource));
  } else if (Principal === undefined) {
    all.push(NotPrincipal === undefined ? "no" : "maybe"); // AWS advises against NotPrincipal, and so do we
  } else {
    all.push(principalApplies(Principal, service));
  }
  if (all.includes("no")) return "no";
  return all.includes("maybe") ? "maybe" : "yes";
}

/** Whether a statement is about an action. IAM ignores the case of these. */
export function isAbout({ Action, NotAction }: Fields, action: string): boolean {
  return Action === undefined ? !matchesAny(NotAction, action) : matchesAny(Action, action);
}

function matchesAny(patterns: unknown, text: string): boolean {
  return list(patterns).some((pattern) => matches(String(pattern).toLowerCase(), text.toLowerCase()));
}

function resourceApplies(given: unknown, notGiven: unknown, action: string, resource: string | undefined): Applies {
  const all = list(given ?? notGiven).map(String);
  const patterns = resource === "some" ? all.filter((pattern) => isOfService(pattern, action)) : all;
  const isEverything = patterns.some((pattern) => /^\*+$/.test(pattern));
  const isOpen = resource !== undefined && patterns.some((pattern) => resource === "some" || EXPRESSION.test(pattern));
  if (isOpen && !isEverything) return "maybe";
  const isIt = isEverything || (resource !== undefined && patterns.some((pattern) => matches(pattern, resource)));
  return isIt === (given !== undefined) ? "yes" : "no";
}

/** Whether a pattern may stand for a resource of the action's service, by the third part of an ARN. A * runs past colons. */
function isOfService(pattern: string, action: string): boolean {
  const [prefix = "", partition = "", service] = pattern.split(":");
  if (service === undefined || `${prefix}${partition}`.includes("*")) return true;
  return EXPRESSION.test(service) || matches(service, action.split(":")[0] ?? "");
}

function principalApplies(principal: unknown, service: string): Applies {
  const services = principal === "*" ? ["*"] : isFields(principal) ? list(principal.Service ?? []) : [];
  if (services.some((one) => one === service || one === "*")) return "yes";
  return isFields(principal) && list(principal.AWS ?? []).includes("*") ? "yes" : "no";
}

/** All conditions must hold. What is known of the request decides those of its keys; the others may hold or not. */
function conditionApplies(condition: unknown, keys: NonNullable<Request["keys"]>): Applies {
  if (condition === undefined) return "yes";
  if (!isFields(condition)) return "maybe";
  const each = Object.entries(condition).flatMap(([operator, tests]) =>
    isFields(tests)
      ? Object.entries(tests).map(([key, values]) =>
          Object.hasOwn(keys, key.toLowerCase())
            ? holds(operator, list(values).map(String), keys[key.toLowerCase()])
            : "maybe",
        )
      : ["maybe" as const],
  );
  if (each.includes("no")) return "no";
  return each.includes("maybe") ? "maybe" : "yes";
}

/** Whether a key's value does for a condition. Source: IAM User Guide, Condition operators. */
function holds(operator: string, values: readonly string[], value: string | undefined): Applies {
  const [known, kind, not, test, ifExists] = operator.match(/^(String|Arn)(Not)?(Equals|Like)(IfExists)?$/) ?? [];
  if (known === undefined) return "maybe";
  if (value === undefined) return not || ifExists ? "yes" : "no";
  // A variable stands for what isn't known, and AWS doesn't say what it makes of fewer parts than an ARN has.
  const isOpen = (one: string) => EXPRESSION.test(one) || (kind === "Arn" && !ARN.test(one));
  const is = kind === "Arn" ? matchesArn : test === "Like" ? matches : Object.is;
  const isOne = values.some((one) => !isOpen(one) && is(one, value));
  if (!isOne && values.some(isOpen)) return "maybe";
  return isOne === (not === undefined) ? "yes" : "no";
}

/** The six parts of an ARN. */
const ARN = /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s;

/** Whether a pattern stands for an ARN: none of its characters stands for a colon between two of the six parts. */
function matchesArn(pattern: string, arn: string): boolean {
  const [patterns, parts] = [pattern, arn].map((text) => text.match(ARN));
  return !!patterns && !!parts && patterns.slice(1).every((one, index) => matches(one, parts[index + 1] ?? ""));
}

import { oneOf } from "../../common/problem";
import type { IntegerLimit, TextLimit } from "../../modules/support-app/model/limits";

/** A variable of a published module. */
export interface ModuleVariable {
  readonly name: string;
  /** As Terraform writes it. */
  readonly type: "string" | "number" | "bool" | "map(string)" | "list(string)" | "any";
  /** What `any` stands for: as a type, it would drop what it doesn't know. */
  readonly objectType?: string;
  readonly description: string;
  /** Null: AWS decides. */
  readonly default: string | number | boolean | null | Readonly<Record<string, string>> | readonly string[];
  readonly validations: readonly Validation[];
}

/** A requirement on a value. */
export interface Validation {
  /** A Terraform expression that is true for every valid value. */
  readonly condition: string;
  /** Follows "Received", and may have Terraform's templates. Default: the variable's name and value. */
  readonly received?: string;
  /** Follows "expected". */
  readonly expected: string;
}

/** The form of a text as Terraform checks it: of a limit with lookaheads, what it has for Terraform. */
function formOf({ pattern, expected, inTerraform }: TextLimit) {
  return inTerraform ?? { pattern: pattern.source, expected };
}

/** What is expected of a text in Terraform. */
export function expectedOf(limit: TextLimit): string {
  return formOf(limit).expected;
}

/** A Terraform expression that is true if another one is within a limit. */
export function isWithin(limit: TextLimit, expression: string): string {
  const { pattern, max } = { max: undefined, ...formOf(limit) };
  return `${max === undefined ? "" : `length(${expression}) <= ${max} && `}${matchesExpression(pattern, expression)}`;
}

/** A Terraform expression that is true if another one matches a pattern. */
export function matchesExpression(pattern: string, expression: string): string {
  return `can(regex(${JSON.stringify(pattern)}, ${expression}))`;
}

/** A variable, by default without checks. */
export function moduleVariable(
  name: string,
  type: ModuleVariable["type"],
  byDefault: ModuleVariable["default"],
  description: string,
  validations: readonly Validation[] = [],
): ModuleVariable {
  return { name, type, description, default: byDefault, validations };
}

/** A variable with objects, whose checks refuse what their type doesn't know. */
export function objectVariable(
  name: string,
  objectType: string,
  byDefault: ModuleVariable["default"],
  description: string,
  validations: readonly Validation[],
): ModuleVariable {
  return { ...moduleVariable(name, "any", byDefault, description, validations), objectType };
}

/** A variable with a text, or null if that is the default. */
export function textVariable(
  name: string,
  byDefault: string | null,
  limit: TextLimit,
  description: string,
): ModuleVariable {
  const condition = `${byDefault === null ? `var.${name} == null || ` : ""}${isWithin(limit, `var.${name}`)}`;
  return moduleVariable(name, "string", byDefault, description, [{ condition, expected: expectedOf(limit) }]);
}

/** A variable with a whole number. */
export function integerVariable(
  name: string,
  byDefault: number,
  { min, max, expected }: IntegerLimit,
  description: string,
): ModuleVariable {
  const condition = `floor(var.${name}) == var.${name} && var.${name} >= ${min} && var.${name} <= ${max}`;
  return moduleVariable(name, "number", byDefault, description, [{ condition, expected }]);
}

/** A variable with one of some texts, by default the first. */
export function choiceVariable(name: string, choices: readonly string[], description: string): ModuleVariable {
  const validations = [{ condition: `contains(${listOf(choices)}, var.${name})`, expected: oneOf(choices) }];
  return moduleVariable(name, "string", choices[0] as string, description, validations);
}

/** Strings as a list in Terraform, formatted like `terraform fmt`. */
export function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}

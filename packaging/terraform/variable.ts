import { oneOf } from "../../common/problem";
import { MAX_TAGS, TAG_KEY, TAG_VALUE, type TextLimit } from "../../modules/support-app/model/limits";
import { type Properties, type Value, wordsOf } from "../../modules/support-app/model/properties";

/** A variable of a module. */
export interface ModuleVariable {
  readonly name: string;
  /** As Terraform writes it. */
  readonly type: string;
  /** What the type `any` stands for: as a type, it would drop what it doesn't know. */
  readonly objectType?: string;
  readonly description: string;
  /** Null: AWS decides. */
  readonly default: unknown;
  readonly validations?: readonly Validation[];
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

/** The variable of a property, which refuses what environments.yaml refuses. */
export function propertyVariable(
  name: string,
  value: Value,
  byDefault: unknown,
  description = wordsOf(value, variableName),
): ModuleVariable {
  const orNull = byDefault === null ? `var.${name} == null || ` : "";
  const validations = validationsOf(value, `var.${name}`).map(({ condition, expected }) => ({
    condition: `${orNull}${condition}`,
    expected,
  }));
  return { name, type: typeOf(value), description, default: byDefault, validations };
}

/** The variable's name for a property, a capability or an access level. */
export function variableName(name: string): string {
  return name.replace(/-|(?=[A-Z])/g, "_").toLowerCase();
}

function validationsOf(value: Value, expression: string): Validation[] {
  switch (value.kind) {
    case "text":
      return [{ condition: isWithin(value.limit, expression), expected: formOf(value.limit).expected }];
    case "choice":
      return [{ condition: `contains(${listOf(value.of)}, ${expression})`, expected: oneOf(value.of) }];
    case "integer": {
      const { min, max, expected } = value.limit;
      const condition = `floor(${expression}) == ${expression} && ${expression} >= ${min} && ${expression} <= ${max}`;
      return [{ condition, expected }];
    }
    case "tags":
      return tagValidations(expression);
    case "list":
      return [
        ...validationsOf(value.item, "item").map(({ condition, expected }) => ({
          condition: `alltrue([for item in ${expression} : ${condition}])`,
          expected,
        })),
        { condition: `length(distinct(${expression})) == length(${expression})`, expected: "each of them once" },
        { condition: `length(${expression}) <= ${value.max}`, expected: `at most ${value.max} ${value.atMost}` },
      ];
    default:
      throw new Error(`A module has no variables of the kind ${value.kind}.`);
  }
}

function tagValidations(tags: string): Validation[] {
  const isKey = `${isWithin(TAG_KEY, "key")} && lower(substr(key, 0, 4)) != "aws:"`;
  return [
    {
      condition: `length(${tags}) <= ${MAX_TAGS}`,
      expected: `at most ${MAX_TAGS} tags, the IAM limit for a role or a policy`,
    },
    { condition: `alltrue([for key in keys(${tags}) : ${isKey}])`, expected: formOf(TAG_KEY).expected },
    {
      condition: `alltrue([for value in values(${tags}) : ${isWithin(TAG_VALUE, "value")}])`,
      expected: TAG_VALUE.expected,
    },
    {
      condition: `length(distinct([for key in keys(${tags}) : lower(key)])) == length(${tags})`,
      expected: "keys that differ in more than case, which IAM ignores",
    },
  ];
}

/** The form of a text as Terraform checks it: of a limit with lookaheads, what it has for Terraform. */
function formOf({ pattern, expected, inTerraform }: TextLimit) {
  return { max: undefined, ...(inTerraform ?? { pattern: pattern.source, expected }) };
}

/** A Terraform expression that is true if another one is within a limit. */
export function isWithin(limit: TextLimit, expression: string): string {
  const { pattern, max } = formOf(limit);
  return `${max === undefined ? "" : `length(${expression}) <= ${max} && `}${matchesExpression(pattern, expression)}`;
}

/** A Terraform expression that is true if another one matches a pattern. */
export function matchesExpression(pattern: string, expression: string): string {
  return `can(regex(${JSON.stringify(pattern)}, ${expression}))`;
}

/** Strings as a list in Terraform, formatted like `terraform fmt`. */
export function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}

function typeOf(value: Value): string {
  switch (value.kind) {
    case "integer":
      return "number";
    case "flag":
      return "bool";
    case "tags":
      return "map(string)";
    case "list":
      return `list(${typeOf(value.item)})`;
    case "mapping":
      return typeOfProperties(value.properties, Object.keys(value.properties));
    default:
      return "string";
  }
}

/** The type of some properties of a mapping. */
export function typeOfProperties(properties: Properties, names: readonly string[]): string {
  return objectType(
    names.map((name) => {
      const property = properties[name] as Properties[string];
      return [name, property.required ? typeOf(property) : optional(typeOf(property), null)];
    }),
  );
}

/** The type of the mapping that another module's variables stand in. */
export function typeOfVariables(variables: readonly ModuleVariable[]): string {
  return objectType(
    variables.map((variable) => [variable.name, optional(variable.objectType ?? variable.type, variable.default)]),
  );
}

/** The type of an object, over several lines. */
function objectType(attributes: readonly (readonly [name: string, type: string])[]): string {
  const lines = attributes.map(([name, type]) => `  ${`${name} = ${type}`.replaceAll("\n", "\n  ")}\n`);
  return `object({\n${lines.join("")}})`;
}

function optional(type: string, byDefault: unknown): string {
  return `optional(${type}${byDefault === null ? "" : `, ${JSON.stringify(byDefault)}`})`;
}

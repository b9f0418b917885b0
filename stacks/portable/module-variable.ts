import { oneOf } from "../../modules/support-app/model/problem";

/** A variable of a published module. */
export interface ModuleVariable {
  readonly name: string;
  /** As Terraform writes it. */
  readonly type: "string" | "number" | "bool" | "map(string)" | "list(string)" | "any";
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

/** The form of a text: a pattern without lookaheads, or as Terraform writes it. */
export interface TextForm {
  readonly pattern: RegExp | string;
  readonly expected: string;
}

/** A Terraform expression that is true if another one has a form. */
export function hasForm({ pattern }: Pick<TextForm, "pattern">, expression: string): string {
  const written = typeof pattern === "string" ? pattern : pattern.source;
  return `can(regex(${JSON.stringify(written)}, ${expression}))`;
}

/** A variable, by default without checks. */
export function variable(
  name: string,
  type: ModuleVariable["type"],
  byDefault: ModuleVariable["default"],
  description: string,
  validations: readonly Validation[] = [],
): ModuleVariable {
  return { name, type, description, default: byDefault, validations };
}

/** A variable with a text of a form, or null if that is the default. */
export function textVariable(
  name: string,
  byDefault: string | null,
  form: TextForm,
  description: string,
): ModuleVariable {
  const condition = `${byDefault === null ? `var.${name} == null || ` : ""}${hasForm(form, `var.${name}`)}`;
  return variable(name, "string", byDefault, description, [{ condition, expected: form.expected }]);
}

/** A variable with one of some texts, by default the first. */
export function choiceVariable(name: string, choices: readonly string[], description: string): ModuleVariable {
  const validations = [{ condition: `contains(${listOf(choices)}, var.${name})`, expected: oneOf(choices) }];
  return variable(name, "string", choices[0] as string, description, validations);
}

/** Strings as a list in Terraform, formatted like `terraform fmt`. */
export function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}

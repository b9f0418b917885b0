import type { TextLimit } from "../../modules/support-app/model/limits";
import { oneOf } from "../../modules/support-app/model/problem";

/** A variable of a published module. */
export interface ModuleVariable {
  readonly name: string;
  /** As Terraform writes it. */
  readonly type: "string" | "number" | "bool" | "map(string)" | "list(string)" | "any";
  readonly description: string;
  /** Null: AWS decides. */
  readonly default: string | number | boolean | null | Readonly<Record<string, string>> | readonly string[];
  readonly rules: readonly Rule[];
}

/** A requirement on a value. */
export interface Rule {
  /** A Terraform expression that is true for every valid value. */
  readonly condition: string;
  /** Follows "Received", and may have Terraform's templates. Default: the variable's name and value. */
  readonly received?: string;
  /** Follows "expected". */
  readonly expected: string;
}

/** A limit, with a pattern without lookaheads, or a form of text with the pattern as Terraform writes it. */
export type TextForm =
  | Pick<TextLimit, "pattern" | "expected">
  | { readonly pattern: string; readonly expected: string };

/** A Terraform expression that is true if another one has a form. */
export function hasForm({ pattern }: Pick<TextForm, "pattern">, expression: string): string {
  const written = typeof pattern === "string" ? pattern : pattern.source;
  return `can(regex(${JSON.stringify(written)}, ${expression}))`;
}

/** A variable with a text of a form, or null if that is the default. */
export function textVariable(
  name: string,
  byDefault: string | null,
  form: TextForm,
  description: string,
): ModuleVariable {
  const condition = `${byDefault === null ? `var.${name} == null || ` : ""}${hasForm(form, `var.${name}`)}`;
  const rules = [{ condition, expected: form.expected }];
  return { name, type: "string", description, default: byDefault, rules };
}

/** A variable with a list of texts, by default empty. */
export function listVariable(name: string, rules: readonly Rule[], description: string): ModuleVariable {
  return { name, type: "list(string)", description, default: [], rules };
}

/** A variable with one of some texts, by default the first. */
export function choiceVariable(name: string, choices: readonly string[], description: string): ModuleVariable {
  const rules = [{ condition: `contains(${listOf(choices)}, var.${name})`, expected: oneOf(choices) }];
  return { name, type: "string", description, default: choices[0] as string, rules };
}

/** Strings as a list in Terraform, formatted like `terraform fmt`. */
export function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}

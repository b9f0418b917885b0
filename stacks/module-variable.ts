import type { TextLimit } from "../modules/support-app/limits";

/** A variable of a published module. */
export interface ModuleVariable {
  readonly name: string;
  /** In Terraform's words. */
  readonly type: "string" | "number" | "bool" | "map(string)" | "list(string)" | "any";
  readonly description: string;
  /** Null: left to AWS. */
  readonly default: string | number | boolean | null | Readonly<Record<string, string>> | readonly string[];
  readonly rules: readonly Rule[];
}

/** What a value must meet. */
export interface Rule {
  /** A Terraform expression that is true for every good value. */
  readonly condition: string;
  /** To follow "Received", with templates of Terraform. Left out: the variable's name and value. */
  readonly received?: string;
  /** To follow "expected". */
  readonly expected: string;
}

/** Texts as a list in Terraform, as `terraform fmt` has it. */
export function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}

/** A limit's pattern as a text in Terraform. Terraform's patterns have no lookaheads. */
export function patternOf({ pattern }: TextLimit): string {
  if (pattern.source.includes("(?")) throw new Error(`Received ${pattern}, expected a pattern that Terraform knows.`);
  return JSON.stringify(pattern.source);
}

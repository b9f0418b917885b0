import type { TextLimit } from "../../modules/support-app/model/limits";

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

/** Strings as a list in Terraform, formatted like `terraform fmt`. */
export function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}

/** A limit's pattern as a string in Terraform, whose patterns have no lookaheads. */
export function patternOf({ pattern }: TextLimit): string {
  if (pattern.source.includes("(?"))
    throw new Error(`Received ${pattern}, expected a pattern without lookaheads, which Terraform doesn't have.`);
  return JSON.stringify(pattern.source);
}

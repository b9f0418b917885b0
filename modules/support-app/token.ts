import { Construct, Token } from "./framework";
import { describe, type Problem } from "./model/problem";

/** Whether only Terraform knows a value. */
export function isToken(value: unknown): boolean {
  return Token.isUnresolved(value);
}

/** A received value as an error message shows it: a construct by its path. */
export function describeProp(value: unknown): string {
  if (Construct.isConstruct(value)) return describe(value.node.path);
  return isToken(value) ? "a token, which Terraform knows only later" : describe(value);
}

/** The problem of an unexpected value. */
export function unexpectedProp(path: Problem["path"], value: unknown, expected: string): Problem {
  return { path, message: `received ${describeProp(value)}, expected ${expected}.` };
}

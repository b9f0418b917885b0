import { printableLines } from "../../common/printable";
import { describe, type Problem, pathInWords } from "../../common/problem";
import { Construct, type IConstruct, Token } from "./framework";

/** Whether only Terraform knows a value. */
export function isToken(value: unknown): boolean {
  return Token.isUnresolved(value);
}

/** A received value as an error message shows it: a construct by its path. */
export function describeProp(value: unknown): string {
  if (Construct.isConstruct(value)) return describe(value.node.path);
  return isToken(value) ? "a token, which Terraform knows only later" : describe(value);
}

/** A problem of a construct's properties as a sentence. */
export function formatProblem(construct: IConstruct, { path, message }: Problem): string {
  return printableLines(
    `${construct.constructor.name} ${describeProp(construct.node.path)}, ${pathInWords(path)}: ${message}`,
  );
}

/** Looks for problems of a construct in its stack when the stack is synthesized. */
export function validateInStack(construct: IConstruct, problems: () => readonly Problem[]): void {
  construct.node.addValidation({ validate: () => problems().map((problem) => formatProblem(construct, problem)) });
}

/** @throws Error with all problems of a construct's properties, if there are any */
export function assertNoProblems(construct: IConstruct, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Error(problems.map((problem) => formatProblem(construct, problem)).join("\n"));
}

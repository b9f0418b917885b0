import type { IConstruct } from "./framework";
import { printableLines } from "./model/printable";
import { type Problem, pathInWords } from "./model/problem";
import { describeProp } from "./token";

/** A problem of a construct's properties as a sentence. */
export function formatProblem(construct: IConstruct, { path, message }: Problem): string {
  return printableLines(
    `${construct.constructor.name} ${describeProp(construct.node.path)}, ${pathInWords(path)}: ${message}`,
  );
}

/** @throws Error with all problems of a construct's properties, if there are any */
export function assertNoProblems(construct: IConstruct, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Error(problems.map((problem) => formatProblem(construct, problem)).join("\n"));
}

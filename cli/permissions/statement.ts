import type { StatementJson } from "../iam/policy";

/** A statement that allows something. */
export function statement(
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[],
  Condition?: StatementJson["Condition"],
): StatementJson {
  return { Sid, Effect: "Allow", Action, Resource, ...(Condition && { Condition }) };
}

import { canonical } from "../../common/canonical";
import { groupByKey } from "../../common/group-by-key";
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

/** Statements of several environments: what differs only in the resources is one statement, and each has an ID of its own. */
export function mergedStatements(statements: readonly StatementJson[]): StatementJson[] {
  const groups = groupByKey(statements, ({ Sid, Action, Condition }) => canonical([Sid, Action, Condition]));
  const groupStatements = [...groups.values()].map((group) => ({
    ...group[0],
    Resource: [...new Set(group.flatMap(({ Resource = [] }) => Resource))],
  }));
  return groupStatements.map((statementOfGroup, index) => {
    const countBefore = groupStatements.slice(0, index).filter(({ Sid }) => Sid === statementOfGroup.Sid).length;
    return countBefore === 0
      ? statementOfGroup
      : { ...statementOfGroup, Sid: `${statementOfGroup.Sid}${countBefore + 1}` };
  });
}

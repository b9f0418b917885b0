import type { PolicyStatement } from "../../modules/support-app/model/policy-statements";
import { POLICY_VERSION } from "../iam/policy";
import { canonical, type Fields, fieldsIn, isFields, list, parseJson } from "../terminal/json";

/**
 * Whether the AWS provider considers a policy equal to the policy that it would write. It ignores the order of statements
 * and lists, but not how statements are split, their IDs, or conditions without a key.
 */
export function isWrittenAlike(text: string, statements: readonly PolicyStatement[]): boolean {
  return formOf(fieldsIn(parseJson(text))) === formOf({ Version: POLICY_VERSION, Statement: statements.map(written) });
}

function written(statement: PolicyStatement): Fields {
  const { effect, actions, resources, principals, condition } = statement;
  const all = <T>(given: unknown) => (given ?? []) as readonly T[];
  const conditions = all<{ test: string; variable: string; values: string[] }>(condition);
  const trusted = all<{ type: string; identifiers: string[] }>(principals);
  return {
    Effect: effect,
    Action: actions,
    ...(resources && { Resource: resources }),
    ...(principals && { Principal: Object.fromEntries(trusted.map(({ type, identifiers }) => [type, identifiers])) }),
    ...(condition && {
      Condition: Object.fromEntries(conditions.map(({ test, variable, values }) => [test, { [variable]: values }])),
    }),
  };
}

function formOf(document: Fields): string {
  return canonical({ ...document, Statement: list(document.Statement).map(listsIn).map(canonical).sort() });
}

/** A value with sorted lists, in which a single value becomes a list of one. */
function listsIn(value: unknown): unknown {
  if (!isFields(value)) return list(value).map(canonical).sort();
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, listsIn(inside)]));
}

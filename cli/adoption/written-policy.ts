import { canonical } from "../../common/canonical";
import { type Fields, isFields } from "../../common/fields";
import { fieldsIn, list, parseJson } from "../../common/json";
import type { PolicyStatement } from "../../modules/support-app/model/policy-statements";
import { POLICY_VERSION } from "../iam/policy";

/**
 * Whether the AWS provider considers a policy equal to the policy that it would write. It ignores the order of statements
 * and lists, but not how statements are split, their IDs, or conditions without a key.
 */
export function isSameWrittenPolicy(text: string, statements: readonly PolicyStatement[]): boolean {
  return (
    comparableText(fieldsIn(parseJson(text))) ===
    comparableText({ Version: POLICY_VERSION, Statement: statements.map(terraformStatement) })
  );
}

function terraformStatement(statement: PolicyStatement): Fields {
  const { effect, actions, resources, principals, condition } = statement;
  const listOf = <T>(value: unknown) => (value ?? []) as readonly T[];
  const conditions = listOf<{ test: string; variable: string; values: string[] }>(condition);
  const trustedPrincipals = listOf<{ type: string; identifiers: string[] }>(principals);
  return {
    Effect: effect,
    Action: actions,
    ...(resources && { Resource: resources }),
    ...(principals && {
      Principal: Object.fromEntries(trustedPrincipals.map(({ type, identifiers }) => [type, identifiers])),
    }),
    ...(condition && {
      Condition: Object.fromEntries(conditions.map(({ test, variable, values }) => [test, { [variable]: values }])),
    }),
  };
}

function comparableText(document: Fields): string {
  return canonical({ ...document, Statement: list(document.Statement).map(listsIn).map(canonical).sort() });
}

/** A value with sorted lists, in which a single value becomes a list of one. */
function listsIn(value: unknown): unknown {
  if (!isFields(value)) return list(value).map(canonical).sort();
  return Object.fromEntries(Object.entries(value).map(([key, nested]) => [key, listsIn(nested)]));
}

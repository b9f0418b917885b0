import { guardrailStatements } from "../../../modules/support-app/model/guardrail-statements";
import { roleArnOf } from "../../../modules/support-app/model/iam-names";
import type { Environment } from "../../../stacks/environments/environment";
import { type PolicyDocument, type PolicyStatement, policyDocument } from "../../iam/policy";

/** Without this, a permissions boundary would allow nothing. */
const EVERYTHING: PolicyStatement = { Sid: "Everything", Effect: "Allow", Action: ["*"], Resource: ["*"] };

/**
 * The service control policy of the environments' accounts: only the deployers can configure the Support App, and only
 * the environments' roles can be passed to it. ARNs contain the account, so each account has its own.
 *
 * @param deployers ARNs of the roles and users that Terraform acts as
 * @param isBoundary whether to write a permissions boundary, which allows everything else
 */
export function guardrailOf(
  environments: readonly Environment[],
  deployers: readonly string[],
  isBoundary: boolean,
): PolicyDocument {
  const roles = environments.flatMap(({ retired, accesses }) => (retired ? [] : accesses.map(roleArnOf)));
  const denials = guardrailStatements([...deployers], roles).map(
    ({ sid, actions, resources, notResources, condition: { test, variable, values } }): PolicyStatement => ({
      ...{ Sid: sid, Effect: "Deny", Action: actions },
      ...(notResources ? { NotResource: notResources } : { Resource: resources }),
      Condition: { [test]: { [variable]: values } },
    }),
  );
  return policyDocument(isBoundary ? [EVERYTHING, ...denials] : denials);
}

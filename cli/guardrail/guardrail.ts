import { type Denial, guardrailStatements } from "../../modules/support-app/guardrail-statements";
import { roleArnOf } from "../../modules/support-app/iam-names";
import type { Environment } from "../../stacks/environment";
import { POLICY_VERSION } from "../iam/policy";

/** A policy that only denies, except for the Allow that a permissions boundary needs. */
export interface Guardrail {
  readonly Version: typeof POLICY_VERSION;
  readonly Statement: readonly GuardrailStatement[];
}

interface GuardrailStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  /** Either this or `NotResource`. */
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Without this, a permissions boundary would allow nothing. */
const EVERYTHING: GuardrailStatement = { Sid: "Everything", Effect: "Allow", Action: ["*"], Resource: ["*"] };

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
): Guardrail {
  const roles = environments.flatMap(({ retired, accesses }) => (retired ? [] : accesses.map(roleArnOf)));
  const denials = guardrailStatements([...deployers], roles).map(written);
  return { Version: POLICY_VERSION, Statement: [...(isBoundary ? [EVERYTHING] : []), ...denials] };
}

/** The statement in IAM's JSON. */
function written({ sid, actions, resources, notResources, condition }: Denial): GuardrailStatement {
  const { test, variable, values } = condition;
  return {
    Sid: sid,
    Effect: "Deny",
    Action: actions,
    ...(notResources ? { NotResource: notResources } : { Resource: resources }),
    Condition: { [test]: { [variable]: values } },
  };
}

import type { Environment } from "../../stacks/environments/environment";
import { auditPolicy } from "../aws/read-policy";
import { type PolicyDocument, policyDocument } from "../iam/policy";
import { CommandError } from "../terminal/command-error";
import { stateStatements } from "./state-statements";
import { mergedStatements, statement } from "./statement";

/**
 * The least privilege that plans, drift and doctor need in an environment's account, for the principal that they act as: the
 * `plan-role`, if there is one. It allows nothing that writes.
 */
export function readerPolicy(environment: Environment): PolicyDocument {
  const { name, deployRole, planRole } = environment;
  if (deployRole !== undefined && planRole === undefined) {
    throw new CommandError(
      `Received ${name}, which has a deploy-role and no plan-role, expected both: plans and drift would assume the deploy-role, which can write. Add plan-role, the ARN of a role of the account for which this policy is.`,
    );
  }
  return policyDocument([
    ...auditPolicy().Statement,
    statement("Simulation", ["iam:SimulatePrincipalPolicy"], ["arn:aws:iam::*:role/*"]),
    statement("SupportPlan", ["support:DescribeSeverityLevels"], ["*"]),
    ...(planRole === undefined ? stateStatements(environment, "read") : []),
  ]);
}

/** The least privilege of whoever assumes the `plan-role` of environments that have one: to assume it, and to read the state. */
export function readerCallerPolicy(...environments: readonly Environment[]): PolicyDocument {
  const statements = environments.flatMap((environment) => {
    if (environment.planRole === undefined) {
      throw new CommandError(
        `Received --caller for ${environment.name}, expected an environment with a plan-role: without one, plans run with credentials of the account itself. Leave --caller out.`,
      );
    }
    return [
      statement("AssumePlanRole", ["sts:AssumeRole"], [environment.planRole.arn]),
      ...stateStatements(environment, "read"),
    ];
  });
  return policyDocument(mergedStatements(statements));
}

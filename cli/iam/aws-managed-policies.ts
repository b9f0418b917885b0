import full from "./aws-managed-policies/AWSSupportAppFullAccess.json";
import readOnly from "./aws-managed-policies/AWSSupportAppReadOnlyAccess.json";
import { type Policy, readPolicy } from "./policy";

/** The AWS managed policy AdministratorAccess, which has never changed. */
const ADMINISTRATOR = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

/**
 * Known AWS managed policies by ARN: the policies of the Support App as of March 2026 (both at version v1, of 2022-08-22), and
 * the policy that is most often attached by hand.
 */
const POLICIES: ReadonlyMap<string, Policy> = new Map(
  Object.entries({
    AWSSupportAppFullAccess: full,
    AWSSupportAppReadOnlyAccess: readOnly,
    AdministratorAccess: ADMINISTRATOR,
  }).map(([name, document]) => [`arn:aws:iam::aws:policy/${name}`, readPolicy(JSON.stringify(document))]),
);

/** The AWS managed policy with this ARN. Undefined: it is unknown. */
export function awsManagedPolicy(arn: string): Policy | undefined {
  return POLICIES.get(arn);
}

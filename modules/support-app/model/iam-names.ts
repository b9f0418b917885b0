import type { Access } from "./access";
import { ACCESS_LEVELS } from "./access-level";
import { ACCESS_PROPERTIES } from "./properties";

/** The names that must be unique in the account, ignoring case, by the property that sets each. */
export interface IamNames {
  readonly roleName: string;
  /** Undefined when the policy is AWS managed. */
  readonly policyName?: string;
}

/** The names of an access's role and policy. */
export function iamNamesOf(props: Access): IamNames {
  return {
    roleName: props.roleName ?? ACCESS_PROPERTIES.roleName.byLevel[props.access],
    policyName:
      props.policy === "aws-managed"
        ? undefined
        : (props.policyName ?? ACCESS_PROPERTIES.policyName.byLevel[props.access]),
  };
}

/** ARN of an access's role. */
export function roleArnOf(props: Access): string {
  return `arn:aws:iam::${props.account}:role${props.path ?? ACCESS_PROPERTIES.path.byDefault}${iamNamesOf(props).roleName}`;
}

/** ARN of an access's policy, customer or AWS managed. */
export function policyArnOf(props: Access): string {
  const { policyName } = iamNamesOf(props);
  if (policyName === undefined) return ACCESS_LEVELS[props.access].awsManagedPolicyArn;
  return `arn:aws:iam::${props.account}:policy${props.path ?? ACCESS_PROPERTIES.path.byDefault}${policyName}`;
}

import type { Environment } from "../environments/environment";
import { REQUIRED_VERSION } from "../required-versions";
import { type Terraform, writtenStack } from "../written-stack";

/** The Terraform of an environment's stack, without its backend, profile and digest: its users have their own, and may change it. */
export function portableEnvironment(environment: Environment): Terraform {
  const { terraform, ...rest } = writtenStack({ environment: { ...environment, profile: undefined } });
  return {
    terraform: { required_version: REQUIRED_VERSION, required_providers: terraform?.required_providers },
    ...rest,
  };
}

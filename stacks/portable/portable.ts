import type { Environment } from "../environments/environment";
import { REQUIRED_VERSION } from "../required-versions";
import { type Terraform, writtenStack } from "../written-stack";
import type { BackendChoice } from "./backend-choice";

/**
 * The Terraform of an environment's stack, without its profile and digest. Without a choice of the backend, local state has
 * none: its path is that of this project.
 */
export function portableEnvironment(environment: Environment, backend: BackendChoice = "environment"): Terraform {
  const { terraform, ...rest } = writtenStack({ environment: { ...environment, profile: undefined } });
  const required = { required_version: REQUIRED_VERSION, required_providers: terraform?.required_providers };
  return { terraform: { ...required, ...backendBlock(backend, environment, terraform) }, ...rest };
}

function backendBlock(
  choice: BackendChoice,
  { backend }: Environment,
  terraform: Terraform[string] | undefined,
): object {
  switch (choice) {
    case "none":
      return {};
    case "cloud":
      return { cloud: {} };
    case "environment":
      if (backend.type === "local") return {};
      return backend.type === "cloud"
        ? { cloud: terraform?.cloud }
        : { required_version: terraform?.required_version, backend: terraform?.backend };
    default:
      return { backend: { [choice]: {} } };
  }
}

import type { Environment } from "../environments/environment";
import { REQUIRED_VERSION } from "../required-versions";
import { type Terraform, writtenStack } from "../written-stack";
import type { BackendChoice, ProviderChoice } from "./root-choices";

/**
 * The Terraform of an environment's stack, without its profile and digest. Without a choice of the backend, local state has
 * none: its path is that of this project. Without a choice of the provider, it has no role to assume: whoever configures it does.
 */
export function portableEnvironment(
  environment: Environment,
  backend: BackendChoice = "environment",
  provider: ProviderChoice = "environment",
): Terraform {
  const credentials = { profile: undefined, ...(provider === "none" && { deployRole: undefined }) };
  const { terraform, ...rest } = writtenStack({ environment: { ...environment, ...credentials } });
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

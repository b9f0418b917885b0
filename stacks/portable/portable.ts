import type { App } from "../../modules/support-app/framework";
import { newApp, withPatches } from "../cdktf/app";
import { forgettingTokens } from "../cdktf/forgotten-tokens";
import type { Environment } from "../environments/environment";
import { withoutRemarks } from "../output/stack-digest";
import { REQUIRED_VERSION } from "../required-versions";
import { SupportAppStack } from "../support-app-stack";

/** Terraform in JSON, by section. */
export type Terraform = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The Terraform of an environment's stack, without its backend, profile and digest: its users have their own, and may change it. */
export function portableEnvironment(environment: Environment): Terraform {
  const { terraform, ...rest } = synthesized((app) => {
    const stack = new SupportAppStack(app, { ...environment, profile: undefined });
    stack.runAllValidations();
    return stack.toTerraformWithoutDigest();
  });
  return {
    terraform: { required_version: REQUIRED_VERSION, required_providers: terraform?.required_providers },
    ...rest,
  };
}

/** The Terraform in JSON that is built, without CDKTF's remarks. Writes nothing. */
export function synthesized(build: (app: App) => Terraform): Terraform {
  return forgettingTokens(() => withPatches(() => withoutRemarks(build(newApp())) as Terraform));
}

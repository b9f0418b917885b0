import "../modules/support-app/peers";

import type { App } from "../modules/support-app/framework";
import { newApp, withPatches } from "./cdktf/app";
import { forgettingTokens } from "./cdktf/forgotten-tokens";
import { prepareAlone } from "./cdktf/prepare";
import type { StackSource } from "./output/environment-file";
import { withoutRemarks } from "./output/stack-digest";
import { SupportAppStack } from "./support-app-stack";

/** Terraform in JSON, by section. */
export type Terraform = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The Terraform that the constructs write from a source, without its digest and CDKTF's remarks. Writes nothing. */
export function writtenStack({ environment, statePath }: StackSource): Terraform {
  return synthesizedTerraform((app) => {
    const stack = new SupportAppStack(app, environment, statePath);
    prepareAlone(stack);
    stack.runAllValidations();
    return stack.toTerraformWithoutDigest();
  });
}

/** The Terraform in JSON that is built, without CDKTF's remarks. Writes nothing. */
export function synthesizedTerraform(build: (app: App) => Terraform): Terraform {
  return forgettingTokens(() => withPatches(() => withoutRemarks(build(newApp())) as Terraform));
}

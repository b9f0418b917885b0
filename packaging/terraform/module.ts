import { withName } from "../../modules/support-app/address";
import {
  type App,
  ref,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Token,
} from "../../modules/support-app/framework";
import { AWS_SOURCE, OLDEST_AWS_PROVIDER } from "../../stacks/required-versions";
import { synthesizedTerraform, type Terraform } from "../../stacks/written-stack";
import type { ModuleVariable, Validation } from "./variable";

/** The versions that a module works with. A caller's root may ask for newer ones. */
export const REQUIRED = {
  required_version: ">= 1.5", // the first with import blocks, which a caller's root adopts with
  required_providers: { aws: { source: AWS_SOURCE, version: OLDEST_AWS_PROVIDER } },
};

/** A Terraform module. */
export interface Module {
  /** In the order in which people read them. */
  readonly variables: readonly ModuleVariable[];
  readonly terraform: Terraform;
}

/** A module with variables, and what `build` adds to it. */
export function moduleWith(variables: readonly ModuleVariable[], build: (stack: TerraformStack) => void): Module {
  const make = (app: App) => {
    const stack = new TerraformStack(app, "module");
    for (const variable of variables) declare(stack, variable);
    build(stack);
    return stack.toTerraform();
  };
  return { variables, terraform: { ...synthesizedTerraform(make), terraform: REQUIRED } };
}

/** The value of a variable, or another expression, as a string. */
export function expression(stack: TerraformStack, text: string): string {
  return Token.asString(ref(text, stack));
}

/** Declares a variable with its checks. */
function declare(
  stack: TerraformStack,
  { name, type, objectType, description, default: byDefault, validations }: ModuleVariable,
): void {
  const received = `${name} = \${jsonencode(var.${name})}`;
  const variable = new TerraformVariable(stack, name, {
    type,
    description: objectType === undefined ? description : `${description} Type: ${onOneLine(objectType)}`,
    nullable: byDefault === null,
    validation: validations?.map((validation) => {
      const { condition, error_message } = precondition({ received, ...validation });
      return { condition, errorMessage: error_message };
    }),
  });
  variable.addOverride("default", byDefault); // CDKTF leaves out null, which makes a variable required
}

/** A type on one line. */
function onOneLine(type: string): string {
  return type
    .replace(/\{\n\s*/g, "{ ")
    .replace(/\n\s*\}/g, " }")
    .replace(/\n\s*/g, ", ");
}

/** Declares an output. */
export function output(stack: TerraformStack, name: string, description: string, value: unknown): TerraformOutput {
  return withName(name, new TerraformOutput(stack, `output-${name}`, { description, value }));
}

/** A validation as a precondition. */
export function precondition({ condition, received, expected }: Validation) {
  return { condition: `\${${condition}}`, error_message: `Received ${received}, expected ${expected}.` };
}

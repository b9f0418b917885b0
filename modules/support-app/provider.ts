import { type Construct, TerraformProvider, TerraformStack } from "./framework";
import { describe, type Problem, unexpected } from "./problem";

/** Problems with the provider that a construct is given. Terraform knows only the providers of the same stack. */
export function providerProblems(construct: Construct, provider: unknown): Problem[] {
  if (provider === undefined) return [];
  if (!TerraformProvider.isTerraformProvider(provider)) return [unexpected(["provider"], provider, "an AwsProvider")];
  const stack = TerraformStack.of(construct);
  if (provider.terraformResourceType === "aws" && TerraformStack.of(provider) === stack) return [];
  return [
    {
      path: ["provider"],
      message: `received ${describe(provider.node.path)}, expected an AwsProvider of the construct's own stack, ${describe(stack.node.path)}.`,
    },
  ];
}

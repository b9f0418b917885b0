import { describeProp, unexpectedProp } from "./construct-problems";
import { type Construct, TerraformProvider, TerraformStack } from "./framework";
import type { Problem } from "./model/problem";

/** Problems with the provider that a construct is given. Terraform knows only the providers of the same stack. */
export function providerProblems(construct: Construct, provider: unknown): Problem[] {
  if (provider === undefined) return [];
  if (!TerraformProvider.isTerraformProvider(provider))
    return [unexpectedProp(["provider"], provider, "an AwsProvider")];
  const stack = TerraformStack.of(construct);
  if (provider.terraformResourceType === "aws" && TerraformStack.of(provider) === stack) return [];
  return [
    {
      path: ["provider"],
      message: `received ${describeProp(provider.node.path)}, expected an AwsProvider of the construct's own stack, ${describeProp(stack.node.path)}.`,
    },
  ];
}

import { type Construct, type TerraformResource, TerraformStack } from "./framework";

/**
 * What a stack has of a kind for one account, itself included: what has the same stack and the same provider. Another
 * stack or another provider may well be another account.
 */
export function neighbours<Kind extends Construct>(
  resource: TerraformResource,
  kind: abstract new (...args: never[]) => Kind,
  resourceOf: (neighbour: Kind) => TerraformResource,
): Kind[] {
  const stack = TerraformStack.of(resource);
  return stack.node
    .findAll()
    .filter((construct): construct is Kind => construct instanceof kind)
    .filter((one) => TerraformStack.of(one) === stack && resourceOf(one).provider === resource.provider);
}

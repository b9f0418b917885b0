import { type Construct, type TerraformResource, TerraformStack } from "./framework";

/**
 * The constructs of a kind that configure the same account as a resource: those with its stack and its provider, which
 * is the default one if it has no alias. Another stack or provider may belong to another account. The resource's own
 * construct is included.
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
    .filter(
      (construct) =>
        TerraformStack.of(construct) === stack && resourceOf(construct).provider?.alias === resource.provider?.alias,
    );
}

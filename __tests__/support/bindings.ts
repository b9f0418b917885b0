import { isFields } from "../../common/fields";
import { type IConstruct, TerraformElement } from "../../modules/support-app/framework";
import { DefaultTokenResolver, StringConcat, Tokenization } from "./framework";

const RESOLVER = new DefaultTokenResolver(new StringConcat());

/**
 * What CDKTF's bindings know about everything in a stack beyond its JSON, with the same order and names: whether a value
 * is a block or an argument (`isBlock`, `is_block`), wrapped around the value itself (`value`).
 */
export function bindingsOf(stack: IConstruct): unknown {
  return stack.node
    .findAll()
    .filter(TerraformElement.isTerraformElement)
    .map((element) =>
      Tokenization.resolve(element.toHclTerraform(), { scope: stack, resolver: RESOLVER, preparing: false }),
    )
    .reduce(merged, {});
}

function merged(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
  if (!isFields(one) || !isFields(other)) return other;
  const both = Object.entries(other).map(([key, value]) => [
    key,
    Object.hasOwn(one, key) ? merged(one[key], value) : value,
  ]);
  return { ...one, ...Object.fromEntries(both) };
}

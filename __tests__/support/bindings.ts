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

function merged(base: unknown, override: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(override)) return [...base, ...override];
  if (!isFields(base) || !isFields(override)) return override;
  const entries = Object.entries(override).map(([key, value]) => [
    key,
    Object.hasOwn(base, key) ? merged(base[key], value) : value,
  ]);
  return { ...base, ...Object.fromEntries(entries) };
}

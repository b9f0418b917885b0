import { DefaultTokenResolver, type IConstruct, StringConcat, Tokenization } from "../../modules/support-app/framework";

const RESOLVER = new DefaultTokenResolver(new StringConcat());

/** Strings without any character that marks a token, whether of a string, a list, a mapping or a number. */
const PLAIN = /^[\w :/.,@*=-]*$/;

/**
 * Like CDKTF's resolve, which searches every key and every value for tokens, but skips what can't hold one, at a fraction of the cost.
 *
 * @param scope the construct whose references are local
 */
export function resolve(scope: IConstruct, value: unknown): unknown {
  if (isPlain(value)) return value;
  // An element may be the token with which CDKTF replaces a whole list.
  if (Array.isArray(value) && value.every((one) => typeof one === "object" || isPlain(one)))
    return resolvedList(scope, value);
  if (isPlainMapping(value)) return resolvedMapping(scope, value);
  return Tokenization.resolve(value, { scope, resolver: RESOLVER, preparing: false });
}

/** Whether a value is a scalar that can't hold a token. */
function isPlain(value: unknown): boolean {
  if (typeof value === "string") return PLAIN.test(value);
  if (typeof value === "number") return Number.isSafeInteger(value); // tokens aren't safe integers
  return value === null || value === undefined || typeof value === "boolean";
}

function resolvedList(scope: IConstruct, list: readonly unknown[]): unknown[] {
  const result: unknown[] = [];
  for (const one of list) {
    const inside = resolve(scope, one);
    if (inside !== undefined) result.push(inside);
  }
  return result;
}

function resolvedMapping(scope: IConstruct, mapping: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(mapping)) {
    const inside = resolve(scope, mapping[key]);
    if (inside !== undefined) result[key] = inside;
  }
  return result;
}

function isPlainMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return !Object.hasOwn(value as object, "resolve") && Object.keys(value as object).every((key) => PLAIN.test(key));
}

import { DefaultTokenResolver, type IConstruct, StringConcat, Tokenization } from "../modules/support-app/framework";

const RESOLVER = new DefaultTokenResolver(new StringConcat());

/** Strings without any character that marks a token, whether of a string, a list, a mapping or a number. */
const PLAIN = /^[\w :/.,@*=-]*$/;

/**
 * Like CDKTF's resolve, which searches every key and every value for tokens, but skips what can't hold one, at a fraction of the cost.
 *
 * @param scope the construct whose references are local
 */
export function resolve(scope: IConstruct, value: unknown): unknown {
  switch (typeof value) {
    case "undefined":
    case "boolean":
      return value;
    case "number":
      if (Number.isSafeInteger(value)) return value; // tokens aren't safe integers
      break;
    case "string":
      if (PLAIN.test(value)) return value;
      break;
    default:
      if (value === null) return value;
      if (Array.isArray(value) && value.every(isNoToken)) return resolvedList(scope, value);
      if (isPlainMapping(value)) return resolvedMapping(scope, value);
  }
  return Tokenization.resolve(value, { scope, resolver: RESOLVER, preparing: false });
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

/** Whether an element isn't the token with which CDKTF replaces a whole list. */
function isNoToken(value: unknown): boolean {
  if (typeof value === "string") return PLAIN.test(value);
  return typeof value !== "number" || Number.isSafeInteger(value);
}

function isPlainMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return !("resolve" in value) && Object.keys(value).every((key) => key !== "__proto__" && PLAIN.test(key));
}

import { DefaultTokenResolver, type IConstruct, StringConcat, Tokenization } from "../modules/support-app/framework";

const RESOLVER = new DefaultTokenResolver(new StringConcat());

/** Texts that have none of the signs of a token, be it of a text, a list, a mapping or a number. */
const PLAIN = /^[\w :/.,@*=-]*$/;

/**
 * Like CDKTF's resolve, which looks for tokens in every key and every value on its own: what can't hold one is taken as it is, at a fraction of the cost.
 *
 * @param scope whose references are local
 */
export function resolve(scope: IConstruct, value: unknown): unknown {
  switch (typeof value) {
    case "undefined":
    case "boolean":
      return value;
    case "number":
      if (Number.isSafeInteger(value)) return value; // a token is far beyond
      break;
    case "string":
      if (PLAIN.test(value)) return value;
      break;
    default:
      if (value === null) return value;
      if (Array.isArray(value) && value.every(isNoToken)) {
        return value.map((one) => resolve(scope, one)).filter((one) => one !== undefined);
      }
      if (isPlainMapping(value)) {
        const entries = Object.entries(value).map(([key, inside]) => [key, resolve(scope, inside)]);
        return Object.fromEntries(entries.filter(([, inside]) => inside !== undefined));
      }
  }
  return Tokenization.resolve(value, { scope, resolver: RESOLVER, preparing: false });
}

/** An element of a list that isn't what CDKTF puts there for the whole list. */
function isNoToken(value: unknown): boolean {
  if (typeof value === "string") return PLAIN.test(value);
  return typeof value !== "number" || Number.isSafeInteger(value);
}

function isPlainMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return !("resolve" in value) && Object.keys(value).every((key) => PLAIN.test(key));
}

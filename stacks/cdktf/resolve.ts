import { Tokenization } from "../../modules/support-app/framework";

/** What marks a token in a string: a string, a list or a mapping by its name, a number by its exponent. */
const TOKEN = /TfToken\[|[-|\d.+]e[-|\d.eE+]/;

/** CDKTF's own, which searches every key and every value for tokens. */
const ofCdktf = Tokenization.resolve.bind(Tokenization);

/** Like CDKTF's own, but skips what can't hold a token, at a fraction of the cost. */
export const resolve: typeof Tokenization.resolve = (value, options) => {
  if (isPlain(value)) return value;
  if (Array.isArray(value)) {
    // An element may be the token with which CDKTF replaces a whole list.
    if (!value.every((item) => typeof item === "object" || isPlain(item))) return ofCdktf(value, options);
    return value.map((item) => resolve(item, options)).filter((item) => item !== undefined);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return ofCdktf(value, options);
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key === "resolve" || TOKEN.test(key)) return ofCdktf(value, options);
    const resolved = resolve(value[key], options);
    if (resolved !== undefined) result[key] = resolved;
  }
  return result;
};

/** Whether a value is a scalar that can't hold a token. */
function isPlain(value: unknown): boolean {
  if (typeof value === "string") return !TOKEN.test(value);
  if (typeof value === "number") return Number.isSafeInteger(value); // tokens aren't safe integers
  return value === null || value === undefined || typeof value === "boolean";
}

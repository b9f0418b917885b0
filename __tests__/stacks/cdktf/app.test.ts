import util from "node:util";
import { Fn, Token, Tokenization } from "../../../modules/support-app/framework";
import { newApp, withPatches } from "../../../stacks/cdktf/app";
import { forgettingTokens } from "../../../stacks/cdktf/forgotten-tokens";
import { resolve as fastResolve } from "../../../stacks/cdktf/resolve";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { portableEnvironment } from "../../../stacks/portable/portable";
import { DefaultTokenResolver, StringConcat } from "../../support/framework";
import { synthesize } from "../../support/synthesize";

const YAML = "environments: { a: { account: '111122223333', region: us-east-1, full: {} } }";
const original = util.isArray;
/** Like a Node.js that warns about it, or no longer has it. */
const isArray = jest.fn(() => {
  throw new Error("util.isArray is not a function");
});
beforeEach(() => {
  util.isArray = isArray as never;
});
afterEach(() => {
  util.isArray = original;
});

function traceOfNewToken(): readonly string[] {
  const token = Fn.upper("x") as unknown as string;
  return (Token.asAny(token) as { creationStack?: string[] }).creationStack ?? [];
}

test("synthesizing and publishing work without Node.js's util.isArray, and put it back", () => {
  expect(synthesize(YAML).a).toContain('"full_role_arn"');
  for (const environment of parseEnvironments(YAML, "environments.yaml")) {
    expect(portableEnvironment(environment).output).toHaveProperty("full_role_arn");
  }
  expect(isArray).not.toHaveBeenCalled();
  expect(util.isArray).toBe(isArray);
});

test("inside the patches, tokens have no stack trace, and are resolved faster; afterwards they have one again", () => {
  expect(withPatches(() => Tokenization.resolve)).toBe(fastResolve);
  expect(withPatches(traceOfNewToken)).toEqual([]);
  expect(traceOfNewToken().length).toBeGreaterThan(0);
});

test("an error inside the patches is thrown, and all of them are undone", () => {
  const { resolve } = Tokenization;
  const fail = () => {
    throw new TypeError("inside");
  };
  expect(() => withPatches(fail)).toThrow(TypeError);
  expect(util.isArray).toBe(isArray);
  expect(Tokenization.resolve).toBe(resolve);
  expect(traceOfNewToken().length).toBeGreaterThan(0);
});

test("an app needs no output folder: its own is this project's, which has stacks already", () => {
  expect(newApp().outdir).toBe(process.cwd());
});

const resolver = new DefaultTokenResolver(new StringConcat());
const resolveToken = (token: unknown) => Tokenization.resolve(token, { scope: newApp(), resolver, preparing: false });

const tokens = () => [Fn.upper("a"), Fn.split(",", "a"), Fn.lengthOf(["a"])];

test("a token created inside can't be read afterwards, and one created before can", () => {
  const before = tokens();
  const innerTokens = forgettingTokens(tokens);
  const after = tokens();
  for (const token of [...before, ...after]) expect(() => resolveToken(token)).not.toThrow();
  for (const token of innerTokens) expect(() => resolveToken(token)).toThrow(/token/i);
});

test("a token created inside can't be read after an error, which is thrown", () => {
  let innerToken: string | undefined;
  const fail = () => {
    innerToken = Fn.upper("a");
    throw new TypeError("inside");
  };
  expect(() => forgettingTokens(fail)).toThrow(TypeError);
  expect(() => resolveToken(innerToken)).toThrow(/token/i);
});

test.each([undefined, {}, { stringTokenMap: "elsewhere" }])(
  "a CDKTF that keeps its tokens elsewhere, such as in %p, keeps them",
  (replacement) => {
    const before = Reflect.get(globalThis, "__cdktfTokenMap");
    try {
      Reflect.set(globalThis, "__cdktfTokenMap", replacement);
      expect(forgettingTokens(() => "done")).toBe("done");
    } finally {
      Reflect.set(globalThis, "__cdktfTokenMap", before);
    }
  },
);

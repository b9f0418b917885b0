import { Fn, Tokenization } from "../../../modules/support-app/framework";
import { forgettingTokens } from "../../../stacks/cdktf/forgotten-tokens";
import { DefaultTokenResolver, StringConcat } from "../../support/framework";
import { newApp } from "../../support/new-app";

const resolver = new DefaultTokenResolver(new StringConcat());
const read = (token: unknown) => Tokenization.resolve(token, { scope: newApp(), resolver, preparing: false });

const tokens = () => [Fn.upper("a"), Fn.split(",", "a"), Fn.lengthOf(["a"])];

test("a token created inside can't be read afterwards, and one created before can", () => {
  const before = tokens();
  const inside = forgettingTokens(tokens);
  const after = tokens();
  for (const token of [...before, ...after]) expect(() => read(token)).not.toThrow();
  for (const token of inside) expect(() => read(token)).toThrow(/token/i);
});

test("the same after an error, which is thrown", () => {
  let inside: string | undefined;
  const fail = () => {
    inside = Fn.upper("a");
    throw new TypeError("inside");
  };
  expect(() => forgettingTokens(fail)).toThrow(TypeError);
  expect(() => read(inside)).toThrow(/token/i);
});

test.each([undefined, {}, { stringTokenMap: "elsewhere" }])(
  "a CDKTF that keeps its tokens elsewhere, such as in %p, keeps them",
  (kept) => {
    const before = Reflect.get(globalThis, "__cdktfTokenMap");
    try {
      Reflect.set(globalThis, "__cdktfTokenMap", kept);
      expect(forgettingTokens(() => "done")).toBe("done");
    } finally {
      Reflect.set(globalThis, "__cdktfTokenMap", before);
    }
  },
);

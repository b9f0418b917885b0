import { Fn, Token } from "../../../modules/support-app/framework";
import { withoutTokenTraces } from "../../../stacks/cdktf/token-traces";

function traceOfNewToken(): readonly string[] {
  const token = Fn.upper("x") as unknown as string;
  return (Token.asAny(token) as { creationStack?: string[] }).creationStack ?? [];
}

test("inside, tokens have no stack trace; afterwards they have one again", () => {
  expect(withoutTokenTraces(traceOfNewToken)).toEqual([]);
  expect(traceOfNewToken().length).toBeGreaterThan(0);
});

test("an error inside ends it as well, and is thrown", () => {
  const fail = () => {
    throw new TypeError("inside");
  };
  expect(() => withoutTokenTraces(fail)).toThrow(TypeError);
  expect(traceOfNewToken().length).toBeGreaterThan(0);
});

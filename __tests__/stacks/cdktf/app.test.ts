import util from "node:util";
import { Fn, Token, Tokenization } from "../../../modules/support-app/framework";
import { newApp, withPatches } from "../../../stacks/cdktf/app";
import { resolve as fastResolve } from "../../../stacks/cdktf/resolve";
import { parseEnvironments } from "../../../stacks/environments/environments";
import { portableEnvironment } from "../../../stacks/portable/portable";
import { synthesize } from "../../support/synthesize";

const YAML = "environments: { a: { account: '111122223333', region: us-east-1, full: {} } }";
const original = util.isArray;
/** Like a Node.js that warns about it, or no longer has it. */
const asked = jest.fn(() => {
  throw new Error("util.isArray is not a function");
});
beforeEach(() => {
  util.isArray = asked as never;
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
  expect(asked).not.toHaveBeenCalled();
  expect(util.isArray).toBe(asked);
});

test("inside, tokens have no stack trace, and are resolved faster; afterwards they have one again", () => {
  expect(withPatches(() => Tokenization.resolve)).toBe(fastResolve);
  expect(withPatches(traceOfNewToken)).toEqual([]);
  expect(traceOfNewToken().length).toBeGreaterThan(0);
});

test("an error inside puts all of it back, and is thrown", () => {
  const { resolve } = Tokenization;
  const fail = () => {
    throw new TypeError("inside");
  };
  expect(() => withPatches(fail)).toThrow(TypeError);
  expect(util.isArray).toBe(asked);
  expect(Tokenization.resolve).toBe(resolve);
  expect(traceOfNewToken().length).toBeGreaterThan(0);
});

test("an app needs no output folder: its own is this project's, which has stacks already", () => {
  expect(newApp().outdir).toBe(process.cwd());
});

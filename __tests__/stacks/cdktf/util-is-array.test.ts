import util from "node:util";
import { withUtilIsArray } from "../../../stacks/cdktf/util-is-array";
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

test("synthesizing and publishing work without Node.js's util.isArray, and put it back", () => {
  expect(synthesize(YAML).a).toContain('"full_role_arn"');
  for (const environment of parseEnvironments(YAML, "environments.yaml")) {
    expect(portableEnvironment(environment).output).toHaveProperty("full_role_arn");
  }
  expect(asked).not.toHaveBeenCalled();
  expect(util.isArray).toBe(asked);
});

test("an error inside puts it back, and is thrown", () => {
  const fail = () => {
    throw new TypeError("inside");
  };
  expect(() => withUtilIsArray(fail)).toThrow(TypeError);
  expect(util.isArray).toBe(asked);
});

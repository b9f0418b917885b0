import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Texts } from "../../support/synthesize";

const YAML = `
defaults: { region: us-east-1, tags: { Owner: platform } }
environments:
  a:
    account: "111122223333"
    read-only: {}
    full:
      service-quotas-role: create
      channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C09876Z5YXW }]
  b: { account: "444455556666", read-only: { policy: aws-managed } }
`;

type Framework = typeof import("../../../modules/support-app/framework");

interface Run {
  readonly texts: Texts;
  /** Which functions of the framework are replaced while it runs. */
  readonly replaced: readonly string[];
}

/** Synthesizes with a framework and a source of its own, whose inside is changed beforehand. */
function synthesizeWith(change: () => void = () => {}): Run {
  const before = Reflect.get(globalThis, "__cdktfTokenMap");
  const { captureStackTrace } = Error;
  try {
    Reflect.deleteProperty(globalThis, "__cdktfTokenMap");
    let run: Run | undefined;
    jest.isolateModules(() => {
      change();
      const { Tokenization }: Framework = require("../../../modules/support-app/framework");
      const { withPatches } = require("../../../stacks/cdktf/app") as typeof import("../../../stacks/cdktf/app");
      const { synthesize } = require("../../support/synthesize") as typeof import("../../support/synthesize");
      const { resolve } = Tokenization;
      const texts = synthesize(YAML);
      const replaced = withPatches(() => [
        ...(Tokenization.resolve === resolve ? [] : ["resolve"]),
        ...(Error.captureStackTrace === captureStackTrace ? [] : ["captureStackTrace"]),
      ]);
      run = { texts, replaced };
    });
    return run as Run;
  } finally {
    jest.resetModules();
    jest.dontMock(ENCODING).dontMock(STACK_TRACE);
    Reflect.set(globalThis, "__cdktfTokenMap", before);
  }
}

const ENCODING = require.resolve("cdktf/lib/tokens/private/encoding");
const STACK_TRACE = require.resolve("cdktf/lib/tokens/private/stack-trace");

/** Marks tokens otherwise than the framework does. */
function markOtherwise(): void {
  jest.doMock(ENCODING, () => {
    const module = { exports: {} };
    const requireInside = (path: string) => require(path.startsWith(".") ? join(dirname(ENCODING), path) : path);
    const source = readFileSync(ENCODING, "utf8").replaceAll("TfToken", "Mark");
    new Function("module", "exports", "require", source)(module, module.exports, requireInside);
    return module.exports;
  });
}

/** Needs the stack trace of every token. */
function needStackTraces(): void {
  jest.doMock(STACK_TRACE, () => {
    const withStack = () => {
      const object: { stack?: string } = {};
      Error.captureStackTrace(object);
      return (object.stack as string).split("\n").slice(0, 1);
    };
    return Object.fromEntries(Object.keys(jest.requireActual(STACK_TRACE)).map((name) => [name, withStack]));
  });
}

/** Takes no other function in the place of its own. */
function refuseReplacement(): void {
  const { Tokenization }: Framework = require("../../../modules/support-app/framework");
  Object.freeze(Tokenization);
}

/** Keeps its tokens in maps that can't be exchanged. */
function keepTokens(): void {
  const { Token }: Framework = require("../../../modules/support-app/framework");
  Token.asString({ resolve: () => "a" }); // makes the maps
  const tokenMap: object = Reflect.get(globalThis, "__cdktfTokenMap");
  for (const name of ["stringTokenMap", "numberTokenMap"]) Object.defineProperty(tokenMap, name, { writable: false });
}

const usual = synthesizeWith();

test("the framework's functions are replaced where they give the same", () => {
  expect(usual.replaced).toEqual(["resolve", "captureStackTrace"]);
  expect(usual.texts.a).toContain("aws_iam_service_linked_role");
});

test.each<[what: string, changes: (() => void)[], replaced: string[]]>([
  ["marks tokens otherwise and needs the stack trace of a token", [markOtherwise, needStackTraces], []],
  [
    "has functions that can't be replaced and keeps tokens in maps that can't be exchanged",
    [refuseReplacement, keepTokens],
    ["captureStackTrace"],
  ],
])("a framework that %s writes the same bytes, in its own way", (_, changes, replaced) => {
  const run = synthesizeWith(() => {
    for (const change of changes) change();
  });
  expect(run).toEqual({ texts: usual.texts, replaced });
});

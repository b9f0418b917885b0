import { CONTEXT_ENV } from "../../../modules/support-app/framework";
import { newApp } from "../../../stacks/cdktf/app";
import { InputError } from "../../../stacks/input-error";

const before = process.env[CONTEXT_ENV];
const { TMPDIR } = process.env;
afterEach(() => {
  for (const [name, value] of [
    [CONTEXT_ENV, before],
    ["TMPDIR", TMPDIR],
  ] as const) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

function contextOf(json: string | undefined): unknown {
  if (json === undefined) delete process.env[CONTEXT_ENV];
  else process.env[CONTEXT_ENV] = json;
  return newApp().node.tryGetContext("own");
}

test("an app needs no output folder: its own is this project's, which has stacks already", () => {
  delete process.env[CONTEXT_ENV];
  expect(newApp().outdir).toBe(process.cwd());
});

test("CDKTF's context may be set, or not", () => {
  expect(contextOf('{ "own": 1 }')).toBe(1);
  expect(contextOf("")).toBeUndefined();
  expect(contextOf(undefined)).toBeUndefined();
});

test.each(["{", "null"])("a context of %s is an error that doesn't repeat it", (json) => {
  expect(() => contextOf(json)).toThrow(InputError);
  expect(() => contextOf(json)).toThrow(
    new Error(
      "Received a value that isn't a JSON object in CDKTF_CONTEXT_JSON, expected one, such as {}, or no value. Nothing was written. Correct it, or unset it.",
    ),
  );
});

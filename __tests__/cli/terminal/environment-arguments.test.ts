import { CommandError, UsageError } from "../../../cli/terminal/command-error";
import { environmentNamed, environmentsNamed, expectNameOrAll } from "../../../cli/terminal/environment-arguments";
import type { Environment } from "../../../stacks/environments/environment";

const ALL = ["staging", "production", "sandbox"].map((name) => ({ name }) as Environment);
const [STAGING, PRODUCTION, SANDBOX] = ALL;

afterEach(() => {
  delete process.env.SUPPORT_APP_ONLY;
});

test("environments are found in the order in which they are named, each once", () => {
  expect(environmentsNamed(["sandbox", "staging", "production", "staging"], ALL)).toEqual([
    SANDBOX,
    STAGING,
    PRODUCTION,
  ]);
  expect(environmentsNamed([], ALL)).toEqual([]);
  expect(environmentNamed("production", ALL)).toBe(PRODUCTION);
});

test.each([
  ["qa", 'Received the environment "qa", expected one of staging, production, sandbox.'],
  ["stagin", 'Received the environment "stagin", expected one of staging, production, sandbox. Did you mean staging?'],
  ["", 'Received the environment "", expected one of staging, production, sandbox.'],
])("the unknown environment %j is an error that names the others", (name, sentence) => {
  expect(() => environmentNamed(name, ALL)).toThrow(new CommandError(sentence));
  expect(() => environmentsNamed(["staging", name], ALL)).toThrow(new CommandError(sentence));
});

test("names are separated by spaces, also within an argument, and commas are an error", () => {
  expect(environmentsNamed(["production  sandbox", " staging\n"], ALL)).toEqual([PRODUCTION, SANDBOX, STAGING]);
  expect(() => environmentsNamed(["staging,production,"], ALL)).toThrow(
    new UsageError(
      'Received the environment "staging,production,", expected names separated by spaces: staging production.',
    ),
  );
});

test("where a variable chooses environments, the error names it: the unknown one may be in the file", () => {
  process.env.SUPPORT_APP_ONLY = "staging";
  expect(() => environmentNamed("production", ALL.slice(0, 1))).toThrow(
    new CommandError('Received the environment "production", expected staging. SUPPORT_APP_ONLY allows no other.'),
  );
});

test("either an environment or --all is chosen", () => {
  expectNameOrAll("staging", undefined);
  expectNameOrAll(undefined, true);
  expect(() => expectNameOrAll(undefined, undefined)).toThrow(
    new UsageError("Received neither an environment nor --all, expected one of them."),
  );
  expect(() => expectNameOrAll("staging", true)).toThrow(
    new UsageError('Received both --all and the environment "staging", expected one of them.'),
  );
});

import { chosenEnvironments } from "../../../stacks/environments/chosen-environments";
import { parseEnvironments } from "../../../stacks/environments/environments";

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

const environmentsOf = (names: readonly string[]) =>
  parseEnvironments(
    `defaults: { region: us-east-1 }\nenvironments:\n${names.map((name, index) => `  ${name}: { account: "${111122223333 + index}", full: {} }\n`).join("")}`,
    "environments.yaml",
  );

const three = environmentsOf(["production", "staging", "sandbox"]);

const chooseNames = (only: string | undefined) => {
  if (only === undefined) delete process.env.SUPPORT_APP_ONLY;
  else process.env.SUPPORT_APP_ONLY = only;
  return chosenEnvironments(three).map(({ name }) => name);
};

test.each([
  [undefined, ["production", "staging", "sandbox"]],
  ["staging", ["staging"]],
  ["sandbox,production", ["production", "sandbox"]],
  [" sandbox , sandbox ", ["sandbox"]],
])("SUPPORT_APP_ONLY=%s chooses %j", (only, expected) => {
  expect(chooseNames(only)).toEqual(expected);
});

test.each([
  ["staging,", "", ""],
  ["stagign", "stagign", " Did you mean staging?"],
  ["constructor", "constructor", ""],
  ["x\n::error::y", "x\\n::error::y", ""],
])("SUPPORT_APP_ONLY=%j is refused", (only, received, hint) => {
  expect(() => chooseNames(only)).toThrow(
    `Received the environment "${received}" in SUPPORT_APP_ONLY, expected one of production, staging, sandbox.${hint} Nothing was written.`,
  );
});

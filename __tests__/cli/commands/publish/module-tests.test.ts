import { moduleTests } from "../../../../cli/commands/publish/module-tests";
import { moduleVariables } from "../../../../stacks/portable/module-variables";
import { GUARDRAIL_VARIABLES } from "../../../../stacks/portable/published-guardrail-module";
import { rootVariables } from "../../../../stacks/portable/published-root";

interface Run {
  readonly name: string;
  readonly body: string;
  /** Of the module that it tests. */
  readonly inputs: readonly string[];
}

const VARIABLES = {
  ".": rootVariables(),
  "./modules/support-app-read-only": moduleVariables("read-only"),
  "./modules/support-app-full": moduleVariables("full"),
  "./modules/support-app-guardrail": GUARDRAIL_VARIABLES,
};

const TESTS = moduleTests();

function runsIn(file: string): Run[] {
  const text = TESTS.get(`tests/${file}.tftest.hcl`) ?? "";
  return [...text.matchAll(/^run "(\w+)" \{\n(.*?)^\}/gms)].map(([, name = "", body = ""]) => {
    const source = (body.match(/ source = "(.*)"/)?.[1] ?? ".") as keyof typeof VARIABLES;
    return { name, body, inputs: VARIABLES[source].map((variable) => variable.name) };
  });
}

const FILES = ["access", "channels", "guardrail", "refusals"];

test("each file mocks AWS, so that the tests need no account", () => {
  const tests = [...TESTS];
  expect(tests.map(([path]) => path)).toEqual(FILES.map((file) => `tests/${file}.tftest.hcl`));
  for (const [, text] of tests)
    expect(text).toMatch(/^mock_provider "aws" \{\n {2}mock_data "aws_iam_policy_document" \{/);
});

test.each(FILES)(
  "each run of %s sets only inputs of the module that it tests, and expects or asserts something",
  (file) => {
    for (const { name, body, inputs } of runsIn(file)) {
      const set = [...body.matchAll(/^ {2}variables \{\n(.*?)^ {2}\}/gms)].flatMap(([, block = ""]) =>
        [...block.matchAll(/^ {4}(\w+) +=/gm)].map(([, key]) => key),
      );
      const refused = [...body.matchAll(/\bvar\.(\w+)(?=[,\]])/g)].map(([, variable]) => variable);
      expect({ name, inputs }).toEqual({ name, inputs: expect.arrayContaining([...set, ...refused]) });
      expect(body).toMatch(/^ {2}(assert \{|expect_failures = \[)$|^ {2}expect_failures = \[./m);
    }
  },
);

test("the defaults of each level, a level without one capability and without all of them, and AWS's policy are checked", () => {
  const runs = runsIn("access");
  expect(runs.map(({ name }) => name)).toEqual([
    "read_only_by_default",
    "full_by_default",
    "full_without_resolve_cases",
    "full_without_everything_else",
    "aws_managed_and_for_one_account",
  ]);
  const asserted = runs.map(({ body }) => [...body.matchAll(/error_message = "(.*)"/g)].map(([, message]) => message));
  const exactly = "The policy allows exactly these actions.";
  expect(asserted).toEqual([
    ["People have the capabilities of read-only.", exactly, "Only the Support App may assume the role."],
    ["People have the capabilities of full.", exactly, "Only the Support App may assume the role."],
    ["People can do everything but resolve-cases.", exactly],
    [
      "People can do everything but create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases.",
      exactly,
    ],
    [
      "The role has AWS's policy.",
      "There is no customer managed policy.",
      "Only the Support App may assume the role, on behalf of the account.",
    ],
  ]);
});

test("a level without the other capabilities is left with what viewing takes", () => {
  const [, , , body = ""] = runsIn("access").map((run) => run.body);
  expect(body).toContain('    condition     = jsonencode(output.capabilities) == jsonencode(["view-cases"])\n');
  expect(body).toContain(
    'jsonencode(sort(tolist(data.aws_iam_policy_document.full.statement[0].actions))) == jsonencode(["support:DescribeCases", "support:DescribeCommunications"])\n',
  );
});

test("the limits of an account are tested one above", () => {
  const bodyOf = (name: string) => runsIn("refusals").find((run) => run.name === name)?.body ?? "";
  expect(bodyOf("too_many_channels").match(/^ +c\d+ = \{$/gm)).toHaveLength(2 * 21);
  expect(new Set(bodyOf("too_many_workspaces").match(/"T0\w+"/g))).toHaveProperty("size", 6);
});

test("the guardrail refuses patterns, sessions and policy variables, which IAM would replace", () => {
  const refusals = runsIn("guardrail").filter(({ body }) => body.includes("expect_failures"));
  expect(refusals.map(({ name, body }) => [name, body.match(/\bvar\.\w+(?=[,\]])/g)])).toEqual([
    ["nobody_at_all", ["var.role_arns", "var.deployer_arns"]],
    ["wildcards_and_sessions", ["var.role_arns", "var.deployer_arns"]],
    ["policy_variables", ["var.role_arns", "var.deployer_arns"]],
    ["policy_variables_as_in_iam", ["var.role_arns", "var.deployer_arns"]],
    ["no_name", ["var.role_arns", "var.deployer_arns"]],
    ["no_target", ["var.target_ids"]],
  ]);
  expect(refusals[3]?.body).toContain('["arn:aws:iam::111122223333:role/$${aws:PrincipalTag/r}/full"]');
});

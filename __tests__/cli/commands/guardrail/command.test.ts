import { readPolicy, readTerraformPolicy } from "../../../../cli/iam/policy";
import { isPrincipalArn } from "../../../../modules/support-app/model/guardrail-statements";
import { readModule } from "../../../../packaging/module-reference";
import { commandInTests } from "../../../support/commanding";

const IAM = "arn:aws:iam::111122223333";
const MODULE = "terraform/modules/support-app-guardrail";
const DEPLOYER = `${IAM}:role/ci/terraform`;

test("the Terraform module's validations take what the command takes", async () => {
  const { variable } = await readModule(MODULE);
  // A role of a principal's own, or of nobody.
  const refused = ["&{aws:username}", "&{aws:PrincipalTag/x}/t", "${aws:PrincipalTag/x}", "%{x}/t", "#{x}/t"];
  const roles = ["ci/terraform", "support/AWSSupportAppReadOnlyRole", "a:b[c]$/d/full_1+=,.@-"];
  for (const role of [...roles, ...refused, "terraform/", "", "a?b", "r".repeat(65)]) {
    const arn = `${IAM}:role/${role}`;
    const isTaken = ["role_arns", "deployer_arns"].map((name) => {
      const [, rule] = variable[name]?.[0].validation ?? [];
      const [, form, wrong] = /regex\("(.*)", arn\)\)\s+&& !can\(regex\("(.*)", arn/.exec(rule?.condition ?? "") ?? [];
      const matches = (text = "") => new RegExp(JSON.parse(`"${text}"`)).test(arn);
      return matches(form) && !matches(wrong);
    });
    const is = roles.includes(role);
    expect([arn, isPrincipalArn(arn), ...isTaken]).toEqual([arn, is, is, is]);
  }
});

const { run: guardrail, environmentsAre } = commandInTests(
  "guardrail",
  `environments:
  payments: { account: "111122223333", region: us-east-1, deploy-role: "${DEPLOYER}", full: {} }
  staging: { account: "444455556666", region: us-east-1, full: {} }
`,
);

test("guardrail prints the policy, and beside it what it doesn't prevent", async () => {
  const { status, output } = await guardrail("payments");
  expect(status).toBe(0);
  expect(output).toMatchSnapshot();
});

test("the Terraform module denies the same", async () => {
  const { output } = await guardrail("payments");
  const printed = readPolicy(output.slice(0, output.indexOf("\nWhat it")));
  const { data } = await readModule(MODULE);
  const publishedJson = JSON.stringify(data?.aws_iam_policy_document?.this?.[0])
    .replaceAll('"${var.deployer_arns}"', JSON.stringify([DEPLOYER]))
    .replaceAll('"${var.role_arns}"', JSON.stringify([`${IAM}:role/AWSSupportAppFullRole`]));
  const published = readTerraformPolicy(JSON.parse(publishedJson));
  expect([...published.unreadable, ...printed.unreadable]).toEqual([]);
  expect(published.statements).toEqual(printed.statements);
});

test("given deployers are added to the deploy-role, in one option or several", async () => {
  const ci = `${IAM}:role/ci`;
  const [user, role] = [`${IAM}:user/alice`, `${IAM}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_1a`];
  const { output } = await guardrail("payments", "--deployer", user, role, "--deployer", ci, "--boundary");
  const policy = JSON.parse(output.slice(0, output.indexOf("\nWhat it")));
  expect(policy.Statement[1].Condition).toEqual({ ArnNotEquals: { "aws:PrincipalArn": [DEPLOYER, user, role, ci] } });
  expect(policy.Statement[0].Sid).toBe("Everything");
  expect(output).toContain("It applies only to principals that have it as their boundary, until someone removes it.");
});

test("a policy that fits only without white space is printed without it", async () => {
  const deployerArgs = Array.from({ length: 40 }, (_, index) => [
    "--deployer",
    `${IAM}:role/${"r".repeat(60)}${index}`,
  ]);
  const { status, output } = await guardrail("payments", ...deployerArgs.flat());
  const [policy = "", ...rest] = output.split("\n");
  expect(status).toBe(0);
  expect(policy.length).toBeLessThanOrEqual(5120);
  expect(JSON.parse(policy).Statement).toHaveLength(2);
  expect(rest[0]).toBe("What it doesn't prevent:");
});

test("several environments have, for each account, its own roles and deployers", async () => {
  const ci = "arn:aws:iam::444455556666:role/ci";
  const { output } = await guardrail("--all", "--deployer", ci);
  expect(await guardrail("payments", "staging", "--deployer", ci)).toMatchObject({ output });
  const { Statement } = JSON.parse(output.slice(0, output.indexOf("\nWhat it")));
  const roles = ["111122223333", "444455556666"].map((account) => `arn:aws:iam::${account}:role/AWSSupportAppFullRole`);
  expect(Statement).toMatchObject([
    { Resource: ["*"], Condition: { ArnNotEquals: { "aws:PrincipalArn": [DEPLOYER, ci] } } },
    { Action: ["iam:PassRole"], NotResource: roles },
  ]);
});

test("every environment without a deployer is named at once, before a policy is too long", async () => {
  const lines = Array.from({ length: 22 }, (_, index) => {
    return `  e${index}: { account: "${100000000000 + index}", region: us-east-1, full: {} }`;
  });
  environmentsAre(`environments:\n${lines.join("\n")}\n`);
  const { status, output } = await guardrail("--all");
  expect(status).toBe(2);
  expect(output).toContain("e20, e21, expected a deploy-role");
});

test.each<[string[], number, string]>([
  [[], 2, "Received neither an environment nor --all, expected one of them."],
  ...[["staging"], ["--all", "--deployer", `${IAM}:role/ci`]].map((args): [string[], number, string] => [
    args,
    2,
    "Received no deployer for staging, expected a deploy-role or a --deployer: without either, the policy would refuse every deploy. For each account, add --deployer arn:aws:iam::444455556666:role/NAME.",
  ]),
  ...[`${IAM}:role/*`, "arn:aws:iam::444455556666:role/x", `${IAM}:role/a;b/c`].map(
    (arn): [string[], number, string] => [
      ["payments", "--deployer", arn],
      2,
      `Received --deployer "${arn}", expected the ARN of a role or user of the account 111122223333, without *, ? or a policy variable, such as arn:aws:iam::111122223333:role/terraform. For a session, give the ARN of its role in IAM, with the path.`,
    ],
  ),
  [
    [
      "payments",
      ...Array.from({ length: 80 }, (_, index) => ["--deployer", `${IAM}:role/${"r".repeat(60)}${index}`]).flat(),
    ],
    1,
    "expected at most 5120, AWS's limit. Name fewer environments or deployers at a time",
  ],
  [
    ["payments", "staging", "--deployer", "arn:aws:iam::999999999999:role/x"],
    2,
    "expected the ARN of a role or user of one of the accounts, without *, ? or a policy variable",
  ],
])("guardrail %j ends with %i", async (args, status, sentence) => {
  const result = await guardrail(...args);
  expect(result.status).toBe(status);
  expect(result.output).toContain(sentence);
  expect(result.output).not.toContain("Version");
});

import { isPrincipalArn } from "../../../modules/support-app/model/guardrail-statements";
import { toHcl } from "../../../stacks/output/hcl";
import { publishedGuardrailModule } from "../../../stacks/portable/published-guardrail-module";

test("the guardrail's policy denies configuring the Support App to all but deployers, and with other roles", () => {
  const text = toHcl(publishedGuardrailModule());
  expect(text).toMatchSnapshot();
  expect(text.match(/^ +effect += .*$/gm)).toEqual([
    expect.stringMatching(/"Deny"$/),
    expect.stringMatching(/"Deny"$/),
  ]);
  expect(text).toMatch(/values += var\.deployer_arns/);
  expect(text).toMatch(/not_resources += var\.role_arns/);
});

describe("a principal that the policy may name", () => {
  const ROLE = "arn:aws:iam::111122223333:role/";
  test.each([
    ...["arn:aws:iam::111122223333:user/ops", `${ROLE}ci/a!b~[c]/Az09_+=,.@-`, `${ROLE}$a/b`],
    ...[`${ROLE}${"r".repeat(64)}`, `${ROLE}${"p".repeat(510)}/r`],
  ])("may be %s", (arn) => expect(isPrincipalArn(arn)).toBe(true));

  test.each([
    ...[
      "",
      "*",
      ROLE,
      `${ROLE}*`,
      `${ROLE}a*/r`,
      `${ROLE}a?/r`,
      `${ROLE}a b/r`,
      `${ROLE}a\\b/r`,
      `${ROLE}r `,
      `x${ROLE}r`,
    ],
    ...[`${ROLE}${"r".repeat(65)}`, `${ROLE}${"p".repeat(511)}/r`],
    ...["$", "%", "#", "&"].map((sign) => `${ROLE}${sign}{aws:username}/r`),
    ...["group/a", "root"].map((name) => `arn:aws:iam::111122223333:${name}`),
    ...["arn:aws:iam::11112222333:role/r", "arn:aws-cn:iam::111122223333:role/r"],
    "arn:aws:sts::111122223333:assumed-role/r/session",
  ])("can't be %p", (arn) => expect(isPrincipalArn(arn)).toBe(false));
});

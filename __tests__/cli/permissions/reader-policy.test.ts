import { allowedBeyond } from "../../../cli/iam/allowed-beyond";
import { type PolicyDocument, readPolicy } from "../../../cli/iam/policy";
import { doctorPolicy } from "../../../cli/permissions/doctor-policy";
import { readerCallerPolicy, readerPolicy } from "../../../cli/permissions/reader-policy";
import { CommandError } from "../../../cli/terminal/command-error";
import { environmentOf } from "../../support/live-account";

const environment = (yaml: string) => environmentOf(yaml, "payments");
const ROLES = "arn:aws:iam::111122223333:role";
const S3 = "backend: { type: s3, bucket: states, region: us-east-1 }";
const BOTH = `deploy-role: "${ROLES}/deploys", plan-role: "${ROLES}/plans", ${S3}, full: {}`;

const statementsOf = (...policies: PolicyDocument[]) =>
  policies.flatMap((policy) => {
    const { statements, unreadable } = readPolicy(JSON.stringify(policy));
    expect(unreadable).toEqual([]);
    return statements;
  });
const actionsOf = ({ Statement }: PolicyDocument) => Statement.flatMap(({ Action }) => Action);

test("whoever has the policy can do everything that doctor needs", () => {
  expect(allowedBeyond(statementsOf(doctorPolicy()), statementsOf(readerPolicy(environment(BOTH))))).toEqual([]);
});

test.each(["full: {}", `${S3}, full: {}`, BOTH])("the policy with %s names only actions that read", (yaml) => {
  const policies = [readerPolicy(environment(yaml)), ...(yaml === BOTH ? [readerCallerPolicy(environment(yaml))] : [])];
  for (const action of policies.flatMap(actionsOf))
    expect(action).toMatch(/^(iam|cloudformation|supportapp|support|s3):(Get|List|Describe|Simulate)|^sts:AssumeRole$/);
});

test("the state is read by the credentials that Terraform runs with, in place of the plan-role", () => {
  const state = ["s3:ListBucket", "s3:GetObject"];
  expect(actionsOf(readerPolicy(environment(`${S3}, full: {}`)))).toEqual(expect.arrayContaining(state));
  expect(actionsOf(readerPolicy(environment(BOTH))).join()).not.toContain("s3:");
  expect(readerCallerPolicy(environment(BOTH)).Statement).toEqual([
    expect.objectContaining({ Action: ["sts:AssumeRole"], Resource: [`${ROLES}/plans`] }),
    expect.objectContaining({ Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::states"] }),
    expect.objectContaining({
      Action: ["s3:GetObject"],
      Resource: ["arn:aws:s3:::states/support-app/payments.tfstate"],
    }),
  ]);
});

test("an encrypted state is decrypted, and nothing is encrypted", () => {
  const key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-96ef-1234567890ab";
  const { Statement } = readerPolicy(environment(`${S3.replace(" }", `, kms-key: "${key}" }`)}, full: {}`));
  expect(Statement.at(-1)).toEqual({ Sid: "DecryptState", Effect: "Allow", Action: ["kms:Decrypt"], Resource: [key] });
});

test("there is no policy that only reads for a deploy-role without a plan-role, and no caller without a plan-role", () => {
  expect(() => readerPolicy(environment(`deploy-role: "${ROLES}/deploys", full: {}`))).toThrow(
    new CommandError(
      "Received payments, which has a deploy-role and no plan-role, expected both: plans and drift would assume the deploy-role, which can write. Add plan-role, the ARN of a role of the account for which this policy is.",
    ),
  );
  expect(() => readerCallerPolicy(environment("full: {}"))).toThrow(
    new CommandError(
      "Received --caller for payments, expected an environment with a plan-role: without one, plans run with credentials of the account itself. Leave --caller out.",
    ),
  );
});

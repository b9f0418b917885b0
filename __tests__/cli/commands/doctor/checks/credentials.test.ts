import { adviceFor } from "../../../../../cli/aws/advice";
import type { LookupFailure } from "../../../../../cli/aws/lookup";
import { credentialsProblems } from "../../../../../cli/commands/doctor/checks/credentials";
import { ACCOUNT, environmentOf } from "../../../../support/live-account";

const before = { ...process.env };
beforeEach(() => {
  for (const name of ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "CI"]) delete process.env[name];
});
afterEach(() => {
  process.env = { ...before };
});

const finding = {
  answer: "unknown",
  resource: `account ${ACCOUNT}`,
  about: ["credentials"],
  expected: `credentials of the account ${ACCOUNT}`,
};
const NONE = "read-only: {}";
const DEPLOY_ROLE = `deploy-role: "arn:aws:iam::${ACCOUNT}:role/terraform", read-only: {}`;
const PLAN_ROLE = `plan-role: "arn:aws:iam::${ACCOUNT}:role/plans", ${DEPLOY_ROLE}`;
const PROFILE = "profile: ops, read-only: {}";
const callerOf = (account: string) => ({ known: { config: {}, account, arn: `arn:aws:iam::${account}:root` } });

test("credentials of the environment's account are no problem", () => {
  expect(credentialsProblems(environmentOf(NONE), callerOf(ACCOUNT))).toEqual([]);
});

test.each([
  [NONE, `Use credentials of ${ACCOUNT}, such as with AWS_PROFILE.`],
  [
    DEPLOY_ROLE,
    `Use credentials of ${ACCOUNT}, such as with AWS_PROFILE. With --assume, doctor assumes the deploy-role first.`,
  ],
  [
    PLAN_ROLE,
    `Use credentials of ${ACCOUNT}, such as with AWS_PROFILE. With --assume, doctor assumes the plan-role first.`,
  ],
  [PROFILE, `Give the profile "ops" of environments.yaml credentials of ${ACCOUNT}, or set another profile there.`],
])("credentials of another account, with %s, are named with whose they are and what to use", (yaml, text) => {
  const found = "credentials of the account 999999999999 (arn:aws:iam::999999999999:root)";
  expect(credentialsProblems(environmentOf(yaml), callerOf("999999999999"))).toEqual([
    { ...finding, found, fix: { text, commands: [] } },
  ]);
});

const ENGINEER = `arn:aws:iam::${ACCOUNT}:role/engineer`;
const assume = (role: string) => ({
  text: `Allow whoever assumes it sts:AssumeRole on ${role}, and name them in its trust policy; or use other credentials of the account, without --assume.`,
  commands: [],
});
const adviceOf = (kind: LookupFailure["kind"], profile?: string) =>
  adviceFor({ kind, action: "", message: "" }, "doctor", profile);

test.each<[string, string, LookupFailure["kind"], Partial<LookupFailure>, object]>([
  ["sts:AssumeRole", DEPLOY_ROLE, "denied", {}, assume(`arn:aws:iam::${ACCOUNT}:role/terraform`)],
  ["sts:AssumeRole", PLAN_ROLE, "denied", {}, assume(`arn:aws:iam::${ACCOUNT}:role/plans`)],
  ["sts:AssumeRole", DEPLOY_ROLE, "denied", { resource: ENGINEER }, assume(ENGINEER)],
  ["sts:AssumeRole", DEPLOY_ROLE, "credentials", {}, adviceOf("credentials")],
  ["sts:GetCallerIdentity", PROFILE, "credentials", {}, adviceOf("credentials", "ops")],
])("if %s fails with %s as %s %j, the fix names what to do", (action, yaml, kind, overrides, fix) => {
  const unknown = { kind, action, message: "AWS said so", ...overrides };
  expect(credentialsProblems(environmentOf(yaml), { unknown })).toEqual([{ ...finding, found: "AWS said so", fix }]);
});

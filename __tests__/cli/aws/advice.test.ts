import { adviceFor } from "../../../cli/aws/advice";
import type { LookupFailure } from "../../../cli/aws/lookup";

const { AWS_ENDPOINT_URL } = process.env;
afterEach(() => {
  if (AWS_ENDPOINT_URL === undefined) delete process.env.AWS_ENDPOINT_URL;
});

const ALLOW = "Allow these credentials iam:GetRole. This prints everything that doctor needs:";
const WHOSE = "aws sts get-caller-identity";
const CLOSED =
  " If AWS has closed or suspended the account, no credentials of it work: AWS Organizations shows its state.";
const AT = "at AWS_ENDPOINT_URL=http://localhost:4566";

test.each<[Partial<LookupFailure>, string | undefined, string, ...string[]]>([
  [
    { kind: "denied", isDeniedByOrganization: true },
    undefined,
    "A service control policy of the organization denies iam:GetRole. Ask whoever runs the organization to allow it for these credentials.",
  ],
  [{ kind: "denied" }, undefined, ALLOW, "npx support-app doctor --policy"],
  [
    { kind: "denied", action: "organizations:ListAccounts" },
    undefined,
    "Use credentials of the organization's management account or of a delegated administrator, and allow them organizations:ListAccounts. This prints everything that they need:",
    "npx support-app doctor --organization --assume-role NAME --policy",
  ],
  [{ kind: "no-unit" }, undefined, "Give --unit the ID of a unit of this organization, or leave it out."],
  [
    { kind: "credentials", isDeniedByOrganization: true },
    undefined,
    `Set AWS_PROFILE, or log in again if the credentials have expired.${CLOSED} This shows whose they are:`,
    WHOSE,
  ],
  [
    { kind: "credentials" },
    "ops",
    `Configure the profile "ops", which environments.yaml names, or log in again if its session has expired.${CLOSED} This logs in:`,
    "aws sso login --profile ops",
  ],
  [
    { kind: "no-answer" },
    undefined,
    `Check that AWS can be reached from here ${AT}, and that no proxy or login page answers in its place. Then run doctor again.`,
  ],
])("about %j with the profile %j", (failure, profile, text, ...commands) => {
  process.env.AWS_ENDPOINT_URL = "http://localhost:4566/path";
  const whole = { kind: "other", action: "iam:GetRole", message: "AWS said so", ...failure } as const;
  expect(adviceFor(whole, "doctor", profile)).toEqual({ text, commands });
});

import { adviceFor, expectKnown } from "../../../cli/aws/advice";
import type { LookupFailure } from "../../../cli/aws/lookup";

const before = process.env;
beforeEach(() => {
  process.env = { ...before, AWS_PROFILE: "", HTTPS_PROXY: "", https_proxy: "" };
});
afterEach(() => {
  process.env = before;
});

test.each(["bootstrap", "doctor", "deploy"] as const)(
  "the advice of %s about credentials names the profile that AWS_PROFILE names",
  (command) => {
    process.env.AWS_PROFILE = "gone";
    const failure = { kind: "credentials", action: "sts:GetCallerIdentity", message: "AWS said so" } as const;
    expect(adviceFor(failure, command)).toEqual({
      text: `Configure the profile "gone", which AWS_PROFILE names, or log in again if its session has expired.${CLOSED} This logs in:`,
      commands: ["aws sso login"], // of AWS_PROFILE
    });
  },
);

const allow = (command: string) => `Allow these credentials iam:GetRole. This prints everything that ${command} needs:`;
const POLICY = "npx support-app permissions audit";
const ORGANIZATION = "npx support-app permissions audit --organization --assume-role NAME";
const LIST = "organizations:ListAccounts";
const lists = (action: string) =>
  `Use credentials of the organization's management account or of a delegated administrator, and allow them ${action}. This prints everything that they need:`;
const ASSUME =
  "Create the role of --assume-role in that account, and let these credentials assume it. This prints what they need:";
const CLOSED =
  " If AWS has closed or suspended the account, no credentials of it work: AWS Organizations shows its state.";

test.each<[Partial<LookupFailure>, string | undefined, string, ...string[]]>([
  [
    { kind: "denied", isDeniedByOrganization: true },
    undefined,
    "A service control policy of the organization denies iam:GetRole. Ask whoever runs the organization to allow it for these credentials.",
  ],
  [{ kind: "denied" }, undefined, allow("doctor"), "npx support-app permissions doctor"],
  [{ kind: "no-organization" }, undefined, lists("iam:GetRole"), ORGANIZATION],
  [{ kind: "denied", action: LIST }, undefined, lists(LIST), ORGANIZATION],
  [{ kind: "no-support-app" }, undefined, "Choose a region that has the Support App."],
  [{ kind: "closed" }, undefined, "Nothing: no credentials of such an account work."],
  [{ kind: "no-unit" }, undefined, "Give --unit the ID of a unit of this organization, or leave it out."],
  [
    { kind: "credentials", isDeniedByOrganization: true },
    undefined,
    `Set AWS_PROFILE, or log in again if the credentials have expired.${CLOSED} This shows whose they are:`,
    "aws sts get-caller-identity",
  ],
  [
    { kind: "credentials" },
    "ops",
    `Configure the profile "ops", which environments.yaml names, or log in again if its session has expired.${CLOSED} This logs in:`,
    "aws sso login --profile ops",
  ],
  [
    { kind: "contradiction" },
    undefined,
    "Run doctor again in a minute: something was created, changed or removed in the meantime, or AWS doesn't know of it everywhere yet.",
  ],
  [
    { kind: "no-answer" },
    undefined,
    `Check that AWS can be reached from here at AWS_ENDPOINT_URL=http://localhost:4566, and that no proxy or login page answers in its place. Then run doctor again.`,
  ],
])("the advice about %j with the profile %j says what to do", (failure, profile, text, ...commands) => {
  process.env.AWS_ENDPOINT_URL = "http://localhost:4566/path";
  const whole = { kind: "other", action: "iam:GetRole", message: "AWS said so", ...failure } as const;
  expect(adviceFor(whole, "doctor", profile)).toEqual({ text, commands });
});

test("if AWS can't be reached, the advice names the proxy, without its password", () => {
  Object.assign(process.env, { AWS_ENDPOINT_URL: "", HTTPS_PROXY: "http://someuser:s3cret@proxy.example.com:3128" });
  expect(adviceFor({ kind: "other", action: "iam:GetRole", message: "AWS said so" }, "deploy").text).toBe(
    "Check that AWS can be reached from here through HTTPS_PROXY=http://proxy.example.com:3128, and that no proxy or login page answers in its place. Then run deploy again.",
  );
});

test.each<[Partial<LookupFailure>, "audit", string, string]>([
  [{ kind: "denied", action: "sts:AssumeRole" }, "audit", ASSUME, ORGANIZATION],
  [{ kind: "denied" }, "audit", allow("audit"), POLICY],
])("the advice about %j in %s ends with a command", (failure, command, text, next) => {
  const unknown = { kind: "other", action: "iam:GetRole", message: "AWS said so", ...failure } as const;
  expect(adviceFor(unknown, command)).toEqual({ text, commands: [next] });
  expect(() => expectKnown({ unknown })).toThrow(`Can't ${command}: AWS said so. ${text} \`${next}\`.`);
  expect(expectKnown({ known: 1 })).toBe(1);
});

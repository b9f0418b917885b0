import type { LookupFailure } from "../../../../../cli/aws/lookup";
import type { Account } from "../../../../../cli/commands/doctor/account";
import { credentials } from "../../../../../cli/commands/doctor/checks/credentials";
import { ACCOUNT } from "../../../../support/live-account";
import { examined, only } from "./examined";

describe("credentials", () => {
  const before = { ...process.env };
  beforeEach(() => {
    delete process.env.AWS_PROFILE;
  });
  afterEach(() => {
    process.env = { ...before };
  });

  const another = { known: { account: "999999999999", arn: "arn:aws:iam::999999999999:root" } };
  const finding = {
    answer: "unknown",
    subject: "account 111122223333",
    about: ["credentials"],
    expected: `credentials of the account ${ACCOUNT}`,
  };
  const roleLine = `deploy-role: "arn:aws:iam::${ACCOUNT}:role/terraform", read-only: {}`;

  test("of the environment's account are healthy", () => {
    expect(examined(credentials, "read-only: {}")).toEqual({ findings: [] });
  });

  test.each([
    ["read-only: {}", `Use credentials of ${ACCOUNT}, such as with AWS_PROFILE.`],
    [
      roleLine,
      `Use credentials of ${ACCOUNT}, such as with AWS_PROFILE. With --assume, doctor assumes the deploy-role first.`,
    ],
    [
      "profile: ops, read-only: {}",
      `Give the profile "ops" of environments.yaml credentials of ${ACCOUNT}, or set another profile there.`,
    ],
  ])("of another account, with %s: whose they are, and what to use", (yaml, text) => {
    delete process.env.AWS_ACCESS_KEY_ID;
    const change = (account: Account) => ({ ...account, identity: another });
    expect(examined(credentials, yaml, change)).toEqual({
      findings: [
        {
          ...finding,
          found: "arn:aws:iam::999999999999:root, which is of the account 999999999999",
          fix: { text, commands: [] },
        },
      ],
    });
  });

  const failed = (kind: LookupFailure["kind"], action: string, resource?: string) => (account: Account) => ({
    ...account,
    identity: { unknown: { kind, action, message: "AWS said so", resource } },
  });
  const ENGINEER = `arn:aws:iam::${ACCOUNT}:role/engineer`;
  const TERRAFORM = `arn:aws:iam::${ACCOUNT}:role/terraform`;
  const logIn = "or log in again if the credentials have expired. This shows whose they are:";
  const identityCommand = ["aws sts get-caller-identity"];

  test.each<[string, (account: Account) => Account, string, string[]]>([
    [
      roleLine,
      failed("denied", "sts:AssumeRole"),
      `Allow whoever assumes it sts:AssumeRole on ${TERRAFORM}, and name them in its trust policy; or leave --assume out and use credentials of the account.`,
      [],
    ],
    [
      roleLine,
      failed("denied", "sts:AssumeRole", ENGINEER),
      `Allow whoever assumes it sts:AssumeRole on ${ENGINEER}, and name them in its trust policy; the profile of the credentials assumes it.`,
      [],
    ],
    [
      "read-only: {}",
      failed("denied", "sts:AssumeRole"),
      "Allow whoever assumes it sts:AssumeRole on the role, and name them in its trust policy; the profile of the credentials assumes it.",
      [],
    ],
    [roleLine, failed("credentials", "sts:AssumeRole"), `Set AWS_PROFILE, ${logIn}`, identityCommand],
    ["read-only: {}", failed("credentials", "sts:GetCallerIdentity"), `Set AWS_PROFILE, ${logIn}`, identityCommand],
    ["read-only: {}", failed("denied", "sts:GetCallerIdentity"), `Set AWS_PROFILE, ${logIn}`, identityCommand],
    [
      "profile: ops, read-only: {}",
      failed("credentials", "sts:GetCallerIdentity"),
      'Configure the profile "ops", which environments.yaml names, or log in again if its session has expired:',
      ["aws sso login --profile ops"],
    ],
    [
      "read-only: {}",
      failed("no-answer", "sts:GetCallerIdentity"),
      "See the message above, check that AWS can be reached from here, and run doctor again.",
      [],
    ],
  ])("that can't be used, with %s", (yaml, change, text, commands) => {
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_ENDPOINT_URL;
    expect(examined(credentials, yaml, change)).toEqual({
      findings: [{ ...finding, found: "AWS said so", fix: { text, commands } }],
    });
  });

  test("of an account that AWS doesn't know any more: it may be closed", () => {
    const failure = { kind: "credentials", action: "sts:GetCallerIdentity", message: "invalid" } as const;
    const unknown = { ...failure, mayBeClosed: true };
    const closed =
      "If AWS has closed or suspended the account, no credentials of it work: AWS Organizations shows its state.";
    for (const yaml of ["read-only: {}", "profile: ops, read-only: {}"]) {
      const { findings } = examined(credentials, yaml, (account) => ({ ...account, identity: { unknown } }));
      expect(only(findings).fix.text).toContain(closed);
    }
  });

  test("of a profile that the process names: whether there is one", () => {
    process.env.AWS_PROFILE = "dev";
    expect(only(examined(credentials, "full: {}", failed("credentials", "a:B")).findings).fix).toEqual({
      text: `Check that there is a profile "dev" (AWS_PROFILE), ${logIn}`,
      commands: identityCommand,
    });
    process.env.AWS_PROFILE = "";
    expect(only(examined(credentials, "full: {}", failed("credentials", "a:B")).findings).fix.text).toBe(
      `Set AWS_PROFILE, ${logIn}`,
    );
  });
});

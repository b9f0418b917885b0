import { credentials } from "../../../../cli/doctor/checks/credentials";
import { ACCOUNT } from "../../../support/live-account";
import { examined, only } from "./examined";

describe("credentials", () => {
  test("are of another account", () => {
    const identity = { known: { account: "999999999999", arn: "arn:aws:iam::999999999999:root" } };
    const { answer, found, fix } = only(
      examined(credentials, "read-only: {}", (account) => ({ ...account, identity })).findings,
    );
    expect(answer).toBe("unknown");
    expect(found).toContain("which is of the account 999999999999");
    expect(fix.text).not.toContain("--assume");
    const withRole = examined(
      credentials,
      `deploy-role: "arn:aws:iam::${ACCOUNT}:role/terraform", read-only: {}`,
      (account) => ({ ...account, identity }),
    );
    expect(only(withRole.findings).fix.text).toContain("With --assume, doctor assumes the deploy-role first.");
  });

  test.each([
    [
      "sts:AssumeRole",
      "denied",
      `on arn:aws:iam::${ACCOUNT}:role/terraform, and name them in its trust policy; or leave --assume`,
    ],
    ["sts:GetCallerIdentity", "credentials", "log in again if the credentials have expired"],
    ["sts:GetCallerIdentity", "denied", "log in again if the credentials have expired"],
    ["sts:GetCallerIdentity", "other", "check that AWS can be reached"],
  ] as const)("can't be used: %s, %s", (action, kind, text) => {
    const identity = { unknown: { kind, action, message: "Error: said" } };
    const yaml = `deploy-role: "arn:aws:iam::${ACCOUNT}:role/terraform", read-only: {}`;
    const finding = only(examined(credentials, yaml, (account) => ({ ...account, identity })).findings);
    expect(finding).toMatchObject({ answer: "unknown", found: "Error: said" });
    expect(finding.fix.text).toContain(text);
  });

  test("can't be used, with a profile and without", () => {
    const identity = {
      unknown: { kind: "credentials", action: "sts:GetCallerIdentity", message: "Error: said" },
    } as const;
    const textWith = (profile: string | undefined) => {
      const before = process.env.AWS_PROFILE;
      if (profile === undefined) delete process.env.AWS_PROFILE;
      else process.env.AWS_PROFILE = profile;
      try {
        return only(examined(credentials, "full: {}", (account) => ({ ...account, identity })).findings).fix.text;
      } finally {
        if (before === undefined) delete process.env.AWS_PROFILE;
        else process.env.AWS_PROFILE = before;
      }
    };
    expect(textWith(undefined)).toMatch(/^Set AWS_PROFILE, or/);
    expect(textWith("ops")).toMatch(/^Check that there is a profile "ops" \(AWS_PROFILE\), or/);
  });

  test("of a profile that may not assume its role: that role is named, not the deploy-role", () => {
    const resource = `arn:aws:iam::${ACCOUNT}:role/engineer`;
    const identity = { unknown: { kind: "denied", action: "sts:AssumeRole", message: "said", resource } } as const;
    const finding = only(examined(credentials, "read-only: {}", (account) => ({ ...account, identity })).findings);
    expect(finding.fix.text).toContain(`sts:AssumeRole on arn:aws:iam::${ACCOUNT}:role/engineer, and`);
    expect(finding.fix.text).toContain("the profile of the credentials assumes it");
  });
});

import { inOtherCase, ROLES, roleArn } from "./names";
import { callerRights } from "./rights";

const ACCOUNT = "111122223333";

function rights(hasChannel: boolean, organizationRole?: string): string {
  return JSON.stringify(callerRights(ACCOUNT, hasChannel, organizationRole));
}

test.each(["iam:PassRole", "supportapp:CreateSlackChannelConfiguration", "cloudtrail:LookupEvents"])(
  "only a run with a channel needs to pass roles, to configure channels and to read CloudTrail: %s",
  (action) => {
    expect(rights(true)).toContain(action);
    expect(rights(false)).not.toContain(action);
  },
);

test.each(["organizations:ListAccounts", "arn:aws:iam::*:role/Auditor"])(
  "a run with an organization needs to list it and to assume that role in each account: %s",
  (right) => {
    expect(rights(false, "Auditor")).toContain(right);
    expect(rights(true)).not.toContain(right);
  },
);

test("the rights are within what IAM takes as a managed policy", () => {
  expect(rights(true, "Auditor").length).toBeLessThanOrEqual(6144);
});

test("a role in another case is within the rights, so that AWS and not a missing right answers", () => {
  const name = inOtherCase(ROLES.deployer);
  expect(name).not.toBe(ROLES.deployer);
  expect(name.toLowerCase()).toBe(ROLES.deployer.toLowerCase());
  const prefix = rights(true).match(/arn:aws:iam::111122223333:role\/[^*"]+(?=\*)/)?.[0];
  expect(roleArn(ACCOUNT, name).startsWith(String(prefix))).toBe(true);
});

import type { LookupFailure } from "../../../../cli/aws/lookup";
import { expectKnown } from "../../../../cli/commands/import/expect-known";

const REACHED = "Check that AWS can be reached from here, and that no proxy or login page answers in its place.";

test("what AWS answered is returned, even if it is nothing", () => {
  expect(expectKnown({ known: undefined })).toBeUndefined();
});

test.each<[Partial<LookupFailure>, string | undefined, string]>([
  [
    { kind: "denied" },
    undefined,
    "Allow these credentials iam:ListRoles. This prints everything that import needs: `npx support-app import --policy`",
  ],
  [
    { kind: "denied", action: "organizations:ListAccounts" },
    undefined,
    "Use credentials of the organization's management account or of a delegated administrator, and allow them organizations:ListAccounts.",
  ],
  [{ kind: "no-organization" }, undefined, "Use credentials of the organization's management account"],
  [{ kind: "no-unit" }, undefined, "Give --unit the ID of a unit of this organization, or leave it out."],
  [{ kind: "no-support-app" }, undefined, "Choose a region that has the Support App."],
  [
    { kind: "credentials", mayBeClosed: true },
    undefined,
    "Set AWS_PROFILE, or log in again if the credentials have expired. If AWS has closed",
  ],
  [
    { kind: "credentials" },
    "payments",
    'Configure the profile "payments", which environments.yaml names, or log in again if its session has expired. This logs in: `aws sso login --profile payments`.',
  ],
  [{ kind: "broken-answer" }, undefined, REACHED],
  [{ kind: "no-answer" }, "payments", REACHED],
])("%j, with the profile %s, is an error with what to do", (failure, profile, advice) => {
  const unknown = { kind: "other", action: "iam:ListRoles", message: "AccessDenied: no", ...failure } as const;
  expect(() => expectKnown({ unknown }, profile)).toThrow(
    `Can't import: AccessDenied: no. Nothing was written. ${advice}`,
  );
});

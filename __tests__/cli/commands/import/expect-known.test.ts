import type { LookupFailure } from "../../../../cli/aws/lookup";
import { expectKnown } from "../../../../cli/commands/import/expect-known";
import { CommandError } from "../../../../cli/terminal/command-error";

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

const unknown = (failure: Partial<LookupFailure>) => ({
  unknown: { kind: "other", action: "iam:ListRoles", message: "AccessDenied: no", ...failure } as const,
});

test("what AWS answered is returned, even if it is nothing", () => {
  expect(expectKnown({ known: "a" })).toBe("a");
  expect(expectKnown({ known: undefined })).toBeUndefined();
});

test.each<[Partial<LookupFailure>, string | undefined, string]>([
  [
    { kind: "denied", isDeniedByOrganization: true },
    undefined,
    "A service control policy of the organization denies iam:ListRoles. Ask the organization's administrators to allow it for these credentials.",
  ],
  [
    { kind: "denied", action: "organizations:ListAccounts" },
    undefined,
    "Use credentials of the organization's management account or of a delegated administrator, and allow them organizations:ListAccounts. `npx support-app import --organization --policy` prints everything that it needs.",
  ],
  [
    { kind: "denied" },
    "platform",
    "Allow these credentials iam:ListRoles. `npx support-app import --policy` prints everything that import needs.",
  ],
  [
    { kind: "credentials" },
    "platform",
    'Configure the profile "platform", which environments.yaml names, or log in again if its session has expired: `aws sso login --profile platform`.',
  ],
  [{ kind: "credentials" }, undefined, "Set AWS_PROFILE, or log in again if the credentials have expired."],
  [
    { kind: "credentials", mayBeClosed: true },
    undefined,
    "Set AWS_PROFILE, or log in again if the credentials have expired. If AWS has closed or suspended the account, no credentials of it work: AWS Organizations shows its state.",
  ],
  [
    { kind: "no-organization" },
    undefined,
    "Use credentials of an organization's management account or of a delegated administrator.",
  ],
  [{ kind: "no-unit" }, undefined, "Give --unit the ID of a unit of this organization, or leave it out."],
  [{ kind: "no-support-app" }, undefined, "Choose a region that has the Support App."],
  [
    { kind: "broken-answer" },
    undefined,
    "Check what answers instead of AWS, such as a proxy or the network's login page.",
  ],
  [{ kind: "no-answer" }, undefined, "Check that AWS can be reached from here, and run import again."],
  [{ kind: "other" }, "platform", "Check that AWS can be reached from here, and run import again."],
])("without an answer, nothing is imported: %j, with the profile %j", (failure, profile, advice) => {
  delete process.env.AWS_ENDPOINT_URL;
  expect(() => expectKnown(unknown(failure), profile)).toThrow(
    new CommandError(`Can't import: ${failure.message ?? "AccessDenied: no"}. Nothing was written. ${advice}`),
  );
});

test.each<[LookupFailure["kind"], string]>([
  ["broken-answer", "Check what answers instead of AWS at AWS_ENDPOINT_URL=http://localhost:4566, such as a proxy"],
  ["no-answer", "Check that AWS can be reached from here at AWS_ENDPOINT_URL=http://localhost:4566, and run"],
])("where calls go elsewhere, the address is named: %s", (kind, advice) => {
  process.env.AWS_ENDPOINT_URL = "http://localhost:4566/path";
  expect(() => expectKnown(unknown({ kind }))).toThrow(advice);
});

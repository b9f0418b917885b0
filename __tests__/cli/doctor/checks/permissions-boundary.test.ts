import { permissionsBoundary } from "../../../../cli/doctor/checks/permissions-boundary";
import { ACCOUNT } from "../../../support/live-account";
import { examined, only, withRole } from "./examined";

describe("permissions-boundary", () => {
  test("a boundary that isn't in environments.yaml is a note; a missing one is a finding", () => {
    const boundary = `arn:aws:iam::${ACCOUNT}:policy/b`;
    const noted = examined(permissionsBoundary, "full: {}", withRole("full", { boundary }));
    expect(noted).toMatchObject({ findings: [], notes: [expect.stringContaining(boundary)] });
    const yaml = `full: { permissions-boundary: "${boundary}" }`;
    const missing = examined(permissionsBoundary, yaml, withRole("full", { boundary: undefined }));
    expect(only(missing.findings)).toMatchObject({ expected: expect.stringContaining(boundary), found: "none" });
  });
});

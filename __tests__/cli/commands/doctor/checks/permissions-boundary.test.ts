import { permissionsBoundary } from "../../../../../cli/commands/doctor/checks/permissions-boundary";
import { GUIDE_TOPICS } from "../../../../../cli/commands/doctor/guide-topic";
import { ACCOUNT, DENIED } from "../../../../support/live-account";
import { changing, examined, withRole } from "./examined";

describe("permissions-boundary", () => {
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/b`;
  const yaml = `full: { permissions-boundary: "${boundary}" }`;

  test("a role with the boundary of environments.yaml, or with none, is healthy", () => {
    for (const one of [yaml, "full: {}"]) {
      expect(examined(permissionsBoundary, one)).toEqual({ findings: [], notes: [], waitsFor: undefined });
    }
  });

  test("a boundary that isn't in environments.yaml is a note", () => {
    expect(examined(permissionsBoundary, "full: {}", withRole("full", { boundary }))).toEqual({
      findings: [],
      notes: [
        `The role AWSSupportAppFullRole has the permissions boundary ${boundary}, which isn't in environments.yaml: a deploy removes it. To keep it, set permissions-boundary.`,
      ],
      waitsFor: undefined,
    });
  });

  test.each([
    [undefined, "none"],
    [`${boundary}2`, `${boundary}2`],
  ])("a role with another boundary than that of environments.yaml (%s) is a finding", (has, found) => {
    expect(examined(permissionsBoundary, yaml, withRole("full", { boundary: has }))).toEqual({
      findings: [
        {
          answer: "unhealthy",
          subject: "role AWSSupportAppFullRole (full)",
          about: ["full"],
          expected: `the permissions boundary ${boundary}`,
          found,
          topic: GUIDE_TOPICS.restrictUsers,
          fix: {
            text: "Deploy the environment, which restores the boundary.",
            change: undefined,
            commands: ["npx support-app deploy test"],
          },
        },
      ],
      notes: [],
      waitsFor: undefined,
    });
  });

  test("a role that is missing or unknown is waited for, and the others are looked at", () => {
    for (const role of [{ known: undefined }, DENIED]) {
      expect(
        examined(
          permissionsBoundary,
          `read-only: {}, ${yaml}`,
          changing("read-only", () => ({ role })),
        ),
      ).toEqual({
        findings: [],
        notes: [],
        waitsFor: "role",
      });
    }
    const both = (account: Parameters<ReturnType<typeof withRole>>[0]) =>
      withRole("full", { boundary: undefined })(changing("read-only", () => ({ role: DENIED }))(account));
    expect(examined(permissionsBoundary, `read-only: {}, ${yaml}`, both).findings).toHaveLength(1);
  });
});

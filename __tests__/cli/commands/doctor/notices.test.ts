import { endingNotices, policyNotices } from "../../../../cli/commands/doctor/notices";
import type { Notice } from "../../../../cli/reports/doctor-report";
import { accessIn, DENIED, documentOf, environmentOf, healthyAccount, ownPolicy } from "../../../support/live-account";

describe("an end of access is noticed from 14 days before", () => {
  const LEVEL = "full: { until: 2026-12-31 }";
  const TEMPORARY =
    "full: { service-quotas-role: create, without: [live-chat, create-cases, resolve-cases], temporarily: [{ capability: live-chat, until: 2026-12-31T18:00:00+01:00 }, { capability: create-cases, until: 2026-12-30 }, { capability: resolve-cases, until: 2026-12-31T17:00:00Z }] }";
  const REMOVE = "Remove what has ended from environments.yaml, not only its until, or set a later until.";
  const notice = (kind: Notice["kind"], about: string[], what: string): Notice => ({
    ...{ kind, about: ["full", ...about] },
    text: `${what}. ${kind === "ended" ? REMOVE : "To keep it, set a later until."}`,
  });
  const ALL = ["all", "2026-12-31"];
  const ENDS = notice("ending", ALL, "All full access of test ends at the end of 2026-12-31 (UTC)");
  const ENDED = notice("ended", ALL, "All full access of test ended at the end of 2026-12-31 (UTC)");
  const CREATE = "create-cases of the full access of test ended at the end of 2026-12-30 (UTC)";
  const CREATED = notice("ended", ["create-cases", "2026-12-30"], CREATE);
  const BOTH = ["live-chat", "resolve-cases", "2026-12-31T17:00:00Z"];
  const both = "live-chat, resolve-cases of the full access of test";

  test.each<[string, string, Notice[]]>([
    ["full: {}", "2030-01-01T00:00:00Z", []],
    [LEVEL, "2026-12-17T23:59:59Z", []],
    [LEVEL, "2026-12-18T00:00:00Z", [ENDS]],
    [LEVEL, "2026-12-31T23:59:59Z", [ENDS]],
    [LEVEL, "2027-01-01T00:00:00Z", [ENDED]],
    [TEMPORARY, "2026-12-01T00:00:00Z", []],
    [TEMPORARY, "2026-12-31T16:59:59Z", [CREATED, notice("ending", BOTH, `${both} ends at 2026-12-31T17:00:00Z`)]],
    [TEMPORARY, "2026-12-31T17:00:00Z", [CREATED, notice("ended", BOTH, `${both} ended at 2026-12-31T17:00:00Z`)]],
  ])("%s at %s", (yaml, time, notices) => {
    const environment = environmentOf(yaml);
    expect(environment.accesses.flatMap((props) => endingNotices(props, environment, new Date(time)))).toEqual(notices);
  });
});

describe("AWS's own policy", () => {
  const ARN = "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess";
  const environment = environmentOf("read-only: { policy: aws-managed }");
  const access = accessIn(healthyAccount(environment), "read-only");
  const own = ownPolicy(access.props);
  const noticesOf = (document: typeof own.document) =>
    policyNotices({
      ...access,
      policies: {
        known: [
          { name: "by-hand", document: DENIED },
          { ...own, document },
        ],
      },
    });
  const allowing = (...Action: string[]) => noticesOf(documentOf({ Effect: "Allow", Action, Resource: "*" }));
  const [CASES, READ] = ["support:DescribeCases", "support:DescribeCommunications"] as const;

  test("that is as it was when this version was released isn't noticed, however AWS writes it", () => {
    expect(policyNotices(access)).toEqual([]);
    expect(allowing(READ, "support:describecases", CASES)).toEqual([]);
    const one = (Action: string, Sid: string) => ({ Effect: "Allow", Action, Resource: ["*"], Sid });
    expect(noticesOf(documentOf(one(READ, "b"), one(CASES, "a")))).toEqual([]);
  });

  test.each<[string, string[], string]>([
    [
      "more",
      [CASES, READ, "support:GetCase", "support:List*"],
      ": it allows support:List*, support:GetCase more, and nothing less",
    ],
    ["less", [CASES], `: it allows nothing more, and ${READ} less`],
    ["something else", [CASES, "s3:Get"], `: it allows s3:Get more, and ${READ} less`],
  ])("that allows %s is noticed", (_, actions, changes) => {
    expect(allowing(...actions)).toEqual([
      {
        kind: "policy-changed",
        about: ["read-only", "policy", ARN],
        text: expect.stringContaining(
          `${ARN} of the role AWSSupportAppReadOnlyRole (read-only) since this version was released${changes}. If`,
        ),
      },
    ]);
  });

  const copy = { Effect: "Allow", Action: [CASES, READ], Resource: "*" };
  test.each([
    ["of which a part isn't supported", [{ ...copy, Who: "x" }]],
    ["that allows the same otherwise", [copy, { ...copy, Effect: "Deny", Action: "s3:*" }]],
  ])("%s is noticed, without what it allows", (_, statements) => {
    const [notice] = noticesOf(documentOf(...statements));
    expect(notice?.text).toContain("since this version was released. If");
  });

  test("that allows an action for several resources names it once", () => {
    const [notice] = noticesOf(documentOf(copy, { ...copy, Action: "s3:Get", Resource: ["arn:a", "arn:b"] }));
    expect(notice?.text).toContain(": it allows s3:Get more, and nothing less. If");
  });

  test("that can't be read, or isn't the role's, isn't noticed", () => {
    expect(noticesOf(DENIED)).toEqual([]);
    expect(policyNotices({ ...access, policies: DENIED })).toEqual([]);
    expect(policyNotices({ ...access, policies: { known: [] } })).toEqual([]);
    const full = environmentOf("read-only: {}");
    const other = accessIn(healthyAccount(full), "read-only");
    const edited = { ...ownPolicy(other.props), document: documentOf() };
    expect(policyNotices({ ...other, policies: { known: [edited] } })).toEqual([]);
  });
});

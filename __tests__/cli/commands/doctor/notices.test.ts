import { endingNotices, type Notice, policyNotices } from "../../../../cli/commands/doctor/notices";
import { accessIn, DENIED, documentOf, environmentOf, healthyAccount, ownPolicy } from "../../../support/live-account";

describe("an end of access is noticed from 14 days before", () => {
  const LEVEL = "full: { until: 2026-12-31 }";
  const TEMPORARY =
    "full: { service-quotas-role: create, without: [live-chat, create-cases, resolve-cases], temporarily: [{ capability: live-chat, until: 2026-12-31T18:00:00+01:00 }, { capability: create-cases, until: 2026-12-30 }, { capability: resolve-cases, until: 2026-12-31T17:00:00Z }] }";
  const REMOVE = "Remove what has ended from environments.yaml, not only its until, or set a later until.";
  const notice = (kind: Notice["kind"], resource: string, about: string[], ability: string, when: string): Notice => ({
    ...{ kind, answer: "healthy", resource: `${resource} access of test`, about: ["full", ...about] },
    ...(kind === "ended"
      ? {
          impact: `People in its channels can no longer ${ability}.`,
          expected: "environments.yaml without access that has ended",
          found: `it ended at ${when}`,
          fix: { text: REMOVE, commands: [] },
        }
      : {
          impact: `After that, people in its channels can't ${ability}.`,
          expected: "a later end, if it is still needed",
          found: `it ends at ${when}`,
          fix: { text: "To keep it, set a later until.", commands: [] },
        }),
  });
  const levelNotice = (kind: Notice["kind"]) =>
    notice(kind, "all full", ["all", "2026-12-31"], "do anything", "the end of 2026-12-31 (UTC)");
  const CREATE = "create-cases";
  const CREATED_UNTIL = "the end of 2026-12-30 (UTC)";
  const CREATED = notice("ended", `${CREATE} of the full`, [CREATE, "2026-12-30"], CREATE, CREATED_UNTIL);
  const capabilitiesNotice = (kind: Notice["kind"]) => {
    const [capabilities, when] = ["live-chat, resolve-cases", "2026-12-31T17:00:00Z"];
    return notice(kind, `${capabilities} of the full`, ["live-chat", "resolve-cases", when], capabilities, when);
  };

  test.each<[string, string, Notice[]]>([
    ["full: {}", "2030-01-01T00:00:00Z", []],
    [LEVEL, "2026-12-17T23:59:59Z", []],
    [LEVEL, "2026-12-18T00:00:00Z", [levelNotice("ending")]],
    [LEVEL, "2026-12-31T23:59:59Z", [levelNotice("ending")]],
    [LEVEL, "2027-01-01T00:00:00Z", [levelNotice("ended")]],
    [TEMPORARY, "2026-12-01T00:00:00Z", []],
    [TEMPORARY, "2026-12-31T16:59:59Z", [CREATED, capabilitiesNotice("ending")]],
    [TEMPORARY, "2026-12-31T17:00:00Z", [CREATED, capabilitiesNotice("ended")]],
  ])("an end of access is noticed from 14 days before it: %s at %s", (yaml, time, notices) => {
    const environment = environmentOf(yaml);
    expect(environment.accesses.flatMap((props) => endingNotices(props, environment, new Date(time)))).toEqual(notices);
  });
});

describe("AWS's own policy", () => {
  const ARN = "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess";
  const environment = environmentOf("read-only: { policy: aws-managed }");
  const access = accessIn(healthyAccount(environment), "read-only");
  const livePolicy = ownPolicy(access.props);
  const noticesOf = (document: typeof livePolicy.document) =>
    policyNotices({
      ...access,
      policies: {
        known: [
          { name: "by-hand", document: DENIED },
          { ...livePolicy, document },
        ],
      },
    });
  const allowing = (...Action: string[]) => noticesOf(documentOf({ Effect: "Allow", Action, Resource: "*" }));
  const [CASES, READ] = ["support:DescribeCases", "support:DescribeCommunications"] as const;

  test("AWS's own policy isn't noticed if it is as it was when this version was released, however AWS writes it", () => {
    expect(policyNotices(access)).toEqual([]);
    expect(allowing(READ, "support:describecases", CASES)).toEqual([]);
    const statement = (Action: string, Sid: string) => ({ Effect: "Allow", Action, Resource: ["*"], Sid });
    expect(noticesOf(documentOf(statement(READ, "b"), statement(CASES, "a")))).toEqual([]);
  });

  test.each<[string, string[], string]>([
    [
      "more",
      [CASES, READ, "support:GetCase", "support:List*"],
      ": it allows support:List*, support:GetCase more, and nothing less",
    ],
    ["less", [CASES], `: it allows nothing more, and ${READ} less`],
    ["something else", [CASES, "s3:Get"], `: it allows s3:Get more, and ${READ} less`],
  ])("AWS's own policy is noticed if it allows %s", (_, actions, changes) => {
    expect(allowing(...actions)).toEqual([
      {
        ...{ kind: "policy-changed", answer: "healthy", about: ["read-only", "policy", ARN] },
        resource: `policy ${ARN} of the role AWSSupportAppReadOnlyRole (read-only)`,
        impact: "AWS, and not environments.yaml, decides what people in its channels can do.",
        expected: "the policy as it was when this version was released",
        found: `AWS has changed it${changes}`,
        fix: { text: expect.stringContaining("switch to a customer-managed policy"), commands: [] },
      },
    ]);
  });

  const copy = { Effect: "Allow", Action: [CASES, READ], Resource: "*" };
  test.each([
    ["of which a part isn't supported", [{ ...copy, Who: "x" }]],
    ["that allows the same otherwise", [copy, { ...copy, Effect: "Deny", Action: "s3:*" }]],
  ])("AWS's own policy %s is noticed, without what it allows", (_, statements) => {
    const [notice] = noticesOf(documentOf(...statements));
    expect(notice?.found).toBe("AWS has changed it");
  });

  test("AWS's own policy names an action that it allows for several resources once", () => {
    const [notice] = noticesOf(documentOf(copy, { ...copy, Action: "s3:Get", Resource: ["arn:a", "arn:b"] }));
    expect(notice?.found).toBe("AWS has changed it: it allows s3:Get more, and nothing less");
  });

  test("a policy of AWS that can't be read, or isn't the role's, isn't noticed", () => {
    expect(noticesOf(DENIED)).toEqual([]);
    expect(policyNotices({ ...access, policies: DENIED })).toEqual([]);
    expect(policyNotices({ ...access, policies: { known: [] } })).toEqual([]);
    const full = environmentOf("read-only: {}");
    const liveLevel = accessIn(healthyAccount(full), "read-only");
    const edited = { ...ownPolicy(liveLevel.props), document: documentOf() };
    expect(policyNotices({ ...liveLevel, policies: { known: [edited] } })).toEqual([]);
  });
});

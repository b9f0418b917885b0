import { policyNotices } from "../../../../cli/commands/doctor/notices";
import { accessIn, DENIED, documentOf, environmentOf, healthyAccount, ownPolicy } from "../../../support/live-account";

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
      ": it allows support:GetCase, support:List* more, and nothing less",
    ],
    ["less", [CASES], `: it allows nothing more, and ${READ} less`],
    ["something else", [CASES, "s3:Get"], `: it allows s3:Get more, and ${READ} less`],
  ])("AWS's own policy is noticed if it allows %s", (_, actions, changes) => {
    expect(allowing(...actions)).toEqual([
      {
        kind: "policy-changed",
        answer: "healthy",
        about: ["read-only", "policy", ARN],
        resource: `policy ${ARN} of the role AWSSupportAppReadOnlyRole (read-only)`,
        impact: "AWS, and not environments.yaml, decides what people in its channels can do.",
        expected: "the policy as it was when this version was released",
        found: `AWS has changed it${changes}`,
        fix: { text: expect.stringContaining("switch to a customer-managed policy"), commands: [] },
      },
    ]);
  });

  const copy = { Effect: "Allow", Action: [CASES, READ], Resource: "*" };
  test("AWS's own policy of which a part isn't supported is noticed, without what it allows", () => {
    const [notice] = noticesOf(documentOf({ ...copy, Who: "x" }));
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

import type { LivePolicy } from "../../../../../cli/aws/live-role";
import type { Account } from "../../../../../cli/commands/doctor/account";
import { capabilities } from "../../../../../cli/commands/doctor/checks/capabilities";
import { permissionsBoundary } from "../../../../../cli/commands/doctor/checks/permissions-boundary";
import { serviceQuotasRole } from "../../../../../cli/commands/doctor/checks/service-quotas-role";
import { GUIDE_TOPICS } from "../../../../../cli/commands/doctor/guide-topic";
import type { LiveAccess, Simulated } from "../../../../../cli/commands/doctor/live-access";
import { actionsOf, CAPABILITIES } from "../../../../../modules/support-app/model/capability";
import {
  ACCOUNT,
  boundaryWith,
  DENIED,
  documentOf,
  environmentOf,
  ownPolicy,
  withAccess,
} from "../../../../support/live-account";
import { addingPolicy, changing, examined, inAccount, only, ownPolicies, withRole } from "./examined";

describe("capabilities", () => {
  const simulated = (denied: Record<string, Partial<Simulated> & { isDeniedByOrganization: boolean }>) =>
    changing("full", () => ({
      simulated: {
        known: new Map(
          Object.entries(denied).map(([action, how]) => [
            action.toLowerCase(),
            { isAllowed: false, decision: "implicitDeny", missingKeys: [], ...how },
          ]),
        ),
      },
    }));

  test("without the simulation, the policies decide, with a note", () => {
    const { findings, notes, unseen } = examined(capabilities, "full: {}");
    expect(findings).toEqual([]);
    expect(unseen).toEqual([["full", "organization"]]);
    expect(notes?.join()).toContain("so its policies were read instead. They don't show what the organization denies");
  });

  test("after a simulation that fails for another reason than its permission, the answer is unknown", () => {
    const failed = changing("full", () => ({
      simulated: {
        unknown: { kind: "other", action: "iam:SimulatePrincipalPolicy", message: "Throttling: Rate exceeded" },
      },
    }));
    const { findings, notes } = examined(capabilities, "full: {}", failed);
    expect(only(findings)).toMatchObject({ answer: "unknown", found: "Throttling: Rate exceeded" });
    expect(notes).toEqual([]);
    const detached = (account: Account) => withAccess(failed(account), "full", { policies: { known: [] } });
    expect(examined(capabilities, "full: {}", detached).findings.map(({ answer }) => answer)).toEqual([
      "unknown",
      "unhealthy",
    ]);
  });

  test.each([
    [true, "a service control policy of the organization denies it (IAM's simulation says implicitDeny)"],
    [false, "most likely a service control policy of the organization"],
  ])(
    "a policy of the organization (reported: %s) is named, and dropping the capability is offered",
    (isDeniedByOrganization, found) => {
      const denied = simulated({ "support:CreateCase": { isDeniedByOrganization } });
      const { findings, unseen } = examined(capabilities, "full: {}", denied);
      expect([only(findings).about, unseen]).toEqual([["full", "organization"], undefined]);
      const finding = only(examined(capabilities, "full: { without: [live-chat] }", denied).findings);
      expect(finding.found).toContain(found);
      expect(finding.fix.change).toEqual({
        environments: { test: { full: { without: ["live-chat", "create-cases"] } } },
      });
    },
  );

  test("view-cases can't be dropped", () => {
    const denied = simulated({ "support:DescribeCases": { isDeniedByOrganization: true } });
    expect(only(examined(capabilities, "full: {}", denied).findings).fix).toEqual({
      text: "Ask whoever runs the organization to allow it.",
      commands: [],
    });
  });

  test("the simulation denies it, and the policies can't be read", () => {
    const closed = (account: Account) =>
      withAccess(simulated({ "support:CreateCase": { isDeniedByOrganization: false } })(account), "full", {
        policies: DENIED,
      });
    const { findings } = examined(capabilities, "full: {}", closed);
    expect(only(findings.filter(({ answer }) => answer === "unhealthy"))).toMatchObject({
      expected: "support:CreateCase allowed",
      found: "IAM's simulation says implicitDeny, and not all of the role's policies can be read",
      fix: { text: expect.stringContaining("Allow these credentials iam:GetRole.") },
    });
  });

  test("the simulation allows it, so it is allowed even if a policy can't be read", () => {
    const allowed = changing("read-only", () => ({
      policies: DENIED,
      simulated: {
        known: new Map(
          ["support:describecases", "support:describecommunications"].map((action) => [
            action,
            { isAllowed: true, decision: "allowed", isDeniedByOrganization: false, missingKeys: [] },
          ]),
        ),
      },
    }));
    expect(examined(capabilities, "read-only: {}", allowed).findings).toEqual([]);
  });

  test.each<[string, (found: LiveAccess) => Partial<LiveAccess>]>([
    ["policies", () => ({ policies: DENIED })],
    [
      "one policy",
      ({ policies }) => ({
        policies: { known: [...(policies as { known: [] }).known, { name: "x", document: DENIED }] },
      }),
    ],
    ["the boundary", () => ({ boundary: DENIED })],
  ])("neither the simulation nor %s can be read: unknown, and no note says that it was read", (_, change) => {
    const { findings, notes, unseen } = examined(capabilities, "read-only: {}", changing("read-only", change));
    expect(only(findings)).toMatchObject({ answer: "unknown", subject: expect.stringContaining("view-cases") });
    expect([notes, unseen]).toEqual([[], [["read-only", "organization"]]]);
  });

  test("a boundary other than that of environments.yaml doesn't decide here, so the policies were read without it", () => {
    const yaml = `read-only: { permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/b" }`;
    const other = withRole("read-only", { boundary: `arn:aws:iam::${ACCOUNT}:policy/other` });
    const unread = changing("read-only", () => ({ boundary: DENIED }));
    const { findings, notes } = examined(capabilities, yaml, (account) => unread(other(account)));
    expect([findings, notes]).toEqual([[], [expect.stringContaining("so its policies were read instead")]]);
  });

  test("a deploy restores its own policy after a condition was added", () => {
    const conditional = changing("read-only", ({ policies }) => {
      const [own] = (policies as { known: LivePolicy[] }).known;
      const allow = { Effect: "Allow", Action: "support:Describe*", Resource: "*" };
      const document = documentOf({ ...allow, Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } });
      return { policies: { known: own ? [{ ...own, document }] : [] } };
    });
    const { answer, fix } = only(examined(capabilities, "read-only: {}", conditional).findings);
    expect(answer).toBe("unhealthy");
    expect(fix).toMatchObject({ change: undefined, commands: ["npx support-app deploy test"] });
  });

  test("a boundary that denies is named", () => {
    const name = `arn:aws:iam::${ACCOUNT}:policy/b`;
    const denying = changing("read-only", () => ({
      boundary: boundaryWith(
        name,
        { Effect: "Allow", Action: "*", Resource: "*" },
        { Effect: "Deny", Action: "support:DescribeCases", Resource: "*" },
      ),
    }));
    const yaml = `read-only: { permissions-boundary: "${name}" }`;
    const finding = only(examined(capabilities, yaml, denying).findings);
    expect(finding.found).toBe(`an explicit Deny in ${name}`);
    expect(finding.fix).toEqual({ text: `Let ${name} allow it.`, commands: [] });
  });

  const boundary = `arn:aws:iam::${ACCOUNT}:policy/b`;
  const within = (yaml: string, ...statements: object[]) =>
    examined(
      capabilities,
      yaml,
      changing("full", () => ({ boundary: boundaryWith(boundary, ...statements) })),
    ).findings;
  const allows = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });

  test("following one fix after the other drops all of it", () => {
    const findings = within(
      `full: { permissions-boundary: "${boundary}" }`,
      allows("support:*", "servicequotas:Get*"),
      { Effect: "Deny", Action: "support:ResolveCase", Resource: "*" },
    );
    expect(findings).toHaveLength(2);
    for (const { fix } of findings) {
      expect(fix.change).toEqual({
        environments: { test: { full: { without: ["resolve-cases", "request-quota-increases"] } } },
      });
    }
  });

  test("only capabilities that no deploy can give are dropped", () => {
    const yaml = `full: { permissions-boundary: "${boundary}" }`;
    const [without] = environmentOf("full: { without: [create-cases] }").accesses;
    const lacking = (account: Account) =>
      withAccess(account, "full", {
        policies: { known: without ? [ownPolicy(without)] : [] },
        boundary: boundaryWith(boundary, allows("support:*", "iam:*")),
      });
    const fixes = examined(capabilities, yaml, lacking).findings.map(({ subject, fix }) => [subject, fix.change]);
    expect(fixes).toEqual([
      [expect.stringContaining("create-cases"), undefined],
      [
        expect.stringContaining("request-quota-increases"),
        { environments: { test: { full: { without: ["request-quota-increases"] } } } },
      ],
    ]);
  });

  test("a denial by a simulation that lacks a condition key is unknown", () => {
    const denied = simulated({
      "support:CreateCase": { isDeniedByOrganization: true, missingKeys: ["aws:RequestedRegion"] },
    });
    expect(only(examined(capabilities, "full: {}", denied).findings)).toMatchObject({
      answer: "unknown",
      found: "IAM's simulation says implicitDeny, but it lacks aws:RequestedRegion",
    });
  });

  test("what a simulation that lacks a key allows is unknown if a policy can't be read", () => {
    const unread = (missingKeys: string[]) =>
      changing("read-only", () => ({
        boundary: DENIED,
        simulated: {
          known: new Map(
            ["support:describecases", "support:describecommunications"].map((action) => [
              action,
              { isAllowed: true, decision: "allowed", isDeniedByOrganization: false, missingKeys },
            ]),
          ),
        },
      }));
    expect(examined(capabilities, "read-only: {}", unread([])).findings).toEqual([]);
    expect(only(examined(capabilities, "read-only: {}", unread(["aws:ViaAWSService"])).findings)).toMatchObject({
      answer: "unknown",
      found: DENIED.unknown.message,
    });
  });

  test.each<[string, string, object[], string | undefined]>([
    [
      "allow",
      "StringEquals",
      [],
      `the policy arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppReadOnlyRolePolicy doesn't allow it`,
    ],
    ["deny", "StringNotEquals", [allows("support:*")], "an explicit Deny in"],
    ["deny", "StringEquals", [allows("support:*")], undefined],
  ])(
    "only a request to create a service-linked role names a service: a policy that may %s by %s",
    (effect, operator, more, found) => {
      const Condition = { [operator]: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } };
      const statement = { ...allows("*"), Effect: effect === "deny" ? "Deny" : "Allow", Condition };
      const edited = changing("read-only", ({ policies }) => {
        const own = (policies as { known: LivePolicy[] }).known;
        return { policies: { known: own.map((one) => ({ ...one, document: documentOf(...more, statement) })) } };
      });
      const { findings } = examined(capabilities, "read-only: {}", edited);
      if (found === undefined) expect(findings).toEqual([]);
      else expect(only(findings)).toMatchObject({ answer: "unhealthy", found: expect.stringContaining(found) });
    },
  );

  test("a policy for resources of another service doesn't matter", () => {
    const denies = (Resource: string) => ({ Effect: "Deny", Action: "*", Resource });
    expect(within("full: {}", allows("*"), denies("arn:aws:s3:::bucket/*"))).toEqual([]);
    expect(within("full: {}", allows("*"), denies("arn:aws:servicequotas:*:*:ec2/*"))).toHaveLength(1);
  });

  test("what depends on the request is unknown, even if the simulation allows it and a policy can't be read", () => {
    const denies = { Effect: "Deny", Action: "servicequotas:*", Resource: "arn:aws:servicequotas:*:*:ec2/*" };
    const unread = (account: Account) => {
      const allowed = { isAllowed: true, decision: "allowed", isDeniedByOrganization: false, missingKeys: [] };
      const [props] = environmentOf("full: {}").accesses;
      return withAccess(account, "full", {
        policies: { known: props ? [ownPolicy(props, denies)] : [] },
        boundary: DENIED,
        simulated: {
          known: new Map(
            CAPABILITIES.flatMap((one) => actionsOf([one])).map((action) => [action.toLowerCase(), allowed]),
          ),
        },
      });
    };
    expect(only(examined(capabilities, "full: {}", unread).findings)).toMatchObject({
      answer: "unknown",
      subject: expect.stringContaining("request-quota-increases"),
      found: expect.stringContaining("it depends on a condition or a resource in"),
    });
  });

  test("a deploy restores a policy that is attached under another path, whatever it depends on", () => {
    const Condition = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
    const arn = `arn:aws:iam::${ACCOUNT}:policy/team/AWSSupportAppReadOnlyRolePolicy`;
    const document = documentOf({ ...allows("support:*"), Condition });
    const moved = changing("read-only", () => ({ policies: { known: [{ name: "moved", arn, document }] } }));
    expect(only(examined(capabilities, "read-only: {}", moved).findings).found).toBe(
      `the policy ${arn} doesn't allow it`,
    );
  });

  test("a case isn't a resource", () => {
    const some = changing("read-only", () => ({
      boundary: boundaryWith(boundary, { ...allows("*"), Resource: "arn:aws:support:::case/*" }),
    }));
    const yaml = `read-only: { permissions-boundary: "${boundary}" }`;
    expect(only(examined(capabilities, yaml, some).findings)).toMatchObject({
      answer: "unhealthy",
      found: `the permissions boundary ${boundary} doesn't allow it`,
    });
  });

  test("a policy that Terraform adopts is attached by hand, and a missing policy isn't adopted", () => {
    const none = changing("full", () => ({ policies: { known: [] } }));
    const policy = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
    expect(only(examined(capabilities, "full: { adopt: true }", none).findings).fix.commands).toEqual([
      inAccount(
        `iam --region us-east-1 attach-role-policy --role-name='AWSSupportAppFullRole' --policy-arn='${policy}'`,
      ),
    ]);
    expect(only(examined(capabilities, "full: { adopt: true }", none).findings).fix.text).toContain("adopt: false");
    expect(only(examined(capabilities, "full: {}", none).findings).fix.commands).toEqual([
      "npx support-app deploy test",
    ]);
    const [limited] = within(
      `full: { adopt: true, permissions-boundary: "${boundary}", policy: aws-managed }`,
      allows("support:*", "iam:*"),
    );
    expect(limited?.fix.change).toMatchObject({
      environments: { test: { full: { policy: "customer-managed", adopt: false } } },
    });
  });

  test("a managed Service Quotas role needs nothing before the capability is dropped: the deploy hands it back", () => {
    const yaml = `full: { permissions-boundary: "${boundary}", service-quotas-role: create, without: [live-chat] }`;
    const [finding] = within(yaml, allows("support:*"));
    expect(finding?.fix.text).toContain("without: [live-chat, request-quota-increases]");
    expect(finding?.fix.text).toMatch(/remove service-quotas-role, and deploy\.$/);
  });

  test("a change that environments.yaml would refuse is described in words, or made with what it requires", () => {
    const [mode] = within(
      `full: { permissions-boundary: "${boundary}", service-quotas-role: existing }`,
      allows("support:*"),
    );
    expect(mode?.fix).toMatchObject({
      text: expect.stringContaining("set without: [request-quota-increases], remove service-quotas-role"),
      commands: [],
    });
    const [both] = within(
      `full: { permissions-boundary: "${boundary}", policy: aws-managed, service-quotas-role: on-demand }`,
      allows("support:*"),
    );
    expect(both?.fix.text).toContain("set policy: customer-managed, without: [request-quota-increases], remove");
    const [adopted] = within(
      `full: { permissions-boundary: "${boundary}", policy: aws-managed, adopt: true, service-quotas-role: on-demand }`,
      allows("support:*"),
    );
    expect(adopted?.fix.text).toContain("set policy: customer-managed, adopt: false, without:");
    const [managed] = within(
      `full: { permissions-boundary: "${boundary}", policy: aws-managed }`,
      allows("support:*", "iam:*"),
    );
    expect(managed?.fix.change).toEqual({
      environments: { test: { full: { policy: "customer-managed", without: ["request-quota-increases"] } } },
    });
  });

  test("a boundary of AWS's own can't be edited", () => {
    const name = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const limited = changing("full", () => ({
      boundary: boundaryWith(name, allows("support:Describe*", "servicequotas:*")),
    }));
    const [finding] = examined(capabilities, `full: { permissions-boundary: "${name}" }`, limited).findings;
    expect(finding?.fix.text).toContain(`Choose another permissions-boundary than ${name}`);
  });

  test("another boundary than that of environments.yaml is one finding, and not also one of the capabilities", () => {
    const other = `arn:aws:iam::${ACCOUNT}:policy/other`;
    const yaml = `full: { permissions-boundary: "${boundary}" }`;
    const tighter = (account: Account) =>
      withAccess(withRole("full", { boundary: other })(account), "full", {
        boundary: boundaryWith(other, allows("support:Describe*", "iam:*")),
      });
    expect(examined(capabilities, yaml, tighter)).toMatchObject({ findings: [], waitsFor: "permissions-boundary" });
    expect(only(examined(permissionsBoundary, yaml, tighter).findings).found).toBe(other);
    const none = (account: Account) => ({ ...tighter(account), serviceQuotasRole: { known: false } });
    expect(examined(serviceQuotasRole, yaml, none).findings).toEqual([]);
    const unread = (account: Account) => withAccess(tighter(account), "full", { boundary: DENIED });
    expect(examined(capabilities, yaml, unread).findings).toEqual([]);
  });

  test.each([true, false])(
    "what depends on the request is unknown, whatever the simulation says (allowed: %s)",
    (isAllowed) => {
      const Condition = { StringNotEquals: { "aws:RequestedRegion": "us-east-1" } };
      const conditional = (account: Account) =>
        withAccess(account, "read-only", {
          boundary: boundaryWith(boundary, allows("*"), { ...allows("*"), Effect: "Deny", Condition }),
          simulated: {
            known: new Map(
              ["support:describecases", "support:describecommunications"].map((action) => [
                action,
                {
                  isAllowed,
                  isDeniedByOrganization: false,
                  decision: isAllowed ? "allowed" : "explicitDeny",
                  missingKeys: [],
                },
              ]),
            ),
          },
        });
      const yaml = `read-only: { permissions-boundary: "${boundary}" }`;
      expect(only(examined(capabilities, "read-only: {}", conditional).findings)).toMatchObject({
        answer: "unhealthy", // by hand
        found: `${boundary}, which isn't in environments.yaml, allows or denies it under a condition`,
        fix: { commands: ["npx support-app deploy test"] },
      });
      expect(only(examined(capabilities, yaml, conditional).findings)).toMatchObject({
        answer: "unknown",
        found: `it depends on a condition or a resource in ${boundary} that only a real request decides`,
      });
    },
  );

  test.each([true, false])(
    "an unsupported policy is unknown, whatever the simulation says (allowed: %s)",
    (isAllowed) => {
      const odd = { ...allows("*"), Who: "x" };
      const simulatedAs = (account: Account, change: Partial<LiveAccess>) =>
        withAccess(account, "read-only", {
          ...change,
          simulated: {
            known: new Map(
              ["support:describecases", "support:describecommunications"].map((action) => [
                action,
                { isAllowed, isDeniedByOrganization: false, decision: "implicitDeny", missingKeys: [] },
              ]),
            ),
          },
        });
      const yaml = `read-only: { permissions-boundary: "${boundary}" }`;
      const bounded = (account: Account) =>
        simulatedAs(account, { boundary: boundaryWith(boundary, allows("support:*"), odd) });
      expect(only(examined(capabilities, yaml, bounded).findings)).toMatchObject({
        answer: "unknown",
        subject: expect.stringContaining("view-cases"),
        found: `in ${boundary}, unsupported (an unknown element): ${JSON.stringify(odd)}`,
        fix: { text: expect.stringContaining("See the message above") },
      });
      const own = (account: Account) =>
        simulatedAs(account, { policies: { known: ownPolicies("read-only: {}", odd) } });
      expect(only(examined(capabilities, "read-only: {}", own).findings).answer).toBe("unknown");
      const byHand = (account: Account) =>
        simulatedAs(addingPolicy("read-only", { name: "by-hand", document: documentOf(odd) })(account), {});
      expect(only(examined(capabilities, "read-only: {}", byHand).findings).found).toContain(
        "in the inline policy by-hand, unsupported",
      );
      const denied = (account: Account) =>
        simulatedAs(account, {
          boundary: boundaryWith(boundary, odd, { ...allows("support:*"), Effect: "Deny" }),
        });
      expect(only(examined(capabilities, yaml, denied).findings)).toMatchObject({
        answer: "unhealthy",
        found: `an explicit Deny in ${boundary}`,
      });
    },
  );

  test("a deploy removes an inline policy that allows or denies something under a condition", () => {
    const Condition = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
    const deny = { ...allows("support:*"), Effect: "Deny", Condition };
    const byHand = addingPolicy("read-only", { name: "by-hand", document: documentOf(deny) });
    expect(only(examined(capabilities, "read-only: {}", byHand).findings)).toMatchObject({
      answer: "unhealthy",
      found: "the inline policy by-hand, which isn't in environments.yaml, allows or denies it under a condition",
    });
  });

  test("a boundary may know the role by its ARN and its account", () => {
    const Condition = {
      StringEquals: { "aws:PrincipalAccount": ACCOUNT },
      StringLike: { "aws:PrincipalArn": "*AppFull*" },
    };
    expect(within("full: {}", { ...allows("*"), Condition })).toEqual([]);
  });

  test("AWS's policy allows less than before: the fix is a customer-managed policy", () => {
    const yaml = "read-only: { policy: aws-managed }";
    const less = changing("read-only", ({ policies }) => {
      const [own] = (policies as { known: LivePolicy[] }).known;
      return { policies: { known: own ? [{ ...own, document: documentOf() }] : [] } };
    });
    expect(only(examined(capabilities, yaml, less).findings).fix.change).toEqual({
      environments: { test: { "read-only": { policy: "customer-managed" } } },
    });
    const none = changing("read-only", () => ({ policies: { known: [] } }));
    const detached = only(examined(capabilities, yaml, none).findings);
    expect(detached.found).toContain("AWSSupportAppReadOnlyAccess isn't attached");
    expect(detached.fix.change).toBeUndefined();
  });

  describe("what is said in whole:", () => {
    const topic = GUIDE_TOPICS.missingPermission;
    const role = "of the role AWSSupportAppFullRole (full)";
    const own = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
    const restore = {
      text: "Deploy the environment, which restores the role's policies and boundary.",
      change: undefined,
      commands: ["npx support-app deploy test"],
    };
    const outcomeOf = (yaml: string, change: Partial<LiveAccess>) =>
      examined(
        capabilities,
        yaml,
        changing("full", () => ({ simulated: { known: undefined }, ...change })),
      );
    const foundIn = (yaml: string, change: Partial<LiveAccess>) =>
      outcomeOf(yaml, change).findings.map(({ found, fix }) => [found, fix.text, fix.commands]);

    test("nothing, of an account as it should be", () => {
      expect(outcomeOf("full: {}", {})).toEqual({ findings: [], notes: [], waitsFor: undefined });
    });

    test("a simulation that isn't allowed is a note", () => {
      expect(outcomeOf("full: {}", { simulated: DENIED })).toEqual({
        findings: [],
        notes: [
          `IAM's simulation of the role AWSSupportAppFullRole (full) isn't allowed (${DENIED.unknown.message}), so its policies were read instead. They don't show what the organization denies.`,
        ],
        waitsFor: undefined,
        unseen: [["full", "organization"]],
      });
    });

    test("a simulation that failed is unknown", () => {
      const unknown = { kind: "other", action: "iam:SimulatePrincipalPolicy", message: "Throttling" } as const;
      expect(outcomeOf("full: {}", { simulated: { unknown } })).toEqual({
        findings: [
          {
            answer: "unknown",
            subject: "role AWSSupportAppFullRole (full)",
            about: ["full"],
            expected: "to simulate what it may do",
            found: "Throttling",
            topic,
            fix: {
              text: expect.stringMatching(/^See the message above, check that AWS can be reached from here/),
              commands: [],
            },
          },
        ],
        notes: [],
        waitsFor: undefined,
      });
    });

    test("several capabilities that lack one thing are one finding", () => {
      expect(outcomeOf("full: { without: [live-chat, resolve-cases] }", { policies: { known: [] } }).findings).toEqual([
        {
          answer: "unhealthy",
          subject: `view-cases, create-cases, reply-to-cases, attach-files, request-quota-increases ${role}`,
          about: ["full"],
          expected:
            "support:DescribeCases, support:DescribeCommunications, support:CreateCase, support:DescribeSeverityLevels, support:AddCommunicationToCase, support:AddAttachmentsToSet, servicequotas:GetRequestedServiceQuotaChange, servicequotas:GetServiceQuota, servicequotas:RequestServiceQuotaIncrease allowed",
          found: `the policy ${own} isn't attached to the role`,
          topic,
          fix: restore,
        },
      ]);
    });

    test("the organization's denials are about the organization, one finding whatever IAM decides of each", () => {
      const denied = simulated({
        "support:CreateCase": { isDeniedByOrganization: true },
        "support:ResolveCase": { isDeniedByOrganization: true, decision: "explicitDeny" },
      });
      expect(examined(capabilities, "full: {}", denied).findings).toEqual([
        {
          answer: "unhealthy",
          subject: `create-cases, resolve-cases ${role}`,
          about: ["full", "organization"],
          expected: "support:CreateCase, support:ResolveCase allowed",
          found: "a service control policy of the organization denies it (IAM's simulation says implicitDeny)",
          topic,
          fix: {
            text: "Ask whoever runs the organization to allow it; or drop the capability, and deploy.",
            change: { environments: { test: { full: { without: ["create-cases", "resolve-cases"] } } } },
            commands: ["npx support-app deploy test"],
          },
        },
      ]);
      const likely = simulated({ "support:CreateCase": { isDeniedByOrganization: false } });
      expect(only(examined(capabilities, "full: {}", likely).findings)).toMatchObject({
        about: ["full", "organization"],
        found:
          "the role's policies allow it, but IAM's simulation says implicitDeny: most likely a service control policy of the organization",
      });
    });

    const without = (more: string) => `full: { permissions-boundary: "${boundary}", ${more} }`;

    test("the boundary of environments.yaml allows it, or the capability is dropped", () => {
      const tight = { boundary: boundaryWith(boundary, allows("support:*", "iam:*")) };
      expect(outcomeOf(without(""), tight).findings).toEqual([
        {
          answer: "unhealthy",
          subject: `request-quota-increases ${role}`,
          about: ["full"],
          expected:
            "servicequotas:GetRequestedServiceQuotaChange, servicequotas:GetServiceQuota, servicequotas:RequestServiceQuotaIncrease allowed",
          found: `the permissions boundary ${boundary} doesn't allow it`,
          topic,
          fix: {
            text: `Let ${boundary} allow it; or drop the capability, and deploy.`,
            change: { environments: { test: { full: { without: ["request-quota-increases"] } } } },
            commands: ["npx support-app deploy test"],
          },
        },
      ]);
      expect(foundIn(without("service-quotas-role: create, without: [live-chat]"), tight)).toEqual([
        [
          `the permissions boundary ${boundary} doesn't allow it`,
          `Let ${boundary} allow it; or drop the capability: set without: [live-chat, request-quota-increases], remove service-quotas-role, and deploy.`,
          [],
        ],
      ]);
      expect(foundIn(without("policy: aws-managed, adopt: true, service-quotas-role: on-demand"), tight)).toEqual([
        [
          `the permissions boundary ${boundary} doesn't allow it`,
          `Let ${boundary} allow it; or drop the capability: set policy: customer-managed, adopt: false, without: [request-quota-increases], remove service-quotas-role, and deploy.`,
          [],
        ],
      ]);
    });

    test("a temporary capability that is dropped is also no longer given temporarily, and others still are", () => {
      const yaml = without(
        "without: [live-chat, create-cases], temporarily: [{ capability: live-chat, until: 2026-12-31 }, { capability: create-cases, until: 2026-12-31 }]",
      );
      const limit = (...denied: string[]) => ({
        boundary: boundaryWith(boundary, allows("*"), { ...allows(...denied), Effect: "Deny" }),
      });
      const change = (...denied: string[]) => only(outcomeOf(yaml, limit(...denied)).findings).fix.change;
      expect(change("support:InitiateChatForCase")).toEqual({
        environments: {
          test: {
            full: {
              without: ["live-chat", "create-cases"],
              temporarily: [{ capability: "create-cases", until: "2026-12-31" }],
            },
          },
        },
      });
      expect(change("support:ResolveCase")).toEqual({
        environments: { test: { full: { without: ["live-chat", "create-cases", "resolve-cases"] } } },
      });
    });

    test("a capability of which it is unknown whether the boundary allows it isn't dropped with the others", () => {
      const Condition = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
      const limit = boundaryWith(
        boundary,
        allows("*"),
        { ...allows("support:ResolveCase"), Effect: "Deny" },
        { ...allows("support:CreateCase"), Effect: "Deny", Condition },
      );
      const { findings } = outcomeOf(`full: { permissions-boundary: "${boundary}" }`, { boundary: limit });
      expect(findings.map(({ answer, fix }) => [answer, fix.change])).toEqual([
        ["unknown", undefined],
        ["unhealthy", { environments: { test: { full: { without: ["resolve-cases"] } } } }],
      ]);
    });

    test("what the simulation leaves open is one finding for each of its decisions", () => {
      const missingKeys = ["aws:a"];
      const open = simulated({
        "support:CreateCase": { isDeniedByOrganization: false, missingKeys },
        "support:ResolveCase": { isDeniedByOrganization: false, missingKeys, decision: "explicitDeny" },
      });
      expect(examined(capabilities, "full: {}", open).findings.map(({ answer, found }) => [answer, found])).toEqual([
        ["unknown", "IAM's simulation says implicitDeny, but it lacks aws:a"],
        ["unknown", "IAM's simulation says explicitDeny, but it lacks aws:a"],
      ]);
    });

    test("a policy that Terraform adopts, and that allows less, is restored by a deploy", () => {
      const less = { policies: { known: [{ name: "x", arn: own, document: documentOf() }] } };
      expect(foundIn("full: { adopt: true }", less)).toEqual([
        [`the policy ${own} doesn't allow it`, restore.text, restore.commands],
      ]);
    });

    test("a boundary of AWS's own is replaced, and read-only access can't be narrowed", () => {
      const name = "arn:aws:iam::aws:policy/Nothing";
      const yaml = `read-only: { permissions-boundary: "${name}" }`;
      const nothing = changing("read-only", () => ({ boundary: boundaryWith(name) }));
      expect(only(examined(capabilities, yaml, nothing).findings).fix).toEqual({
        text: `Choose another permissions-boundary than ${name}.`,
        commands: [],
      });
      const tight = { boundary: boundaryWith(boundary, allows("support:CreateCase")) };
      const some = outcomeOf(without("service-quotas-role: create"), tight);
      expect(only(some.findings).fix).toEqual({ text: `Let ${boundary} allow it.`, commands: [] });
    });

    const onPurpose =
      "Before you deploy the environment, find out who added that, and why: it may be there to stop somebody. A deploy undoes it.";

    test.each<[string, Partial<LiveAccess>, string, string]>([
      [
        "a Deny, which may have been added on purpose",
        { policies: { known: ownPolicies("full: {}", { ...allows("*"), Effect: "Deny" }) } },
        `an explicit Deny in ${own}`,
        onPurpose,
      ],
      [
        "a policy that allows less",
        { policies: { known: [{ name: "x", arn: own, document: documentOf() }] } },
        `the policy ${own} doesn't allow it`,
        restore.text,
      ],
      [
        "a policy that may deny it on purpose",
        {
          policies: {
            known: [
              {
                name: "by-hand",
                document: documentOf({ ...allows("*"), Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } }),
              },
            ],
          },
        },
        "the inline policy by-hand, which isn't in environments.yaml, allows or denies it under a condition",
        onPurpose,
      ],
    ])("a deploy undoes what was changed by hand: %s", (_, change, found, text) => {
      expect(foundIn("full: {}", change)).toEqual([[found, text, restore.commands]]);
    });

    test("AWS's policy that allows less is left for one of one's own", () => {
      const yaml = "full: { policy: aws-managed, adopt: true }";
      const [own] = ownPolicies(yaml);
      const less = { policies: { known: own ? [{ ...own, document: documentOf() }] : [] } };
      expect(only(outcomeOf(yaml, less).findings).fix).toEqual({
        text: "AWS's policy allows less than before. Switch to a customer-managed policy, and deploy.",
        change: { environments: { test: { full: { policy: "customer-managed", adopt: false } } } },
        commands: ["npx support-app deploy test"],
      });
      const byHand = { name: "by-hand", document: documentOf({ ...allows("*"), Effect: "Deny" }) };
      expect(foundIn("full: { policy: aws-managed }", { policies: { known: own ? [own, byHand] : [] } })).toEqual([
        ["an explicit Deny in the inline policy by-hand", onPurpose, restore.commands],
      ]);
    });

    test("a policy that Terraform adopts is attached first", () => {
      expect(foundIn("full: { adopt: true }", { policies: { known: [] } })).toEqual([
        [
          `the policy ${own} isn't attached to the role`,
          "Attach the policy: Terraform adopts only an attached one. If there is no policy of that ARN, set adopt: false, and deploy.",
          [
            inAccount(
              `iam --region us-east-1 attach-role-policy --role-name='AWSSupportAppFullRole' --policy-arn='${own}'`,
            ),
          ],
        ],
      ]);
      const arn = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
      expect(foundIn("full: { policy: aws-managed }", { policies: { known: [] } })).toEqual([
        [`the policy ${arn} isn't attached to the role`, restore.text, restore.commands],
      ]);
    });

    test("an end of the access is a note", () => {
      const yaml = "full: { until: 2026-06-02 }";
      expect(outcomeOf(yaml, {}).notes).toEqual([
        "All full access of test ends at the end of 2026-06-02 (UTC). To keep it, set a later until.",
      ]);
    });

    test("a missing role of one access level is waited for, and the other level is looked at", () => {
      const oneGone = (account: Account) =>
        withAccess(withAccess(account, "read-only", { role: { known: undefined } }), "full", {
          policies: { known: [] },
          simulated: { known: undefined },
        });
      const { findings, waitsFor } = examined(capabilities, "read-only: {}, full: {}", oneGone);
      expect([only(findings).about, waitsFor]).toEqual([["full"], "role"]);
    });
  });
});

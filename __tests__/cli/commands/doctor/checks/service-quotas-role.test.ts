import type { LivePolicy } from "../../../../../cli/aws/live-role";
import type { Account } from "../../../../../cli/commands/doctor/account";
import { CHECKS } from "../../../../../cli/commands/doctor/checks";
import { serviceQuotasRole } from "../../../../../cli/commands/doctor/checks/service-quotas-role";
import { GUIDE_TOPICS } from "../../../../../cli/commands/doctor/guide-topic";
import { actionsOf } from "../../../../../modules/support-app/model/capability";
import { ACCOUNT, boundaryWith, DENIED, documentOf, withAccess } from "../../../../support/live-account";
import { CREATE_ROLE, changing, editedPolicies, examined, only, ownPolicies } from "./examined";

describe("the Service Quotas role", () => {
  const gone = (account: Account) => ({ ...account, serviceQuotasRole: { known: false } });

  test("doesn't matter if nobody may request quota increases", () => {
    expect(examined(serviceQuotasRole, "read-only: {}", gone).findings).toEqual([]);
    expect(examined(serviceQuotasRole, "full: { without: [request-quota-increases] }", gone).findings).toEqual([]);
  });

  test.each([
    ["on-demand", undefined],
    ["create", ["npx support-app deploy test"]],
    ["adopt", [CREATE_ROLE]],
    ["existing", [CREATE_ROLE]],
  ])("is missing with %s", (mode, commands) => {
    const { findings } = examined(serviceQuotasRole, `full: { service-quotas-role: ${mode} }`, gone);
    if (commands === undefined) expect(findings).toEqual([]);
    else expect(only(findings)).toMatchObject({ answer: "unhealthy", fix: { commands } });
  });

  test("exists, so the channel no longer needs the right to create it", () => {
    expect(examined(serviceQuotasRole, "full: {}").notes).toEqual([
      expect.stringContaining("service-quotas-role: existing"),
    ]);
    expect(examined(serviceQuotasRole, "full: { policy: aws-managed }").notes).toEqual([]);
    const detached = changing("full", () => ({ policies: { known: [] } }));
    expect(examined(serviceQuotasRole, "full: {}", detached).notes).toEqual([]);
  });

  test("is limited by the organization: only that can help", () => {
    const denied = (account: Account) =>
      withAccess(gone(account), "full", {
        simulated: {
          known: new Map([
            [
              "iam:createservicelinkedrole",
              { isAllowed: false, isDeniedByOrganization: true, decision: "explicitDeny", missingKeys: [] },
            ],
          ]),
        },
      });
    expect(examined(serviceQuotasRole, "full: {}", denied).unseen).toBeUndefined();
    // Without the simulation, nobody knows what the organization denies: what was found isn't healed.
    const { findings, unseen } = examined(serviceQuotasRole, "full: {}", gone);
    expect([findings, unseen]).toEqual([[], [["service-linked-role"]]]);
    expect(examined(serviceQuotasRole, "full: {}").unseen).toBeUndefined();
    expect(only(examined(serviceQuotasRole, "full: {}", denied).findings).fix).toEqual({
      text: "Ask whoever runs the organization to allow it, or to create the role once.",
      commands: [],
    });
  });

  test("may be created with a right for service-linked roles only", () => {
    const Resource = "arn:aws:iam::*:role/aws-service-role/*";
    const boundary = boundaryWith(
      "arn:aws:iam::aws:policy/b",
      { Effect: "Allow", Action: ["support:*", "servicequotas:*"], Resource: "*" },
      { Effect: "Allow", Action: "iam:CreateServiceLinkedRole", Resource },
    );
    const limited = (account: Account) => withAccess(gone(account), "full", { boundary });
    expect(examined(serviceQuotasRole, "full: {}", limited).findings).toEqual([]);
  });

  test("is limited by a boundary that isn't in environments.yaml: a deploy removes that", () => {
    const statement = { Effect: "Allow", Action: ["support:*", "servicequotas:*"], Resource: "*" };
    const byHand = (account: Account) =>
      withAccess(gone(account), "full", { boundary: boundaryWith("arn:aws:iam::aws:policy/b", statement) });
    const finding = only(examined(serviceQuotasRole, "full: {}", byHand).findings);
    expect(finding.fix).toMatchObject({ change: undefined, commands: ["npx support-app deploy test"] });
    const managed = only(
      examined(
        serviceQuotasRole,
        'full: { policy: aws-managed, permissions-boundary: "arn:aws:iam::aws:policy/b" }',
        byHand,
      ).findings,
    );
    expect(managed.fix.change).toEqual({
      environments: { test: { full: { policy: "customer-managed", "service-quotas-role": "create" } } },
    });
    const adopted = 'full: { policy: aws-managed, adopt: true, permissions-boundary: "arn:aws:iam::aws:policy/b" }';
    expect(only(examined(serviceQuotasRole, adopted, byHand).findings).fix.change).toMatchObject({
      environments: { test: { full: { adopt: false } } },
    });
  });

  test("can't be created, and a policy can't be read: reading it comes first", () => {
    const denied = { isAllowed: false, isDeniedByOrganization: false, decision: "implicitDeny", missingKeys: [] };
    const unread = (account: Account) =>
      withAccess(gone(account), "full", {
        boundary: DENIED,
        simulated: { known: new Map([["iam:createservicelinkedrole", denied]]) },
      });
    const { answer, fix } = only(examined(serviceQuotasRole, "full: {}", unread).findings);
    expect(answer).toBe("unhealthy");
    expect(fix.text).toContain("Allow these credentials iam:GetRole.");
  });

  test("can't be read", () => {
    const denied = (account: Account) => ({ ...account, serviceQuotasRole: DENIED });
    expect(only(examined(serviceQuotasRole, "full: {}", denied).findings)).toMatchObject({ answer: "unknown" });
  });

  test("waits for the capabilities if nobody can request a quota increase at all", () => {
    const none = (account: Account) => withAccess(account, "full", { policies: { known: [] } });
    const missing = (account: Account) => none(gone(account));
    expect(examined(serviceQuotasRole, "full: {}", missing)).toMatchObject({ findings: [], waitsFor: "capabilities" });
    expect(examined(serviceQuotasRole, "full: {}", none)).toMatchObject({ findings: [], waitsFor: undefined });
    const [action = ""] = actionsOf(["request-quota-increases"]);
    const withoutOne = (account: Account) =>
      withAccess(gone(account), "full", {
        policies: {
          known: editedPolicies("full: {}", action, "support:None"),
        },
      });
    expect(examined(serviceQuotasRole, "full: {}", withoutOne).waitsFor).toBe("capabilities");
  });

  test("may be created for another service: that is one finding, about what the policy allows", () => {
    const edited = (account: Account) =>
      withAccess(gone(account), "full", {
        policies: {
          known: editedPolicies("full: {}", "servicequotas.amazonaws", "lambda.amazonaws"),
        },
      });
    expect(CHECKS.flatMap((check) => examined(check, "full: {}", edited).findings)).toMatchObject([
      { found: "it allows iam:CreateServiceLinkedRole" },
    ]);
    expect(examined(serviceQuotasRole, "full: {}", edited).waitsFor).toBe("unexpected-access");
    const statement = { Effect: "Allow", Action: ["support:*", "servicequotas:*"], Resource: "*" };
    const limited = (account: Account) =>
      withAccess(edited(account), "full", { boundary: boundaryWith("arn:aws:iam::aws:policy/b", statement) });
    expect(examined(serviceQuotasRole, "full: {}", limited).waitsFor).toBe("unexpected-access");
    const wide = (account: Account) =>
      withAccess(limited(account), "full", {
        policies: {
          known: ownPolicies("full: {}", { Effect: "Allow", Action: "*", Resource: "*" }),
        },
      });
    expect(only(examined(serviceQuotasRole, "full: {}", wide).findings).found).toContain("arn:aws:iam::aws:policy/b");
  });

  test("can't be created with AWS's policy, which lacks the right: Terraform creates it; a deploy removes a Deny by hand", () => {
    const yaml = "full: { policy: aws-managed }";
    const having = (...policies: (LivePolicy | undefined)[]) =>
      only(
        examined(serviceQuotasRole, yaml, (account) =>
          withAccess(gone(account), "full", { policies: { known: policies.flatMap((one) => one ?? []) } }),
        ).findings,
      ).fix;
    const [own, lacking] = [yaml, "full: { service-quotas-role: existing }"].map((some) => ownPolicies(some).at(0));
    expect(having(own && lacking && { ...own, document: lacking.document }).change).toEqual({
      environments: { test: { full: { policy: "customer-managed", "service-quotas-role": "create" } } },
    });
    const deny = { Effect: "Deny", Action: "iam:CreateServiceLinkedRole", Resource: "*" };
    expect(having(own, { name: "by-hand", document: documentOf(deny) }).change).toBeUndefined();
  });

  test("can't be created: the policy lacks the right, or a boundary limits it", () => {
    const without = (account: Account) =>
      withAccess(gone(account), "full", {
        policies: {
          known: ownPolicies("full: { service-quotas-role: existing }"),
        },
      });
    const lacking = only(examined(serviceQuotasRole, "full: {}", without).findings);
    expect(lacking).toMatchObject({ answer: "unhealthy", fix: { commands: ["npx support-app deploy test"] } });
    expect(lacking.fix.change).toBeUndefined();

    const name = `arn:aws:iam::${ACCOUNT}:policy/b`;
    const statement = { Effect: "Allow", Action: ["support:*", "servicequotas:*"], Resource: "*" };
    const limited = (account: Account) =>
      withAccess(gone(account), "full", { boundary: boundaryWith(name, statement) });
    const limit = only(examined(serviceQuotasRole, `full: { permissions-boundary: "${name}" }`, limited).findings);
    expect(limit.found).toContain(name);
    expect(limit.fix.change).toEqual({ environments: { test: { full: { "service-quotas-role": "create" } } } });
  });

  test("may be created or not: that is unknown", () => {
    const closed = (account: Account) => withAccess(gone(account), "full", { policies: DENIED });
    expect(only(examined(serviceQuotasRole, "full: {}", closed).findings)).toMatchObject({ answer: "unknown" });
  });

  describe("what is said in whole:", () => {
    const topic = GUIDE_TOPICS.missingServiceQuotasRole;
    const of = { subject: "service-linked role AWSServiceRoleForServiceQuotas", about: ["service-linked-role"] };
    const own = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
    const boundary = `arn:aws:iam::${ACCOUNT}:policy/b`;
    const deploying = { change: undefined, commands: ["npx support-app deploy test"] };
    const allows = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });

    test("nothing, if the role exists and nobody needs a right", () => {
      expect(examined(serviceQuotasRole, "full: { service-quotas-role: existing }")).toEqual({
        findings: [],
        notes: [],
        waitsFor: undefined,
      });
    });

    test("the channel's right is no longer needed once the role exists", () => {
      expect(examined(serviceQuotasRole, "full: {}")).toEqual({
        findings: [],
        notes: [
          "The Service Quotas role exists, so the channel no longer needs the right to create it: set service-quotas-role: existing for full of test to remove it.",
        ],
        waitsFor: undefined,
      });
    });

    test("a role that can't be read is unknown", () => {
      const denied = (account: Account) => ({ ...account, serviceQuotasRole: DENIED });
      expect(examined(serviceQuotasRole, "full: { service-quotas-role: create }", denied).findings).toEqual([
        {
          answer: "unknown",
          ...of,
          expected: "to see whether it exists",
          found: DENIED.unknown.message,
          topic,
          fix: {
            text: "Allow these credentials iam:GetRole. This prints everything that doctor needs:",
            commands: ["npx support-app doctor --policy"],
          },
        },
      ]);
      expect(examined(serviceQuotasRole, "full: {}", denied)).toMatchObject({
        findings: [{ answer: "unknown" }],
        notes: [],
        unseen: [["service-linked-role"]],
      });
    });

    const creating = {
      text: "Create the role, or request a quota increase in the Service Quotas console once, which creates it.",
      commands: [CREATE_ROLE],
    };
    test.each([
      ["create", { text: "Deploy the environment, which creates the role.", ...deploying }],
      ["adopt", creating],
      ["existing", creating],
    ])("a role that is missing with %s", (mode, fix) => {
      expect(examined(serviceQuotasRole, `full: { service-quotas-role: ${mode} }`, gone)).toEqual({
        findings: [
          {
            answer: "unhealthy",
            ...of,
            expected: `it exists (service-quotas-role: ${mode})`,
            found: "no such role in the account",
            topic,
            fix,
          },
        ],
        notes: [],
        waitsFor: undefined,
      });
    });

    test("the channel lacks the right to create it: a deploy restores that", () => {
      const lacking = (account: Account) =>
        withAccess(gone(account), "full", {
          simulated: { known: undefined },
          policies: { known: ownPolicies("full: { service-quotas-role: existing }") },
        });
      expect(examined(serviceQuotasRole, "full: {}", lacking)).toEqual({
        findings: [
          {
            answer: "unhealthy",
            ...of,
            expected: "it exists, or the channel may create it",
            found: `neither: the role AWSSupportAppFullRole isn't allowed iam:CreateServiceLinkedRole: the policy ${own} doesn't allow it`,
            topic,
            fix: {
              text: "Deploy the environment, which restores the channel's right to create the role.",
              ...deploying,
            },
          },
        ],
        notes: [],
        waitsFor: undefined,
      });
    });

    test("a boundary limits the right: Terraform creates the role", () => {
      const limited = (account: Account) =>
        withAccess(gone(account), "full", { boundary: boundaryWith(boundary, allows("support:*", "servicequotas:*")) });
      const yaml = `full: { permissions-boundary: "${boundary}" }`;
      expect(only(examined(serviceQuotasRole, yaml, limited).findings)).toMatchObject({
        found: `neither: the role AWSSupportAppFullRole isn't allowed iam:CreateServiceLinkedRole: the permissions boundary ${boundary} doesn't allow it`,
        fix: {
          text: "Let Terraform create the role, and deploy. The channel then needs no right to create it.",
          change: { environments: { test: { full: { "service-quotas-role": "create" } } } },
          commands: ["npx support-app deploy test"],
        },
      });
    });

    test("the organization limits the right: no policy is named", () => {
      const denied = (account: Account) =>
        withAccess(gone(account), "full", {
          simulated: {
            known: new Map([
              [
                "iam:createservicelinkedrole",
                { isAllowed: false, isDeniedByOrganization: false, decision: "implicitDeny", missingKeys: [] },
              ],
            ]),
          },
        });
      expect(only(examined(serviceQuotasRole, "full: {}", denied).findings)).toMatchObject({
        found:
          "neither: the role AWSSupportAppFullRole isn't allowed iam:CreateServiceLinkedRole: the role's policies allow it, but IAM's simulation says implicitDeny: most likely a service control policy of the organization",
        fix: { text: "Ask whoever runs the organization to allow it, or to create the role once.", commands: [] },
      });
    });

    test("a right that depends on the request is unknown", () => {
      const Condition = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
      const statement = { ...allows("iam:*"), Condition };
      const limited = (account: Account) =>
        withAccess(gone(account), "full", {
          boundary: boundaryWith(boundary, allows("support:*", "servicequotas:*"), statement),
        });
      const yaml = `full: { permissions-boundary: "${boundary}" }`;
      expect(only(examined(serviceQuotasRole, yaml, limited).findings)).toMatchObject({
        answer: "unknown",
        ...of,
        expected: "it exists, or the channel may create it",
        found: `it depends on a condition or a resource in ${boundary} that only a real request decides`,
        topic,
      });
    });

    test("a detached policy of its own gives no right, and needn't be waited for", () => {
      const none = changing("full", () => ({ policies: { known: [] } }));
      expect(examined(serviceQuotasRole, "full: { service-quotas-role: existing }", none).waitsFor).toBeUndefined();
    });

    test("a role that a deploy creates doesn't wait for the channel's role", () => {
      const neither = (account: Account) => withAccess(gone(account), "full", { role: { known: undefined } });
      const { waitsFor, findings } = examined(serviceQuotasRole, "full: { service-quotas-role: create }", neither);
      expect([waitsFor, only(findings).found]).toEqual([undefined, "no such role in the account"]);
    });

    test("a Deny for another service isn't an edited right", () => {
      const deny = {
        ...allows("iam:CreateServiceLinkedRole"),
        Effect: "Deny",
        Condition: { StringEquals: { "iam:AWSServiceName": "lambda.amazonaws.com" } },
      };
      const denied = (account: Account) =>
        withAccess(gone(account), "full", {
          policies: { known: ownPolicies("full: { service-quotas-role: existing }", deny) },
        });
      const { waitsFor, findings } = examined(serviceQuotasRole, "full: {}", denied);
      expect([waitsFor, findings.length]).toEqual([undefined, 1]);
    });

    test("a Deny of the right isn't an edited right", () => {
      const denied = (account: Account) =>
        withAccess(gone(account), "full", {
          policies: {
            known: ownPolicies("full: { service-quotas-role: existing }", {
              ...allows("iam:CreateServiceLinkedRole"),
              Effect: "Deny",
            }),
          },
        });
      const { waitsFor, findings } = examined(serviceQuotasRole, "full: {}", denied);
      expect([waitsFor, only(findings).found]).toEqual([
        undefined,
        `neither: the role AWSSupportAppFullRole isn't allowed iam:CreateServiceLinkedRole: an explicit Deny in ${own}`,
      ]);
    });
  });
});

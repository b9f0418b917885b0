import { readLiveDocument } from "../../../../../cli/aws/live-document";
import type { LivePolicy } from "../../../../../cli/aws/live-role";
import type { Account } from "../../../../../cli/commands/doctor/account";
import { CHECKS } from "../../../../../cli/commands/doctor/checks";
import { capabilities } from "../../../../../cli/commands/doctor/checks/capabilities";
import { unexpectedAccess } from "../../../../../cli/commands/doctor/checks/unexpected-access";
import { GUIDE_TOPICS } from "../../../../../cli/commands/doctor/guide-topic";
import type { LiveAccess } from "../../../../../cli/commands/doctor/live-access";
import { ACCOUNT, boundaryWith, DENIED, documentOf, withAccess } from "../../../../support/live-account";
import { VIEWING_POLICIES } from "../../../../support/viewing-policies";
import { addingPolicy, changing, examined, only, ownPolicies, WATCH } from "./examined";

describe("unexpected access", () => {
  const inline = (...statements: object[]) => ({ name: "by-hand", document: documentOf(...statements) });
  const allow = (Action: unknown) => ({ Effect: "Allow", Action, Resource: "*" });

  test("a read-only channel that can write is reported by the channel's name", () => {
    const { findings } = examined(
      unexpectedAccess,
      `read-only: { ${WATCH} }`,
      addingPolicy("read-only", inline(allow("support:*"))),
    );
    expect(only(findings).found).toBe(
      "people in #watch can create-cases, reply-to-cases, attach-files, resolve-cases, live-chat: it allows support:*",
    );
  });

  test.each([
    [allow("support:DescribeCases"), "isn't in environments.yaml and allows nothing more"],
    [
      { Effect: "Deny", Action: "s3:*", Resource: "*" },
      "isn't in environments.yaml, denies something and allows nothing more",
    ],
  ])("%j in an inline policy is a note", (statement, note) => {
    const { findings, notes } = examined(unexpectedAccess, "full: {}", addingPolicy("full", inline(statement)));
    expect(findings).toEqual([]);
    expect(notes?.join()).toContain(note);
  });

  test("a policy that both allows and denies is reported to deny", () => {
    const both = inline(allow("support:DescribeCases"), { Effect: "Deny", Action: "s3:*", Resource: "*" });
    expect(examined(unexpectedAccess, "full: {}", addingPolicy("full", both)).notes?.join()).toContain(
      "denies something",
    );
  });

  test.each([
    [{ Effect: "Allow", NotAction: ["s3:*", "ec2:*"], Resource: "*" }, "it allows all but s3:*, ec2:*"],
    [{ Effect: "Allow", NotAction: [], Resource: "*" }, "it allows all but nothing"],
    [allow("iam:CreateServiceLinkedRole"), "it allows iam:CreateServiceLinkedRole"],
  ])("%j in an inline policy is a finding", (statement, found) => {
    const { findings } = examined(unexpectedAccess, "full: {}", addingPolicy("full", inline(statement)));
    expect(only(findings).found).toContain(found);
  });

  test("a managed policy is named by its ARN, an inline policy by its name", () => {
    const name = "AdministratorAccess";
    const arn = `arn:aws:iam::aws:policy/${name}`;
    const subjectOf = (policy: LivePolicy) =>
      only(examined(unexpectedAccess, "full: {}", addingPolicy("full", policy)).findings).subject;
    const document = documentOf(allow("*"));
    expect(subjectOf({ name, arn, document })).toBe(`policy ${arn} of the role AWSSupportAppFullRole (full)`);
    expect(subjectOf({ name, document })).toBe(`inline policy ${name} of the role AWSSupportAppFullRole (full)`);
  });

  test("its own policy that creates any service-linked role", () => {
    const wide = changing("full", () => ({
      policies: { known: ownPolicies("full: {}", allow("iam:CreateServiceLinkedRole")) },
    }));
    expect(only(examined(unexpectedAccess, "full: {}", wide).findings).found).toBe(
      "it allows iam:CreateServiceLinkedRole",
    );
  });

  const right = {
    Effect: "Allow",
    Action: "iam:CreateServiceLinkedRole",
    Resource: "*",
    Condition: { StringEquals: { "iam:AWSServiceName": ["servicequotas.amazonaws.com"] } },
  };
  test.each<[string, boolean]>([
    ["read-only: {}", true],
    ["full: { without: [request-quota-increases] }", true],
    ["full: {}", false],
    ["full: { service-quotas-role: existing }", true],
  ])("the right to create the Service Quotas role, in its own policy with %s: %s", (yaml, isMore) => {
    const level = yaml.startsWith("full") ? "full" : "read-only";
    const having = changing(level, () => ({
      policies: { known: ownPolicies(yaml, right) },
    }));
    expect(examined(unexpectedAccess, yaml, having).findings).toHaveLength(isMore ? 1 : 0);
  });

  test.each<[string, boolean]>([
    ["on-demand", false],
    ["create", true],
    ["adopt", true],
    ["existing", true],
  ])("the right to create the Service Quotas role, in an inline policy with %s: %s", (mode, isMore) => {
    const yaml = `full: { service-quotas-role: ${mode} }`;
    const { findings } = examined(unexpectedAccess, yaml, addingPolicy("full", inline(right)));
    expect(findings).toHaveLength(isMore ? 1 : 0);
  });

  test.each<[string, object]>([
    ["everything", allow("*")],
    ["all but something", { Effect: "Allow", NotAction: "s3:*", Resource: "*" }],
    ["any service-linked role", allow("iam:CreateServiceLinkedRole")],
  ])("a policy edited to allow %s is one finding, whatever the mode of the Service Quotas role", (_, statement) => {
    const yaml = "full: { service-quotas-role: existing }";
    const wide = changing("full", () => ({
      policies: { known: ownPolicies(yaml, statement) },
    }));
    expect(CHECKS.flatMap((check) => examined(check, yaml, wide).findings)).toHaveLength(1);
  });

  test("its own policy is recognized under another path", () => {
    const moved = changing("full", ({ policies }) => ({
      policies: {
        known: (policies as { known: LivePolicy[] }).known.map((policy) => ({
          ...policy,
          arn: policy.arn?.replace(":policy/", ":policy/team/"),
        })),
      },
    }));
    for (const check of [unexpectedAccess, capabilities])
      expect(examined(check, "full: {}", moved).findings).toEqual([]);
    const notes = examined(unexpectedAccess, "full: {}", moved).notes;
    expect(notes).toEqual([]);
  });

  test("people can do something only with all of a capability's actions, within the boundary", () => {
    const some = examined(
      unexpectedAccess,
      "read-only: {}",
      addingPolicy("read-only", inline(allow("support:Describe*"))),
    );
    expect(only(some.findings).found).toBe("it allows support:Describe*");
    const one = examined(
      unexpectedAccess,
      `read-only: { ${WATCH} }`,
      addingPolicy("read-only", inline(allow("support:CreateCase"))),
    );
    expect(only(one.findings).found).toBe("people in #watch can do more than read: it allows support:CreateCase");
    const also = inline(allow(["support:SearchForCases", "support:CreateCase"]));
    expect(only(examined(unexpectedAccess, "read-only: {}", addingPolicy("read-only", also)).findings).found).toContain(
      "people in every channel with this role can do more than read: it allows support:SearchForCases",
    );
    const name = `arn:aws:iam::${ACCOUNT}:policy/b`;
    const boundary = boundaryWith(name, allow("support:Describe*"));
    const limited = (account: Account) =>
      withAccess(addingPolicy("read-only", inline(allow("*")))(account), "read-only", { boundary });
    const yaml = `read-only: { permissions-boundary: "${name}" }`;
    expect(only(examined(unexpectedAccess, yaml, limited).findings).found).toBe("it allows *");
  });

  test("AWS's read-only policy that writes is no longer read-only", () => {
    const yaml = "read-only: { policy: aws-managed }";
    const writing = changing("read-only", () => ({
      policies: { known: ownPolicies(yaml, allow("support:CreateCase")) },
    }));
    expect(only(examined(unexpectedAccess, yaml, writing).findings)).toMatchObject({
      answer: "unhealthy",
      fix: { change: { environments: { test: { "read-only": { policy: "customer-managed" } } } } },
    });
    const adopted = examined(unexpectedAccess, "read-only: { policy: aws-managed, adopt: true }", writing);
    expect(only(adopted.findings).fix.change).toMatchObject({
      environments: { test: { "read-only": { adopt: false } } },
    });
  });

  test("a policy that isn't a document, or can't be read", () => {
    const broken = examined(
      unexpectedAccess,
      "full: {}",
      addingPolicy("full", { name: "by-hand", document: { known: readLiveDocument("{") } }),
    );
    expect(only(broken.findings)).toMatchObject({
      answer: "unknown",
      expected: "no such policy",
      found: "unsupported (not JSON, or a key stands twice): {",
      fix: { commands: ["npx support-app deploy test"] },
    });
    expect(broken.notes).toEqual([]);
    const closed = changing("full", () => ({ policies: { known: [{ name: "by-hand", document: DENIED }] } }));
    expect(only(examined(unexpectedAccess, "full: {}", closed).findings)).toMatchObject({ answer: "unknown" });
    const denied = changing("full", () => ({ policies: DENIED }));
    expect(only(examined(unexpectedAccess, "full: {}", denied).findings)).toMatchObject({ answer: "unknown" });
  });

  test("a partly unsupported policy is unhealthy by what its other parts allow, or else unknown", () => {
    const odd = { ...allow("support:DescribeCases"), Who: "x" };
    const foundIn = (yaml: string, ...statements: object[]) =>
      only(
        examined(
          unexpectedAccess,
          yaml,
          changing("full", () => ({ policies: { known: ownPolicies(yaml, ...statements) } })),
        ).findings,
      );
    expect(foundIn("full: {}", odd, allow("s3:GetObject"))).toMatchObject({
      answer: "unhealthy",
      found: `it allows s3:GetObject; unsupported (an unknown element): ${JSON.stringify(odd)}`,
    });
    const unknown = { answer: "unknown", found: `unsupported (an unknown element): ${JSON.stringify(odd)}` };
    expect(foundIn("full: {}", odd)).toMatchObject({ ...unknown, fix: { change: undefined } });
    const change = { environments: { test: { full: { policy: "customer-managed" } } } };
    for (const more of [[], [allow("support:RefreshCase")]]) {
      expect(foundIn("full: { policy: aws-managed }", odd, ...more)).toMatchObject({ ...unknown, fix: { change } });
    }
  });

  test("whoever may do all but some actions can do more than read, unless a boundary limits that", () => {
    const allBut = inline({ Effect: "Allow", NotAction: ["support:*", "servicequotas:*"], Resource: "*" });
    const found = (yaml: string, change: Partial<LiveAccess> = {}) =>
      only(
        examined(unexpectedAccess, yaml, (account) =>
          withAccess(addingPolicy("read-only", allBut)(account), "read-only", change),
        ).findings,
      ).found;
    expect(found("read-only: {}")).toBe(
      "people in every channel with this role can do more than read: it allows all but support:*, servicequotas:*",
    );
    const name = `arn:aws:iam::${ACCOUNT}:policy/b`;
    expect(
      found(`read-only: { permissions-boundary: "${name}" }`, { boundary: boundaryWith(name, allow("support:*")) }),
    ).toBe("it allows all but support:*, servicequotas:*");
  });

  test("an addition by AWS to its own policy is a note: environments.yaml says that AWS decides", () => {
    const yaml = "read-only: { policy: aws-managed }";
    const later = changing("read-only", () => ({
      policies: { known: ownPolicies(yaml, allow("support:SearchForCases")) },
    }));
    const { findings, notes } = examined(unexpectedAccess, yaml, later);
    expect(findings).toEqual([]);
    expect(notes?.join()).toContain("allows more than when this version was released: support:SearchForCases.");
    const both = changing("read-only", () => ({
      policies: { known: ownPolicies(yaml, allow(["support:SearchForCases", "support:CreateCase"])) },
    }));
    expect(examined(unexpectedAccess, yaml, both).findings).toHaveLength(1);
    const full = "full: { policy: aws-managed }";
    const writing = changing("full", () => ({
      policies: { known: ownPolicies(full, allow("support:RefreshCase")) },
    }));
    expect(examined(unexpectedAccess, full, writing)).toMatchObject({
      findings: [],
      notes: [expect.stringContaining("support:RefreshCase")],
    });
  });

  describe("what is said in whole:", () => {
    const topic = GUIDE_TOPICS.restrictUsers;
    const role = "of the role AWSSupportAppFullRole (full)";
    const own = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
    const ofAws = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess";
    const everything =
      "full: view-cases, create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases";
    const removing = {
      text: "Deploy the environment, which removes anything that isn't in environments.yaml.",
      change: undefined,
      commands: ["npx support-app deploy test"],
    };
    const reading = {
      text: "Allow these credentials iam:GetRole. This prints everything that doctor needs:",
      commands: ["npx support-app doctor --policy"],
    };
    const ownWith = (yaml: string, ...statements: object[]) =>
      examined(
        unexpectedAccess,
        yaml,
        changing("full", () => ({ policies: { known: ownPolicies(yaml, ...statements) } })),
      );

    test("nothing, of an account as it should be", () => {
      expect(examined(unexpectedAccess, "full: {}")).toEqual({ findings: [], notes: [], waitsFor: undefined });
    });

    test("policies that can't be read are unknown, all or one", () => {
      const unread = { answer: "unknown", found: DENIED.unknown.message, topic, fix: reading };
      const all = changing("full", () => ({ policies: DENIED }));
      expect(examined(unexpectedAccess, "full: {}", all)).toEqual({
        findings: [
          {
            ...unread,
            subject: "role AWSSupportAppFullRole (full)",
            about: ["full"],
            expected: "to see its policies",
          },
        ],
        notes: [],
        waitsFor: undefined,
      });
      const one = changing("full", () => ({ policies: { known: [{ name: "by-hand", document: DENIED }] } }));
      expect(examined(unexpectedAccess, "full: {}", one).findings).toEqual([
        {
          ...unread,
          subject: `inline policy by-hand ${role}`,
          about: ["full", "inline policy", "by-hand"],
          expected: "to see what it says",
        },
      ]);
    });

    test("its own policy that allows more says what the access level has", () => {
      expect(ownWith("full: {}", allow(["s3:GetObject", "S3:ListBucket"]), allow("sts:AssumeRole"))).toEqual({
        findings: [
          {
            answer: "unhealthy",
            subject: `policy ${own} ${role}`,
            about: ["full", "policy", own],
            expected: `nothing but ${everything}`,
            found: "it allows s3:GetObject, S3:ListBucket, sts:AssumeRole",
            topic,
            fix: removing,
          },
        ],
        notes: [],
        waitsFor: undefined,
      });
    });

    test("an inline policy shouldn't be there if it allows more", () => {
      expect(
        examined(unexpectedAccess, "full: {}", addingPolicy("full", inline(allow("s3:*")))).findings,
      ).toMatchObject([
        {
          answer: "unhealthy",
          subject: `inline policy by-hand ${role}`,
          about: ["full", "inline policy", "by-hand"],
          expected: "no such policy",
          found: "it allows s3:*",
          topic,
          fix: removing,
        },
      ]);
    });

    test("a policy by hand that allows nothing more is a note", () => {
      const notes = (...statements: object[]) =>
        examined(unexpectedAccess, "full: {}", addingPolicy("full", inline(...statements))).notes;
      expect(notes(allow("support:DescribeCases"))).toEqual([
        `The inline policy by-hand ${role} isn't in environments.yaml and allows nothing more: a deploy removes it.`,
      ]);
      expect(notes({ ...allow("s3:*"), Effect: "Deny" })).toEqual([
        `The inline policy by-hand ${role} isn't in environments.yaml, denies something and allows nothing more: a deploy removes it.`,
      ]);
    });

    test("AWS's policy that allows more is a note, unless a read-only one writes", () => {
      expect(ownWith("full: { policy: aws-managed }", allow(["support:RefreshCase", "s3:*"]))).toEqual({
        findings: [],
        notes: [`AWS's policy ${ofAws} allows more than when this version was released: support:RefreshCase, s3:*.`],
        waitsFor: undefined,
      });
      const yaml = "read-only: { policy: aws-managed }";
      const writing = changing("read-only", () => ({
        policies: { known: ownPolicies(yaml, allow("support:CreateCase")) },
      }));
      expect(only(examined(unexpectedAccess, yaml, writing).findings)).toMatchObject({
        found: "people in every channel with this role can do more than read: it allows support:CreateCase",
        fix: {
          text: "AWS's policy is no longer read-only. Switch to a customer-managed policy, and deploy.",
          change: { environments: { test: { "read-only": { policy: "customer-managed" } } } },
          commands: ["npx support-app deploy test"],
        },
      });
    });

    test("AWS's read-only policy that reads more and writes isn't read-only either", () => {
      const yaml = "read-only: { policy: aws-managed }";
      const both = changing("read-only", () => ({
        policies: { known: ownPolicies(yaml, allow("support:SearchForCases"), allow("support:CreateCase")) },
      }));
      expect(only(examined(unexpectedAccess, yaml, both).findings).found).toBe(
        "people in every channel with this role can do more than read: it allows support:SearchForCases, support:CreateCase",
      );
    });

    test("an unsupported part of AWS's policy is left for a policy of one's own", () => {
      const odd = { ...allow("support:DescribeCases"), Who: "x" };
      expect(only(ownWith("full: { policy: aws-managed }", odd).findings)).toEqual({
        answer: "unknown",
        subject: `policy ${ofAws} ${role}`,
        about: ["full", "policy", ofAws],
        expected: `nothing but ${everything}`,
        found: `unsupported (an unknown element): ${JSON.stringify(odd)}`,
        topic,
        fix: {
          text: "doctor doesn't support what AWS's policy says. Switch to a customer-managed policy, and deploy.",
          change: { environments: { test: { full: { policy: "customer-managed" } } } },
          commands: ["npx support-app deploy test"],
        },
      });
      expect(only(ownWith("full: {}", odd).findings)).toMatchObject({ answer: "unknown", fix: removing });
    });

    test.each([
      "support:GetCase",
      "support:ListCases",
      "support:DescribeCases2",
      "support:Describe*",
      "s3-object-lambda:Get?",
      "SUPPORT:SEARCHFORCASES",
    ])("%s reads by its name: whoever may do that can't do more than read, unless it has a digit", (action) => {
      const { findings } = examined(
        unexpectedAccess,
        "read-only: {}",
        addingPolicy("read-only", inline(allow(action))),
      );
      const writes = /\d$/.test(action) ? "people in every channel with this role can do more than read: " : "";
      expect(only(findings).found).toBe(`${writes}it allows ${action}`);
    });

    test.each(["support:Create*", "s*3:GetObject", "support:ResetGet", "xsupport:PutGetCase", "support:GetCase/Put"])(
      "%s may write by its name",
      (action) => {
        const { findings } = examined(
          unexpectedAccess,
          "read-only: {}",
          addingPolicy("read-only", inline(allow(action))),
        );
        expect(only(findings).found).toMatch(/ can do more than read: it allows /);
      },
    );

    test("of a policy like ReadOnlyAccess, the consequence comes first, and then twenty actions of all", () => {
      const arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
      const document = { known: readLiveDocument(VIEWING_POLICIES.ReadOnlyAccess ?? "") };
      const { findings } = examined(
        unexpectedAccess,
        "read-only: {}",
        addingPolicy("read-only", { name: "r", arn, document }),
      );
      const { found } = only(findings);
      expect(found).toMatch(
        /^people in every channel with this role can do more than read: it allows ec2:Get\*, .* and 1\d{3} more$/,
      );
      expect(found.split(", ")).toHaveLength(20);
    });

    test("of a full access, nobody is said to do more than read, and new capabilities are named", () => {
      const found = (yaml: string, action: string) =>
        only(examined(unexpectedAccess, yaml, addingPolicy("full", inline(allow(action)))).findings).found;
      expect(found("full: {}", "s3:PutObject")).toBe("it allows s3:PutObject");
      const channels = "channels: [{ name: a, workspace: T1, channel: C1 }, { name: b, workspace: T1, channel: C2 }]";
      const yaml = `read-only: { ${WATCH.replace("C1", "C3")} }, full: { without: [live-chat, resolve-cases], ${channels} }`;
      expect(found(yaml, "support:*")).toBe("people in #a, #b can resolve-cases, live-chat: it allows support:*");
    });

    const until = (end: string) => ({ DateLessThan: { "aws:CurrentTime": end } });
    test("what lasts longer than it should is named once, with both ends", () => {
      const yaml = "full: { until: 2026-12-31, service-quotas-role: create }";
      const lasting = changing("full", () => ({
        policies: {
          known: [
            {
              name: "x",
              arn: own,
              document: documentOf(
                { ...allow(["support:InitiateChatForCase", "s3:*"]), Effect: "Deny" },
                allow(["support:CreateCase", "support:createcase", "support:ResolveCase"]),
                allow("support:CreateCase"),
                { ...allow("support:AddCommunicationToCase"), Condition: until("2027-02-01T00:00:00Z") },
                { ...allow("support:AddAttachmentsToSet"), Condition: until("2027-01-01T00:00:00Z") },
                { ...allow("support:DescribeCases"), Condition: until("2026-07-01T00:00:00Z") },
              ),
            },
          ],
        },
      }));
      expect(only(examined(unexpectedAccess, yaml, lasting).findings)).toEqual({
        answer: "unhealthy",
        subject: `policy ${own} ${role}`,
        about: ["full", "policy", own],
        expected:
          "nothing but full: view-cases (until the end of 2026-12-31 (UTC)), create-cases (until the end of 2026-12-31 (UTC)), reply-to-cases (until the end of 2026-12-31 (UTC)), attach-files (until the end of 2026-12-31 (UTC)), resolve-cases (until the end of 2026-12-31 (UTC)), live-chat (until the end of 2026-12-31 (UTC)), request-quota-increases (until the end of 2026-12-31 (UTC))",
        found:
          "it allows for longer than expected: support:CreateCase (without an end, expected until the end of 2026-12-31 (UTC)), support:ResolveCase (without an end, expected until the end of 2026-12-31 (UTC)), support:AddCommunicationToCase (until the end of 2027-01-31 (UTC), expected until the end of 2026-12-31 (UTC))",
        topic,
        fix: removing,
      });
    });
    test("after its end, an access level has nothing any more", () => {
      const yaml = "full: { until: 2026-05-01, service-quotas-role: create }";
      const { expected, found } = only(ownWith(yaml, allow("support:CreateCase")).findings);
      expect(expected).toBe("nothing but full: nothing any more");
      expect(found).toBe(
        "it allows for longer than expected: support:CreateCase (without an end, expected until the end of 2026-05-01 (UTC))",
      );
    });
  });
});

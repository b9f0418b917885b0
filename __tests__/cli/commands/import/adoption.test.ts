import { readLiveDocument } from "../../../../cli/aws/live-document";
import { type Adoption, adoptionOf, type InexpressibleRole } from "../../../../cli/commands/import/adoption";
import { differencesOf } from "../../../../cli/commands/import/differences";
import type { TrustingRole } from "../../../../cli/commands/import/live-setup";
import { refusalWords } from "../../../../cli/commands/import/refusal";
import FULL_ACCESS from "../../../../cli/iam/aws-managed-policies/AWSSupportAppFullAccess.json";
import type { Access } from "../../../../modules/support-app/model/access";
import { actionsOf, CAPABILITIES, OPTIONAL_CAPABILITIES } from "../../../../modules/support-app/model/capability";
import { toProps } from "../../../../stacks/environments/environment";
import { ACCOUNT, environmentOf, ownPolicy, policyText } from "../../../support/live-account";
import { NOW } from "../../../support/now";
import { allow, attached, role, TRUST, VIEW } from "../../../support/trusting-role";
import { VIEWING_POLICIES } from "../../../support/viewing-policies";

function adopted(given: TrustingRole): Adoption {
  const found = adoptionOf(given, ACCOUNT, NOW);
  if ("why" in found) throw new Error(found.why.map(refusalWords).join("\n"));
  return found;
}

function whyNot(given: TrustingRole): string {
  return (adoptionOf(given, ACCOUNT, NOW) as InexpressibleRole).why.map(refusalWords).join("\n");
}

/** What environments.yaml then says. */
function propsOf({ access, entry }: Adoption): Access {
  return toProps(access, entry, ACCOUNT);
}

test("every environment's role is imported as the same entry, and a deploy changes nothing", () => {
  const numbers = Array.from({ length: 2 ** OPTIONAL_CAPABILITIES.length - 1 }, (_, number) => number); // without all, it is read-only
  const subsets = numbers.map((number) => OPTIONAL_CAPABILITIES.filter((_, index) => number & (1 << index)));
  const fulls = subsets.flatMap((without) => {
    const modes = without.includes("request-quota-increases") ? [""] : ["", ", service-quotas-role: existing"];
    return modes.map((mode) => `full: { without: [${without}]${mode} }`);
  });
  for (const yaml of [
    ...fulls,
    "read-only: {}",
    "read-only: { policy: aws-managed }",
    "full: { policy: aws-managed, source-account-condition: true }",
    "full: { role-name: a, policy-name: b, path: /c/d/, description: e, policy-description: f, max-session-duration: 7200 }",
    `full: { permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/boundary" }`,
    'read-only: { permissions-boundary: "arn:aws:iam::aws:policy/ReadOnlyAccess" }',
    "read-only: { until: 2026-12-31 }",
    "full: { until: 2026-12-31 }",
    "full: { until: 2026-12-31, without: [live-chat], temporarily: [{ capability: live-chat, until: 2026-12-30T17:00:00Z }] }",
    "full: { without: [live-chat, request-quota-increases], temporarily: [{ capability: live-chat, until: 2026-12-31 }, { capability: request-quota-increases, until: 2027-01-31 }] }",
    `full: { without: [${OPTIONAL_CAPABILITIES}], temporarily: [{ capability: live-chat, until: 2026-12-31 }] }`,
  ]) {
    const [props] = environmentOf(yaml).accesses;
    if (!props) throw new Error(yaml);
    const { name, arn = "", document } = ownPolicy(props);
    if ("unknown" in document) throw new Error(yaml);
    const path = props.path ?? "/";
    const condition = props.sourceAccountCondition && { Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };
    const adoption = adopted(
      role({
        name: props.roleName ?? (props.access === "full" ? "AWSSupportAppFullRole" : "AWSSupportAppReadOnlyRole"),
        path,
        description: props.description,
        boundary: props.permissionsBoundary,
        maxSessionDuration: props.maxSessionDuration ?? 3600,
        trust: readLiveDocument(policyText({ ...TRUST, ...condition })),
        attached: [attached(document.known.text, { name, arn, path, description: props.policyDescription })],
      }),
    );
    const withoutNothing = ({ without = [], ...rest }: Access) => ({ ...rest, without });
    expect({ yaml, ...withoutNothing(propsOf(adoption)) }).toEqual({
      yaml,
      ...withoutNothing({ ...props, adopt: true }),
    });
    expect(differencesOf(adoption, new Map())).toEqual([]);
  }
  expect(fulls).toHaveLength(31 + 32 * 2);
});

describe("beside one of AWS's policies for viewing the whole account", () => {
  const aws = (name: string, text: string) => attached(text, { name, arn: `arn:aws:iam::aws:policy/${name}` });
  const APP = aws("AWSSupportAppFullAccess", JSON.stringify(FULL_ACCESS));

  test.each(Object.entries(VIEWING_POLICIES))(
    "%s: AWSSupportAppFullAccess is adopted, and the other is lost",
    (name, text) => {
      const { entry, lostPermissions, ...adoption } = adopted(role({ attached: [APP, aws(name, text)] }));
      expect(entry).toEqual({ adopt: true, policy: "aws-managed", "role-name": "role" });
      const [losses, removed] = differencesOf({ entry, lostPermissions, ...adoption }, new Map());
      expect(losses).toMatch(
        /^People in its channels lose what full doesn't give: .*; and \d+ more\.$|^People .{0,600}\.$/,
      );
      expect((losses ?? "").length).toBeLessThan(1_000);
      expect(removed).toBe(`The attached policy arn:aws:iam::aws:policy/${name} is removed.`);
    },
  );

  test("ten ARNs with two wildcards each, for something else, don't matter; for the level's own actions, they are too complex", () => {
    const arns = Array.from({ length: 10 }, (_, index) => `arn:aws:s3:::data-*-team-${index}-eu-central-1-*`);
    const policy = (Action: string, Effect = "Allow") => policyText({ Effect, Action, Resource: arns });
    const { lostPermissions } = adopted(role({ attached: [APP, attached(policy("s3:GetObject"), { name: "logs" })] }));
    expect(lostPermissions).toMatchObject([{ action: { patterns: ["s3:getobject"] }, resource: { patterns: arns } }]);
    const viewing = JSON.parse(policy("support:DescribeCases", "Deny")).Statement;
    expect(whyNot(role({ attached: [attached(policyText(VIEW, ...viewing))] }))).toBe(
      "its policies are too complex to compare with what environments.yaml would give in place of policy. Use fewer wildcards and conditions for the Support App's actions",
    );
  });
});

describe("what has ended", () => {
  const [PAST, END] = ["2026-05-01T00:00:00Z", "2027-01-01T00:00:00Z"] as const;
  const until = (end: string) => ({ Condition: { DateLessThan: { "aws:CurrentTime": end } } });

  test("is named, and left out", () => {
    const chat = { ...allow("support:InitiateChatForCase"), ...until(PAST) };
    const resolve = { ...allow("support:ResolveCase"), ...until(END) };
    const { entry, ended } = adopted(role({ attached: [attached(policyText(VIEW, chat, resolve))] }));
    expect(ended).toEqual([{ capability: "live-chat", end: PAST }]);
    expect(entry).toMatchObject({
      without: [...OPTIONAL_CAPABILITIES],
      temporarily: [{ capability: "resolve-cases" }],
    });
    expect(entry.temporarily).toHaveLength(1);
  });

  test("is no reason to keep a Deny, which has ended, too", () => {
    const denied = { Effect: "Deny", Action: "s3:*", Resource: "*", ...until(PAST) };
    expect(adopted(role({ attached: [attached(policyText(VIEW, denied))] })).ended).toEqual([]);
  });

  test("is the reason where it is view-cases", () => {
    expect(whyNot(role({ attached: [attached(policyText({ ...VIEW, ...until(PAST) }))] }))).toBe(
      "its policy policy allowed view-cases, which everything else depends on, only until the end of 2026-04-30 (UTC). If nobody needs the role, delete it",
    );
  });
});

describe("an end", () => {
  const ending = (end: string, ...actions: string[]) => ({
    ...allow(...actions),
    Condition: { DateLessThan: { "aws:CurrentTime": end } },
  });
  const END = "2027-01-01T00:00:00Z";

  test("of half a capability ends all of it", () => {
    const { entry, lostPermissions } = adopted(
      role({
        attached: [
          attached(
            policyText(
              VIEW,
              ending(END, "support:CreateCase"),
              ending("2027-02-01T00:00:00Z", "support:DescribeSeverityLevels"),
            ),
          ),
        ],
      }),
    );
    expect(entry).toMatchObject({ temporarily: [{ capability: "create-cases", until: "2026-12-31" }] });
    expect(lostPermissions).toHaveLength(1);
  });

  test("of view-cases ends everything", () => {
    const { entry } = adopted(
      role({
        attached: [attached(policyText({ ...VIEW, Condition: ending(END).Condition }, allow("support:ResolveCase")))],
      }),
    );
    expect(entry).toMatchObject({ until: "2026-12-31", without: expect.not.arrayContaining(["resolve-cases"]) });
    expect(entry.temporarily).toBeUndefined();
  });

  test.each([
    [{ DateLessThanEquals: { "aws:CurrentTime": END } }, `DateLessThanEquals of aws:CurrentTime ${END}`],
    [{ DateLessThan: { "aws:CurrentTime": "2027-01-01" } }, "DateLessThan of aws:CurrentTime 2027-01-01"],
    [
      { DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00+01:00" } },
      "DateLessThan of aws:CurrentTime 2027-01-01T00:00:00+01:00",
    ],
    [
      { DateLessThan: { "aws:CurrentTime": "2101-01-01T00:00:00Z" } },
      "DateLessThan of aws:CurrentTime 2101-01-01T00:00:00Z",
    ],
    [{ DateGreaterThan: { "aws:CurrentTime": END } }, `DateGreaterThan of aws:CurrentTime ${END}`],
  ])(
    "that environments.yaml can't express keeps the role outside, and the form that it can is named: %j",
    (Condition, on) => {
      expect(whyNot(role({ attached: [attached(policyText({ ...VIEW, Condition }))] }))).toBe(
        `its policy policy doesn't always allow view-cases, which every access level has: it depends on ${on}. An end is adopted as DateLessThan of aws:CurrentTime with a time in UTC to the second, such as 2027-01-01T00:00:00Z; a start isn't`,
      );
    },
  );

  test("beside another condition keeps the role outside, by that", () => {
    const Condition = { DateLessThan: { "aws:CurrentTime": END }, Bool: { "aws:SecureTransport": "true" } };
    expect(whyNot(role({ attached: [attached(policyText({ ...VIEW, Condition }))] }))).toBe(
      "its policy policy doesn't always allow view-cases, which every access level has: it depends on Bool of aws:securetransport true",
    );
  });

  test("in the trust policy keeps the role outside", () => {
    const trust = readLiveDocument(policyText({ ...TRUST, Condition: ending(END).Condition }));
    expect(whyNot(role({ trust }))).toContain("only under conditions that environments.yaml can't express");
  });
});

describe("never more", () => {
  const FULL = allow(...actionsOf(CAPABILITIES));

  test("a capability with a missing, denied or conditional action is left out", () => {
    const without = (...statements: object[]) =>
      adopted(role({ attached: [attached(policyText(...statements))] })).entry.without;
    expect(without(allow(...actionsOf(CAPABILITIES).filter((action) => action !== "support:CreateCase")))).toEqual([
      "create-cases",
    ]);
    expect(without(FULL, { Effect: "Deny", Action: "support:Add*", Resource: "*" })).toEqual([
      "reply-to-cases",
      "attach-files",
    ]);
    const condition = { Condition: { StringEquals: { "aws:PrincipalTag/team": "a" } } };
    expect(without(FULL, { Effect: "Deny", Action: "support:ResolveCase", Resource: "*", ...condition })).toEqual([
      "resolve-cases",
    ]);
  });

  test("a policy never gets what only another policy of the role allows: others may have it, too", () => {
    const { access, lostPermissions } = adopted(
      role({
        attached: [attached(policyText(VIEW))],
        inline: [{ name: "i", document: readLiveDocument(policyText(FULL)) }],
      }),
    );
    expect(access).toBe("read-only");
    expect(lostPermissions.length).toBeGreaterThan(0);
  });

  test("of several policies, the one that gives most is imported, and the others are named", () => {
    const adoption = adopted(
      role({ attached: [attached(policyText(VIEW), { name: "a" }), attached(policyText(FULL), { name: "b" })] }),
    );
    expect(adoption.entry["policy-name"]).toBe("b");
    expect(differencesOf(adoption, new Map())).toEqual([
      `The attached policy arn:aws:iam::${ACCOUNT}:policy/a is removed.`,
    ]);
  });

  test("a Deny is taken over where the adopted policy alone allows; beside another Allow, the role is left out", () => {
    const denies = policyText({ ...allow("support:ResolveCase"), Effect: "Deny" });
    const narrows = policyText(VIEW, { ...allow("support:ResolveCase"), Effect: "Deny" });
    const allows = policyText(allow("support:ResolveCase"));
    const own = (text = policyText(FULL)) => attached(text, { name: "own" });
    const inline = (name: string, text: string) => ({ name, document: readLiveDocument(text) });
    for (const denying of [
      { attached: [own(), attached(denies, { name: "less" })] },
      { attached: [own()], inline: [inline("less", denies)] },
    ]) {
      const { policy, entry } = adopted(role(denying));
      expect([policy.name, entry.without]).toEqual(["own", ["resolve-cases"]]);
    }
    expect(adopted(role({ attached: [own(narrows)] })).policy.name).toBe("own");
    const unrelated = policyText(allow("iam:GetRole"));
    expect(adopted(role({ attached: [own(narrows)], inline: [inline("other", unrelated)] })).policy.name).toBe("own");
    const ofAws = attached(policyText(FULL), { name: "AWS's", arn: "arn:aws:iam::aws:policy/AWSSupportAppFullAccess" });
    const stopsNothing = policyText({ ...allow("iam:DeleteRole"), Effect: "Deny" });
    expect(adopted(role({ attached: [ofAws], inline: [inline("none", stopsNothing)] })).entry.policy).toBe(
      "aws-managed",
    );
    const shared = attached(policyText(FULL), { name: "own", isShared: true });
    expect(adopted(role({ attached: [shared], inline: [inline("none", stopsNothing)] })).policy.name).toBe("own");

    expect(whyNot(role({ attached: [own(narrows), attached(allows, { name: "more" })] }))).toBe(
      [
        "a deploy could remove what its policy own denies before its policy more, which would allow more in between. Remove more from the role, and import again",
        "its policy more doesn't always allow view-cases, which every access level has",
      ].join("\n"),
    );
    expect(whyNot(role({ attached: [ofAws], inline: [inline("less", denies)] }))).toBe(
      "another policy of the role denies a part of AWS's policy AWS's, and a deploy would remove that other policy. Attach a copy of AWS's policy instead, and import again",
    );
  });

  test.each<[string, Partial<TrustingRole>, string]>([
    [
      "a boundary that can't be expressed would be removed",
      { boundary: "arn:aws:iam::444455556666:policy/boundary" },
      "it has the permissions boundary arn:aws:iam::444455556666:policy/boundary, which environments.yaml can't express",
    ],
    [
      "a path that can't be expressed",
      { path: "/a~b/" },
      "it has the path /a~b/, and environments.yaml accepts a path of at most 512",
    ],
    [
      "a Deny in a shared policy, whose other user may be allowed the action elsewhere",
      {
        attached: [
          attached(policyText(VIEW, { Effect: "Deny", Action: "iam:CreateUser", Resource: "*" }), { isShared: true }),
        ],
      },
      "its policy policy is also used elsewhere, and contains more than environments.yaml can express",
    ],
    [
      "a Deny of what a bucket's policy may allow",
      { attached: [attached(policyText(VIEW, { Effect: "Deny", Action: "s3:*", Resource: "*" }))] },
      "its policy policy denies something that environments.yaml can't deny, and a deploy would remove that",
    ],
    [
      "a policy with another path than the role, which adopt wouldn't find",
      { path: "/team/" },
      "its policy policy has the path / and the role /team/, and environments.yaml has one path for both",
    ],
    [
      "an AWS managed policy that belongs to no access level",
      {
        attached: [
          attached(policyText(VIEW), { name: "AWSSupportAccess", arn: "arn:aws:iam::aws:policy/AWSSupportAccess" }),
        ],
      },
      "AWS's policy AWSSupportAccess doesn't belong to any access level",
    ],
    ["no policy at all", { attached: [] }, "it has no policy, and so allows nothing"],
    [
      "only inline policies",
      { attached: [], inline: [{ name: "i", document: readLiveDocument(policyText(VIEW)) }] },
      "it has no attached policy, and adopt needs one to import. Turn its inline policies into an attached one",
    ],
    [
      "its own policy as its boundary, which the deployer could rewrite",
      { boundary: `arn:aws:iam::${ACCOUNT}:policy/policy` },
      `its permissions boundary arn:aws:iam::${ACCOUNT}:policy/policy is a policy that the environment would manage`,
    ],
    [
      "unsupported settings",
      { attached: [attached('{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}')] },
      "in its policy policy, unsupported (no Action)",
    ],
    [
      "a description of the policy that can't be expressed, which IAM can't change",
      { attached: [attached(policyText(VIEW), { description: "two\nlines" })] },
      "its policy policy has a description that environments.yaml can't express",
    ],
  ])("%s", (_, more, why) => {
    expect(whyNot(role({ attached: [attached(policyText(VIEW))], ...more }))).toContain(why);
  });
});

import { type LiveDocument, readLiveDocument } from "../../../../../cli/aws/live-document";
import type { Account } from "../../../../../cli/commands/doctor/account";
import { trust } from "../../../../../cli/commands/doctor/checks/trust";
import { GUIDE_TOPICS } from "../../../../../cli/commands/doctor/guide-topic";
import { ACCOUNT, DENIED, documentOf, policyText } from "../../../../support/live-account";
import { changing, examined, only, withRole } from "./examined";

describe("trust", () => {
  const app = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };
  const ofAccount = { ...app, Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };

  test.each<[string, string, object[], string | undefined]>([
    ["is the app's", "full: {}", [app], undefined],
    ["is another's, too", "full: {}", [app, { ...app, Principal: { AWS: "1" } }], "AWS 1"],
    ["is anybody's", "full: {}", [{ ...app, Principal: "*" }], "anybody"],
    ["is anybody's, in other words", "full: {}", [{ ...app, Principal: { AWS: "*" } }], "anybody"],
    ["names nobody", "full: {}", [app, { ...app, Principal: undefined }], "anybody"],
    [
      "lets in anybody but one principal",
      "full: {}",
      [app, { ...app, Principal: undefined, NotPrincipal: { AWS: "1" } }],
      "anybody but AWS 1",
    ],
    [
      "lets another do something else",
      "full: {}",
      [app, { ...app, Action: "sts:TagSession", Principal: { AWS: "1" } }],
      undefined,
    ],
    [
      "lets in a web identity, too",
      "full: {}",
      [app, { ...app, Action: "sts:AssumeRoleWith*", Principal: { Federated: "f" } }],
      "Federated f",
    ],
    [
      "lets another do all but something",
      "full: {}",
      [app, { ...app, Action: undefined, NotAction: "s3:*", Principal: { AWS: "1" } }],
      "AWS 1",
    ],
    ["says nothing", "full: {}", [], "no statement that lets it in"],
    [
      "has a condition that nobody asked for",
      "full: {}",
      [ofAccount],
      "a condition or an exception that isn't in environments.yaml and may lock it out",
    ],
    ["has the condition that was asked for", "full: { source-account-condition: true }", [ofAccount], undefined],
    ["lacks it", "full: { source-account-condition: true }", [app], "on behalf of other accounts, too"],
    ...[
      { StringLike: { "aws:SourceAccount": "*" } },
      { StringLike: { "aws:SourceAccount": [ACCOUNT, "11112222*"] } },
      { StringEquals: { "aws:SourceAccount": [ACCOUNT, "999999999999"] } },
      { StringNotEquals: { "aws:SourceAccount": "999999999999" } },
      { StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } },
    ].map((Condition): [string, string, object[], string] => [
      `has ${JSON.stringify(Condition)}`,
      "full: { source-account-condition: true }",
      [{ ...app, Condition }],
      "on behalf of other accounts, too",
    ]),
    [
      "lets the app in by another statement, too",
      "full: { source-account-condition: true }",
      [ofAccount, { ...app, Condition: { Bool: { "aws:SecureTransport": "true" } } }],
      "on behalf of other accounts, too",
    ],
    [
      "has the condition and another one",
      "full: { source-account-condition: true }",
      [
        {
          ...app,
          Condition: { StringEquals: { "AWS:SourceAccount": [ACCOUNT] }, Bool: { "aws:SecureTransport": "true" } },
        },
      ],
      "may lock it out",
    ],
    [
      "has the condition for another account",
      "full: { source-account-condition: true }",
      [{ ...app, Condition: { StringEquals: { "aws:SourceAccount": "9" } } }],
      "no statement that lets it in",
    ],
    [
      "has the condition in a pattern that matches nothing else",
      "full: { source-account-condition: true }",
      [{ ...app, Condition: { StringLike: { "aws:SourceAccount": ACCOUNT } } }],
      undefined,
    ],
    [
      "has the condition, and lets anybody tag",
      "full: { source-account-condition: true }",
      [ofAccount, { ...app, Action: "sts:TagSession" }],
      undefined,
    ],
    [
      "has the condition, and once more with another key",
      "full: { source-account-condition: true }",
      [
        ofAccount,
        { ...app, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1", "aws:SourceAccount": ACCOUNT } } },
      ],
      undefined,
    ],
    [
      "denies requests on behalf of another account",
      "full: {}",
      [app, { ...app, Effect: "Deny", Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } } }],
      undefined,
    ],
    [
      "denies requests on behalf of this account",
      "full: {}",
      [app, { ...app, Effect: "Deny", Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } }],
      "a Deny that locks it out",
    ],
    [
      "denies requests on behalf of no account",
      "full: {}",
      [app, { ...app, Effect: "Deny", Condition: { Null: { "aws:SourceAccount": "true" } } }],
      "may lock it out",
    ],
    ["denies", "full: {}", [app, { ...app, Effect: "Deny" }], "a Deny that locks it out"],
    ["denies somebody else", "full: {}", [app, { ...app, Effect: "Deny", Principal: { AWS: "1" } }], undefined],
    ...["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"].map(
      (Action): [string, string, object[], string] => [
        `lets somebody else in by ${Action}`,
        "full: {}",
        [app, { ...app, Action, Principal: { Federated: "them" } }],
        "Federated them",
      ],
    ),
    [
      "lets somebody else tag",
      "full: {}",
      [app, { ...app, Action: "sts:TagSession", Principal: { AWS: "1" } }],
      undefined,
    ],
    [
      "has a number for the account",
      "full: { source-account-condition: true }",
      [{ ...app, Condition: { StringEquals: { "aws:SourceAccount": Number(ACCOUNT) } } }],
      undefined,
    ],
    [
      "denies other accounts",
      "full: { source-account-condition: true }",
      [ofAccount, { ...app, Effect: "Deny", Condition: { StringNotEquals: { "aws:SourceAccount": ACCOUNT } } }],
      undefined,
    ],
  ])("a trust that %s", (_, yaml, statements, found) => {
    const { findings } = examined(trust, yaml, withRole("full", { trust: documentOf(...statements).known }));
    if (found === undefined) expect(findings).toEqual([]);
    else expect(only(findings)).toMatchObject({ answer: "unhealthy", found: expect.stringContaining(found) });
  });

  test("the trust policy is quoted as it is, in one line", () => {
    const deny = { ...app, Effect: "Deny", Principal: "*" };
    const trusting = { trust: readLiveDocument(JSON.stringify(JSON.parse(policyText(app, deny)), null, 2)) };
    expect(only(examined(trust, "full: {}", withRole("full", trusting)).findings).found).toBe(
      `a Deny that locks it out: ${policyText(app, deny)}`,
    );
    const butOne = { ...deny, Principal: undefined, NotPrincipal: { AWS: "1" } };
    const maybe = { ...app, Condition: { Bool: { "aws:SecureTransport": "true" } } };
    for (const statements of [[app, butOne], [maybe]]) {
      const found = withRole("full", { trust: documentOf(...statements).known });
      expect(only(examined(trust, "full: {}", found).findings).found).toBe(
        `a condition or an exception that isn't in environments.yaml and may lock it out: ${policyText(...statements)}`,
      );
    }
  });

  test.each<[unknown, string]>([
    [
      { AWS: "arn:aws:iam::999999999999:root" },
      "AWS arn:aws:iam::999999999999:root, of another account (999999999999)",
    ],
    [{ AWS: "999999999999" }, "AWS 999999999999, of another account (999999999999)"],
    [
      { AWS: "arn:aws:sts::999999999999:assumed-role/a/b" },
      "AWS arn:aws:sts::999999999999:assumed-role/a/b, of another account (999999999999)",
    ],
    [
      { Federated: "arn:aws:iam::999999999999:saml-provider/a" },
      "Federated arn:aws:iam::999999999999:saml-provider/a, of another account (999999999999)",
    ],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:root` }, `AWS arn:aws:iam::${ACCOUNT}:root`],
    [{ AWS: [ACCOUNT, "AIDAEXAMPLE"] }, `AWS ${ACCOUNT}; AWS AIDAEXAMPLE`],
    [{ Federated: "cognito-identity.amazonaws.com" }, "Federated cognito-identity.amazonaws.com"],
    [{ Service: ["supportapp.amazonaws.com", "ec2.amazonaws.com"] }, "Service ec2.amazonaws.com"],
    [
      { AWS: ["*", "arn:aws:iam::999999999999:root"] },
      "anybody; AWS arn:aws:iam::999999999999:root, of another account (999999999999)",
    ],
  ])("a trust that lets in %j, too, names them, and whose account that is", (Principal, found) => {
    const { known } = documentOf(app, { ...app, Principal });
    const finding = only(examined(trust, "full: {}", withRole("full", { trust: known })).findings);
    expect(finding).toMatchObject({ answer: "unhealthy", found, topic: GUIDE_TOPICS.restrictUsers });
    const without = only(
      examined(
        trust,
        "full: {}",
        withRole("full", { trust: documentOf({ ...app, Principal: { AWS: "1" } }, { ...app, Principal }).known }),
      ).findings,
    );
    expect(without.found).toContain(found);
  });

  test.each<[string, LiveDocument, string]>([
    ["is no JSON", readLiveDocument("{"), "unsupported (not JSON, or a key stands twice): {"],
    [
      "has another element",
      documentOf(app, { ...app, Who: "x" }).known,
      'unsupported (an unknown element): {"Effect":',
    ],
    ["has no principal that IAM knows", documentOf({ ...app, Principal: "a" }).known, "unsupported (not a text): {"],
  ])("a trust that %s is unknown: it may let anybody in, and lock anybody out", (_, found, words) => {
    for (const yaml of ["full: {}", "full: { source-account-condition: true }"]) {
      expect(only(examined(trust, yaml, withRole("full", { trust: found })).findings)).toMatchObject({
        answer: "unknown",
        found: expect.stringContaining(words),
        fix: { commands: ["npx support-app deploy test"] },
      });
    }
  });

  test("a partly unsupported trust policy is unhealthy by its other parts", () => {
    const foundOf = (...statements: object[]) =>
      only(
        examined(trust, "full: {}", withRole("full", { trust: documentOf(...statements, "x" as never).known }))
          .findings,
      );
    expect(foundOf(app, { ...app, Principal: { AWS: "1" } })).toMatchObject({
      answer: "unhealthy",
      found: "AWS 1; unsupported (not a statement): x",
    });
    expect(foundOf(app, { ...app, Effect: "Deny" })).toMatchObject({
      answer: "unhealthy",
      found: expect.stringContaining("a Deny that locks it out"),
    });
  });

  describe("what is said in whole:", () => {
    const about = { subject: "trust of the role AWSSupportAppFullRole (full)", about: ["full"] };
    const fix = {
      text: "Deploy the environment, which restores the trust policy.",
      change: undefined,
      commands: ["npx support-app deploy test"],
    };
    const undoing = {
      ...fix,
      text: "Before you deploy the environment, find out who added that, and why: it may be there to stop somebody. A deploy undoes it.",
    };
    const letsIn = { ...about, fix, expected: "supportapp.amazonaws.com may assume the role" };
    const nobodyElse = { ...about, fix, expected: "nobody but supportapp.amazonaws.com may assume the role" };
    const findingsIn = (yaml: string, ...statements: object[]) =>
      examined(trust, yaml, withRole("full", { trust: documentOf(...statements).known })).findings;

    test("nothing, of a trust as it should be", () => {
      for (const yaml of ["full: {}", "full: { source-account-condition: true }"]) {
        expect(examined(trust, yaml)).toEqual({ findings: [], notes: [] });
      }
    });

    test("a role that is missing or unknown is waited for, and the others are looked at", () => {
      for (const role of [{ known: undefined }, DENIED]) {
        const gone = changing("read-only", () => ({ role }));
        expect(examined(trust, "read-only: {}, full: {}", gone)).toEqual({ findings: [], notes: [], waitsFor: "role" });
        const both = (account: Account) => withRole("full", { trust: documentOf().known })(gone(account));
        expect(examined(trust, "read-only: {}, full: {}", both)).toMatchObject({
          findings: [{ about: ["full"] }],
          waitsFor: "role",
        });
      }
    });

    test("a condition that somebody added may be an emergency stop, as a Deny may be", () => {
      const ofDate = { ...app, Condition: { DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } } };
      for (const [yaml, ...statements] of [
        ["full: {}", ofDate],
        ["full: {}", ofAccount],
        ["full: { source-account-condition: true }", ofDate],
        ["full: { source-account-condition: true }", ofAccount, { ...app, Effect: "Deny" }],
      ] as const) {
        expect(only(findingsIn(yaml, ...statements)).fix).toEqual(undoing);
      }
    });

    test("a trust that locks the app out", () => {
      const unhealthy = { answer: "unhealthy", ...letsIn, topic: GUIDE_TOPICS.missingRole };
      const found = (...statements: object[]) => `no statement that lets it in: ${policyText(...statements)}`;
      expect(findingsIn("full: {}")).toEqual([{ ...unhealthy, found: found() }]);
      const wrong = [
        { ...app, Action: "sts:TagSession" },
        { ...app, Principal: { AWS: ["1", "2"] } },
      ];
      expect(findingsIn("full: {}", ...wrong)).toEqual([
        { ...unhealthy, found: `${found(...wrong)}; and it trusts AWS 1; AWS 2` },
      ]);
      const but = { Effect: "Allow", Action: "sts:TagSession", NotPrincipal: app.Principal };
      expect(findingsIn("full: {}", but)).toEqual([{ ...unhealthy, found: found(but) }]);
      const user = { ...app, Principal: { AWS: "supportapp.amazonaws.com" } };
      expect(findingsIn("full: {}", user)).toEqual([
        { ...unhealthy, found: `${found(user)}; and it trusts AWS supportapp.amazonaws.com` },
      ]);
      const denies = [
        { ...app, Effect: "Deny" },
        { ...app, Effect: "Deny", Action: "sts:*" },
      ];
      expect(findingsIn("full: {}", app, ...denies)).toEqual([
        {
          ...unhealthy,
          fix: undoing,
          found: `a Deny that locks it out: ${policyText(app, ...denies)}`,
        },
      ]);
    });

    test("a Deny for the account locks the app out, even where only the account is let in", () => {
      const deny = { ...ofAccount, Effect: "Deny" };
      expect(findingsIn("full: {}", ofAccount, deny)).toMatchObject([
        { found: `a Deny that locks it out: ${policyText(ofAccount, deny)}` },
      ]);
    });

    test("a trust that lets others in, too", () => {
      const unhealthy = { answer: "unhealthy", ...nobodyElse, topic: GUIDE_TOPICS.restrictUsers };
      expect(
        findingsIn("full: {}", app, { ...app, Principal: { AWS: ["1", "2"] } }, { ...app, Principal: { AWS: "1" } }),
      ).toEqual([{ ...unhealthy, found: "AWS 1; AWS 2" }]);
      expect(
        findingsIn("full: {}", app, {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          NotPrincipal: { AWS: ["1", "arn:aws:iam::999999999999:root"] },
        }),
      ).toEqual([
        {
          ...unhealthy,
          found: "anybody but AWS 1, AWS arn:aws:iam::999999999999:root, of another account (999999999999)",
        },
      ]);
    });

    test("an unsupported trust is unknown, unless it lets others in", () => {
      const partly = { ...nobodyElse, topic: GUIDE_TOPICS.restrictUsers };
      expect(findingsIn("full: {}", app, "x" as never)).toEqual([
        { answer: "unknown", ...partly, found: "unsupported (not a statement): x" },
      ]);
      expect(findingsIn("full: {}", app, { ...app, Principal: { AWS: "1" } }, "x" as never)).toEqual([
        { answer: "unhealthy", ...partly, found: "AWS 1; unsupported (not a statement): x" },
      ]);
    });

    test("a trust on behalf of other accounts, too, is wider than the condition", () => {
      const wider = [app, { ...app, Condition: { StringLike: { "aws:SourceAccount": "1*" } } }];
      expect(findingsIn("full: { source-account-condition: true }", ofAccount, ...wider)).toEqual([
        {
          answer: "unhealthy",
          ...about,
          fix,
          expected: `only on behalf of ${ACCOUNT} (source-account-condition)`,
          found: `on behalf of other accounts, too: ${policyText(ofAccount, ...wider)}`,
          topic: GUIDE_TOPICS.restrictUsers,
        },
      ]);
    });

    test.each(["StringEquals", "StringEqualsIgnoreCase", "StringLike"])(
      "%s of the account is the condition that environments.yaml asks for",
      (operator) => {
        const statement = { ...app, Condition: { [operator]: { "aws:SourceAccount": ACCOUNT } } };
        expect(findingsIn("full: { source-account-condition: true }", statement)).toEqual([]);
      },
    );

    test("the condition may be on another key, which isn't it", () => {
      const other = { ...app, Condition: { StringEquals: { "aws:SourceArn": ACCOUNT } } };
      expect(findingsIn("full: { source-account-condition: true }", ofAccount, other)).toMatchObject([
        { found: `on behalf of other accounts, too: ${policyText(ofAccount, other)}` },
      ]);
    });
  });
});

import { parse, stringify } from "yaml";
import type { LiveChannel } from "../../../cli/aws/live-channel";
import { type LiveDocument, readLiveDocument } from "../../../cli/aws/live-document";
import type { LivePolicy, LiveRole } from "../../../cli/aws/live-role";
import type { LookupFailure } from "../../../cli/aws/lookup";
import type { Account } from "../../../cli/doctor/account";
import type { Check, Finding } from "../../../cli/doctor/check";
import { capabilities } from "../../../cli/doctor/checks/capabilities";
import { channels } from "../../../cli/doctor/checks/channels";
import { credentials } from "../../../cli/doctor/checks/credentials";
import { permissionsBoundary } from "../../../cli/doctor/checks/permissions-boundary";
import { region } from "../../../cli/doctor/checks/region";
import { role } from "../../../cli/doctor/checks/role";
import { serviceQuotasRole } from "../../../cli/doctor/checks/service-quotas-role";
import { supportPlan } from "../../../cli/doctor/checks/support-plan";
import { trust } from "../../../cli/doctor/checks/trust";
import { unexpectedAccess } from "../../../cli/doctor/checks/unexpected-access";
import { CHECKS } from "../../../cli/doctor/diagnose";
import { GUIDE_TOPICS } from "../../../cli/doctor/guide-topic";
import type { LiveAccess, Simulated } from "../../../cli/doctor/live-access";
import type { AccessLevel } from "../../../modules/support-app/access-level";
import { actionsOf, CAPABILITIES } from "../../../modules/support-app/capability";
import { FRAMEWORK } from "../../../modules/support-app/library";
import { parseEnvironments } from "../../../stacks/environments";
import {
  ACCOUNT,
  boundaryWith,
  DENIED,
  documentOf,
  environmentOf,
  healthyAccount,
  ownPolicy,
  roleNameOf,
  withAccess,
} from "../../support/live-account";
import { merged } from "../../support/merged";

const WATCH = "channels: [{ name: watch, workspace: T1, channel: C1 }]";
/** A command of AWS's as it is printed, which runs in the account alone. */
function inAccount(operation: string): string {
  return onlyInAccount(`aws ${operation}`);
}
function onlyInAccount(command: string): string {
  return `if [ "$(aws sts --region us-east-1 get-caller-identity --query Account --output text)" = ${ACCOUNT} ]; then ${command}; else echo "Not run: it takes credentials of ${ACCOUNT}." >&2; false; fi`;
}
const CREATE_ROLE = inAccount(
  "iam --region us-east-1 create-service-linked-role --aws-service-name servicequotas.amazonaws.com",
);
const everyKind = [
  "read-only: {}",
  "full: {}",
  `read-only: { policy: aws-managed, ${WATCH} }, full: { without: [live-chat], service-quotas-role: create }`,
  "full: { without: [request-quota-increases], source-account-condition: true }",
  `full: { path: /support/, role-name: oncall, permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/b" }`,
];

/** What a check says of an environment after something has changed in its account. */
function examined(check: Check, yaml: string, change: (account: Account) => Account = (account) => account) {
  const environment = environmentOf(yaml);
  const outcome = check.examine({ environment, whole: environment, account: change(healthyAccount(environment)) });
  for (const { fix } of outcome.findings) if (fix.change) expectAccepted(yaml, fix.change);
  return outcome;
}

/** Whatever a fix changes in environments.yaml, the file must still be right. */
function expectAccepted(yaml: string, change: object): void {
  const text = `environments: { test: { account: "${ACCOUNT}", region: us-east-1, ${yaml} } }`;
  expect(() => parseEnvironments(stringify(merged(parse(text), change)), "changed.yaml")).not.toThrow();
}

/** The only finding. */
function only(findings: readonly Finding[]): Finding {
  expect(findings).toHaveLength(1);
  return findings[0] as Finding;
}

function changing(access: AccessLevel, changed: (found: LiveAccess) => Partial<LiveAccess>) {
  return (account: Account) => withAccess(account, access, changed(account.accesses.get(access) as LiveAccess));
}

/** One policy more than the access level has. */
function addingPolicy(access: AccessLevel, policy: LivePolicy) {
  return changing(access, ({ policies }) => ({
    policies: { known: [...(policies as { known: LivePolicy[] }).known, policy] },
  }));
}

/** The policies of their own that an environment's access levels have, each with more statements. */
function ownPolicies(yaml: string, ...more: object[]): LivePolicy[] {
  return environmentOf(yaml).accesses.map((props) => ownPolicy(props, ...more));
}

/** The same with something else in their text. */
function editedPolicies(yaml: string, from: string, to: string): LivePolicy[] {
  return ownPolicies(yaml).map((own) => ({
    ...own,
    document: { known: readLiveDocument((own.document as { known: LiveDocument }).known.text.replace(from, to)) },
  }));
}

function withRole(access: AccessLevel, changed: Partial<LiveRole>) {
  return changing(access, ({ role }) => ({
    role: { known: { ...(role as { known: LiveRole }).known, ...changed } },
  }));
}

test.each(CHECKS.flatMap((check) => everyKind.map((yaml) => [check.name, yaml, check] as const)))(
  "%s finds nothing in %s as it is deployed, and waits for nothing",
  (_, yaml, check) => {
    expect(examined(check, yaml)).toMatchObject({ findings: [] });
    expect(examined(check, yaml).waitsFor).toBeUndefined();
  },
);

test("every check has a name, which stays, and a sentence of its own", () => {
  expect(CHECKS.map(({ name }) => name)).toEqual([
    "credentials",
    "region",
    "support-plan",
    "role",
    "trust",
    "permissions-boundary",
    "unexpected-access",
    "capabilities",
    "channels",
    "service-quotas-role",
  ]);
  for (const { sentence } of CHECKS) expect(sentence).toMatch(/^[A-Z].*\.$/);
});

describe("credentials", () => {
  test("are of another account", () => {
    const identity = { known: { account: "999999999999", arn: "arn:aws:iam::999999999999:root" } };
    const { answer, found, fix } = only(
      examined(credentials, "read-only: {}", (account) => ({ ...account, identity })).findings,
    );
    expect(answer).toBe("unknown");
    expect(found).toContain("which is of the account 999999999999");
    expect(fix.text).not.toContain("--assume");
    const withRole = examined(
      credentials,
      `deploy-role: "arn:aws:iam::${ACCOUNT}:role/terraform", read-only: {}`,
      (account) => ({ ...account, identity }),
    );
    expect(only(withRole.findings).fix.text).toContain("With --assume, doctor assumes the deploy-role first.");
  });

  test.each([
    [
      "sts:AssumeRole",
      "denied",
      `on arn:aws:iam::${ACCOUNT}:role/terraform, and let its trust name them; or leave --assume`,
    ],
    ["sts:GetCallerIdentity", "credentials", "log in again where the credentials have expired"],
    ["sts:GetCallerIdentity", "denied", "log in again where the credentials have expired"],
    ["sts:GetCallerIdentity", "other", "check that AWS can be reached"],
  ] as const)("can't be used: %s, %s", (action, kind, text) => {
    const identity = { unknown: { kind, action, message: "Error: said" } };
    const yaml = `deploy-role: "arn:aws:iam::${ACCOUNT}:role/terraform", read-only: {}`;
    const finding = only(examined(credentials, yaml, (account) => ({ ...account, identity })).findings);
    expect(finding).toMatchObject({ answer: "unknown", found: "Error: said" });
    expect(finding.fix.text).toContain(text);
  });

  test("can't be used, with a profile and without", () => {
    const identity = {
      unknown: { kind: "credentials", action: "sts:GetCallerIdentity", message: "Error: said" },
    } as const;
    const textWith = (profile: string | undefined) => {
      const before = process.env.AWS_PROFILE;
      if (profile === undefined) delete process.env.AWS_PROFILE;
      else process.env.AWS_PROFILE = profile;
      try {
        return only(examined(credentials, "full: {}", (account) => ({ ...account, identity })).findings).fix.text;
      } finally {
        if (before === undefined) delete process.env.AWS_PROFILE;
        else process.env.AWS_PROFILE = before;
      }
    };
    expect(textWith(undefined)).toMatch(/^Set AWS_PROFILE, or/);
    expect(textWith("ops")).toMatch(/^Check that there is a profile "ops" \(AWS_PROFILE\), or/);
  });

  test("of a profile that may not assume its role: that role is named, and not the deploy-role", () => {
    const resource = `arn:aws:iam::${ACCOUNT}:role/engineer`;
    const identity = { unknown: { kind: "denied", action: "sts:AssumeRole", message: "said", resource } } as const;
    const finding = only(examined(credentials, "read-only: {}", (account) => ({ ...account, identity })).findings);
    expect(finding.fix.text).toContain(`sts:AssumeRole on arn:aws:iam::${ACCOUNT}:role/engineer, and`);
    expect(finding.fix.text).toContain("it is the credentials' own profile that assumes it");
  });
});

describe("region and Support plan", () => {
  const unknown = (kind: LookupFailure["kind"], isDeniedByOrganization?: boolean) => ({
    unknown: { kind, action: "a:B", message: "said", isDeniedByOrganization },
  });

  test("a region without the Support App is no region for it; that one may not ask says nothing of it", () => {
    const without = examined(region, "read-only: {}", (account) => ({
      ...account,
      channels: unknown("no-support-app"),
    }));
    expect(only(without.findings)).toMatchObject({
      answer: "unhealthy",
      subject: "us-east-1",
      found: "said",
      fix: { change: { environments: { test: { region: "us-west-2" } } } },
    });
    const denied = examined(region, "read-only: {}", (account) => ({ ...account, channels: unknown("denied") }));
    expect(denied).toEqual({ findings: [], waitsFor: "channels" });
  });

  test("an environment goes to another region by way of nothing, whatever it manages: what it has had is deployed away", () => {
    const fixIn = (yaml: string) =>
      only(examined(region, yaml, (account) => ({ ...account, channels: unknown("no-support-app") })).findings).fix;
    const { text } = fixIn("full: { service-quotas-role: create }");
    expect(text).toBe(
      "Set retired: true and deploy, while environments.yaml still says this region. Then remove that line, set another region, such as us-west-2, and deploy again.",
    );
    expect(fixIn("full: { service-quotas-role: existing }").text).toBe(text);
  });

  test("a plan without the API is unhealthy, one that can't be asked unknown", () => {
    const without = examined(supportPlan, "full: {}", (account) => ({
      ...account,
      supportApi: unknown("no-support-plan"),
    }));
    expect(only(without.findings)).toMatchObject({ answer: "unhealthy", subject: `account ${ACCOUNT}` });
    // No plan that AWS ends is one to change to.
    expect(only(without.findings).fix?.text).toMatch(
      /^Change the Support plan to Business Support\+, Enterprise or Unified Operations, [^.]*: https:\S+\. AWS ends Developer, Business and Enterprise On-Ramp on 2027-01-01\.$/,
    );
    const denied = examined(supportPlan, "full: {}", (account) => ({ ...account, supportApi: unknown("denied") }));
    expect(only(denied.findings)).toMatchObject({
      answer: "unknown",
      fix: { commands: [expect.stringContaining("--policy")] },
    });
    const scp = examined(supportPlan, "full: {}", (account) => ({
      ...account,
      supportApi: unknown("denied", true),
    }));
    expect(only(scp.findings).fix).toEqual({
      text: expect.stringContaining("whoever runs the organization"),
      commands: [],
    });
  });
});

describe("role, trust and boundary", () => {
  test("there is no role: the checks of its trust, boundary and capabilities wait for it", () => {
    const gone = changing("full", () => ({ role: { known: undefined } }));
    expect(only(examined(role, "full: {}", gone).findings)).toMatchObject({
      answer: "unhealthy",
      expected: `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
      found: "no role of that name",
      topic: GUIDE_TOPICS.missingRole,
      fix: { commands: [`npx ${FRAMEWORK} deploy test`] },
    });
    const withoutPolicies = (account: Account) => withAccess(gone(account), "full", { policies: { known: [] } });
    expect(examined(unexpectedAccess, "full: {}", withoutPolicies)).toMatchObject({ findings: [], waitsFor: "role" });
    for (const check of [trust, permissionsBoundary, capabilities]) {
      expect(examined(check, "full: {}", gone)).toMatchObject({ findings: [], waitsFor: "role" });
    }
    const none = (account: Account) => ({ ...gone(account), serviceQuotasRole: { known: false } });
    expect(examined(serviceQuotasRole, "full: {}", none)).toMatchObject({ findings: [], waitsFor: "role" });
  });

  test("the role can't be looked at", () => {
    const denied = changing("full", () => ({ role: DENIED }));
    expect(only(examined(role, "full: {}", denied).findings)).toMatchObject({ answer: "unknown" });
    expect(examined(permissionsBoundary, "full: {}", denied)).toMatchObject({ findings: [], waitsFor: "role" });
  });

  const elsewhere = `arn:aws:iam::${ACCOUNT}:role/other/AWSSupportAppFullRole`;
  const saySo = { environments: { test: { full: { path: "/other/" } } } };
  const inline = { name: "by-hand", document: documentOf() };

  test("the role was made under another path, and so was its policy: environments.yaml can say so", () => {
    const both = (account: Account) =>
      withAccess(withRole("full", { arn: elsewhere })(account), "full", {
        policies: { known: ownPolicies("full: { path: /other/ }") },
      });
    const andMore = (account: Account) => addingPolicy("full", inline)(both(account));
    for (const found of [both, andMore]) {
      expect(only(examined(role, "full: {}", found).findings).fix).toMatchObject({
        change: saySo,
        commands: [`npx ${FRAMEWORK} deploy test`],
      });
    }
    const ofAws = examined(role, "full: { policy: aws-managed }", withRole("full", { arn: elsewhere }));
    expect(only(ofAws.findings).fix.change).toEqual(saySo);
  });

  test.each([
    elsewhere,
    `arn:aws:iam::${ACCOUNT}:role/awssupportappfullrole`,
    `arn:aws-cn:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
    `arn:aws:iam::${ACCOUNT}:role/team:a/AWSSupportAppFullRole`,
  ])("the role is %s, where its policy isn't: it is deleted with all that it has, and made again", (arn) => {
    const found = (account: Account) => addingPolicy("full", inline)(withRole("full", { arn })(account));
    const finding = only(examined(role, "full: {}", found).findings);
    expect(finding).toMatchObject({ answer: "unhealthy", found: arn });
    expect(finding.fix.change).toBeUndefined();
    const name = arn.slice(arn.lastIndexOf("/") + 1);
    const policy = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
    expect(finding.fix.commands).toEqual([
      inAccount(`iam --region us-east-1 detach-role-policy --role-name='${name}' --policy-arn='${policy}'`),
      inAccount(`iam --region us-east-1 delete-role-policy --role-name='${name}' --policy-name='by-hand'`),
      inAccount(`iam --region us-east-1 delete-role --role-name='${name}'`),
      `npx ${FRAMEWORK} deploy test`,
    ]);
  });

  test("a role that is deleted takes along a policy of its own that can't stay, and nobody else's", () => {
    const [own, elsewhereToo] = ["/", "/x/"].map((path) => ownPolicies(`full: { path: ${path} }`));
    const deleted = (yaml: string, policies: readonly LivePolicy[] = []) =>
      only(
        examined(role, yaml, (account) =>
          withAccess(withRole("full", { arn: elsewhere })(account), "full", { policies: { known: policies } }),
        ).findings,
      ).fix;
    const policiesOf = (fix: { commands: readonly string[] }) =>
      fix.commands.flatMap((command) => command.match(/delete-policy --policy-arn='([^']*)'/)?.[1] ?? []);
    expect(policiesOf(deleted("full: {}", own))).toEqual([]);
    expect(policiesOf(deleted("full: {}", elsewhereToo))).toEqual([
      `arn:aws:iam::${ACCOUNT}:policy/x/AWSSupportAppFullRolePolicy`,
    ]);
    const adopted = deleted("full: { adopt: true }", own);
    expect(policiesOf(adopted)).toEqual([`arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`]);
    expect(adopted.change).toEqual({ environments: { test: { full: { adopt: false } } } });
    // IAM deletes no policy that has another version or is attached: where it refuses, the role is still there.
    const arn = `'arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy'`;
    const iam = "aws iam --region us-east-1";
    expect(adopted.commands).toEqual([
      inAccount(`iam --region us-east-1 detach-role-policy --role-name='AWSSupportAppFullRole' --policy-arn=${arn}`),
      onlyInAccount(
        `for version in $(${iam} list-policy-versions --policy-arn=${arn} --query 'Versions[?!IsDefaultVersion].VersionId' --output text); do ${iam} delete-policy-version --policy-arn=${arn} --version-id "$version"; done`,
      ),
      inAccount(`iam --region us-east-1 delete-policy --policy-arn=${arn}`),
      inAccount("iam --region us-east-1 delete-role --role-name='AWSSupportAppFullRole'"),
      `npx ${FRAMEWORK} deploy test`,
    ]);
    const yaml = "full: { policy: aws-managed, adopt: true }";
    const ofAws = ownPolicies(yaml);
    const { fix } = only(
      examined(role, yaml, (account) =>
        withAccess(withRole("full", { arn: elsewhere.toLowerCase() })(account), "full", { policies: { known: ofAws } }),
      ).findings,
    );
    expect(fix.commands).toHaveLength(3); // detached, deleted, deployed
  });

  test("a role whose policies can't be seen isn't deleted", () => {
    const unseen = (account: Account) =>
      withAccess(withRole("full", { arn: elsewhere })(account), "full", { policies: DENIED });
    const { answer, fix } = only(examined(role, "full: {}", unseen).findings);
    expect(answer).toBe("unhealthy");
    expect(fix.text).toContain("Allow these credentials");
  });

  test("what is to be adopted and isn't there can't be deployed as it is", () => {
    const gone = changing("full", () => ({ role: { known: undefined } }));
    expect(only(examined(role, "full: { adopt: true }", gone).findings).fix.text).toContain(
      "correct role-name or set adopt: false first",
    );
    expect(only(examined(role, "full: {}", gone).findings).fix.text).not.toContain("adopt");
  });

  const app = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };
  const ofAccount = { ...app, Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };

  test.each<[string, string, object[], string | undefined]>([
    ["is the app's", "full: {}", [app], undefined],
    ["is another's, too", "full: {}", [app, { ...app, Principal: { AWS: "1" } }], "AWS 1"],
    ["is anybody's", "full: {}", [{ ...app, Principal: "*" }], "anybody"],
    ["is anybody's, in other words", "full: {}", [{ ...app, Principal: { AWS: "*" } }], "anybody"],
    ["names nobody", "full: {}", [app, { ...app, Principal: undefined }], "anybody"],
    [
      "is anybody's but one's",
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
      "is a web identity's, too",
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
    ["says nothing", "full: {}", [], "no statement about it: nothing"],
    [
      "has a condition that nobody asked for",
      "full: {}",
      [ofAccount],
      "what environments.yaml doesn't say, and may lock it out",
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
      "has it and one more",
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
      "has it of another account",
      "full: { source-account-condition: true }",
      [{ ...app, Condition: { StringEquals: { "aws:SourceAccount": "9" } } }],
      "what locks it out",
    ],
    [
      "has it in a pattern that stands for nothing else",
      "full: { source-account-condition: true }",
      [{ ...app, Condition: { StringLike: { "aws:SourceAccount": ACCOUNT } } }],
      undefined,
    ],
    [
      "has it, and lets anybody tag",
      "full: { source-account-condition: true }",
      [ofAccount, { ...app, Action: "sts:TagSession" }],
      undefined,
    ],
    [
      "has it, and once more with another key",
      "full: { source-account-condition: true }",
      [
        ofAccount,
        { ...app, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1", "aws:SourceAccount": ACCOUNT } } },
      ],
      undefined,
    ],
    [
      "denies what is on behalf of some other account",
      "full: {}",
      [app, { ...app, Effect: "Deny", Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } } }],
      undefined,
    ],
    [
      "denies what is on behalf of this account",
      "full: {}",
      [app, { ...app, Effect: "Deny", Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } }],
      "a Deny that locks it out",
    ],
    [
      "denies what is on behalf of no account",
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

  test("of a trust, what locks the app out is quoted, and nothing else", () => {
    const deny = { ...app, Effect: "Deny", Principal: "*" };
    const foundOf = (...statements: object[]) =>
      only(examined(trust, "full: {}", withRole("full", { trust: documentOf(...statements).known })).findings).found;
    expect(foundOf(app, deny)).toBe(`a Deny that locks it out: ${JSON.stringify(deny)}`);
    const maybe = { ...app, Condition: { Bool: { "aws:SecureTransport": "true" } } };
    const other = { ...app, Principal: { AWS: "1" } };
    const says = "what environments.yaml doesn't say, and may lock it out";
    expect(foundOf(maybe, other)).toBe(`${says}: ${JSON.stringify(maybe)}; and it trusts AWS 1`);
    const butOne = { ...deny, Principal: undefined, NotPrincipal: { AWS: "1" } };
    expect(foundOf(app, butOne)).toBe(`${says}: ${JSON.stringify(butOne)}`);
  });

  test("what is quoted of a trust is spelled as it is there, with one for a list of one", () => {
    const deny = {
      Effect: "Deny",
      NotAction: ["sts:TagSession", "sts:SetSourceIdentity"],
      Principal: { Service: ["supportapp.amazonaws.com", "ec2.amazonaws.com"], AWS: "1" },
      Condition: {
        StringEquals: { "aws:SourceAccount": [ACCOUNT, "999999999999"] },
        StringLike: { "aws:SourceArn": "*", "aws:SourceOrgID": "o-*" },
      },
    };
    const quoted = (...statements: object[]) =>
      only(examined(trust, "full: {}", withRole("full", { trust: documentOf(...statements).known })).findings).found;
    const says = "what environments.yaml doesn't say, and may lock it out: ";
    const found = quoted(app, deny);
    expect(found.startsWith(says)).toBe(true);
    expect(JSON.parse(found.slice(says.length))).toEqual(deny);
    expect(quoted({ ...app, Action: ["sts:AssumeRole", 's3:Get"Object'], Principal: { AWS: "1" } })).toBe(
      'no statement about it: {"Effect":"Allow","Action":["sts:AssumeRole","s3:get\\"object"],"Principal":{"AWS":"1"}}; and it trusts AWS 1',
    );
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
        fix: { commands: [`npx ${FRAMEWORK} deploy test`] },
      });
    }
  });

  test("a trust of which a part isn't supported is unhealthy by what the other parts say", () => {
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

  test("a boundary that environments.yaml doesn't say is a note; one that it says and isn't there a finding", () => {
    const boundary = `arn:aws:iam::${ACCOUNT}:policy/b`;
    const noted = examined(permissionsBoundary, "full: {}", withRole("full", { boundary }));
    expect(noted).toMatchObject({ findings: [], notes: [expect.stringContaining(boundary)] });
    const yaml = `full: { permissions-boundary: "${boundary}" }`;
    const missing = examined(permissionsBoundary, yaml, withRole("full", { boundary: undefined }));
    expect(only(missing.findings)).toMatchObject({ expected: expect.stringContaining(boundary), found: "none" });
  });
});

describe("unexpected access", () => {
  const inline = (...statements: object[]) => ({ name: "by-hand", document: documentOf(...statements) });
  const allow = (Action: unknown) => ({ Effect: "Allow", Action, Resource: "*" });

  test("a read-only channel that can write is said by the channel's name", () => {
    const { findings } = examined(
      unexpectedAccess,
      `read-only: { ${WATCH} }`,
      addingPolicy("read-only", inline(allow("support:*"))),
    );
    expect(only(findings).found).toBe(
      "it allows support:*; so people in #watch can create-cases, reply-to-cases, attach-files, resolve-cases, live-chat",
    );
  });

  test.each([
    [allow("support:DescribeCases"), "isn't in environments.yaml and allows nothing more"],
    [
      { Effect: "Deny", Action: "s3:*", Resource: "*" },
      "isn't in environments.yaml, denies something and allows nothing more",
    ],
  ])("%j, written into the role by hand, is a note", (statement, note) => {
    const { findings, notes } = examined(unexpectedAccess, "full: {}", addingPolicy("full", inline(statement)));
    expect(findings).toEqual([]);
    expect(notes?.join()).toContain(note);
  });

  test("what both allows and denies something is said to deny", () => {
    const both = inline(allow("support:DescribeCases"), { Effect: "Deny", Action: "s3:*", Resource: "*" });
    expect(examined(unexpectedAccess, "full: {}", addingPolicy("full", both)).notes?.join()).toContain(
      "denies something",
    );
  });

  test.each([
    [{ Effect: "Allow", NotAction: ["s3:*", "ec2:*"], Resource: "*" }, "it allows all but s3:*, ec2:*"],
    [{ Effect: "Allow", NotAction: [], Resource: "*" }, "it allows all but nothing"],
    [allow("iam:CreateServiceLinkedRole"), "it allows iam:CreateServiceLinkedRole"],
  ])("%j isn't", (statement, found) => {
    const { findings } = examined(unexpectedAccess, "full: {}", addingPolicy("full", inline(statement)));
    expect(only(findings).found).toContain(found);
  });

  test("a policy of somebody else's is named by its ARN, what is written into the role by its name", () => {
    const name = "AdministratorAccess";
    const arn = `arn:aws:iam::aws:policy/${name}`;
    const subjectOf = (policy: LivePolicy) =>
      only(examined(unexpectedAccess, "full: {}", addingPolicy("full", policy)).findings).subject;
    const document = documentOf(allow("*"));
    expect(subjectOf({ name, arn, document })).toBe(`policy ${arn} of the role AWSSupportAppFullRole (full)`);
    expect(subjectOf({ name, document })).toBe(`inline policy ${name} of the role AWSSupportAppFullRole (full)`);
  });

  test("a policy of its own that makes any service-linked role", () => {
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
    ["full: { service-quotas-role: existing }", false], // another check says it
  ])("the right to make the Service Quotas role, in the own policy of %s: %s", (yaml, isMore) => {
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
  ])("the right to make the Service Quotas role, written into the role by hand, with %s: %s", (mode, isMore) => {
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

  test("the own policy under another path is its own", () => {
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

  test("what people can do is said as it is: all of a capability's actions, within the boundary", () => {
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
    expect(only(one.findings).found).toBe("it allows support:CreateCase; so people in #watch can do more than read");
    const also = inline(allow(["support:SearchForCases", "support:CreateCase"]));
    expect(only(examined(unexpectedAccess, "read-only: {}", addingPolicy("read-only", also)).findings).found).toContain(
      "so people in every channel with this role can do more than read",
    );
    const name = `arn:aws:iam::${ACCOUNT}:policy/b`;
    const boundary = boundaryWith(name, allow("support:Describe*"));
    const limited = (account: Account) =>
      withAccess(addingPolicy("read-only", inline(allow("*")))(account), "read-only", { boundary });
    const yaml = `read-only: { permissions-boundary: "${name}" }`;
    expect(only(examined(unexpectedAccess, yaml, limited).findings).found).toBe("it allows *");
  });

  test("AWS's read-only policy that writes is no longer one", () => {
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

  test("a policy that is no document, or can't be read", () => {
    const broken = examined(
      unexpectedAccess,
      "full: {}",
      addingPolicy("full", { name: "by-hand", document: { known: readLiveDocument("{") } }),
    );
    expect(only(broken.findings)).toMatchObject({
      answer: "unknown",
      expected: "no such policy",
      found: "unsupported (not JSON, or a key stands twice): {",
      fix: { commands: [`npx ${FRAMEWORK} deploy test`] },
    });
    expect(broken.notes).toEqual([]);
    const closed = changing("full", () => ({ policies: { known: [{ name: "by-hand", document: DENIED }] } }));
    expect(only(examined(unexpectedAccess, "full: {}", closed).findings)).toMatchObject({ answer: "unknown" });
    const denied = changing("full", () => ({ policies: DENIED }));
    expect(only(examined(unexpectedAccess, "full: {}", denied).findings)).toMatchObject({ answer: "unknown" });
  });

  test("a policy of which a part isn't supported is unhealthy by what the other parts allow, and else unknown", () => {
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

  test("whoever may do all but something can do more than read, but for a boundary", () => {
    const allBut = inline({ Effect: "Allow", NotAction: ["support:*", "servicequotas:*"], Resource: "*" });
    const found = (yaml: string, change: Partial<LiveAccess> = {}) =>
      only(
        examined(unexpectedAccess, yaml, (account) =>
          withAccess(addingPolicy("read-only", allBut)(account), "read-only", change),
        ).findings,
      ).found;
    expect(found("read-only: {}")).toBe(
      "it allows all but support:*, servicequotas:*; so people in every channel with this role can do more than read",
    );
    const name = `arn:aws:iam::${ACCOUNT}:policy/b`;
    expect(
      found(`read-only: { permissions-boundary: "${name}" }`, { boundary: boundaryWith(name, allow("support:*")) }),
    ).toBe("it allows all but support:*, servicequotas:*");
  });

  test("what AWS adds to its own policy is a note: environments.yaml says that AWS decides", () => {
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
});

describe("capabilities", () => {
  const simulated = (denied: Record<string, Partial<Simulated> & { isDeniedByOrganization: boolean }>) =>
    changing("full", () => ({
      simulated: {
        known: new Map(
          Object.entries(denied).map(([action, how]) => [
            action.toLowerCase(),
            { isAllowed: false, decision: "implicitDeny", notTold: [], ...how },
          ]),
        ),
      },
    }));

  test("without the simulation, the documents say it, with a note", () => {
    const { findings, notes } = examined(capabilities, "full: {}");
    expect(findings).toEqual([]);
    expect(notes?.join()).toContain("its policies were read instead, which shows no policy of the organization");
  });

  test("a simulation that is allowed and fails leaves open what the organization denies: unknown", () => {
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
    "a policy of the organization (told: %s) is named, and what can be left out is offered",
    (isDeniedByOrganization, found) => {
      const denied = simulated({ "support:CreateCase": { isDeniedByOrganization } });
      const finding = only(examined(capabilities, "full: { without: [live-chat] }", denied).findings);
      expect(finding.found).toContain(found);
      expect(finding.fix.change).toEqual({
        environments: { test: { full: { without: ["live-chat", "create-cases"] } } },
      });
    },
  );

  test("view-cases can't be left out", () => {
    const denied = simulated({ "support:DescribeCases": { isDeniedByOrganization: true } });
    expect(only(examined(capabilities, "full: {}", denied).findings).fix).toEqual({
      text: "Ask whoever runs the organization to allow it.",
      commands: [],
    });
  });

  test("what the simulation denies and nobody can read why", () => {
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

  test("what the simulation allows is allowed, though not all can be read", () => {
    const allowed = changing("read-only", () => ({
      policies: DENIED,
      simulated: {
        known: new Map(
          ["support:describecases", "support:describecommunications"].map((action) => [
            action,
            { isAllowed: true, decision: "allowed", isDeniedByOrganization: false, notTold: [] },
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
  ])("neither a simulation nor %s can be had: unknown", (_, change) => {
    const { findings } = examined(capabilities, "read-only: {}", changing("read-only", change));
    expect(only(findings)).toMatchObject({ answer: "unknown", subject: expect.stringContaining("view-cases") });
  });

  test("its own policy that got a condition is put right by a deploy", () => {
    const conditional = changing("read-only", ({ policies }) => {
      const [own] = (policies as { known: LivePolicy[] }).known;
      const allow = { Effect: "Allow", Action: "support:Describe*", Resource: "*" };
      const document = documentOf({ ...allow, Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } });
      return { policies: { known: own ? [{ ...own, document }] : [] } };
    });
    const { answer, fix } = only(examined(capabilities, "read-only: {}", conditional).findings);
    expect(answer).toBe("unhealthy");
    expect(fix).toMatchObject({ change: undefined, commands: [`npx ${FRAMEWORK} deploy test`] });
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

  test("whoever follows one fix after the other has left out all of it", () => {
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

  test("only what no deploy can give is left out", () => {
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

  test("what the simulation was not told isn't known, nor is what it denies for that", () => {
    const denied = simulated({
      "support:CreateCase": { isDeniedByOrganization: true, notTold: ["aws:RequestedRegion"] },
    });
    expect(only(examined(capabilities, "full: {}", denied).findings)).toMatchObject({
      answer: "unknown",
      found: "IAM's simulation says implicitDeny, without having been told aws:RequestedRegion",
    });
  });

  test("what the simulation allows without having been told all is unknown where not all can be read", () => {
    const unread = (notTold: string[]) =>
      changing("read-only", () => ({
        boundary: DENIED,
        simulated: {
          known: new Map(
            ["support:describecases", "support:describecommunications"].map((action) => [
              action,
              { isAllowed: true, decision: "allowed", isDeniedByOrganization: false, notTold },
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
  ])("only who makes a role for a service names one: a policy that may %s by %s", (effect, operator, more, found) => {
    const Condition = { [operator]: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } };
    const statement = { ...allows("*"), Effect: effect === "deny" ? "Deny" : "Allow", Condition };
    const edited = changing("read-only", ({ policies }) => {
      const own = (policies as { known: LivePolicy[] }).known;
      return { policies: { known: own.map((one) => ({ ...one, document: documentOf(...more, statement) })) } };
    });
    const { findings } = examined(capabilities, "read-only: {}", edited);
    if (found === undefined) expect(findings).toEqual([]);
    else expect(only(findings)).toMatchObject({ answer: "unhealthy", found: expect.stringContaining(found) });
  });

  test("a policy of another service's resources is no matter", () => {
    const denies = (Resource: string) => ({ Effect: "Deny", Action: "*", Resource });
    expect(within("full: {}", allows("*"), denies("arn:aws:s3:::bucket/*"))).toEqual([]);
    expect(within("full: {}", allows("*"), denies("arn:aws:servicequotas:*:*:ec2/*"))).toHaveLength(1);
  });

  test("what depends on the request isn't known, though more can't be read and the simulation allows it", () => {
    const denies = { Effect: "Deny", Action: "servicequotas:*", Resource: "arn:aws:servicequotas:*:*:ec2/*" };
    const unread = (account: Account) => {
      const allowed = { isAllowed: true, decision: "allowed", isDeniedByOrganization: false, notTold: [] };
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

  test("a policy that is attached under another path is put right by a deploy, whatever it depends on", () => {
    const Condition = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
    const arn = `arn:aws:iam::${ACCOUNT}:policy/team/AWSSupportAppReadOnlyRolePolicy`;
    const document = documentOf({ ...allows("support:*"), Condition });
    const moved = changing("read-only", () => ({ policies: { known: [{ name: "moved", arn, document }] } }));
    expect(only(examined(capabilities, "read-only: {}", moved).findings).found).toBe(
      `the policy ${arn} doesn't allow it`,
    );
  });

  test("a case is no resource", () => {
    const some = changing("read-only", () => ({
      boundary: boundaryWith(boundary, { ...allows("*"), Resource: "arn:aws:support:::case/*" }),
    }));
    const yaml = `read-only: { permissions-boundary: "${boundary}" }`;
    expect(only(examined(capabilities, yaml, some).findings)).toMatchObject({
      answer: "unhealthy",
      found: `the permissions boundary ${boundary} doesn't allow it`,
    });
  });

  test("what Terraform is to adopt is attached by hand, and a policy that isn't there isn't adopted", () => {
    const none = changing("full", () => ({ policies: { known: [] } }));
    const policy = `arn:aws:iam::${ACCOUNT}:policy/AWSSupportAppFullRolePolicy`;
    expect(only(examined(capabilities, "full: { adopt: true }", none).findings).fix.commands).toEqual([
      inAccount(
        `iam --region us-east-1 attach-role-policy --role-name='AWSSupportAppFullRole' --policy-arn='${policy}'`,
      ),
    ]);
    expect(only(examined(capabilities, "full: { adopt: true }", none).findings).fix.text).toContain("adopt: false");
    expect(only(examined(capabilities, "full: {}", none).findings).fix.commands).toEqual([
      `npx ${FRAMEWORK} deploy test`,
    ]);
    const [limited] = within(
      `full: { adopt: true, permissions-boundary: "${boundary}", policy: aws-managed }`,
      allows("support:*", "iam:*"),
    );
    expect(limited?.fix.change).toMatchObject({
      environments: { test: { full: { policy: "customer-managed", adopt: false } } },
    });
  });

  test("a Service Quotas role that the stack manages needs nothing before it is left out: the deploy hands it back", () => {
    const yaml = `full: { permissions-boundary: "${boundary}", service-quotas-role: create, without: [live-chat] }`;
    const [finding] = within(yaml, allows("support:*"));
    expect(finding?.fix.text).toContain("without: [live-chat, request-quota-increases]");
    expect(finding?.fix.text).toMatch(/remove service-quotas-role, and deploy\.$/);
  });

  test("what environments.yaml wouldn't take is said in words, or changed with what it goes with", () => {
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

  test("a boundary that is another than environments.yaml says is one finding, not of the capabilities, too", () => {
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
    "what depends on the request isn't known, whatever the simulation says (allowed: %s)",
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
                  notTold: [],
                },
              ]),
            ),
          },
        });
      const yaml = `read-only: { permissions-boundary: "${boundary}" }`;
      expect(only(examined(capabilities, "read-only: {}", conditional).findings)).toMatchObject({
        answer: "unhealthy", // by hand
        found: `${boundary}, which environments.yaml doesn't say, allows or denies it under a condition`,
        fix: { commands: [`npx ${FRAMEWORK} deploy test`] },
      });
      expect(only(examined(capabilities, yaml, conditional).findings)).toMatchObject({
        answer: "unknown",
        found: `it depends on a condition or a resource in ${boundary}, which only a real request has`,
      });
    },
  );

  test.each([true, false])(
    "what isn't supported isn't known, whatever the simulation says (allowed: %s)",
    (isAllowed) => {
      const odd = { ...allows("*"), Who: "x" };
      const simulatedAs = (account: Account, change: Partial<LiveAccess>) =>
        withAccess(account, "read-only", {
          ...change,
          simulated: {
            known: new Map(
              ["support:describecases", "support:describecommunications"].map((action) => [
                action,
                { isAllowed, isDeniedByOrganization: false, decision: "implicitDeny", notTold: [] },
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

  test("what an inline policy allows or denies under a condition is put right by a deploy, which takes it off", () => {
    const Condition = { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } };
    const deny = { ...allows("support:*"), Effect: "Deny", Condition };
    const byHand = addingPolicy("read-only", { name: "by-hand", document: documentOf(deny) });
    expect(only(examined(capabilities, "read-only: {}", byHand).findings)).toMatchObject({
      answer: "unhealthy",
      found: "the inline policy by-hand, which environments.yaml doesn't say, allows or denies it under a condition",
    });
  });

  test("a boundary may know the role by its ARN and its account", () => {
    const Condition = {
      StringEquals: { "aws:PrincipalAccount": ACCOUNT },
      StringLike: { "aws:PrincipalArn": "*AppFull*" },
    };
    expect(within("full: {}", { ...allows("*"), Condition })).toEqual([]);
  });

  test("AWS's policy that says less than it did: one of one's own is offered", () => {
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
});

describe("channels", () => {
  const of = (changed: (found: LiveChannel) => LiveChannel[]) => (account: Account) => ({
    ...account,
    channels: { known: (account.channels as { known: LiveChannel[] }).known.flatMap(changed) },
  });
  const yaml = `read-only: { ${WATCH} }`;

  test("say what can't be seen from AWS", () => {
    expect(examined(channels, yaml).notes).toEqual([
      "Whether a channel is private, and who is in it, can't be seen from AWS. Keep #watch private, and invite only those who need the cases.",
    ]);
    expect(examined(channels, "read-only: {}").notes).toEqual([]);
  });

  test.each<[string, (account: Account) => Account]>([
    ["list", (account) => ({ ...account, channels: DENIED })],
    ["workspaces", (account) => ({ ...account, workspaces: DENIED })],
    ["one", of((found) => [{ ...found, properties: DENIED }])],
  ])("can't be looked at (%s): unknown", (_, change) => {
    expect(only(examined(channels, `slack-workspaces: [T1], ${yaml}`, change).findings)).toMatchObject({
      answer: "unknown",
      topic: GUIDE_TOPICS.invalidRole,
    });
  });

  test("workspaces that nothing depends on needn't be looked at", () => {
    const denied = (account: Account) => ({ ...account, workspaces: DENIED });
    for (const some of ["read-only: {}", yaml]) expect(examined(channels, some, denied).findings).toEqual([]);
    const missing = (account: Account) => ({ ...denied(account), channels: { known: [] } });
    expect(examined(channels, yaml, missing).findings.map(({ answer }) => answer)).toEqual(["unknown", "unhealthy"]);
  });

  test("a channel that has its role, which was made under another path, waits for the role, unless that is deleted", () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/by-hand/AWSSupportAppReadOnlyRole`;
    const moved = (account: Account) =>
      of((found) => [{ ...found, properties: { known: { NotifyOnCaseSeverity: "none", ChannelRoleArn: arn } } }])(
        withRole("read-only", { arn })(account),
      );
    const withPolicy = (account: Account) =>
      withAccess(moved(account), "read-only", {
        policies: { known: ownPolicies("read-only: { path: /by-hand/ }") },
      });
    expect(examined(channels, yaml, withPolicy)).toMatchObject({ findings: [], waitsFor: "role" });
    expect(only(examined(role, yaml, withPolicy).findings).found).toBe(arn);
    const { findings, waitsFor } = examined(channels, yaml, moved);
    expect(only(findings).fix.commands.join()).toContain(`role/AWSSupportAppReadOnlyRole"}]`);
    expect(waitsFor).toBeUndefined();
  });

  test("a channel waits for a role that isn't made yet, which a deploy gives it", () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/before`;
    const renamed = (account: Account) =>
      of((found) => [
        {
          ...found,
          roleExists: { known: true },
          properties: { known: { NotifyOnCaseSeverity: "none", ChannelRoleArn: arn } },
        },
      ])(withAccess(account, "read-only", { role: { known: undefined } }));
    expect(examined(channels, yaml, renamed)).toMatchObject({ findings: [], waitsFor: "role" });
    const gone = (account: Account) => withAccess(account, "read-only", { role: { known: undefined } });
    expect(examined(channels, yaml, gone)).toMatchObject({ findings: [], waitsFor: undefined });
  });

  test("a channel without a role", () => {
    const none = of((found) => [{ ...found, properties: { known: { NotifyOnCaseSeverity: "none" } } }]);
    expect(only(examined(channels, yaml, none).findings).found).toBe("no role");
  });

  test("a region without the Support App is another check's finding", () => {
    const unknown = { kind: "no-support-app", action: "", message: "" } as const;
    expect(examined(channels, yaml, (account) => ({ ...account, channels: { unknown } }))).toMatchObject({
      findings: [],
      waitsFor: "region",
    });
  });

  test.each<[string, string, Partial<LiveChannel>]>([
    [
      `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
      "which is that of full: people in the channel can do all",
      {},
    ],
    ["arn:aws:iam::999999999999:role/x", "which is of another account", {}],
    [`arn:aws:iam::${ACCOUNT}:role/x`, "which doesn't exist", { roleExists: { known: false } }],
    [`arn:aws:iam::${ACCOUNT}:role/x`, `the role arn:aws:iam::${ACCOUNT}:role/x`, { roleExists: { known: true } }],
  ])("a channel with %s: %s", (arn, words, more) => {
    const wrong = of((found) => [
      { ...found, ...more, properties: { known: { NotifyOnCaseSeverity: "none", ChannelRoleArn: arn } } },
    ]);
    const finding = only(examined(channels, `${yaml}, full: {}`, wrong).findings);
    expect(finding).toMatchObject({
      answer: "unhealthy",
      found: expect.stringContaining(words),
      topic: GUIDE_TOPICS.invalidRole,
    });
    const louder = of((found) => [
      { ...found, ...more, properties: { known: { NotifyOnCaseSeverity: "all", ChannelRoleArn: arn } } },
    ]);
    expect(only(examined(channels, `${yaml}, full: {}`, louder).findings).topic).toBe(GUIDE_TOPICS.invalidRole);
    expect(finding.fix.commands.join()).toContain(
      `'[{"op":"add","path":"/ChannelRoleArn","value":"arn:aws:iam::${ACCOUNT}:role/AWSSupportAppReadOnlyRole"}]'`,
    );
  });

  test("a channel that hears of something else", () => {
    const notify = "notify: { severity: high, on: [case-created] }";
    const louder = of(({ properties, ...found }) => [
      {
        ...found,
        properties: { known: { ...(properties as { known: object }).known, NotifyOnCaseSeverity: undefined } },
      },
    ]);
    const { findings } = examined(channels, `read-only: { ${WATCH.replace(" }]", `, ${notify} }]`)} }`, louder);
    expect(only(findings)).toMatchObject({
      expected: "NotifyOnCaseSeverity high",
      found: "NotifyOnCaseSeverity not set",
      topic: undefined,
    });
  });

  test("a channel and a workspace that aren't configured", () => {
    const none = (account: Account) => ({ ...account, channels: { known: [] } });
    expect(only(examined(channels, yaml, none).findings)).toMatchObject({
      subject: "#watch (C1 of T1)",
      fix: { commands: [`npx ${FRAMEWORK} deploy test`] },
    });
    const neither = (account: Account) => ({ ...none(account), workspaces: { known: [] } });
    expect(only(examined(channels, yaml, neither).findings)).toMatchObject({
      subject: "Slack workspace T1",
      fix: { change: { environments: { test: { "slack-workspaces": ["T1"] } } } },
    });
    const declared = only(examined(channels, `slack-workspaces: [T1], ${yaml}`, neither).findings);
    expect(declared.fix.change).toBeUndefined();
  });

  test("whether a role that isn't the channel's exists may not be told", () => {
    const other = of((found) => [
      {
        ...found,
        roleExists: DENIED,
        properties: { known: { NotifyOnCaseSeverity: "none", ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/x` } },
      },
    ]);
    expect(only(examined(channels, yaml, other).findings)).toMatchObject({
      answer: "unhealthy",
      found: expect.stringContaining("whether it exists can't be told: AccessDenied"),
    });
  });

  test("two workspaces that nobody registered: whoever follows both fixes has both", () => {
    const both =
      "read-only: { channels: [{ name: a, workspace: T1, channel: C1 }, { name: b, workspace: T2, channel: C2 }] }";
    const neither = (account: Account) => ({ ...account, channels: { known: [] }, workspaces: { known: [] } });
    const { findings } = examined(channels, both, neither);
    expect(findings).toHaveLength(2);
    for (const { fix } of findings) {
      expect(fix.change).toEqual({ environments: { test: { "slack-workspaces": ["T1", "T2"] } } });
    }
  });

  test("a workspace more: those that are registered stay", () => {
    const others = `slack-workspaces: [T9], ${yaml}`;
    const neither = (account: Account) => ({ ...account, channels: { known: [] }, workspaces: { known: ["T9"] } });
    expect(only(examined(channels, others, neither).findings).fix.change).toEqual({
      environments: { test: { "slack-workspaces": ["T9", "T1"] } },
    });
  });

  test("a channel of that ID in another workspace is another channel", () => {
    const elsewhere = of((found) => [{ ...found, workspace: "T2" }]);
    expect(examined(channels, yaml, elsewhere).findings).toEqual([
      expect.objectContaining({ subject: "#watch (C1 of T1)", found: "not configured in this region of the account" }),
      expect.objectContaining({ subject: "#watch (C1 of T2), which environments.yaml doesn't have" }),
    ]);
  });

  test("one more channel with the access is more than a file says that names its channels", () => {
    const more = (account: Account) => ({
      ...account,
      channels: {
        known: [
          ...(account.channels as { known: LiveChannel[] }).known,
          {
            identifier: "T1|C9",
            workspace: "T1",
            channel: "C9",
            properties: {
              known: {
                ChannelName: "general",
                ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppReadOnlyRole`,
              },
            },
          },
        ],
      },
    });
    const finding = only(examined(channels, yaml, more).findings);
    expect(finding).toMatchObject({
      answer: "unhealthy",
      subject: "#general (C9 of T1), which environments.yaml doesn't have",
      found: "people in it have read-only access, too",
      topic: GUIDE_TOPICS.restrictUsers,
    });
    expect(finding.fix.commands).toEqual([
      inAccount(
        "cloudcontrol --region us-east-1 delete-resource --type-name AWS::SupportApp::SlackChannelConfiguration --identifier 'T1|C9'",
      ),
    ]);
    expect(examined(channels, "read-only: {}", more).findings).toEqual([]);
  });

  const byHand = (changed: Partial<LiveChannel>) => (account: Account) => ({
    ...account,
    channels: {
      known: [
        {
          identifier: "T1|C9",
          workspace: "T1",
          channel: "C9",
          properties: { known: { ChannelName: "it's" } },
          ...changed,
        },
      ],
    },
  });
  const withX = { known: { ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/x` } };

  test("a channel of somebody's own with another role is a note", () => {
    const { findings, notes } = examined(
      channels,
      "read-only: {}",
      byHand({ properties: withX, roleExists: { known: true } }),
    );
    expect(findings).toEqual([]);
    expect(notes).toEqual([
      `the channel (C9 of T1), which environments.yaml doesn't have, has the role arn:aws:iam::${ACCOUNT}:role/x, which doctor doesn't check.`,
    ]);
  });

  test.each<[string, Partial<LiveChannel>]>([
    ["its properties", { properties: DENIED }],
    ["its role", { properties: withX, roleExists: DENIED }],
  ])("one of which %s can't be looked at is unknown", (_, changed) => {
    expect(only(examined(channels, "read-only: {}", byHand(changed)).findings)).toMatchObject({ answer: "unknown" });
  });

  test("what Slack and AWS call things is one word of the shell in a command", () => {
    const evil = byHand({ identifier: "T1|C'; rm -rf ~", properties: withX, roleExists: { known: false } });
    const [command] = only(examined(channels, "read-only: {}", evil).findings).fix.commands;
    expect(command).toContain("--identifier 'T1|C'\\''; rm -rf ~'");
  });
});

describe("the Service Quotas role", () => {
  const gone = (account: Account) => ({ ...account, serviceQuotasRole: { known: false } });

  test("is nobody's concern where nobody may request quota increases", () => {
    expect(examined(serviceQuotasRole, "read-only: {}", gone).findings).toEqual([]);
    expect(examined(serviceQuotasRole, "full: { without: [request-quota-increases] }", gone).findings).toEqual([]);
  });

  test.each([
    ["on-demand", undefined],
    ["create", [`npx ${FRAMEWORK} deploy test`]],
    ["adopt", [CREATE_ROLE]],
    ["existing", [CREATE_ROLE]],
  ])("is missing with %s", (mode, commands) => {
    const { findings } = examined(serviceQuotasRole, `full: { service-quotas-role: ${mode} }`, gone);
    if (commands === undefined) expect(findings).toEqual([]);
    else expect(only(findings)).toMatchObject({ answer: "unhealthy", fix: { commands } });
  });

  test("is there, and so the channel's right to make it is left over", () => {
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
              { isAllowed: false, isDeniedByOrganization: true, decision: "explicitDeny", notTold: [] },
            ],
          ]),
        },
      });
    expect(only(examined(serviceQuotasRole, "full: {}", denied).findings).fix).toEqual({
      text: "Ask whoever runs the organization to allow it, or to create the role once.",
      commands: [],
    });
  });

  test("may be made by who may make roles for services, and no other role", () => {
    const Resource = "arn:aws:iam::*:role/aws-service-role/*";
    const boundary = boundaryWith(
      "arn:aws:iam::aws:policy/b",
      { Effect: "Allow", Action: ["support:*", "servicequotas:*"], Resource: "*" },
      { Effect: "Allow", Action: "iam:CreateServiceLinkedRole", Resource },
    );
    const limited = (account: Account) => withAccess(gone(account), "full", { boundary });
    expect(examined(serviceQuotasRole, "full: {}", limited).findings).toEqual([]);
  });

  test("is limited by a boundary that nobody declared: a deploy takes that off", () => {
    const statement = { Effect: "Allow", Action: ["support:*", "servicequotas:*"], Resource: "*" };
    const byHand = (account: Account) =>
      withAccess(gone(account), "full", { boundary: boundaryWith("arn:aws:iam::aws:policy/b", statement) });
    const finding = only(examined(serviceQuotasRole, "full: {}", byHand).findings);
    expect(finding.fix).toMatchObject({ change: undefined, commands: [`npx ${FRAMEWORK} deploy test`] });
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

  test("can't be made, and not all can be read: to read it comes first", () => {
    const denied = { isAllowed: false, isDeniedByOrganization: false, decision: "implicitDeny", notTold: [] };
    const unread = (account: Account) =>
      withAccess(gone(account), "full", {
        boundary: DENIED,
        simulated: { known: new Map([["iam:createservicelinkedrole", denied]]) },
      });
    const { answer, fix } = only(examined(serviceQuotasRole, "full: {}", unread).findings);
    expect(answer).toBe("unhealthy");
    expect(fix.text).toContain("Allow these credentials iam:GetRole.");
  });

  test("can't be looked at", () => {
    const denied = (account: Account) => ({ ...account, serviceQuotasRole: DENIED });
    expect(only(examined(serviceQuotasRole, "full: {}", denied).findings)).toMatchObject({ answer: "unknown" });
  });

  test("waits for the capabilities where nobody can request a quota increase at all", () => {
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

  test("may be made for another service: that is one finding, of what the policy allows", () => {
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

  test("may be made by nobody with AWS's policy that lacks the right: Terraform makes it; a Deny by hand goes by a deploy", () => {
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

  test("may be made by nobody: the policy lacks the right, or a boundary limits it", () => {
    const without = (account: Account) =>
      withAccess(gone(account), "full", {
        policies: {
          known: ownPolicies("full: { service-quotas-role: existing }"),
        },
      });
    const lacking = only(examined(serviceQuotasRole, "full: {}", without).findings);
    expect(lacking).toMatchObject({ answer: "unhealthy", fix: { commands: [`npx ${FRAMEWORK} deploy test`] } });
    expect(lacking.fix.change).toBeUndefined();

    const name = `arn:aws:iam::${ACCOUNT}:policy/b`;
    const statement = { Effect: "Allow", Action: ["support:*", "servicequotas:*"], Resource: "*" };
    const limited = (account: Account) =>
      withAccess(gone(account), "full", { boundary: boundaryWith(name, statement) });
    const limit = only(examined(serviceQuotasRole, `full: { permissions-boundary: "${name}" }`, limited).findings);
    expect(limit.found).toContain(name);
    expect(limit.fix.change).toEqual({ environments: { test: { full: { "service-quotas-role": "create" } } } });
  });

  test("and the channel may make it, though environments.yaml says that it needn't", () => {
    const left = changing("full", () => ({
      policies: { known: ownPolicies("full: {}") },
    }));
    expect(examined(serviceQuotasRole, "full: { service-quotas-role: create }", left).notes).toEqual([]);
    expect(only(examined(serviceQuotasRole, "full: { service-quotas-role: create }", left).findings)).toMatchObject({
      expected: "no iam:CreateServiceLinkedRole (service-quotas-role: create)",
      fix: { commands: [`npx ${FRAMEWORK} deploy test`] },
    });
  });

  test("whether the channel may make it can't be told", () => {
    const closed = (account: Account) => withAccess(gone(account), "full", { policies: DENIED });
    expect(only(examined(serviceQuotasRole, "full: {}", closed).findings)).toMatchObject({ answer: "unknown" });
  });

  test("the channel's right to make it can't be read: another check says so", () => {
    const closed = changing("full", () => ({ policies: DENIED }));
    const waiting = { findings: [], waitsFor: "unexpected-access" };
    expect(examined(serviceQuotasRole, "full: { service-quotas-role: existing }", closed)).toMatchObject(waiting);
    const unread = changing("full", ({ policies }) => ({
      policies: { known: (policies as { known: LivePolicy[] }).known.map((one) => ({ ...one, document: DENIED })) },
    }));
    expect(examined(serviceQuotasRole, "full: { service-quotas-role: existing }", unread)).toMatchObject(waiting);
    expect(examined(serviceQuotasRole, "full: {}", unread).waitsFor).toBeUndefined();
    const odd = changing("full", () => ({
      policies: { known: ownPolicies("full: { service-quotas-role: existing }", { Effect: "Allow" }) },
    }));
    expect(examined(serviceQuotasRole, "full: { service-quotas-role: existing }", odd)).toMatchObject(waiting);
  });
});

test("roles have the names that environments.yaml says", () => {
  expect(roleNameOf(environmentOf("full: { role-name: oncall }"), "full")).toBe("oncall");
});

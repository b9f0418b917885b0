import { connect } from "../../../../cli/aws/connection";
import { checkAccount } from "../../../../cli/commands/bootstrap/check-account";
import { rolesOf } from "../../../../cli/commands/bootstrap/roles";
import { GITHUB } from "../../../../cli/forge/github/github";
import { tokenIssuer } from "../../../../cli/forge/github/trust";
import { GITLAB } from "../../../../cli/forge/gitlab/gitlab";
import { tokenIssuer as gitlabIssuer } from "../../../../cli/forge/gitlab/trust";
import type { Shortfall } from "../../../../cli/forge/shortfall";
import { type Answer, awsInTests } from "../../../support/answering-aws";
import { ACCOUNT, environmentOf } from "../../../support/live-account";

const ENVIRONMENT = environmentOf("backend: { type: s3, bucket: states, region: us-east-1 }, full: {}", "payments");
const ISSUER = tokenIssuer("acme/slack-access");
const [DEPLOYER, READER] = rolesOf(ENVIRONMENT, GITHUB, ISSUER);
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const aws = awsInTests();

/** The policies of the roles, by name, as the account has them. */
let documents: Record<string, { trust: object; permissions: object }>;
let answers: Record<string, Answer>;
/** The permissions boundary of every role. */
let boundary: object | undefined;
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/limit`;
beforeEach(() => {
  documents = Object.fromEntries(
    [DEPLOYER, READER].map(({ name, trust, permissions }) => [name, { trust, permissions }]),
  );
  answers = {};
  boundary = undefined;
  aws.answers = (action, { RoleName }) => {
    const answer = answers[action];
    if (answer !== undefined) return answer;
    const role = documents[String(RoleName)];
    const encoded = (document?: object) => encodeURIComponent(JSON.stringify(document));
    const names = `<RoleName>${RoleName}</RoleName>`;
    if (action === "GetCallerIdentity") return `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/a</Arn>`;
    if (action === "GetOpenIDConnectProvider")
      return "<ClientIDList><member>sts.amazonaws.com</member></ClientIDList><Url>x</Url>";
    if (action === "GetPolicy") return `<Policy><Arn>${BOUNDARY}</Arn><DefaultVersionId>v1</DefaultVersionId></Policy>`;
    if (action === "GetPolicyVersion")
      return `<PolicyVersion><VersionId>v1</VersionId><Document>${encoded(boundary)}</Document></PolicyVersion>`;
    if (role === undefined) return { status: 404, code: "NoSuchEntity" };
    if (action === "GetRole") {
      const limit = boundary
        ? `<PermissionsBoundary><PermissionsBoundaryArn>${BOUNDARY}</PermissionsBoundaryArn></PermissionsBoundary>`
        : "";
      return `<Role>${names}<Arn>arn:aws:iam::${ACCOUNT}:role/${RoleName}</Arn><AssumeRolePolicyDocument>${encoded(role.trust)}</AssumeRolePolicyDocument>${limit}</Role>`;
    }
    if (action === "ListAttachedRolePolicies") return "<AttachedPolicies></AttachedPolicies>";
    if (action === "ListRolePolicies") return "<PolicyNames><member>inline</member></PolicyNames>";
    return `${names}<PolicyName>inline</PolicyName><PolicyDocument>${encoded(role.permissions)}</PolicyDocument>`;
  };
});

async function allShortfalls(): Promise<Shortfall[]> {
  const connection = connect();
  const gaps = await checkAccount(connection, ENVIRONMENT, [DEPLOYER, READER], ISSUER);
  connection.destroy();
  return gaps;
}

async function shortfalls(): Promise<string[]> {
  return (await allShortfalls()).map(({ message, isUnknown }) => `${isUnknown ? "unknown: " : ""}${message}`);
}

const withStatement = (document: object, statement: object) => ({
  ...document,
  Statement: [...Reflect.get(document, "Statement"), statement],
});

test("an account that has what bootstrap writes lacks nothing", async () => {
  expect(await shortfalls()).toEqual([]);
});

test("a missing identity provider, or one for another audience, is listed", async () => {
  answers.GetOpenIDConnectProvider = { status: 404, code: "NoSuchEntity" };
  expect(await shortfalls()).toEqual([`the identity provider ${PROVIDER} is missing`]);
  answers.GetOpenIDConnectProvider = "<ClientIDList><member>other</member></ClientIDList><Url>x</Url>";
  expect(await shortfalls()).toEqual([`the identity provider ${PROVIDER} lacks the audience sts.amazonaws.com`]);
});

test("an identity provider of GitLab lacks each environment that isn't among its audiences", async () => {
  answers.GetOpenIDConnectProvider = "<ClientIDList><member>payments</member></ClientIDList><Url>x</Url>";
  const issuer = gitlabIssuer("gitlab.example.com", "acme/slack-access", "main");
  const connection = connect();
  const gaps = await checkAccount(connection, ENVIRONMENT, rolesOf(ENVIRONMENT, GITLAB, issuer), issuer);
  connection.destroy();
  expect(gaps[0]?.message).toBe(
    `the identity provider arn:aws:iam::${ACCOUNT}:oidc-provider/gitlab.example.com lacks the audiences doctor-payments, drift-payments`,
  );
});

test("a missing role, another trust and other rights are listed", async () => {
  const { [READER.name]: reader } = documents;
  delete documents[READER.name];
  expect(await shortfalls()).toEqual([`the role ${READER.arn} is missing`]);
  const [trust] = rolesOf(ENVIRONMENT, GITHUB, tokenIssuer("acme/other"));
  const s3 = { Effect: "Allow", Action: "s3:PutObject", Resource: "*" };
  documents = {
    [DEPLOYER.name]: { trust: trust.trust, permissions: READER.permissions },
    [READER.name]: { trust: READER.trust, permissions: withStatement(reader?.permissions ?? {}, s3) },
  };
  expect(await shortfalls()).toEqual([
    `the role ${DEPLOYER.arn} has another trust policy`,
    `the role ${DEPLOYER.arn} lacks rights of its policy`,
    `the role ${DEPLOYER.arn} may do more than its policy says`,
    `the role ${READER.arn} may do more than its policy says`,
  ]);
});

test("a permissions boundary that takes rights of the role's policy away is listed, and one that can't be read is unknown", async () => {
  boundary = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  expect(await shortfalls()).toEqual([]);
  boundary = withStatement(boundary, { Effect: "Deny", Action: "iam:CreateRole", Resource: "*" });
  const words = `has a permissions boundary that takes rights of its policy away: ${BOUNDARY}`;
  expect(await shortfalls()).toEqual([`the role ${DEPLOYER.arn} ${words}`]);
  boundary = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] };
  expect(await shortfalls()).toEqual([DEPLOYER, READER].map(({ arn }) => `the role ${arn} ${words}`));
  boundary = { Version: "2012-10-17", Statement: [{ Effect: "Perhaps" }] };
  expect(await shortfalls()).toEqual(
    [DEPLOYER, READER].map(
      ({ arn }) =>
        `unknown: what the permissions boundary of the role ${arn} allows can't be compared with its policy: ${BOUNDARY}`,
    ),
  );
  answers.GetPolicyVersion = { status: 403, code: "AccessDenied" };
  const unread = await shortfalls();
  expect(unread).toHaveLength(2);
  for (const line of unread) expect(line).toMatch(/^unknown: AccessDenied/);
});

test.each(["GetOpenIDConnectProvider", "GetRole", "GetRolePolicy"])(
  "what %s isn't allowed to read is unknown",
  async (action) => {
    answers[action] = { status: 403, code: "AccessDenied" };
    for (const line of await shortfalls()) expect(line).toMatch(/^unknown: AccessDenied/);
    expect(await shortfalls()).not.toEqual([]);
  },
);

test.each<[string, Answer, string]>([
  ["no credentials", { status: 403, code: "InvalidClientTokenId" }, "Set AWS_PROFILE, or log in again if the"],
  [
    "credentials of another account",
    "<Account>999999999999</Account><Arn>arn:aws:iam::999999999999:user/a</Arn>",
    `Use credentials of ${ACCOUNT}, such as with AWS_PROFILE.`,
  ],
])("with %s, what to do is said", async (_, answer, advice) => {
  answers.GetCallerIdentity = answer;
  expect(await allShortfalls()).toMatchObject([{ isUnknown: true, advice: expect.stringContaining(advice) }]);
});

test("for a right that is missing, which one is said, and no command that prints others", async () => {
  answers.GetRole = { status: 403, code: "AccessDenied" };
  for (const { advice } of await allShortfalls()) expect(advice).toBe("Allow these credentials iam:GetRole.");
});

test("credentials of another account are unknown, and nothing else is asked", async () => {
  answers.GetCallerIdentity = "<Account>999999999999</Account><Arn>arn:aws:iam::999999999999:user/a</Arn>";
  expect((await shortfalls()).join()).toMatch(/^unknown: received credentials of the account 999999999999/);
  expect(aws.asked).toEqual(["GetCallerIdentity"]);
});

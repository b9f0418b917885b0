import { connect } from "../../../../cli/aws/connection";
import { checkAccount } from "../../../../cli/commands/bootstrap/check-account";
import { rolesOf } from "../../../../cli/commands/bootstrap/roles";
import { type Answer, awsInTests } from "../../../support/answering-aws";
import { ACCOUNT, environmentOf } from "../../../support/live-account";

const ENVIRONMENT = environmentOf("backend: { type: s3, bucket: states, region: us-east-1 }, full: {}", "payments");
const [DEPLOYER, READER] = rolesOf(ENVIRONMENT, "acme/slack-access");
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const aws = awsInTests();

/** The policies of the roles, by name, as the account has them. */
let documents: Record<string, { trust: object; permissions: object }>;
let answers: Record<string, Answer>;
beforeEach(() => {
  documents = Object.fromEntries(
    [DEPLOYER, READER].map(({ name, trust, permissions }) => [name, { trust, permissions }]),
  );
  answers = {};
  aws.answers = (action, { RoleName }) => {
    const answer = answers[action];
    if (answer !== undefined) return answer;
    const role = documents[String(RoleName)];
    const encoded = (document?: object) => encodeURIComponent(JSON.stringify(document));
    const names = `<RoleName>${RoleName}</RoleName>`;
    if (action === "GetCallerIdentity") return `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/a</Arn>`;
    if (action === "GetOpenIDConnectProvider")
      return "<ClientIDList><member>sts.amazonaws.com</member></ClientIDList><Url>x</Url>";
    if (role === undefined) return { status: 404, code: "NoSuchEntity" };
    if (action === "GetRole")
      return `<Role>${names}<Arn>arn:aws:iam::${ACCOUNT}:role/${RoleName}</Arn><AssumeRolePolicyDocument>${encoded(role.trust)}</AssumeRolePolicyDocument></Role>`;
    if (action === "ListAttachedRolePolicies") return "<AttachedPolicies></AttachedPolicies>";
    if (action === "ListRolePolicies") return "<PolicyNames><member>inline</member></PolicyNames>";
    return `${names}<PolicyName>inline</PolicyName><PolicyDocument>${encoded(role.permissions)}</PolicyDocument>`;
  };
});

async function shortfalls(): Promise<string[]> {
  const connection = connect();
  const gaps = await checkAccount(connection, ENVIRONMENT, [DEPLOYER, READER]);
  connection.destroy();
  return gaps.map(({ message, isUnknown }) => `${isUnknown ? "unknown: " : ""}${message}`);
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

test("a missing role, another trust and other rights are listed", async () => {
  const { [READER.name]: reader } = documents;
  delete documents[READER.name];
  expect(await shortfalls()).toEqual([`the role ${READER.arn} is missing`]);
  const [trust] = rolesOf(ENVIRONMENT, "acme/other");
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

test.each(["GetOpenIDConnectProvider", "GetRole", "GetRolePolicy"])(
  "what %s isn't allowed to read is unknown",
  async (action) => {
    answers[action] = { status: 403, code: "AccessDenied" };
    for (const line of await shortfalls()) expect(line).toMatch(/^unknown: AccessDenied/);
    expect(await shortfalls()).not.toEqual([]);
  },
);

test("credentials of another account are unknown, and nothing else is asked", async () => {
  answers.GetCallerIdentity = "<Account>999999999999</Account><Arn>arn:aws:iam::999999999999:user/a</Arn>";
  expect((await shortfalls()).join()).toMatch(/^unknown: received credentials of the account 999999999999/);
  expect(aws.asked).toEqual(["GetCallerIdentity"]);
});

import type { ClientConfig } from "../../../cli/aws/connection";
import { signIn } from "../../../cli/aws/identity";
import { type Answer, type AnsweringAws, AWS_VARIABLES, answerAs } from "../../support/answering-aws";
import { ACCOUNT } from "../../support/live-account";

const before = { ...process.env };
let aws: AnsweringAws;
let answer: Answer;
let given: Readonly<Record<string, unknown>> = {};
let role: Answer;
const config: ClientConfig = { region: "us-east-1" };

beforeAll(async () => {
  aws = await answerAs((action, parameters) => {
    if (action !== "AssumeRole") return answer;
    given = parameters;
    return role;
  });
  process.env = { ...before, ...AWS_VARIABLES, AWS_ENDPOINT_URL: aws.endpoint };
});
beforeEach(() => {
  aws.asked.length = 0;
});
afterAll(async () => {
  process.env = before;
  await aws.close();
});

const DENIED: Answer = { status: 403, code: "AccessDenied" };
const CREDENTIALS =
  "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/terraform`;

const IDENTITY = `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/ops</Arn><UserId>AIDA</UserId>`;
const signedIn = (arn?: string) => signIn(config, arn, "support-app-doctor");

test("the principal of the credentials, or why it isn't known", async () => {
  answer = IDENTITY;
  expect(await signedIn()).toEqual({
    known: { config, identity: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/ops` } },
  });
  expect(aws.asked).toHaveLength(1); // there is no role to assume
  answer = { status: 403, code: "ExpiredToken" };
  expect(await signedIn()).toMatchObject({
    unknown: { kind: "credentials", action: "sts:GetCallerIdentity" },
  });
  answer = `<Account>${ACCOUNT}</Account>`;
  expect(await signedIn()).toMatchObject({
    unknown: {
      kind: "broken-answer",
      message: "a broken answer to sts:GetCallerIdentity: received nothing as Arn, expected what AWS documents",
    },
  });
});

test("a role is assumed in a session of that name, or nothing is known", async () => {
  [answer, role] = [IDENTITY, CREDENTIALS];
  expect(await signedIn(ROLE)).toMatchObject({
    known: { config: { credentials: { accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "t" } } },
  });
  expect(given).toMatchObject({ RoleArn: ROLE, RoleSessionName: "support-app-doctor" });
  role = DENIED;
  expect(await signedIn(ROLE)).toMatchObject({ unknown: { kind: "denied", action: "sts:AssumeRole" } });
});

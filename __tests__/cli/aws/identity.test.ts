import type { ClientConfig } from "../../../cli/aws/connection";
import { assume, readIdentity } from "../../../cli/aws/identity";
import { type Answer, type AnsweringAws, AWS_VARIABLES, answerAs } from "../../support/answering-aws";
import { ACCOUNT } from "../../support/live-account";

const before = { ...process.env };
let aws: AnsweringAws;
let answer: Answer;
let given: Readonly<Record<string, unknown>> = {};
const config: ClientConfig = { region: "us-east-1" };

beforeAll(async () => {
  aws = await answerAs((_, parameters) => {
    given = parameters;
    return answer;
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

test("AWS says whose credentials they are, or why it doesn't", async () => {
  answer = `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/ops</Arn><UserId>AIDA</UserId>`;
  expect(await readIdentity(config)).toEqual({
    known: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/ops` },
  });
  answer = { status: 403, code: "ExpiredToken" };
  expect(await readIdentity(config)).toMatchObject({
    unknown: { kind: "credentials", action: "sts:GetCallerIdentity" },
  });
  answer = `<Account>${ACCOUNT}</Account>`;
  expect(await readIdentity(config)).toMatchObject({
    unknown: {
      kind: "broken-answer",
      message: "a broken answer to sts:GetCallerIdentity: received nothing as Arn, expected what AWS documents",
    },
  });
});

test("a role is assumed in a session of that name, or nothing is known", async () => {
  answer = CREDENTIALS;
  expect(await assume(config, ROLE, "support-app-doctor")).toEqual({
    known: { accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "t" },
  });
  expect(given).toMatchObject({ RoleArn: ROLE, RoleSessionName: "support-app-doctor" });
  answer = DENIED;
  expect(await assume(config, ROLE, "support-app-doctor")).toMatchObject({
    unknown: { kind: "denied", action: "sts:AssumeRole" },
  });
});

test("without a role to assume, nothing is asked", async () => {
  expect(await assume(config, undefined, "support-app-doctor")).toEqual({ known: undefined });
  expect(aws.asked).toEqual([]);
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { connect } from "../../../cli/aws/connection";
import { lookUp } from "../../../cli/aws/lookup";
import { type Answer, type AnsweringAws, AWS_VARIABLES, answerAs } from "../../support/answering-aws";

const before = { ...process.env };
let aws: AnsweringAws;
/** What is answered to each call, the last to all that follow. */
let answers: readonly Answer[] = [];
let count = 0;

beforeAll(async () => {
  aws = await answerAs(() => answers[Math.min(count++, answers.length - 1)] ?? "");
});
beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0); // the SDK's pauses
  process.env = { ...before, ...AWS_VARIABLES, AWS_ENDPOINT_URL: aws.endpoint };
  for (const name of ["AWS_PROFILE", "CI"]) delete process.env[name];
  count = 0;
});
afterEach(() => {
  process.env = { ...before };
  jest.restoreAllMocks();
});
afterAll(() => aws.close());

const IDENTITY = "<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/ops</Arn>";

/** What a call learns. */
async function asked(timeout?: number) {
  const connection = connect(timeout);
  const sts = new STSClient(connection.configFor({ region: "us-east-1" }));
  const lookup = await lookUp("sts:GetCallerIdentity", () => sts.send(new GetCallerIdentityCommand({})));
  connection.destroy();
  return lookup;
}

const SILENCE: Answer = () => {};

test("a call that isn't answered ends, and isn't repeated", async () => {
  answers = [SILENCE];
  expect(await asked(100)).toMatchObject({
    unknown: { kind: "no-answer", message: "no answer to sts:GetCallerIdentity: waited 0.1 s for http://127.0.0.1" },
  });
  expect(count).toBe(1);
});

test.each<[string, Answer]>([
  ["throttling", { status: 400, code: "Throttling" }],
  ["an answer that stops in the middle", (outgoing) => void outgoing.write("<")],
  ["a connection that is reset", (outgoing) => outgoing.destroy()],
  ["a proxy's page", (outgoing) => outgoing.writeHead(503, { "content-type": "text/html" }).end("<html/>")],
])("%s is overcome by asking again, but not for ever", async (_, answer) => {
  answers = [answer, answer, answer, IDENTITY];
  expect(await asked(50)).toMatchObject({ known: { Account: "111122223333" } });
  [answers, count] = [[answer], 0];
  expect(await asked(50)).toMatchObject({ unknown: {} });
  expect(count).toBe(8);
});

test("a failed connection is reported in our own words", async () => {
  process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:1";
  const message = "AWS couldn't be asked: connect ECONNREFUSED 127.0.0.1:1";
  expect(await asked()).toMatchObject({ unknown: { kind: "other", message } });
});

test("an endpoint URL that can't be used is an error before anything is asked", () => {
  process.env.AWS_ENDPOINT_URL_IAM = "https://user:secret@proxy.example.com";
  expect(connect).toThrow(/^Received AWS_ENDPOINT_URL_IAM with another value, expected an http or https URL/);
});

test("credentials that never arrive end the call, too, and are looked up once for each profile", async () => {
  let lookups = 0;
  let isSilent = false;
  const metadata = createServer((_, outgoing) => {
    lookups++;
    if (!isSilent)
      outgoing.end(
        JSON.stringify({ AccessKeyId: "A", SecretAccessKey: "s", Token: "t", Expiration: "2100-01-01T00:00:00Z" }),
      );
  });
  await new Promise<void>((resolve) => metadata.listen(0, "127.0.0.1", resolve));
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`;
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) delete process.env[name];
  answers = [IDENTITY];
  const connection = connect();
  for (const region of ["us-east-1", "eu-west-1"]) {
    await new STSClient(connection.configFor({ region })).send(new GetCallerIdentityCommand({}));
  }
  connection.destroy();
  expect([lookups, aws.signed.slice(-2)]).toEqual([1, ["A in us-east-1", "A in eu-west-1"]]);
  isSilent = true;
  jest.spyOn(console, "warn").mockImplementation(() => {}); // the SDK's
  expect(await asked(100)).toMatchObject({
    unknown: { kind: "credentials", message: "CredentialsProviderError: waited 0.1 s for the credentials" },
  });
  metadata.close();
  metadata.closeAllConnections();
});

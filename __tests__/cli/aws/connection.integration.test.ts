import { mkdtempSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { connect } from "../../../cli/aws/connection";
import { lookUp } from "../../../cli/aws/lookup";
import { type Answer, awsInTests, xmlAnswer } from "../../support/answering-aws";
import { sharedFolder } from "../../support/folder";
import { listening, serverOf } from "../../support/loopback";

/** What is answered to each call, the last to all that follow. */
let answers: readonly Answer[] = [];
let count = 0;
const aws = awsInTests(() => answers[Math.min(count++, answers.length - 1)] ?? "");

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0); // the SDK's pauses
  for (const name of ["AWS_PROFILE", "CI"]) delete process.env[name];
  count = 0;
});
afterEach(() => jest.restoreAllMocks());

const IDENTITY = "<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/ops</Arn>";

/** What a call learns. */
async function callAws(timeout?: number, profile?: string) {
  const connection = connect(timeout);
  const sts = new STSClient(connection.configFor({ region: "us-east-1", profile }));
  const lookup = await lookUp("sts:GetCallerIdentity", () => sts.send(new GetCallerIdentityCommand({})));
  connection.destroy();
  return lookup;
}

const SILENCE: Answer = () => {};

/** A server on loopback. */
const answering = (answer: (outgoing: ServerResponse) => void) =>
  listening(serverOf((_, outgoing) => answer(outgoing)));

test("a call that isn't answered ends, and isn't repeated", async () => {
  answers = [SILENCE];
  expect(await callAws(100)).toMatchObject({
    unknown: { kind: "no-answer", message: "no answer to sts:GetCallerIdentity: waited 0.1 s for http://127.0.0.1" },
  });
  expect(count).toBeLessThanOrEqual(1); // on a busy machine, it may not even have arrived
});

test("without another limit, an answer has 30 seconds to begin, and twice that to end", async () => {
  const limit = jest.spyOn(globalThis, "setTimeout");
  answers = [IDENTITY];
  await callAws();
  expect(limit).toHaveBeenCalledWith(expect.any(Function), 60_000);
});

test.each<[string, Answer]>([
  ["throttling", { status: 400, code: "Throttling" }],
  ["a connection that is reset", (outgoing) => outgoing.destroy()],
  ["a proxy's page", (outgoing) => outgoing.writeHead(503, { "content-type": "text/html" }).end("<html/>")],
])("%s is overcome by asking again, but not for ever", async (_, answer) => {
  answers = [answer, answer, answer, IDENTITY];
  expect(await callAws()).toMatchObject({ known: { Account: "111122223333" } });
  [answers, count] = [[answer], 0];
  expect(await callAws()).toMatchObject({ unknown: {} });
  expect(count).toBe(8);
});

test("an answer that stops in the middle is overcome, too", async () => {
  answers = [(outgoing) => void outgoing.write("<"), IDENTITY];
  expect(await callAws(1_000)).toMatchObject({ known: { Account: "111122223333" } });
});

test("an answer that comes byte by byte ends, and isn't repeated", async () => {
  answers = [
    (outgoing) => {
      const timer = setInterval(() => outgoing.write(" "), 20);
      outgoing.on("close", () => clearInterval(timer));
    },
  ];
  const begin = setTimeout;
  jest.spyOn(globalThis, "setTimeout").mockImplementation((act, ms, ...rest) => {
    return begin(act, ms === 60_000 ? 50 : ms, ...rest); // the limit of a whole answer, which no busy machine misses
  });
  expect(await callAws()).toMatchObject({ unknown: { kind: "no-answer" } });
  expect(count).toBe(1);
});

test("calls share a connection", async () => {
  const ports = new Set<number | undefined>();
  answers = [
    (outgoing) => {
      ports.add(outgoing.socket?.remotePort);
      outgoing.end(xmlAnswer("GetCallerIdentity", IDENTITY));
    },
  ];
  const connection = connect();
  for (const region of ["us-east-1", "us-east-1", "eu-west-1"]) {
    await new STSClient(connection.configFor({ region })).send(new GetCallerIdentityCommand({}));
  }
  connection.destroy();
  expect(ports.size).toBe(1);
});

test("a text in place of a list is a broken answer, and an empty list isn't", async () => {
  answers = ["<PolicyNames>text</PolicyNames>", `<AttachedPolicies/><PolicyNames>\n</PolicyNames>${IDENTITY}`];
  const message = expect.stringMatching(/: received a text as PolicyNames, expected a list$/);
  expect(await callAws()).toMatchObject({ unknown: { kind: "broken-answer", message } });
  expect(await callAws()).toMatchObject({ known: { Account: "111122223333" } });
});

test("a failed connection is reported in our own words, and an endpoint that can't be used before anything is asked", async () => {
  process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:1";
  const message = "AWS couldn't be asked: connect ECONNREFUSED 127.0.0.1:1";
  expect(await callAws()).toMatchObject({ unknown: { kind: "other", message } });
  process.env.AWS_ENDPOINT_URL_IAM = "https://user:secret@proxy.example.com";
  expect(connect).toThrow(/^Received AWS_ENDPOINT_URL_IAM with another value/);
});

test("credentials that never arrive end the call, too, and are looked up once for each profile", async () => {
  let lookups = 0;
  let isSilent = false;
  const unanswered: ServerResponse[] = [];
  const credentials = { AccessKeyId: "A", SecretAccessKey: "s", Token: "t", Expiration: "2100-01-01T00:00:00Z" };
  const metadata = await answering((outgoing) => {
    lookups++;
    if (isSilent) unanswered.push(outgoing);
    else outgoing.end(JSON.stringify(credentials));
  });
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = metadata.url;
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
  expect(await callAws(100)).toMatchObject({
    unknown: { kind: "credentials", message: "CredentialsProviderError: waited 0.1 s for the credentials" },
  });
  // Otherwise, the SDK would go on for seconds after the test.
  for (const outgoing of unanswered)
    await new Promise<void>((resolve) => outgoing.end(JSON.stringify(credentials), resolve));
  await metadata.close();
});

describe("with a profile of environments.yaml", () => {
  const folder = sharedFolder();
  const keys = (name: string, key: string) => `[${name}]\naws_access_key_id = ${key}\naws_secret_access_key = s\n`;
  const SSO =
    "sso_session = acme\nsso_account_id = 111122223333\nsso_role_name = ops\n[sso-session acme]\nsso_region = us-east-1\nsso_start_url = https://acme.awsapps.com/start\n";

  /** Who signs a call on a machine whose only credentials are in this configuration. */
  async function signedWith(config: string, env: NodeJS.ProcessEnv = {}) {
    const machine = mkdtempSync(join(folder, "machine-")); // the SDK reads each file once
    writeFileSync(join(machine, "config"), config);
    Object.assign(process.env, { AWS_CONFIG_FILE: join(machine, "config"), HOME: machine });
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) delete process.env[name];
    Object.assign(process.env, env);
    [answers, aws.signed.length] = [[IDENTITY], 0];
    const lookup = await callAws(1_000, "first");
    return aws.signed[0] ?? lookup;
  }
  const BOTH = keys("default", "NOBODYS") + keys("profile first", "FIRST") + keys("profile second", "SECOND");
  const unknown = { unknown: { kind: "credentials" } };

  const OTHERS = keys("default", "NOBODYS");
  test.each<[string, string, NodeJS.ProcessEnv, unknown]>([
    ["its credentials are used", BOTH, {}, "FIRST in us-east-1"],
    ["AWS_PROFILE takes precedence", BOTH, { AWS_PROFILE: "second" }, "SECOND in us-east-1"],
    ["CI has no profiles", BOTH, { CI: "true" }, "NOBODYS in us-east-1"],
    ["that isn't there, no others are used", OTHERS, {}, unknown],
    ["without credentials, no others are used", `${OTHERS}[profile first]\nregion = a\n`, {}, unknown],
    ["that is logged out, no others are used", `${OTHERS}[profile first]\n${SSO}`, {}, unknown],
  ])("the right credentials are used with a profile of environments.yaml: %s", async (_, config, env, signed) => {
    expect({ signed: await signedWith(config, env) }).toMatchObject({ signed });
  });

  test("the credentials of the EC2 instance aren't used if there is a profile", async () => {
    let count = 0;
    const metadata = await answering((outgoing) => {
      count++;
      outgoing.writeHead(404).end();
    });
    const inEc2 = { AWS_EC2_METADATA_DISABLED: "false", AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url };
    await signedWith("", inEc2);
    expect(count).toBe(0);
    await signedWith("", { ...inEc2, CI: "true" });
    expect(count).toBeGreaterThan(0); // without the profile, they are
    await metadata.close();
  });
});

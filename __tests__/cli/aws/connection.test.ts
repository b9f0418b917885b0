import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../../../cli/aws/connection";
import { diagnose } from "../../../cli/commands/doctor/diagnose";
import { runSupportApp } from "../../../cli/program";
import type { ReportedEnvironment } from "../../../cli/reports/doctor-report";
import { type AnsweringAws, type Answers, answerAs, xmlAnswer } from "../../support/answering-aws";
import { DEPLOY_ROLE, everyCallEnvironment, healthyAws } from "../../support/healthy-aws";
import { NOW } from "../../support/now";
import { printedInTests } from "../../support/printed";
import { thoroughTest } from "../../support/thorough";

const printed = printedInTests();
const folder = mkdtempSync(join(tmpdir(), "support-app-connection-"));
const before = { ...process.env };
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };
const toClose: { close(): unknown }[] = [];

function withEnvironment(more: NodeJS.ProcessEnv): void {
  process.env = {
    ...before,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    ...more,
  };
}

async function answering(answers: Answers): Promise<AnsweringAws> {
  const aws = await answerAs(answers);
  toClose.push(aws);
  withEnvironment({ ...CREDENTIALS, AWS_ENDPOINT_URL: aws.endpoint });
  return aws;
}

/** Where something listens that does this with every connection. */
async function listening(server: Server): Promise<string> {
  const sockets: Socket[] = [];
  server.on("connection", (socket: Socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  toClose.push({ close });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function diagnosed(second = 1_000): Promise<ReportedEnvironment> {
  const connection = connect(() => {}, second);
  return diagnose(connection, everyCallEnvironment, { now: NOW, deployRole: DEPLOY_ROLE }).finally(() =>
    connection.destroy(),
  );
}

const foundIn = ({ checks }: ReportedEnvironment) =>
  checks.flatMap(({ findings }) => findings.map(({ found }) => found));

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0); // the SDK's pauses
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env = before;
  for (const server of toClose.splice(0)) await server.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

test("an endpoint URL that can't be used is reported without repeating it, and nothing is asked", async () => {
  const aws = await answering(healthyAws);
  const url = "https://someuser:s3cr%2Fet@proxy.example.com";
  withEnvironment({ ...CREDENTIALS, AWS_ENDPOINT_URL: aws.endpoint, AWS_ENDPOINT_URL_IAM: url });
  expect(await runSupportApp(["doctor", "staging"])).toBe(1);
  const said = printed.join("\n");
  expect(said).toContain("Received AWS_ENDPOINT_URL_IAM with another value, expected an http or https URL");
  for (const secret of ["someuser", "s3cr%2Fet", "s3cr/et"]) expect(said).not.toContain(secret);
  expect(aws.asked).toEqual([]);
});

test("a failed connection is reported in our own words", async () => {
  withEnvironment({ ...CREDENTIALS, AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
  expect(foundIn(await diagnosed())).toEqual(["AWS couldn't be asked: connect ECONNREFUSED 127.0.0.1:1"]);
});

test("the fix repeats only the origin of AWS_ENDPOINT_URL", async () => {
  const aws = await answering(
    () => (outgoing) => outgoing.writeHead(200, { "content-type": "text/html" }).end("<html/>"),
  );
  withEnvironment({ ...CREDENTIALS, AWS_ENDPOINT_URL: `${aws.endpoint}/s3cret?token=s3cret#s3cret` });
  expect(await runSupportApp(["doctor", "staging"])).toBe(5);
  const said = printed.join("\n");
  expect(said).toContain(
    "found     a broken answer to sts:GetCallerIdentity: received nothing as Account, expected what AWS documents",
  );
  expect(said).toContain(
    `See the message above, check what answers in AWS's place at AWS_ENDPOINT_URL=${aws.endpoint}, such as a proxy or the network's login page, and run doctor again.`,
  );
  expect(said).not.toContain("s3cret");
});

thoroughTest("a slow AWS is waited for, however long it takes in total", async () => {
  const pages = 40;
  await answering((action, parameters) => {
    if (action !== "ListRoles") return healthyAws(action, parameters);
    const page = Number(parameters.Marker ?? 1);
    const more = `<IsTruncated>${page < pages}</IsTruncated>${page < pages ? `<Marker>${page + 1}</Marker>` : ""}`;
    const right = String(healthyAws(action, parameters)).replace("<IsTruncated>false</IsTruncated>", more);
    return (outgoing) => void setTimeout(() => outgoing.end(xmlAnswer(action, right)), 50);
  });
  const started = Date.now();
  const second = 60;
  const { answer } = await diagnosed(second);
  expect(answer).toBe("healthy");
  expect(Date.now() - started).toBeGreaterThan(30 * second);
});

test("an answer that stops in the middle is asked for again", async () => {
  const stopped = new Set<string>();
  await answering((action, parameters) => {
    if (stopped.has(action)) return healthyAws(action, parameters);
    stopped.add(action);
    return (outgoing) => void outgoing.write("<");
  });
  expect((await diagnosed(20)).answer).toBe("healthy");
  expect([...stopped]).toContain("ListResources");
});

describe("a server that never answers", () => {
  const HASTY = 10;
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;

  test.each<[string, () => Promise<NodeJS.ProcessEnv>, RegExp]>([
    [
      "a server that takes connections and says nothing",
      async () => ({ ...CREDENTIALS, AWS_ENDPOINT_URL: await listening(createServer(() => {})) }),
      /^no answer to sts:AssumeRole: waited 30 s for http/,
    ],
    [
      "one that is never ready to take them",
      async () => ({ ...CREDENTIALS, AWS_ENDPOINT_URL: "http://127.0.0.1:1" }),
      /^no answer to sts:AssumeRole: waited|connect ECONNREFUSED 127\.0\.0\.1:1$/,
    ],
  ])("%s: the call ends, and leaves no timer behind", async (_, environment, found) => {
    withEnvironment(await environment());
    const running = timers();
    expect(foundIn(await diagnosed(HASTY))).toEqual([expect.stringMatching(found)]);
    for (let wait = 0; timers() > running && wait < 100; wait++) await sleep(10); // the SDK's own last for seconds
    expect(timers()).toBeLessThanOrEqual(running);
  });

  test("a profile whose credentials never arrive: the call ends, and the credentials are reported", async () => {
    const config = join(folder, "profiles");
    writeFileSync(
      config,
      "[default]\nrole_arn = arn:aws:iam::111122223333:role/engineer\nsource_profile = own\n[profile own]\naws_access_key_id = AKIA\naws_secret_access_key = s\n",
    );
    withEnvironment({ AWS_CONFIG_FILE: config, AWS_ENDPOINT_URL: await listening(createServer(() => {})) });
    const { checks } = await diagnosed(HASTY);
    expect(checks[0]?.findings).toMatchObject([
      {
        found: "CredentialsProviderError: waited 30 s for the credentials",
        fix: { text: expect.stringContaining("Set AWS_PROFILE, or log in again") },
      },
    ]);
    await sleep(500); // until the SDK has given up, too
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../../cli/program";
import { type Answer, type AnsweringAws, AWS_VARIABLES, answerAs } from "../../support/answering-aws";
import { printedInTests } from "../../support/printed";

const printed = printedInTests();
const folder = mkdtempSync(join(tmpdir(), "support-app-profile-"));
const before = { ...process.env };
let aws: AnsweringAws;
let answer: Answer;

const YAML = `defaults: { region: us-east-1, profile: first }
environments:
  one: { account: "111122223333", read-only: {} }
  two: { account: "222233334444", region: eu-west-1, profile: second, read-only: {} }
`;

beforeAll(async () => {
  aws = await answerAs(() => answer);
});
beforeEach(() => {
  answer = { status: 403, code: "AccessDenied" };
  aws.asked.length = 0;
  aws.signed.length = 0;
});
afterEach(() => {
  process.env = { ...before };
});
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});

/** Runs support-app on a machine whose only credentials are in the configuration's profiles. */
async function onAMachine(config: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const own = mkdtempSync(join(folder, "machine-")); // the SDK reads each file once
  const written = (name: string, text: string) => {
    writeFileSync(join(own, name), text);
    return join(own, name);
  };
  process.env = {
    ...before,
    ...AWS_VARIABLES,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_CONFIG_FILE: written("config", config),
    SUPPORT_APP_ENVIRONMENTS: written("environments.yaml", YAML),
    HOME: own,
  };
  for (const name of ["CI", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) delete process.env[name];
  Object.assign(process.env, env);
  const status = await runSupportApp(args);
  return { status, output: printed.splice(0).join("\n") };
}

const keys = (name: string, key: string) =>
  `[profile ${name}]\naws_access_key_id = ${key}\naws_secret_access_key = s\n`;
const BOTH = `[default]\naws_access_key_id = NOBODYS\naws_secret_access_key = s\n${keys("first", "FIRST")}${keys("second", "SECOND")}`;
const IMPORT = ["import", "new", "--account", "333344445555", "--region", "us-east-1"];

test("doctor looks at each environment with its own profile", async () => {
  await onAMachine(BOTH, ["doctor", "--all"]);
  expect(aws.signed.sort()).toEqual(["FIRST in us-east-1", "SECOND in eu-west-1"]);
});

test("import uses the profile of the defaults, or of an existing environment", async () => {
  await onAMachine(BOTH, IMPORT);
  await onAMachine(BOTH, ["import", "two", ...IMPORT.slice(2)]);
  expect(aws.signed).toEqual(["FIRST in us-east-1", "SECOND in us-east-1"]);
});

/** A session of IAM Identity Center of which nothing is kept on the machine. */
const LOGGED_OUT = `[profile first]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = ops\n[sso-session acme]\nsso_region = us-east-1\nsso_start_url = https://acme.awsapps.com/start\n`;

test.each([
  [
    "without credentials",
    `[default]\naws_access_key_id = NOBODYS\naws_secret_access_key = s\n[profile first]\nregion = us-east-1\n`,
  ],
  ["that is logged out", LOGGED_OUT],
])("a profile %s is an error with what to run, and other credentials aren't tried", async (_, config) => {
  const doctor = await onAMachine(config, ["doctor", "one"]);
  expect(doctor.status).toBe(5);
  expect(doctor.output).toContain("$ aws sso login --profile first");
  expect(doctor.output).not.toMatch(/^ +at /m);
  const imported = await onAMachine(config, IMPORT);
  expect(imported.status).toBe(1);
  expect(imported.output).toMatch(/^Can't import: .*: `aws sso login --profile first`\.$/);
  expect(aws.asked).toEqual([]);
});

test("a profile of another account is named", async () => {
  answer = "<Account>999900001111</Account><Arn>arn:aws:iam::999900001111:user/ops</Arn>";
  const { output } = await onAMachine(BOTH, ["doctor", "one"]);
  expect(output).toContain(
    'Give the profile "first" of environments.yaml credentials of 111122223333, or set another profile there.',
  );
  expect((await onAMachine(BOTH, IMPORT)).output).toBe(
    'Received credentials of the account 999900001111 (arn:aws:iam::999900001111:user/ops), expected credentials of 333344445555. Replace the profile "first" in environments.yaml, set AWS_PROFILE, or give --assume a role of 333344445555.',
  );
});

test("on EC2, the instance's own credentials aren't used if the profile has none", async () => {
  let asked = 0;
  const metadata = createServer((_, outgoing) => {
    asked++;
    outgoing.writeHead(404).end();
  });
  await new Promise<void>((resolve) => metadata.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = metadata.address() as AddressInfo;
    const inEc2 = {
      AWS_EC2_METADATA_DISABLED: "false",
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}`,
    };
    const { status } = await onAMachine("", ["doctor", "one"], inEc2);
    expect({ status, asked }).toEqual({ status: 5, asked: 0 });
    await onAMachine("", ["doctor", "one"], { ...inEc2, CI: "true" });
    expect(asked).toBeGreaterThan(0); // without the profile, it is
  } finally {
    metadata.close();
    metadata.closeAllConnections();
  }
});

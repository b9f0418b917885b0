import { execFile, execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import manifest from "../../package.json";
import { copySources } from "../support/packed";
import { proxiedAwsInTests } from "../support/proxied-aws";

const scratch = mkdtempSync(join(tmpdir(), "support-app-build-"));
const dist = join(scratch, "dist");

beforeAll(() => {
  copySources(scratch);
  execFileSync("npm", ["run", "--silent", "build"], { cwd: scratch });
  rmSync(join(scratch, "node_modules"));
}, 120_000);

afterAll(() => rmSync(scratch, { recursive: true }));

const builtFiles = (end: string) =>
  readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(end));

/** The packages that files name, as the pattern finds them. */
function packagesNamed(files: readonly string[], pattern: RegExp): string[] {
  const specifiers = files.flatMap((file) =>
    [...readFileSync(join(dist, file), "utf8").matchAll(pattern)].map(([, specifier = ""]) => specifier),
  );
  const packages = specifiers
    .filter((specifier) => !/^(\.|node:)/.test(specifier) && !builtinModules.includes(specifier))
    .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? "");
  return [...new Set(packages)].sort();
}

test("what is built loads no package but the peers, and its types name no other", () => {
  const peers = Object.keys(manifest.peerDependencies).sort();
  expect(Object.keys(manifest)).not.toContain("dependencies");
  // In square brackets, an error of the AWS SDK names a package.
  expect(packagesNamed(builtFiles(".js"), /(?<!\[)\brequire\("([^"]+)"\)/g)).toEqual(peers);
  expect(packagesNamed(builtFiles(".d.ts"), /\b(?:from|import)\s*\(?"([^"]+)"/g)).toEqual(peers);
});

test("the command runs without any other package, and each library that is in it is in the notices and the SBOM", () => {
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [join(dist, "support-app.js"), ...args], { encoding: "utf8" });
  expect(run("--version")).toBe(`${manifest.version}\n`);
  expect(run("doctor", "--help")).toContain("doctor");
  const { components } = JSON.parse(readFileSync(join(dist, "sbom.cdx.json"), "utf8"));
  const names: string[] = components.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(["@aws-sdk/client-iam", "@slack/web-api", "commander", "yaml", "zod"]));
  const notices = readFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), "utf8");
  expect(names.filter((name) => !notices.includes(`\n${name} `))).toEqual([]);
});

test.each([
  ["@cdktf/provider-aws", "diff", "production"],
  ["cdktf", "publish", "--out", "published"],
])("without the framework, one sentence says that %s isn't installed, and what to do: %s", (peer, ...args) => {
  writeFileSync(join(scratch, "cdktf.json"), '{ "app": "node main.js" }');
  const command = [join(dist, "support-app.js"), ...args];
  expect(spawnSync(process.execPath, command, { cwd: scratch, encoding: "utf8" })).toMatchObject({
    status: 1,
    stderr: `Can't write Terraform: ${peer} isn't installed. If package.json has it, run npm ci without --omit=dev; otherwise, run npm install ${peer}.\n`,
  });
});

describe("what is built asks AWS through a proxy, and trusts AWS_CA_BUNDLE", () => {
  const SSO_TOKEN = `.aws/sso/cache/${createHash("sha1").update("acme").digest("hex")}.json`;
  const FILES: Readonly<Record<string, string>> = {
    "environments.yaml": `environments: { a: { account: "111122223333", region: us-east-1, profile: sso, read-only: {} } }`,
    config: `[profile sso]
sso_session = acme
sso_account_id = 111122223333
sso_role_name = ops
[sso-session acme]
sso_region = us-east-1
sso_start_url = https://acme.awsapps.com/start
[profile role]
role_arn = arn:aws:iam::111122223333:role/ops
source_profile = source
region = us-east-1
[profile source]
aws_access_key_id = A
aws_secret_access_key = s
`,
    token: "t",
    [SSO_TOKEN]: '{ "accessToken": "t", "expiresAt": "2100-01-01T00:00:00Z" }',
  };
  const SSO_ANSWER =
    '{ "roleCredentials": { "accessKeyId": "SSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4102444800000 } }';
  const WEB_IDENTITY = {
    AWS_REGION: "us-east-1",
    AWS_ROLE_ARN: "arn:aws:iam::111122223333:role/ops",
    AWS_WEB_IDENTITY_TOKEN_FILE: "token",
  };
  const { aws, folder, proxy } = proxiedAwsInTests((action) => {
    if (action === "undefined") return (outgoing) => outgoing.end(SSO_ANSWER); // IAM Identity Center names no action
    const session = "<SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>";
    return `<Credentials><AccessKeyId>${action}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>${session}</Credentials>`;
  });

  test.each<[string, string, string, NodeJS.ProcessEnv]>([
    ["IAM Identity Center, by a profile of environments.yaml", "portal.sso", "SSO", {}],
    ["IAM Identity Center, by AWS_PROFILE", "portal.sso", "SSO", { AWS_PROFILE: "sso" }],
    ["a role, by AWS_PROFILE", "sts", "AssumeRole", { AWS_PROFILE: "role" }],
    ["a web identity", "sts", "AssumeRoleWithWebIdentity", WEB_IDENTITY],
  ])("with credentials of %s", async (_, service, key, credentials) => {
    mkdirSync(dirname(join(folder, SSO_TOKEN)), { recursive: true });
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) delete process.env[name];
    const places = { HOME: folder, AWS_CONFIG_FILE: "config", SUPPORT_APP_ENVIRONMENTS: "environments.yaml" };
    const options = { cwd: folder, env: { ...process.env, ...places, ...credentials } };
    const command = [join(dist, "support-app.js"), "doctor", "a"];
    await promisify(execFile)(process.execPath, command, options).catch(() => {}); // since its questions aren't answered
    expect(proxy.connected).toContain(`${service}.us-east-1.amazonaws.com:443 someuser:s3cret`);
    expect(aws.signed).toContain(`${key} in us-east-1`);
  });
});

test("Node.js finds the names of the stacks, for import, and each entry point has its types", () => {
  expect(readFileSync(join(dist, "stacks/index.js"), "utf8")).toContain(
    "{ ChoiceError, SupportAppStack, YamlFileError, loadEnvironments, synthesize }",
  );
  expect(builtFiles("index.d.ts").sort()).toEqual(["modules/support-app/index.d.ts", "stacks/index.d.ts"]);
});

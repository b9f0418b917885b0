import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateOpenIDConnectProviderCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { endpoint, type Identity, iamIn, newAccount, readAccount, readRole, rootOf, s3In } from "./support/account";
import { forEmulator } from "./support/deployer";
import { startAws } from "./support/doctor";
import {
  createProject,
  deployed,
  type Project,
  removeProjects,
  run,
  supportApp,
  writeEnvironments,
} from "./support/project";
import { changes } from "./support/proxy";

afterAll(removeProjects);

const REPOSITORY = "acme/slack-access";
const [account, secondAccount] = [newAccount(), newAccount()];
const Bucket = `state-${account}`;
const YAML = `defaults: { region: us-east-1, backend: { type: s3, bucket: ${Bucket}, region: us-east-1, bucket-account: "${account}" } }
environments:
  payments: { account: "${account}", read-only: {}, full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] } }
  search: { account: "${secondAccount}", read-only: {} }
`;
const BOOTSTRAP = ["bootstrap", "--repository", REPOSITORY, "--out", "roles"];

/** A job's token, as GitHub Actions signs it: the emulator reads it without verifying its signature. */
function tokenOf(githubEnvironment: string, repository = REPOSITORY): string {
  const sub = `repo:${repository}:environment:${githubEnvironment}`;
  const claims = { iss: "https://token.actions.githubusercontent.com", aud: "sts.amazonaws.com", sub };
  return [{ alg: "RS256" }, claims, {}]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}

/** Who runs commands with the credentials of a job. */
interface Job {
  readonly as: Identity;
  readonly env: { readonly AWS_SESSION_TOKEN: string | undefined };
}

/** The credentials of a job, or the name of AWS's error. */
async function signIn(role: string, WebIdentityToken: string, id = account): Promise<Job | string> {
  const nobody = { accessKeyId: id, secretAccessKey: "test" };
  const sts = new STSClient({ region: "us-east-1", endpoint: endpoint(), credentials: nobody });
  const RoleArn = `arn:aws:iam::${id}:role/support-app-${role}`;
  const command = new AssumeRoleWithWebIdentityCommand({ RoleArn, WebIdentityToken, RoleSessionName: "job" });
  return sts.send(command).then(
    ({ Credentials: { AccessKeyId = "", SecretAccessKey = "", SessionToken } = {} }) => ({
      as: { account: id, accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey },
      env: { AWS_SESSION_TOKEN: SessionToken },
    }),
    (error: Error) => error.name,
  );
}

test("jobs of the repository's GitHub environments deploy and read with the roles that bootstrap writes, and no others can", async () => {
  // GIVEN
  const project = createProject("bootstrap", YAML);
  expect(await supportApp(project, BOOTSTRAP, { as: rootOf(account) })).toMatchObject({ status: 0 });
  for (const id of [account, secondAccount]) await createStack(project, id);

  // WHEN: others sign in
  const strangers = [tokenOf("payments", "acme/other"), tokenOf("search"), tokenOf("fleet")];
  for (const role of ["deployer", "reader"])
    for (const token of strangers) expect(await signIn(role, token)).toBe("AccessDenied");
  expect(await signIn("deployer", tokenOf("plan-payments"))).toBe("AccessDenied");
  expect(await signIn("reader", tokenOf("payments"))).toBe("AccessDenied");

  // WHEN
  const { Resources } = templateOf(project);
  const deployer = (await signIn("deployer", tokenOf("payments"))) as Job;
  const secondDeployer = (await signIn("deployer", tokenOf("search"), secondAccount)) as Job;
  for (const id of [account, secondAccount])
    await iamIn(id).send(
      new PutRolePolicyCommand({
        RoleName: "support-app-deployer",
        PolicyName: "support-app-deployer",
        PolicyDocument: forEmulator(Resources[`Deployer${id}`].Properties.Policies[0].PolicyDocument),
      }),
    );
  // THEN
  await expectBucket(templateOf(project), deployer);
  await deployed(project, "payments", deployer);
  await deployed(project, "search", secondDeployer);
  expect(await states()).toEqual(["payments", "search"]);
  expect([await readState(deployer, "payments"), await readState(secondDeployer, "search")]).toEqual(["read", "read"]);
  expect(await readState(secondDeployer, "payments")).toBe("AccessDenied");
  const aws = await startAws();
  const reader = await signIn("reader", tokenOf("drift-payments"));
  const drift = await supportApp(project, ["diff", "--drift", "payments"], {
    ...(reader as Job),
    endpoint: aws.endpoint,
  });
  await aws.close();
  expect(drift).toMatchObject({ status: 0 });
  expect(aws.calls.filter((call) => call.status === 403 || changes(call))).toEqual([]);

  for (const [purpose, id] of [
    ["deployer", `Deployer${secondAccount}`],
    ["reader", `Reader${secondAccount}`],
  ] as const) {
    expect(await readRole(secondAccount, `support-app-${purpose}`)).toMatchObject({
      trust: Resources[id].Properties.AssumeRolePolicyDocument,
      inline: [`support-app-${purpose}`],
    });
  }

  // WHEN: the roles are removed
  const remove =
    "aws cloudformation delete-stack --region us-east-1 --stack-name roles && aws cloudformation wait stack-delete-complete --region us-east-1 --stack-name roles";
  expect(await run(project, "sh", ["-c", remove], { as: rootOf(account) })).toMatchObject({ status: 0 });
  expect(Object.keys((await readAccount(account)).roles)).not.toContain("support-app-deployer");
  expect(await states()).toEqual(["payments", "search"]);
  expect(await readState(secondDeployer, "search")).toBe("read");
});

test("a shared bucket stays in its account while environments are added above and the first is removed, twice, also the one of that account", async () => {
  const [hub, second, third, fourth] = [newAccount(), newAccount(), newAccount(), newAccount()];
  const bucket = `shared-${hub}`;
  const project = createProject("bootstrap-shared", "");
  /** Deploys the stacks of the first environment and of the bucket's account. Resolves to the accounts to which the bucket's policy gives a state. */
  const bootstrapped = async (...accounts: [string, ...string[]]) => {
    const backend = `{ type: s3, bucket: ${bucket}, region: us-east-1, bucket-account: "${hub}" }`;
    const entries = accounts.map((id) => `  e${id}: { account: "${id}", read-only: {} }\n`).join("");
    writeEnvironments(project, `defaults: { region: us-east-1, backend: ${backend} }\nenvironments:\n${entries}`);
    expect(await supportApp(project, BOOTSTRAP, { as: rootOf(hub) })).toMatchObject({ status: 0 });
    for (const id of new Set([hub, accounts[0]])) {
      writeTemplateFor(project, id);
      const deploy =
        "aws cloudformation deploy --region us-east-1 --stack-name roles --template-file template.json --capabilities CAPABILITY_NAMED_IAM --parameter-overrides CreateOidcProvider=false";
      expect(await run(project, "sh", ["-c", deploy], { as: rootOf(id) })).toMatchObject({ status: 0 });
    }
    const { Policy = "" } = await s3In(hub).send(new GetBucketPolicyCommand({ Bucket: bucket }));
    const { [`StateBucketsharedX${hub}Policy`]: policy } = templateOf(project).Resources;
    expect(JSON.parse(Policy)).toEqual(policy.Properties.PolicyDocument);
    return [hub, second, third, fourth].filter((id) => Policy.includes(`arn:aws:iam::${id}:root`));
  };
  expect(await bootstrapped(hub, second)).toEqual([hub, second]);
  expect(await bootstrapped(third, hub, second)).toEqual([hub, second, third]);
  expect(await bootstrapped(hub, second)).toEqual([hub, second]);
  expect(await bootstrapped(fourth, hub, second)).toEqual([hub, second, fourth]);
  expect(await bootstrapped(second, fourth)).toEqual([second, fourth]); // no environment is left in the bucket's account
  expect(Object.keys((await readAccount(hub)).roles)).not.toContain("support-app-deployer");
});

/** The bucket is as the template has it. The emulator has no TLS, so its policy then gets what the emulator can judge. */
async function expectBucket(template: ReturnType<typeof templateOf>, deployer: Job): Promise<void> {
  const s3 = s3In(account);
  expect(await s3.send(new GetBucketVersioningCommand({ Bucket }))).toMatchObject({ Status: "Enabled" });
  const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  const id = `StateBucketstateX${account}`;
  const { [id]: bucket, [`${id}Policy`]: bucketPolicy } = template.Resources;
  expect(PublicAccessBlockConfiguration).toEqual(bucket.Properties.PublicAccessBlockConfiguration);
  const { Policy = "" } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  const policy = JSON.parse(Policy);
  expect(policy).toEqual(bucketPolicy.Properties.PolicyDocument);
  expect(await readState(deployer, "payments")).toBe("AccessDenied"); // without TLS
  const statements = policy.Statement.filter(({ Sid }: { Sid?: string }) => Sid !== "OnlyTls");
  for (const { Principal, Condition } of statements) Condition.ArnEquals["aws:PrincipalArn"].push(Principal.AWS); // it takes a role of another account for that account
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ ...policy, Statement: statements }) }));
  expect(await readState(deployer, "payments")).toBe("NoSuchKey");
}

/** The environments that have a state in the bucket. */
async function states(): Promise<string[]> {
  const { Contents } = await s3In(account).send(new ListObjectsV2Command({ Bucket }));
  return (Contents ?? []).map(({ Key = "" }) => Key.replace(/^support-app\/(.*)\.tfstate$/, "$1")).sort();
}

/** What AWS answers a job that reads a state. */
function readState({ as, env }: Job, environment: string): Promise<string> {
  const credentials = { ...as, sessionToken: env.AWS_SESSION_TOKEN };
  const s3 = new S3Client({ region: "us-east-1", endpoint: endpoint(), credentials, forcePathStyle: true });
  return s3.send(new GetObjectCommand({ Bucket, Key: `support-app/${environment}.tfstate` })).then(
    () => "read",
    (error: Error) => error.name,
  );
}

if (spawnSync("cfn-lint", ["--version"]).status === 0) {
  test("cfn-lint finds nothing in the template, with a shared bucket and one of an account's own", async () => {
    const backend = `{ type: s3, bucket: own.state, region: us-east-1, kms-key: "arn:aws:kms:us-east-1:${account}:alias/a" }`;
    const project = createProject(
      "bootstrap-lint",
      `${YAML}  more: { account: "${newAccount()}", full: {}, backend: ${backend} }\n`,
    );
    const as = { as: rootOf(account) };
    expect(await supportApp(project, BOOTSTRAP, as)).toMatchObject({ status: 0 });
    const lint = (file: string) => run(project, "cfn-lint", ["--", file], as);
    expect(await lint("roles/template.json")).toMatchObject({ status: 0, output: "" });
    const text = readFileSync(join(project.folder, "roles/template.json"), "utf8");
    writeFileSync(join(project.folder, "wrong.json"), text.replace('"Status": "Enabled"', '"Status": "On"'));
    expect(await lint("wrong.json")).toMatchObject({ status: 2 }); // and it does, where there is something
  });
} else {
  process.stderr.write("There is no cfn-lint on the PATH: what it says of bootstrap's template isn't checked.\n");
}

const templateOf = ({ folder }: Project) => JSON.parse(readFileSync(join(folder, "roles/template.json"), "utf8"));

/** Writes the template as an account evaluates it: the emulator's conditions have no pseudo parameters. */
function writeTemplateFor(project: Project, id: string): void {
  const template = JSON.stringify(templateOf(project), (_, value) => (value?.Ref === "AWS::AccountId" ? id : value));
  writeFileSync(join(project.folder, "template.json"), template);
}

/** Creates a stack of the template in an account, which gets its own roles and no others, and in the first one the bucket. */
async function createStack(project: Project, id: string): Promise<void> {
  // The emulator's CloudFormation has no identity provider.
  const { Url, ClientIdList } = templateOf(project).Resources.OidcProvider.Properties;
  await iamIn(id).send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ClientIdList }));
  writeTemplateFor(project, id);
  const create = (region: string) =>
    `aws cloudformation create-stack --region ${region} --stack-name roles --template-body file://template.json --capabilities CAPABILITY_NAMED_IAM --parameters ParameterKey=CreateOidcProvider,ParameterValue=false`;
  if (id === account) {
    const misplaced = await run(project, "sh", ["-c", create("eu-west-1")], { as: rootOf(id) });
    expect(misplaced.output).toContain(`The bucket ${Bucket} is in us-east-1: create the stack there`);
  }
  expect(await run(project, "sh", ["-c", create("us-east-1")], { as: rootOf(id) })).toMatchObject({ status: 0 });
  for (const purpose of ["deployer", "reader"]) await waitForRole(id, `support-app-${purpose}`);
  expect(Object.keys((await readAccount(id)).roles).sort()).toEqual(["support-app-deployer", "support-app-reader"]);
}

/** CloudFormation creates a stack after its answer. */
async function waitForRole(account: string, name: string): Promise<void> {
  for (let attempt = 0; attempt < 50 && (await readRole(account, name)) === undefined; attempt++) await sleep(100);
}

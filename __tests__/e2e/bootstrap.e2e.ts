import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateOpenIDConnectProviderCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { endpoint, iamIn, newAccount, readAccount, readRole, rootOf } from "./support/account";
import { forEmulator } from "./support/deployer";
import { startAws } from "./support/doctor";
import { createBucket } from "./support/examples";
import {
  createProject,
  deployed,
  type Project,
  type RunOptions,
  removeProjects,
  run,
  supportApp,
} from "./support/project";
import { changes } from "./support/proxy";

afterAll(removeProjects);

const REPOSITORY = "acme/slack-access";
const [account, secondAccount] = [newAccount(), newAccount()];

/** A job's token, as GitHub Actions signs it: the emulator reads it without verifying its signature. */
function tokenOf(githubEnvironment: string, repository = REPOSITORY): string {
  const sub = `repo:${repository}:environment:${githubEnvironment}`;
  const claims = { iss: "https://token.actions.githubusercontent.com", aud: "sts.amazonaws.com", sub };
  return [{ alg: "RS256" }, claims, {}]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}

/** The credentials of a job, or the name of AWS's error. */
async function signIn(role: string, WebIdentityToken: string): Promise<RunOptions | string> {
  const nobody = { accessKeyId: account, secretAccessKey: "test" };
  const sts = new STSClient({ region: "us-east-1", endpoint: endpoint(), credentials: nobody });
  const RoleArn = `arn:aws:iam::${account}:role/support-app-${role}`;
  const command = new AssumeRoleWithWebIdentityCommand({ RoleArn, WebIdentityToken, RoleSessionName: "job" });
  return sts.send(command).then(
    ({ Credentials: { AccessKeyId = "", SecretAccessKey = "", SessionToken } = {} }) => ({
      as: { account, accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey },
      env: { AWS_SESSION_TOKEN: SessionToken },
    }),
    (error: Error) => error.name,
  );
}

test("jobs of the repository's GitHub environments deploy and read with the roles that bootstrap writes, and no others can", async () => {
  const bucket = await createBucket(account);
  const project = createProject(
    "bootstrap",
    `defaults: { region: us-east-1, backend: { type: s3, bucket: ${bucket}, region: us-east-1 } }
environments:
  payments: { account: "${account}", read-only: {}, full: { channels: [{ name: oncall, workspace: T1, channel: C1 }] } }
  search: { account: "${secondAccount}", read-only: {} }
`,
  );
  const administrator = { as: account };
  const args = ["bootstrap", "--repository", REPOSITORY, "--out", "roles"];
  expect(await supportApp(project, args, administrator)).toMatchObject({ status: 0 });
  for (const id of [account, secondAccount]) await createRoles(project, id);

  const strangers = [tokenOf("payments", "acme/other"), tokenOf("search"), tokenOf("fleet")];
  for (const role of ["deployer", "reader"])
    for (const token of strangers) expect(await signIn(role, token)).toBe("AccessDenied");
  expect(await signIn("deployer", tokenOf("plan-payments"))).toBe("AccessDenied");
  expect(await signIn("reader", tokenOf("payments"))).toBe("AccessDenied");

  const { Resources } = templateOf(project);
  await iamIn(account).send(
    new PutRolePolicyCommand({
      ...{ RoleName: "support-app-deployer", PolicyName: "support-app-deployer" },
      PolicyDocument: forEmulator(Resources[`Deployer${account}`].Properties.Policies[0].PolicyDocument),
    }),
  );
  await deployed(project, "payments", (await signIn("deployer", tokenOf("payments"))) as RunOptions);
  const aws = await startAws();
  const reader = await signIn("reader", tokenOf("drift-payments"));
  const drift = await supportApp(project, ["diff", "--drift", "payments"], {
    ...(reader as RunOptions),
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
});

const templateOf = ({ folder }: Project) => JSON.parse(readFileSync(join(folder, "roles/template.json"), "utf8"));

/** Creates a stack of the template in an account, which gets its own roles and no others. */
async function createRoles(project: Project, id: string): Promise<void> {
  // The emulator's CloudFormation has no identity provider, and its conditions have no pseudo parameters.
  const { Url, ClientIdList } = templateOf(project).Resources.OidcProvider.Properties;
  await iamIn(id).send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ClientIdList }));
  const template = JSON.stringify(templateOf(project), (_, value) => (value?.Ref === "AWS::AccountId" ? id : value));
  writeFileSync(join(project.folder, "template.json"), template);
  const create =
    "aws cloudformation create-stack --region us-east-1 --stack-name roles --template-body file://template.json --capabilities CAPABILITY_NAMED_IAM --parameters ParameterKey=CreateOidcProvider,ParameterValue=false";
  expect(await run(project, "sh", ["-c", create], { as: rootOf(id) })).toMatchObject({ status: 0 });
  for (const purpose of ["deployer", "reader"]) await waitForRole(id, `support-app-${purpose}`);
  expect(Object.keys((await readAccount(id)).roles).sort()).toEqual(["support-app-deployer", "support-app-reader"]);
}

/** CloudFormation creates a stack after its answer. */
async function waitForRole(account: string, name: string): Promise<void> {
  for (let attempt = 0; attempt < 50 && (await readRole(account, name)) === undefined; attempt++) await sleep(100);
}

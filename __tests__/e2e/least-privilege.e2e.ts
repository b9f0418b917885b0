import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { newAccount, s3In } from "./support/account";
import { forEmulator, printedPolicy } from "./support/deployer";
import { allowUser, createBucket, createUser } from "./support/examples";
import {
  createProject,
  deploy,
  deployed,
  diff,
  type RunOptions,
  removeProjects,
  writeEnvironments,
} from "./support/project";
import { startProxy } from "./support/proxy";

afterAll(removeProjects);

test("the Service Quotas role is handed back without any right to it", async () => {
  const account = newAccount();
  const environments = (mode: string) =>
    `environments: { kept: { account: "${account}", region: us-east-1, full: { service-quotas-role: ${mode} } } }`;
  const project = createProject("least-handed-back", environments("create"));
  await deployed(project, "kept", { as: account });
  writeEnvironments(project, environments("existing"));
  const policy = await printedPolicy(project, "kept");
  expect(JSON.stringify(policy)).not.toContain("/aws-service-role/");
  const as = await createUser(account, "deployer");
  await allowUser(account, "deployer", forEmulator(policy));
  const proxy = await startProxy();
  const options: RunOptions = { as, endpoint: proxy.endpoint };
  expect(await deploy(project, "kept", options)).toMatchObject({ status: 0 });
  expect((await diff(project, "kept", options)).output).toContain("No changes.");
  await proxy.close();
  expect(proxy.calls.filter(({ status }) => status === 403)).toEqual([]);
});

test("every right to the state in S3 is needed", async () => {
  const account = newAccount();
  const bucket = await createBucket(account);
  const yaml = (run: number) => `environments:
  stored:
    account: "${account}"
    region: us-east-1
    backend: { type: s3, bucket: ${bucket}, region: us-east-1 }
    tags: { Run: "${run}" }
    read-only: {}
`;
  const project = createProject("least-stored", yaml(0));
  const policy = await printedPolicy(project, "stored");
  const as = await createUser(account, "deployer");
  await allowUser(account, "deployer", forEmulator(policy));
  expect(await deploy(project, "stored", { as })).toMatchObject({ status: 0 });

  const rights = policy.Statement.flatMap(({ Sid, Action }) => [Action].flat().map((action) => [Sid, action] as const));
  // Without s3:ListBucket, AWS calls a state that isn't there yet forbidden rather than missing; the emulator does not.
  const ofState = rights.filter(([, action]) => action.startsWith("s3:") && action !== "s3:ListBucket");
  expect(ofState).toHaveLength(5);
  for (const [run, [sid, action]] of ofState.entries()) {
    await allowUser(
      account,
      "deployer",
      forEmulator(policy, (candidate, candidateSid) => candidate !== action || candidateSid !== sid),
    );
    const checkout = createProject("least-stored", yaml(run + 1));
    const proxy = await startProxy();
    const { status } = await deploy(checkout, "stored", { as, endpoint: proxy.endpoint });
    await proxy.close();
    const denied = new Set(proxy.calls.flatMap((call) => (call.status === 403 ? call.action : [])));
    expect([sid, status, ...denied]).toEqual([sid, 1, action]);
    const Key = "support-app/stored.tfstate.tflock";
    await s3In(account).send(new DeleteObjectCommand({ Bucket: bucket, Key })); // which a deploy without rights may leave
  }
  await allowUser(account, "deployer", forEmulator(policy));
  expect(await deploy(project, "stored", { as })).toMatchObject({ status: 0 });
});

import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { thoroughTest } from "../support/thorough";
import { type Identity, newAccount, type PolicyDocument, readAccount, s3In } from "./support/account";
import { expectScope, forEmulator, printedPolicy } from "./support/deployer";
import { allowUser, createBucket, createDeployRole, createUser, exampleEnvironments } from "./support/examples";
import {
  createProject,
  deploy,
  deployed,
  destroy,
  diff,
  type Project,
  type RunOptions,
  removeProjects,
  writeEnvironments,
} from "./support/project";
import { startProxy } from "./support/proxy";

afterAll(removeProjects);

describe("with the printed policy alone", () => {
  const { environmentsYaml, staging, production } = exampleEnvironments();

  test("a user with the printed policy alone deploys, diffs and destroys staging", async () => {
    const project = createProject("least-staging", environmentsYaml);
    const policy = await printedPolicy(project, "staging");
    const before = await readAccount(staging);
    const as = await createUser(staging, "deployer");
    await allowUser(staging, "deployer", forEmulator(policy));
    await expectToComeAndGo(project, "staging", policy, as);
    expect(await readAccount(staging)).toEqual(before);
  });

  test("production's deploy-role with the printed policy alone, assumed by a user who may do nothing else, deploys, diffs and retires production", async () => {
    const project = createProject("least-production", environmentsYaml);
    const policy = await printedPolicy(project, "production");
    await createDeployRole(production, forEmulator(policy));
    const as = await createUser(production, "caller");
    await allowUser(production, "caller", JSON.stringify(await printedPolicy(project, "production", "--caller")));
    await expectToComeAndGo(project, "production", policy, as);
  });

  async function expectToComeAndGo(project: Project, environment: string, policy: PolicyDocument, as: Identity) {
    const proxy = await startProxy();
    const options: RunOptions = { as, endpoint: proxy.endpoint };
    expect(await deploy(project, environment, options)).toMatchObject({ status: 0 });
    expect((await diff(project, environment, options)).output).toContain("No changes.");
    if (environment === "production") {
      writeEnvironments(project, environmentsYaml.replace("  production:\n", "  production:\n    retired: true\n"));
      expect(await printedPolicy(project, environment)).toEqual(policy);
      expect(await deploy(project, environment, options)).toMatchObject({ status: 0 });
      expect(Object.keys((await readAccount(as.account)).policies)).toEqual([]);
    } else {
      expect(await destroy(project, environment, options)).toMatchObject({ status: 0 });
    }
    await proxy.close();
    expect(proxy.calls.filter(({ status }) => status === 403)).toEqual([]);
    expectScope(policy, as.account, proxy.calls);
  }
});

thoroughTest("the Service Quotas role is handed back without any right to it", async () => {
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

thoroughTest("every right to the state in S3 is needed", async () => {
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

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { newAccount, rootOf, s3In } from "./support/account";
import { startAws } from "./support/doctor";
import { createBucket } from "./support/examples";
import {
  createProject,
  deploy,
  deployed,
  diff,
  familyGone,
  killAll,
  removeProjects,
  supportApp,
  terraform,
  writeEnvironments,
} from "./support/project";
import { startProxy } from "./support/proxy";

afterAll(removeProjects);

const account = newAccount();
const STATE = "support-app/shared.tfstate";
const LOCK = `${STATE}.tflock`;
let environments: string;
let bucket: string;

beforeAll(async () => {
  bucket = await createBucket(account);
  environments = `environments:
  shared:
    account: "${account}"
    region: us-east-1
    backend: { type: s3, bucket: ${bucket}, region: us-east-1 }
    read-only: {}
`;
});

async function objects(): Promise<string[]> {
  const { Contents } = await s3In(account).send(new ListObjectsV2Command({ Bucket: bucket }));
  return (Contents ?? []).map(({ Key }) => String(Key)).sort();
}

/** A deploy that comes as far as its first role, and waits there. */
async function startDeploy() {
  let goOn = () => {};
  let arrived = () => {};
  const atRole = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const released = new Promise<undefined>((resolve) => {
    goOn = () => resolve(undefined);
  });
  const proxy = await startProxy(({ action }) => {
    if (action !== "iam:CreateRole") return undefined;
    arrived();
    return released;
  });
  let kill = async () => {};
  const result = deploy(createProject("shared-first", environments), "shared", {
    as: account,
    endpoint: proxy.endpoint,
    onStart: (child) => {
      kill = async () => {
        const exit = familyGone(child);
        killAll(child);
        await exit;
      };
    },
  });
  await Promise.race([atRole, result]);
  return { ended: result, goOn, kill, close: proxy.close };
}

test("while one deploy holds the lock, a second one is refused and says who holds it; then both are through", async () => {
  const first = await startDeploy();
  expect(await objects()).toContain(LOCK);

  const secondProject = createProject("shared-second", environments);
  const second = await deploy(secondProject, "shared", { as: account });
  expect(second.status).not.toBe(0);
  expect(second.output).toContain("Error acquiring the state lock");
  expect(second.output).toMatch(/Operation: +OperationTypeApply/);
  expect(second.output).toMatch(/Who: +\S+@\S+/);

  first.goOn();
  expect((await first.ended).status).toBe(0);
  await first.close();
  expect(await objects()).toEqual([STATE]);
  expect((await diff(secondProject, "shared", { as: account })).output).toContain("No changes.");
});

test("the lock of a deploy that was killed is released as documented", async () => {
  environments = environments.replace("read-only: {}", "read-only: { role-name: another }");
  const first = await startDeploy();
  await first.kill();
  await first.ended;
  await first.close();
  expect(await objects()).toEqual([STATE, LOCK]);

  const project = createProject("shared-next", environments);
  const refused = await supportApp(project, ["deploy", "shared", "--auto-approve"], { as: account });
  expect(refused.status).not.toBe(0);
  const [, id = ""] = refused.output.match(/Lock Info:\s+ID:\s+(\S+)/) ?? [];
  expect(await terraform(project, "shared", ["force-unlock", "-force", id], { as: account })).toMatchObject({
    status: 0,
  });
  expect(await objects()).toEqual([STATE]);
  await deployed(project, "shared", { as: account });
  expect((await diff(project, "shared", { as: account })).output).toContain("No changes.");
});

test("with the profile of environments.yaml, deploy and doctor need no credentials in the environment; a missing one is a sentence", async () => {
  const aws = await startAws();
  try {
    const owner = newAccount();
    const bucket = await createBucket(owner);
    const { accessKeyId, secretAccessKey } = rootOf(owner);
    const yaml = (profile: string) => `defaults: { region: us-east-1, profile: ${profile} }
environments:
  mine: { account: "${owner}", read-only: {}, backend: { type: s3, bucket: ${bucket}, region: us-east-1 } }
`;
    const project = createProject("profile", yaml("ops"));
    const config = join(project.folder, "aws-config");
    writeFileSync(
      config,
      `[profile ops]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const nothing = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, CI: undefined };
    const options = { as: owner, endpoint: aws.endpoint, env: { ...nothing, AWS_CONFIG_FILE: config } };

    await deployed(project, "mine", options);
    const healthy = await supportApp(project, ["doctor", "mine"], options);
    expect(healthy).toMatchObject({ status: 0, output: expect.stringContaining("is healthy.") });

    const otherwise = await deploy(project, "mine", { as: owner });
    expect(otherwise.output).toContain("Backend configuration changed");
    await terraform(project, "mine", ["init", "-input=false", "-reconfigure"], { as: owner }); // as documented
    expect(await deployed(project, "mine", { as: owner })).toContain("No changes.");

    writeEnvironments(project, yaml("gone"));
    const unknown = await supportApp(project, ["doctor", "mine"], options);
    expect(unknown.status).toBe(5);
    expect(unknown.output).toContain("$ aws sso login --profile gone");
    const refused = await deploy(createProject("profile-gone", yaml("gone")), "mine", options);
    expect(refused.status).not.toBe(0);
    expect(refused.output).toMatch(/failed to get shared config profile, gone/);
  } finally {
    await aws.close();
  }
});

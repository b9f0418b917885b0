import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { newAccount, s3In } from "./account";
import { createBucket } from "./examples";
import {
  cdktfDeploy,
  createProject,
  deploy,
  deployed,
  diff,
  familyGone,
  killAll,
  removeProjects,
  terraform,
} from "./project";
import { startProxy } from "./proxy";

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
  const ended = deploy(createProject("shared-first", environments), "shared", {
    as: account,
    endpoint: proxy.endpoint,
    onStart: (child) => {
      kill = async () => {
        const gone = familyGone(child);
        killAll(child);
        await gone;
      };
    },
  });
  await Promise.race([atRole, ended]);
  return { ended, goOn, kill, close: proxy.close };
}

test("while one deploy holds the lock, a second one is refused and says who holds it; then both are through", async () => {
  const first = await startDeploy();
  expect(await objects()).toContain(LOCK);

  const elsewhere = createProject("shared-second", environments);
  const second = await cdktfDeploy(elsewhere, "shared", { as: account });
  expect(second.status).not.toBe(0);
  expect(second.output).toContain("Error acquiring the state lock");
  expect(second.output).toMatch(/Operation: +OperationTypeApply/);
  expect(second.output).toMatch(/Who: +\S+@\S+/);

  first.goOn();
  expect((await first.ended).status).toBe(0);
  await first.close();
  expect(await objects()).toEqual([STATE]);
  expect((await diff(elsewhere, "shared", { as: account })).output).toContain("No changes.");
});

test("the lock of a deploy that was killed is released as README says", async () => {
  environments = environments.replace("read-only: {}", "read-only: { role-name: another }");
  const first = await startDeploy();
  await first.kill();
  await first.ended;
  await first.close();
  expect(await objects()).toEqual([STATE, LOCK]);

  const project = createProject("shared-next", environments);
  const refused = await deploy(project, "shared", { as: account });
  expect(refused.status).not.toBe(0);
  const [, id = ""] = refused.output.match(/Lock Info:[\s│]+ID: +([\da-f-]{36})/) ?? [];
  expect(await terraform(project, "shared", ["force-unlock", "-force", id], { as: account })).toMatchObject({
    status: 0,
  });
  expect(await objects()).toEqual([STATE]);
  await deployed(project, "shared", { as: account });
  expect((await diff(project, "shared", { as: account })).output).toContain("No changes.");
});

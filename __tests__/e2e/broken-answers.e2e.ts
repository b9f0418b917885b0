import { DeleteResourceCommand } from "@aws-sdk/client-cloudcontrol";
import { thoroughTest } from "../support/thorough";
import { aliasIdOf, cloudControlIn, comparableAccount, newAccount, readAccount } from "./support/account";
import { createBoundary, createBucket, createDeployRole } from "./support/examples";
import { stagesOfLife, tamper } from "./support/life";
import {
  createProject,
  type Ended,
  type Project,
  removeProjects,
  supportApp,
  terraform,
  writeEnvironments,
} from "./support/project";
import { type Answer, type Call, startProxy } from "./support/proxy";

afterAll(removeProjects);

const WORKSPACE = "T012ABCDEFG";
const FULL = "AWSSupportAppFullRole";
const READ_ONLY = "AWSSupportAppReadOnlyRole";

/** An environment that is deployed, changed and retired. */
interface Life {
  readonly account: string;
  readonly project: Project;
  readonly stages: ReturnType<typeof stagesOfLife>;
}

async function createLife(name: string): Promise<Life> {
  const account = newAccount();
  const boundary = await createBoundary(account);
  const bucket = await createBucket(account);
  await createDeployRole(account);
  const keys = `    deploy-role: arn:aws:iam::${account}:role/terraform
    backend: { type: s3, bucket: ${bucket}, region: us-east-1 }
`;
  const stages = stagesOfLife(account, boundary, keys);
  return { account, project: createProject(name, stages.born), stages };
}

const deploy = ({ account, project }: Life, endpoint: string) =>
  supportApp(project, ["deploy", "life", "--auto-approve"], { as: account, endpoint });

const HTML = "<html><head><title>Log in</title></head><body><p>Log in here</p></body></html>";
const isJson = ({ action }: Call) => action.startsWith("cloudformation:");

/**
 * What is answered once in AWS's place. Where an answer of success has nothing in it, whatever says so is believed: there
 * AWS has done what was asked, and its answer alone is lost.
 */
const FAULTS: readonly ((call: Call) => Answer)[] = [
  ({ action }) => ({ status: 200, body: HTML, afterwards: !/:(Get|List|Create|Assume)/.test(action) }),
  () => ({ status: 200, body: "", breaks: true }),
  () => ({ status: 200, body: "<Half><an>ans", breaks: true, afterwards: true }),
  () => ({ status: 503, body: HTML }),
  (call) => ({ status: 200, body: isJson(call) ? '{"Other":{}}' : "<Other><Shape/></Other>", afterwards: true }),
  () => ({ status: 500, body: "" }),
  ({ action }) => ({ status: 200, body: "", afterwards: action !== "s3:GetObject" }),
  (call) => {
    const error = "<Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>";
    const body = isJson(call) ? '{"__type":"ThrottlingException"}' : `<ErrorResponse>${error}</ErrorResponse>`;
    return { status: 400, body };
  },
];

/** In each round every call gets another fault than in the others. */
const ROUNDS = [0, 3, 6];

/** What is in the account after each stage of a life whose calls are all answered, and which calls those are. */
async function undisturbedLife() {
  const life = await createLife("broken-answers-none");
  const contents: Record<string, unknown> = {};
  const proxy = await startProxy();
  for (const [stage, yaml] of Object.entries(life.stages)) {
    writeEnvironments(life.project, yaml);
    if (stage === "changed") await tamper(life.account);
    const { status, output } = await deploy(life, proxy.endpoint);
    if (status !== 0) throw new Error(output);
    contents[stage] = await comparableAccount(life.account);
  }
  await proxy.close();
  return { contents, calls: [...new Set(proxy.calls.map(({ action }) => action))].sort() };
}

thoroughTest(
  "every call is answered once with something else: each deploy ends, says nothing to be done that isn't, and the next ones lead to the same account",
  async () => {
    const { contents, calls } = await undisturbedLife();
    expect(calls.length).toBeGreaterThan(35);
    for (const round of ROUNDS) {
      const life = await createLife(`broken-answers-${round}`);
      const pendingCalls = new Set(calls);
      const proxy = await startProxy((call) =>
        pendingCalls.delete(call.action)
          ? FAULTS[(calls.indexOf(call.action) + round) % FAULTS.length]?.(call)
          : undefined,
      );
      for (const [stage, yaml] of Object.entries(life.stages)) {
        writeEnvironments(life.project, yaml);
        if (stage === "changed") await tamper(life.account);
        await deployAsDocumented(life, proxy.endpoint);
        expect({ round, contents: await comparableAccount(life.account) }).toEqual({
          round,
          contents: contents[stage],
        });
      }
      await proxy.close();
      expect([...pendingCalls]).toEqual([]);
    }
  },
);

/** Deploys until it works, and does what docs/deploying.md leaves to people. */
async function deployAsDocumented(life: Life, endpoint: string): Promise<void> {
  for (let attempt = 1; attempt <= 15; attempt++) {
    const result = await deploy(life, endpoint);
    await expectTrue(life, result);
    if (result.status === 0) return;
    const lock = result.output.match(/Lock Info:\s+ID:\s+(\S+)/)?.[1];
    if (lock !== undefined) {
      await terraform(life.project, "life", ["force-unlock", "-force", lock], { as: life.account });
    }
    const conflicts = result.output.split("Error: ").filter((error) => /already exists|AlreadyExists/.test(error));
    const names = conflicts.map((error) => error.match(/with aws_cloudcontrolapi_resource\.(\w+)/)?.[1] ?? "");
    for (const name of names.filter((candidate) => !["", "channel_T012ABCDEFG_C01"].includes(candidate))) {
      const TypeName = `AWS::SupportApp::${typeOf(name)}`;
      const Identifier = name.startsWith("workspace_") ? WORKSPACE : aliasIdOf(life.account);
      const deleted = cloudControlIn(life.account).send(new DeleteResourceCommand({ TypeName, Identifier }));
      await deleted.catch(() => undefined); // where something else is there already, there may be none
    }
  }
  throw new Error("It doesn't come to an end.");
}

/** That what a deploy says it has created is there, and what it has destroyed isn't. */
async function expectTrue(life: Life, { status, output }: Ended): Promise<void> {
  if (status !== 0) expect(output).toMatch(/Error: |^Can't .+\.$/m);
  const account = await readAccount(life.account);
  const said = [...output.matchAll(/^(\S+): (Creation|Destruction) complete/gm)];
  const last = new Map(said.map(([, address = "", operation]) => [address, operation])); // what is replaced has both
  for (const [address, operation] of last) {
    const isThere = whetherThere(address, account);
    if (isThere !== undefined) expect({ address, isThere }).toEqual({ address, isThere: operation === "Creation" });
  }
}

/** Whether something of that address is in the account. Undefined: it is nothing by itself. */
function whetherThere(
  address: string,
  { roles, policies, supportApp }: Awaited<ReturnType<typeof readAccount>>,
): boolean | undefined {
  const [type, name = ""] = address.split(".");
  const role = name === "full" ? FULL : READ_ONLY;
  if (type === "aws_iam_role") return role in roles;
  if (type === "aws_iam_policy") return `${role}Policy` in policies;
  if (type === "aws_iam_role_policy_attachment") return roles[role]?.attached.includes(`${role}Policy`) ?? false;
  if (type === "aws_iam_service_linked_role")
    return Object.keys(roles).some((roleName) => /ServiceQuotas$/i.test(roleName));
  if (type === "aws_cloudcontrolapi_resource") return (supportApp[typeOf(name)] ?? []).length > 0;
  return undefined;
}

/** The type of a resource of the Support App, by its name in Terraform. */
function typeOf(name: string): string {
  if (name.startsWith("channel_")) return "SlackChannelConfiguration";
  return name.startsWith("workspace_") ? "SlackWorkspaceConfiguration" : "AccountAlias";
}

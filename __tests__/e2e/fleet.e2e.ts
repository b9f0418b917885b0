import type { ChildProcess } from "node:child_process";
import { AttachRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { policyText } from "../support/policy-text";
import { isThorough } from "../support/thorough";
import { type Identity, iamIn, newAccount } from "./support/account";
import { allowUser, createDeployRole, createUser, EVERYTHING } from "./support/examples";
import {
  createProject,
  type Ended,
  familyGone,
  type Project,
  removeProjects,
  supportApp,
  writeEnvironments,
} from "./support/project";
import { type Proxy as AwsProxy, startProxy } from "./support/proxy";

const ONLY_READING = policyText({ Effect: "Allow", Action: ["iam:Get*", "iam:List*"], Resource: "*" });

let proxy: AwsProxy;
beforeAll(async () => {
  proxy = await startProxy();
});
afterAll(async () => {
  await proxy.close();
  removeProjects();
});

/** A fleet of accounts, whose first is the canary and whose last refuses to be changed. */
interface Fleet {
  readonly project: Project;
  readonly accounts: readonly string[];
  readonly refused: string;
  /** Writes the environments, one of them changed. */
  change(index: number, to: "described" | "retired"): void;
  deploy(...args: readonly string[]): Promise<Ended>;
  /** Starts a deploy, and kills it once so many environments are deployed. What it has started goes on to its end. */
  deployUntilKilled(deployed: number): Promise<void>;
  run(args: readonly string[]): Promise<Ended>;
}

async function createFleet(size: number): Promise<Fleet> {
  const accounts = Array.from({ length: size }, newAccount);
  const refused = accounts.at(-1) ?? "";
  const caller = newAccount();
  const as: Identity = await createUser(caller, "deployer");
  await allowUser(caller, "deployer", policyText({ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }));
  for (const account of accounts) {
    await createDeployRole(account, account === refused ? ONLY_READING : EVERYTHING, caller);
  }
  const yaml = (changed?: number, to?: "described" | "retired") => {
    const environments = accounts.map((account, index) => {
      const canary = index === 0 ? "canary: true, " : "";
      const retired = changed === index && to === "retired" ? "retired: true, " : "";
      const description = changed === index ? "description: changed" : "";
      return `  e${index}: { account: "${account}", ${canary}${retired}deploy-role: "arn:aws:iam::${account}:role/terraform", read-only: { ${description} } }`;
    });
    return `defaults: { region: us-east-1 }\nenvironments:\n${environments.join("\n")}\n`;
  };
  const project = createProject(`fleet-${size}`, yaml());
  const options = { as, endpoint: proxy.endpoint };
  const run: Fleet["run"] = (args) => supportApp(project, args, options);
  const DEPLOY = ["deploy", "--changed", "--auto-approve", "--parallel", "2"];
  const deploy: Fleet["deploy"] = (...args) => run([...DEPLOY, ...args]);
  return {
    project,
    accounts,
    refused,
    run,
    deploy,
    change: (index, to) => writeEnvironments(project, yaml(index, to)),
    deployUntilKilled: async (deployed) => {
      let said = "";
      let exit: Promise<void> | undefined;
      const onStart = (child: ChildProcess) =>
        child.stderr?.on("data", (chunk) => {
          said += chunk;
          if (exit !== undefined || (said.match(/: deployed\.$/gm) ?? []).length < deployed) return;
          exit = familyGone(child);
          child.kill("SIGKILL");
        });
      const { status } = await supportApp(project, DEPLOY, { ...options, onStart });
      expect(status).toBeNull();
      await exit;
    },
  };
}

/** How often AWS has made the role of an environment. */
function rolesMade(): number {
  return proxy.calls.filter(({ action, status = 0 }) => action === "iam:CreateRole" && status < 300).length;
}

async function expectFleetDeployed(size: number): Promise<void> {
  const { accounts, refused, change, deploy, deployUntilKilled, run } = await createFleet(size);
  const before = rolesMade();
  await deployUntilKilled(Math.ceil(size / 4));
  const roleCount = rolesMade() - before;
  expect(roleCount).toBeLessThan(size - 1);

  // The run after it goes on: AWS refuses one, and makes each of the others once.
  const { status, output } = await deploy();
  expect(status).toBe(1);
  expect(output).toContain(`e${size - 1}  ${refused}  failed`);
  expect(output).toMatch(/^e0 .*: applied already\.$/m); // the canary had to be deployed before any other was begun
  expect(output).toMatch(/AccessDenied/);
  expect(rolesMade() - before).toBe(size - 1);
  expect(output.match(/^Apply complete!/gm)).toHaveLength(size - 1 - roleCount);

  // Nothing but that one comes again.
  await allow(refused, EVERYTHING);
  const mended = await deploy();
  expect({ status: mended.status, applies: mended.output.match(/^Apply complete!/gm) }).toEqual({
    status: 0,
    applies: ["Apply complete!"],
  });
  expect(mended.output).toContain(`${size} environments: 1 deployed; ${size - 1} applied already.`);
  expect(rolesMade() - before).toBe(size);

  change(1, "described");
  const changed = await deploy();
  expect(changed.status).toBe(0);
  expect(changed.output.match(/^Apply complete!.*$/gm)).toEqual([
    "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.",
  ]);
  expect(changed.output).toContain(`e1  ${accounts[1]}  deployed`);

  // Drift is another matter: what somebody does by hand isn't a change of the code.
  await iamIn(accounts[2] ?? "").send(
    new AttachRolePolicyCommand({
      RoleName: "AWSSupportAppReadOnlyRole",
      PolicyArn: "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess",
    }),
  );
  expect((await deploy("e2")).output).toContain("1 environment: 1 applied already.");
  const drift = await run(["diff", "--drift", "e1", "e2"]);
  expect(drift.status).toBe(6);
  expect(drift.output).toContain(`e2  ${accounts[2]}  drifted`);
  expect(drift.output).toContain("2 environments: 1 drifted; 1 unchanged.");
  expect(rolesMade() - before).toBe(size);

  // What can't be removed comes again, too, though nothing that is left to be made fails.
  const [, second = ""] = accounts;
  change(1, "retired");
  await allow(second, ONLY_READING);
  const result = await deploy("e1", "e2");
  expect({ status: result.status, output: result.output }).toEqual({
    status: 1,
    output: expect.stringContaining(`e1  ${second}  failed`),
  });
  await allow(second, EVERYTHING);
  expect((await deploy("e1", "e2")).output).toContain("2 environments: 1 deployed; 1 applied already.");
  expect((await deploy("e1")).output).toContain("1 environment: 1 applied already.");
}

/** Gives an account's deployer another policy. */
function allow(account: string, PolicyDocument: string) {
  return iamIn(account).send(new PutRolePolicyCommand({ RoleName: "terraform", PolicyName: "deploy", PolicyDocument }));
}

const SIZE = isThorough ? 40 : 4;
test(`a fleet of ${SIZE} with a canary survives a killed run and a refused account, and is deployed once`, () =>
  expectFleetDeployed(SIZE));

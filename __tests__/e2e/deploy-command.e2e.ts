import { spawnSync } from "node:child_process";
import { AttachRolePolicyCommand, CreateRoleCommand } from "@aws-sdk/client-iam";
import { iamIn, newAccount, readAccount, readRole } from "./support/account";
import { trustIn } from "./support/examples";
import {
  cdktfDeploy,
  cdktfDiff,
  createProject,
  deployCommand,
  deployed,
  type Ended,
  removeProjects,
  run,
  supportAppProcess,
  writeEnvironments,
} from "./support/project";

afterAll(removeProjects);

/** What a color begins with. */
const ESCAPE = "\u001b";

test("what one command deploys, the other finds deployed, and destroying it leaves the account as it was", async () => {
  const account = newAccount();
  const as = { as: account };
  const before = await readAccount(account);
  const yaml = (more: string) =>
    `environments: { both: { account: "${account}", region: us-east-1, read-only: { ${more} } } }`;
  const project = createProject("deploy-command", yaml(""));
  const command = (...args: string[]) => supportAppProcess(project, args, as);

  const { status, output } = await deployCommand(project, "both", as);
  expect({ status, output }).toEqual({
    status: 0,
    output: expect.stringMatching(/^Plan: 5 to add.*^Apply complete!.*^Outputs:.*read_only_role_arn/ms),
  });
  expect((await cdktfDiff(project, "both", as)).output).toContain("No changes.");

  writeEnvironments(project, yaml("max-session-duration: 7200"));
  const change = await command("diff", "both");
  expect({ status: change.status, output: change.output }).toEqual({
    status: 0,
    output: expect.stringContaining("Plan: 0 to add, 1 to change, 0 to destroy."),
  });
  expect(change.stdout).not.toContain(ESCAPE);
  expect((await cdktfDeploy(project, "both", as)).status).toBe(0);
  expect((await deployCommand(project, "both", as)).output).toMatch(/No changes\..*\nNothing to do for both\.\n$/s);

  expect((await command("destroy", "both", "--auto-approve")).status).toBe(0);
  expect(await readAccount(account)).toEqual(before);
});

test("destroy never destroys the Service Quotas role, and Terraform's words are whole", async () => {
  const account = newAccount();
  const as = { as: account };
  const yaml = (mode: string) =>
    `environments: { kept: { account: "${account}", region: us-east-1, full: { service-quotas-role: ${mode} } } }`;
  const project = createProject("deploy-command-kept", yaml("create"));
  const destroy = () => supportAppProcess(project, ["destroy", "kept", "--auto-approve"], as);
  await deployed(project, "kept", as);
  const { roles } = await readAccount(account);

  const refused = await destroy();
  expect(refused.status).toBe(1);
  expect(refused.output).toMatch(
    /Error: Instance cannot be destroyed.*lifecycle\.prevent_destroy set.*set retired: true and deploy\.\n$/s,
  );

  // A destroy doesn't heed that a deploy would hand it back.
  writeEnvironments(project, yaml("existing"));
  const stopped = await destroy();
  expect(stopped.status).toBe(1);
  expect(stopped.output).toMatch(
    /Received a plan for kept that destroys the Service Quotas role \("aws_iam_service_linked_role\.service_quotas"\).*\n$/,
  );
  expect((await readAccount(account)).roles).toEqual(roles);

  await deployed(project, "kept", as);
  expect((await destroy()).status).toBe(0);
  expect(Object.keys((await readAccount(account)).roles)).toEqual([expect.stringContaining("AWSServiceRoleFor")]);
});

test("a role that was made by hand under the planned name is left as it is", async () => {
  const account = newAccount();
  const RoleName = "AWSSupportAppReadOnlyRole";
  const iam = iamIn(account);
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustIn("supportapp.amazonaws.com") }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }));
  const yaml = `environments: { taken: { account: "${account}", region: us-east-1, read-only: {} } }`;
  const project = createProject("deploy-command-taken", yaml);
  const before = await readRole(account, RoleName);
  const { status, output } = await deployCommand(project, "taken", { as: account });
  expect(status).toBe(1);
  expect(output).toContain(`"${RoleName}" already exists, and differs from environments.yaml or has other policies`);
  expect(await readRole(account, RoleName)).toEqual(before);
});

/** util-linux's, which makes a terminal. macOS has another one of that name. */
const hasTerminal = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true;
const terminalTest = hasTerminal ? test : test.skip;

terminalTest("on a terminal, only yes deploys what was planned, and colors are optional", async () => {
  const account = newAccount();
  const project = createProject(
    "deploy-command-asks",
    `environments: { asked: { account: "${account}", region: us-east-1, read-only: {} } }`,
  );
  const onTerminal = (args: string, answer: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> => {
    const command = `${process.execPath} --require ts-node/register cli/support-app.ts ${args}`;
    const typed = `echo ${answer} | script --quiet --return --command '${command}' /dev/null`;
    return run(project, "sh", ["-c", typed], { as: account, env });
  };
  const answered = (answer: string) => onTerminal("deploy asked", answer);
  const { roles } = await readAccount(account);

  const no = await answered("no");
  expect(no.status).toBe(1);
  expect(no.output).toMatch(
    /Plan: 5 to add.*Only yes is accepted:.*Not deployed: you didn't answer "yes"\. Nothing was changed in the account\./s,
  );
  expect((await readAccount(account)).roles).toEqual(roles);

  expect(no.stdout).toContain(ESCAPE);
  for (const plain of [
    await onTerminal("diff asked --no-color", ""),
    await onTerminal("diff asked", "", { NO_COLOR: "1" }),
  ]) {
    expect(plain.stdout).toContain("Plan: 5 to add");
    expect(plain.stdout).not.toContain(ESCAPE);
  }

  const yes = await answered("yes");
  expect({ status: yes.status, output: yes.output }).toEqual({
    status: 0,
    output: expect.stringContaining("Apply complete!"),
  });
  expect(Object.keys((await readAccount(account)).roles)).toEqual(["AWSSupportAppReadOnlyRole"]);
});

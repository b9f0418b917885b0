import { spawnSync } from "node:child_process";
import { AttachRolePolicyCommand, CreateRoleCommand } from "@aws-sdk/client-iam";
import { iamIn, newAccount, readAccount, readRole } from "./support/account";
import { trustIn } from "./support/examples";
import { createProject, type Ended, removeProjects, run, supportApp, writeEnvironments } from "./support/project";

afterAll(removeProjects);

/** What a color begins with. */
const ESCAPE = "\u001b";

test("what is deployed can be destroyed, but never the Service Quotas role, and Terraform's words are whole", async () => {
  const account = newAccount();
  const yaml = (mode: string) =>
    `environments: { kept: { account: "${account}", region: us-east-1, full: { service-quotas-role: ${mode} } } }`;
  const project = createProject("deploy-command", yaml("create"));
  const command = (...args: string[]) => supportApp(project, args, { as: account });
  const deploy = () => command("deploy", "kept", "--auto-approve");
  const destroy = () => command("destroy", "kept", "--auto-approve");
  const { status, output } = await deploy();
  expect({ status, output }).toEqual({
    status: 0,
    output: expect.stringMatching(/^Plan: 7 to add.*^Apply complete!.*^Outputs:.*full_role_arn/ms),
  });
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

  expect((await deploy()).status).toBe(0);
  expect((await deploy()).output).toMatch(/No changes\..*\nNothing to do for kept\.\n$/s);
  expect((await destroy()).status).toBe(0);
  expect(Object.keys((await readAccount(account)).roles)).toEqual([expect.stringContaining("AWSServiceRoleFor")]);
});

/** util-linux's, which makes a terminal. macOS has another one of that name. */
const hasTerminal = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true;
const terminalTest = hasTerminal ? test : test.skip;

terminalTest(
  "on a terminal, only yes deploys what was planned; a role made by hand under its name stays as it is",
  async () => {
    const account = newAccount();
    const RoleName = "AWSSupportAppReadOnlyRole";
    const project = createProject(
      "deploy-command-asks",
      `environments: { asked: { account: "${account}", region: us-east-1, full: {} } }`,
    );
    const onTerminal = (answer: string): Promise<Ended> => {
      const typed = `echo ${answer} | script --quiet --return --command 'support-app deploy asked' /dev/null`;
      return run(project, "sh", ["-c", typed], { as: account });
    };
    const { roles } = await readAccount(account);
    const no = await onTerminal("no");
    expect(no.status).toBe(1);
    expect(no.output).toMatch(
      /Plan: 6 to add.*Only yes is accepted:.*Not deployed: you didn't answer "yes"\. Nothing was changed there\./s,
    );
    expect(no.stdout).toContain(ESCAPE);
    expect((await readAccount(account)).roles).toEqual(roles);
    expect(await onTerminal("yes")).toMatchObject({ status: 0, output: expect.stringContaining("Apply complete!") });
    expect(Object.keys((await readAccount(account)).roles)).toEqual(["AWSSupportAppFullRole"]);

    const iam = iamIn(account);
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustIn("supportapp.amazonaws.com") }));
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }));
    writeEnvironments(
      project,
      `environments: { asked: { account: "${account}", region: us-east-1, full: {}, read-only: {} } }`,
    );
    const before = await readRole(account, RoleName);
    const result = await supportApp(project, ["deploy", "asked", "--auto-approve"], { as: account });
    expect(result.status).toBe(1);
    expect(result.output).not.toContain(ESCAPE);
    expect(result.output).toContain(
      `"${RoleName}" already exists, and differs from environments.yaml, has other policies or is attached elsewhere`,
    );
    expect(await readRole(account, RoleName)).toEqual(before);
  },
);

import { spawnSync } from "node:child_process";
import { newAccount, readAccount } from "./support/account";
import { createProject, type Ended, removeProjects, run, supportApp, writeEnvironments } from "./support/project";

afterAll(removeProjects);

/** What a color begins with. */
const ESCAPE = "\u001b";

/** util-linux's, which makes a terminal. macOS has another one of that name. */
const hasTerminal = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true;
const terminalTest = hasTerminal ? test : test.skip;

terminalTest(
  "on a terminal, only yes deploys what was planned; it can be destroyed, but never the Service Quotas role, and Terraform's words are whole",
  async () => {
    const account = newAccount();
    const yaml = (mode: string) =>
      `environments: { kept: { account: "${account}", region: us-east-1, full: { service-quotas-role: ${mode} } } }`;
    const project = createProject("deploy-command", yaml("create"));
    const onTerminal = (answer: string): Promise<Ended> => {
      const typed = `echo ${answer} | script --quiet --return --command 'env -u NO_COLOR support-app deploy kept' /dev/null`;
      return run(project, "sh", ["-c", typed], { as: account });
    };
    const command = (name: string) => supportApp(project, [name, "kept", "--auto-approve"], { as: account });
    const no = await onTerminal("no");
    expect(no.status).toBe(1);
    expect(no.output).toMatch(
      /Plan: 7 to add.*Only yes is accepted:.*Not deployed: you didn't answer "yes"\. Nothing was changed there\./s,
    );
    expect(no.stdout).toContain(ESCAPE);
    expect((await readAccount(account)).roles).toEqual({});
    expect(await onTerminal("yes")).toMatchObject({
      status: 0,
      output: expect.stringMatching(/^Plan: 7 to add.*^Apply complete!.*^Outputs:.*full_role_arn/ms),
    });
    const { roles } = await readAccount(account);

    const refused = await command("destroy");
    expect(refused.status).toBe(1);
    expect(refused.stdout).not.toContain(ESCAPE);
    expect(refused.output).toMatch(
      /Error: Instance cannot be destroyed.*lifecycle\.prevent_destroy set.*set retired: true and deploy\.\n$/s,
    );

    // A destroy doesn't heed that a deploy would hand it back.
    writeEnvironments(project, yaml("existing"));
    const stopped = await command("destroy");
    expect(stopped.status).toBe(1);
    expect(stopped.output).toMatch(
      /Received a plan for kept that destroys the Service Quotas role \("aws_iam_service_linked_role\.service_quotas"\).*\n$/,
    );
    expect((await readAccount(account)).roles).toEqual(roles);

    expect((await command("deploy")).status).toBe(0);
    expect((await command("destroy")).status).toBe(0);
    expect(Object.keys((await readAccount(account)).roles)).toEqual([expect.stringContaining("AWSServiceRoleFor")]);
  },
);

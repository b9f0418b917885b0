import type { ChildProcess } from "node:child_process";
import { newAccount, readRole } from "./support/account";
import {
  deployAsDocumented,
  expectNothingLost,
  expectRecovery,
  tell,
  uninterrupted,
  yaml,
} from "./support/interrupted";
import { endGroup } from "./support/ministack";
import { cdktfDeploy, createProject, deployCommand, deployed, removeProjects } from "./support/project";

afterAll(removeProjects);

let whole: unknown;

beforeAll(async () => {
  whole = await uninterrupted();
});

const signal = (name: NodeJS.Signals) => (child: ChildProcess) => endGroup(child, name);

test.each([2, 5, 9])(
  "Ctrl-C at change %d, after AWS has made it: support-app deploy has Terraform go on to the end, and there is nothing left to do",
  async (moment) => {
    const ctrlC = { interrupt: signal("SIGINT"), moment, when: "after", deploy: deployCommand } as const;
    const { status, output } = await expectNothingLost({ ...ctrlC, stateMayBeEmpty: false }, whole);
    expect(status).toBe(130);
    expect(output).toContain("Received SIGINT: waiting for Terraform to finish these changes");
    expect(output).toContain("Apply complete!");
    expect(output).toContain("Received SIGINT. cut is done; nothing after it was started.");
  },
);

// Terraform's provider gives up what it is asking AWS for when it is interrupted, and CDKTF ends without waiting for Terraform.
test.each([
  ["SIGTERM to support-app deploy", "SIGTERM", 2, deployCommand],
  ["SIGTERM to support-app deploy", "SIGTERM", 4, deployCommand],
  ["Ctrl-C to cdktf deploy", "SIGINT", 5, cdktfDeploy],
] as const)(
  "%s (%s) at change %d, after AWS has made it: the next deploys complete it, with the documented commands where Terraform needs them",
  async (_, name, moment, deploy) => {
    await expectRecovery({ interrupt: signal(name), moment, when: "after", deploy, stateMayBeEmpty: false }, whole);
  },
);

test("a tainted attachment is kept as documented; otherwise the channel loses the policy until the deploy after", async () => {
  const account = newAccount();
  const project = createProject("interruption-taint", yaml(account));
  const attached = async () => (await readRole(account, "AWSSupportAppFullRole"))?.attached;
  await deployed(project, "cut", { as: account });
  await tell(project, account, "taint", "aws_iam_role_policy_attachment.full");
  await deployAsDocumented(project, account);
  expect(await attached()).toEqual(["AWSSupportAppFullRolePolicy"]);

  await tell(project, account, "taint", "aws_iam_role_policy_attachment.full");
  await deployed(project, "cut", { as: account });
  expect(await attached()).toEqual([]);
  await deployed(project, "cut", { as: account });
  expect(await attached()).toEqual(["AWSSupportAppFullRolePolicy"]);
});

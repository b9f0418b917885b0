import type { ChildProcess } from "node:child_process";
import { sample, weekly } from "../support/thorough";
import { newAccount, readRole } from "./support/account";
import { CHANGES, expectNothingLost, expectRecovery, type Interruption, uninterrupted } from "./support/interrupted";
import { endGroup } from "./support/ministack";
import {
  cdktfDeploy,
  createProject,
  type deploy,
  deployCommand,
  deployed,
  removeProjects,
  supportApp,
  terraform,
} from "./support/project";

afterAll(removeProjects);

let whole: unknown;

beforeAll(async () => {
  whole = await uninterrupted();
});

const signal = (name: NodeJS.Signals) => (child: ChildProcess) => endGroup(child, name);

test.each(sample([2, 5, 9], 3))(
  "Ctrl-C at change %d, after AWS has made it: support-app deploy has Terraform go on to the end, and there is nothing left to do",
  async (moment) => {
    const ctrlC = { interrupt: signal("SIGINT"), moment, when: "after", deploy: deployCommand } as const;
    const { status, output } = await expectNothingLost(ctrlC, whole);
    expect(status).toBe(130);
    expect(output).toContain("Received SIGINT: waiting for Terraform to finish these changes");
    expect(output).toContain("Apply complete!");
    expect(output).toContain("Received SIGINT. cut is done; nothing after it was started.");
  },
);

type Case = [how: string, signal: NodeJS.Signals, moment: number, when: Interruption["when"], run: typeof deploy];

// Terraform's provider gives up what it is asking AWS for when it is interrupted, and CDKTF ends without waiting for Terraform.
const CASES: readonly Case[] = Array.from({ length: CHANGES }, (_, index) => index + 1).flatMap((moment): Case[] => [
  ["SIGTERM to support-app deploy", "SIGTERM", moment, "after", deployCommand],
  ...(moment % 2 === 0 ? [["SIGTERM to support-app deploy", "SIGTERM", moment, "before", deployCommand] as Case] : []),
  ...(moment === 5 ? [["Ctrl-C to cdktf deploy", "SIGINT", moment, "after", cdktfDeploy] as Case] : []),
]);

test.each(weekly(CASES, 4, 1))(
  "%s (%s) at change %d, %s AWS has made it: the next deploy completes it by itself",
  async (_, name, moment, when, deploy) => {
    await expectRecovery({ interrupt: signal(name), moment, when, deploy }, whole);
  },
);

test("a tainted attachment is kept; Terraform alone leaves the channel without its policy", async () => {
  const account = newAccount();
  const as = { as: account };
  const yaml = `environments: { tainted: { account: "${account}", region: us-east-1, full: {} } }`;
  const project = createProject("interruption-taint", yaml);
  const attached = async () => (await readRole(account, "AWSSupportAppFullRole"))?.attached;
  const taint = () => terraform(project, "tainted", ["taint", "aws_iam_role_policy_attachment.full"], as);
  await deployed(project, "tainted", as);
  await taint();
  expect((await supportApp(project, ["deploy", "--changed", "--auto-approve"], as)).status).toBe(0);
  expect(await attached()).toEqual(["AWSSupportAppFullRolePolicy"]);

  await taint();
  await deployed(project, "tainted", as);
  expect(await attached()).toEqual([]);
});

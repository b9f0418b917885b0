import type { ChildProcess } from "node:child_process";
import { CreateResourceCommand, DeleteResourceCommand } from "@aws-sdk/client-cloudcontrol";
import { sample } from "../support/thorough";
import { cloudControlIn, identifierOf, newAccount, readChannels, readRole } from "./support/account";
import {
  CHANGES,
  DEPLOY,
  expectNothingLost,
  expectRecovery,
  type Interruption,
  newProject,
  supportAppIn,
  uninterrupted,
} from "./support/interrupted";
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

test.each(sample(CASES, 4, 1))(
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

test("a channel that somebody else made is never changed or removed; as in the file, it is taken over", async () => {
  const where = newProject("interruption-others");
  const client = cloudControlIn(where.account);
  const TypeName = "AWS::SupportApp::SlackChannelConfiguration";
  const clicked = (more: object) => ({
    ...{ TeamId: "T012ABCDEFG", ChannelId: "C01", ChannelName: "watch", NotifyOnCaseSeverity: "none" },
    ...{ ChannelRoleArn: `arn:aws:iam::${where.account}:role/AWSSupportAppReadOnlyRole`, ...more },
  });
  const create = (settings: object) =>
    client.send(new CreateResourceCommand({ TypeName, DesiredState: JSON.stringify(settings) }));
  const theirs = clicked({ NotifyOnCaseSeverity: "all", NotifyOnCreateOrReopenCase: true });
  await create(theirs);
  for (let deploys = 1; deploys <= 2; deploys++) {
    const { status, output } = await supportAppIn(where, ...DEPLOY);
    expect({ status, output }).toEqual({ status: 1, output: expect.stringContaining("Can't tell who configured") });
    expect((await readChannels(where.account)).C01).toEqual(theirs);
  }

  await client.send(new DeleteResourceCommand({ TypeName, Identifier: await identifierOf(client, TypeName, "C01") }));
  const asInFile = clicked({ NotifyOnCreateOrReopenCase: false });
  await create(asInFile);
  const { status, output } = await supportAppIn(where, ...DEPLOY);
  expect({ status, output }).toEqual({
    status: 0,
    output: expect.stringContaining("channel_T012ABCDEFG_C01 tainted. Keeping"),
  });
  expect((await readChannels(where.account)).C01).toEqual(asInFile);
  const { status: again, output: drift } = await supportAppIn(where, "diff", "--drift");
  expect({ again, drift }).toEqual({ again: 0, drift: expect.stringContaining("1 environment: 1 unchanged.") });
});

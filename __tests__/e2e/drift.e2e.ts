import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { liveCheckOf } from "../../modules/support-app/live-check";
import { ACCOUNT_ALIAS_TYPE, SLACK_CHANNEL_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { thoroughTest } from "../support/thorough";
import { changeByHand, newAccount, readAccount } from "./support/account";
import {
  cdktfDeploy,
  createProject,
  deploy,
  deployed,
  destroy,
  diff,
  type Ended,
  type Project,
  removeProjects,
  runCdktf,
  terraform,
  terraformIn,
  writeEnvironments,
} from "./support/project";
import { startProxy } from "./support/proxy";

afterAll(removeProjects);

const CHANNEL_ID = "T012ABCDEFG|C01";
const ONCALL = "{ name: oncall, workspace: T012ABCDEFG, channel: C01 }";
const ADMIN = "arn:aws:iam::999999999999:role/Admin";
const HAS_ADMIN = `the channel #oncall (${CHANNEL_ID}) has ChannelRoleArn "${ADMIN}", expected`;
const NO_CHANGES = "No changes.";

/** What Terraform prints, without its margins and line breaks. */
function inOneLine({ output }: Ended): string {
  return output.replace(/\s*[│╷╵]?\s+/g, " ");
}

const account = newAccount();
const as = { as: account };
const drifting = (levels: string) =>
  `environments:\n  drifting: { account: "${account}", region: us-east-1, account-alias: Payments, ${levels} }\n`;
const project = createProject("drift", drifting(`read-only: {}, full: { channels: [${ONCALL}] }`));
const plan = () => terraform(project, "drifting", ["plan", "-input=false", "-detailed-exitcode"], as);

async function expectNothing(): Promise<void> {
  const { status, output } = await plan();
  expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining(NO_CHANGES) });
  expect(output).not.toContain("Warning");
}

async function expectDifference(...sentences: readonly string[]): Promise<void> {
  const planned = await plan();
  for (const text of ["Check block assertion failed", "Changes to Outputs", ...sentences])
    expect(inOneLine(planned)).toContain(text);
  expect(planned.output).not.toContain(NO_CHANGES);
  expect(planned.output).not.toContain("will be");
  expect(planned.status).toBe(2);
}

const role = (name: string) => ({ ChannelRoleArn: `arn:aws:iam::${account}:role/AWSSupportApp${name}Role` });
const notified = (severity: string, isNotified: boolean) => ({
  NotifyOnCaseSeverity: severity,
  NotifyOnCreateOrReopenCase: isNotified,
});

test("a channel or an alias that was changed by hand is in every plan, until it is as the file says", async () => {
  await deployed(project, "drifting", as);
  await changeByHand(account, SLACK_CHANNEL_TYPE, { ChannelRoleArn: ADMIN, ...notified("all", true) });
  await changeByHand(account, ACCOUNT_ALIAS_TYPE, { AccountAlias: "Theirs" });
  await expectDifference(
    `${HAS_ADMIN} "${role("Full").ChannelRoleArn}"`,
    `(${CHANNEL_ID}) has NotifyOnCaseSeverity "all", expected "none"`,
    `(${CHANNEL_ID}) has NotifyOnCreateOrReopenCase true, expected false. Terraform doesn't correct this by itself`,
    'the account alias has AccountAlias "Theirs", expected "Payments"',
  );
  const withCdktf = await runCdktf(project, ["diff", "drifting", "--skip-provider-lock"], as);
  expect(inOneLine(withCdktf)).toContain(HAS_ADMIN);
  expect(withCdktf.output).not.toContain(NO_CHANGES);

  await changeByHand(account, SLACK_CHANNEL_TYPE, { ...role("Full"), ...notified("none", false) });
  await changeByHand(account, ACCOUNT_ALIAS_TYPE, { AccountAlias: "Payments" });
  await expectNothing();
});

thoroughTest(
  "an update that AWS refuses is in every plan, although Terraform's state has it as if it were done",
  async () => {
    writeEnvironments(project, drifting(`full: {}, read-only: { channels: [${ONCALL}] }`));
    const proxy = await startProxy(({ action }) =>
      action === "cloudformation:UpdateResource"
        ? { status: 400, body: '{"__type":"AccessDeniedException","Message":"no"}' }
        : undefined,
    );
    expect(await deploy(project, "drifting", { ...as, endpoint: proxy.endpoint })).toMatchObject({ status: 1 });
    await proxy.close();
    await expectDifference(
      `has ChannelRoleArn "${role("Full").ChannelRoleArn}", expected "${role("ReadOnly").ChannelRoleArn}"`,
    );
    await changeByHand(account, SLACK_CHANNEL_TYPE, role("ReadOnly"));
    await deployed(project, "drifting", as);
    await expectNothing();
  },
);

function writeRoot({ folder }: Project, name: string, root: object): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "main.tf.json"), JSON.stringify(root));
}

thoroughTest(
  "an account or a region that is edited is refused, by whatever tool, until the environment was retired",
  async () => {
    const [account, otherAccount] = [newAccount(), newAccount()];
    const yaml = (id: string, region: string, keys = "") =>
      `environments:\n  moving: { account: "${id}", region: ${region}, ${keys}account-alias: Payments, full: { channels: [${ONCALL}] } }\n`;
    const project = createProject("drift-place", yaml(account, "us-east-1"));
    const everywhere = async () => [
      ...[await readAccount(account), await readAccount(account, "eu-west-1"), await readAccount(otherAccount)],
    ];
    const empty = await readAccount(otherAccount);
    await deployed(project, "moving", { as: account });
    const before = await everywhere();
    for (const [to, region] of [
      [account, "eu-west-1"],
      [otherAccount, "us-east-1"],
    ] as const) {
      writeEnvironments(project, yaml(to, region));
      const now = `This state has what was deployed to the account ${account} in us-east-1, and the account is now ${to}, in ${region}.`;
      expect((await cdktfDeploy(project, "moving", { as: to })).status).toBe(1); // it can lose Terraform's last words
      for (const command of [diff, deploy]) {
        const { status, output } = await command(project, "moving", { as: to });
        expect({ status, output: inOneLine({ status, output, stdout: "" }) }).toEqual({
          status: 1,
          output: expect.stringContaining(now),
        });
      }
    }
    expect(await everywhere()).toEqual(before);

    writeEnvironments(project, yaml(account, "us-east-1", "retired: true, "));
    await deployed(project, "moving", { as: account });
    writeEnvironments(project, yaml(otherAccount, "eu-west-1"));
    await deployed(project, "moving", { as: otherAccount });
    expect((await readAccount(account)).roles).toEqual({});
    expect((await readAccount(otherAccount, "eu-west-1")).supportApp.SlackChannelConfiguration).toHaveLength(1);
    expect((await diff(project, "moving", { as: otherAccount })).output).toContain(NO_CHANGES);
    expect(await destroy(project, "moving", { as: otherAccount })).toMatchObject({ status: 0 });
    expect(await readAccount(otherAccount)).toEqual(empty);
  },
);

test("a check compares what a plan refreshed: every setting, of every instance", async () => {
  // GIVEN
  const wish = {
    ChannelName: "oncall",
    ChannelRoleArn: "role/a",
    NotifyOnResolveCase: false,
    NotifyOnCaseSeverity: "none",
  };
  const cases: readonly (readonly [
    type: string,
    wish: object,
    live: readonly (object | string)[],
    differences: readonly string[],
  ])[] = [
    [SLACK_CHANNEL_TYPE, wish, [wish], []],
    [SLACK_CHANNEL_TYPE, wish, [], []], // a count of 0
    [SLACK_CHANNEL_TYPE, wish, [{ ...wish, NotifyOnResolveCase: undefined }], []], // AWS may leave out a flag that is off
    [SLACK_CHANNEL_TYPE, wish, [{ ...wish, Other: "a" }], []],
    [SLACK_CHANNEL_TYPE, wish, ["wpdtogkk", "7", "null", ""], []], // what `terraform test` makes up
    [
      SLACK_CHANNEL_TYPE,
      wish,
      [{ ...wish, NotifyOnCaseSeverity: undefined }],
      ['the channel #oncall (0) has NotifyOnCaseSeverity null, expected "none"'],
    ],
    [
      SLACK_CHANNEL_TYPE,
      { ...wish, NotifyOnResolveCase: true },
      [wish, { ...wish, NotifyOnResolveCase: undefined }, { ...wish, NotifyOnResolveCase: "true" }],
      [
        "the channel #oncall (0) has NotifyOnResolveCase false, expected true",
        "the channel #oncall (1) has NotifyOnResolveCase null, expected true",
        'the channel #oncall (2) has NotifyOnResolveCase "true", expected true',
      ],
    ],
    [
      ACCOUNT_ALIAS_TYPE,
      { AccountAlias: "Payments" },
      [{ AccountAlias: "payments" }],
      ['the account alias has AccountAlias "payments", expected "Payments"'],
    ],
  ];
  const parts = cases.map(([type, wish, live], index) => ({
    instances: live.map((properties, id) => ({
      id: `${id}`,
      desired_state: JSON.stringify(wish),
      properties: typeof properties === "string" ? properties : JSON.stringify(properties),
    })),
    ...liveCheckOf(type, `case${index}`, `local.instances[${index}]`),
  }));
  const project = createProject("drift-expression", "environments: {}\n");
  writeRoot(project, "root", {
    locals: {
      instances: parts.map(({ instances }) => instances),
      ...Object.fromEntries(parts.map(({ local, differences }) => [local, differences])),
    },
    check: Object.fromEntries(parts.map(({ name, check }) => [name, check])),
    output: { differences: { value: parts.map(({ local }) => `\${local.${local}}`) } },
  });
  // WHEN
  const applied = await terraformIn(project, "root", ["apply", "-auto-approve"], as);
  expect(applied).toMatchObject({ status: 0 });
  // THEN
  const { stdout } = await terraformIn(project, "root", ["output", "-json", "differences"], as);
  expect(JSON.parse(stdout)).toEqual(cases.map(([, , , differences]) => differences));
  const failing = cases.filter(([, , , differences]) => differences.length > 0);
  expect(applied.output.match(/Check block assertion failed/g)?.length).toBe(failing.length);
});

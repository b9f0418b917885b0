import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sample } from "../support/thorough";
import { comparableAccount, newAccount } from "./support/account";
import { diagnosed, startAws } from "./support/doctor";
import { clickChannel, createBucket } from "./support/examples";
import {
  createProject,
  deployCommand,
  type Ended,
  type Project,
  removeProjects,
  run,
  supportApp,
  writeEnvironments,
} from "./support/project";

afterAll(removeProjects);

const READ_ONLY = "read-only: { channels: [{ name: watch, workspace: T012ABCDEFG, channel: C01 }] }";
const FULL = "full: { channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C02 }] }";
const ACCOUNT = "slack-workspaces: [T012ABCDEFG], account-alias: lost";
const DRIFT = 6;

const account = newAccount();
const as = { as: account };
const LOST = `AWS has what the state of lost doesn't have: `;
const roleArn = (level: string) => `arn:aws:iam::${account}:role/AWSSupportApp${level}Role`;
const channel = (id: string, level: string) =>
  `the channel T012ABCDEFG|${id} in us-east-1 with the role ${roleArn(level)}`;
const OF_FULL = [`the role ${roleArn("Full")}`, channel("C02", "Full")];
const OF_BOTH = [`the role ${roleArn("ReadOnly")}`, ...OF_FULL, channel("C01", "ReadOnly")];
const OF_ACCOUNT = ["the workspace T012ABCDEFG", "the account alias"];

let project: Project;
let older: string;
const state = () => join(project.folder, "state/lost.tfstate");
const copy = () => join(project.folder, "copy.tfstate");
let bucket: string;
let empty: unknown;
const write = (keys: string, backend = "type: local") =>
  writeEnvironments(
    project,
    `environments:\n  lost: { account: "${account}", region: us-east-1, backend: { ${backend} }, ${keys} }\n`,
  );
const drift = () => supportApp(project, ["diff", "--drift"], as);
const doctor = () => supportApp(project, ["doctor", "lost"], as);

beforeAll(async () => {
  bucket = await createBucket(account);
  empty = await comparableAccount(account);
  project = createProject("lost", "environments: {}\n");
  write(`${ACCOUNT}, ${READ_ONLY}`);
  expect((await deployCommand(project, "lost", as)).status).toBe(0);
  older = readFileSync(state(), "utf8");
  write(`${ACCOUNT}, ${READ_ONLY}, ${FULL}`);
  expect((await deployCommand(project, "lost", as)).status).toBe(0);
  copyFileSync(state(), copy());
});

/** Each way in which a state can be lost: what it does, what the environment's backend is then, and what AWS has beside it. */
const WAYS: readonly (readonly [way: string, lose: () => string | undefined, lost: readonly string[]])[] = [
  ["its file is gone", () => void rmSync(state()), [...OF_BOTH, ...OF_ACCOUNT]],
  ["it is older", () => void writeFileSync(state(), older), OF_FULL],
  [
    "it is emptied",
    () => {
      const { lineage } = JSON.parse(older);
      writeFileSync(
        state(),
        JSON.stringify({ version: 4, terraform_version: "1.11.4", serial: 99, lineage, outputs: {}, resources: [] }),
      );
      return undefined;
    },
    [...OF_BOTH, ...OF_ACCOUNT],
  ],
  [
    "its prefix is another",
    () => `type: s3, bucket: ${bucket}, region: us-east-1, prefix: elsewhere`,
    [...OF_BOTH, ...OF_ACCOUNT],
  ],
];

function expectNamed({ status, output }: Ended, expectedStatus: number, names: readonly string[]): void {
  expect({ status, output }).toEqual({ status: expectedStatus, output: expect.any(String) });
  for (const name of names) expect(output).toContain(name);
}

test.each(sample(WAYS, 4))(
  "an environment isn't called retired, destroyed or unchanged while AWS has something of it and %s, and nobody's access changes",
  async (_, lose, lost) => {
    const before = await comparableAccount(account);
    const backend = lose();
    try {
      write(`retired: true, ${ACCOUNT}, ${READ_ONLY}, ${FULL}`, backend);
      for (const args of [
        ["deploy", "lost", "--auto-approve"],
        ["deploy", "--changed", "--auto-approve"],
      ])
        expectNamed(await supportApp(project, args, as), 1, [
          `Not deployed. ${LOST}`,
          ...lost,
          "Nothing was changed there.",
        ]);
      expectNamed(await drift(), DRIFT, [`A deploy will stop. ${LOST}`, ...lost]);
      expectNamed(await doctor(), 4, lost);

      write(`${ACCOUNT}, ${READ_ONLY}, ${FULL}`, backend);
      const destroy = await supportApp(project, ["destroy", "lost", "--auto-approve"], as);
      expectNamed(destroy, 1, [`Not destroyed. ${LOST}`, ...lost]);

      // a level that is dropped, and one that gets another name
      write(`${ACCOUNT}, ${READ_ONLY}`, backend);
      expectNamed(await drift(), DRIFT, OF_FULL);
      write(
        `${ACCOUNT}, ${READ_ONLY}, ${FULL.replace("{ ", "{ role-name: Oncall, policy-name: OncallPolicy, ")}`,
        backend,
      );
      expectNamed(await drift(), DRIFT, OF_FULL.slice(0, 1));
      expect(await comparableAccount(account)).toEqual(before);
    } finally {
      copyFileSync(copy(), state());
    }
  },
);

test("a channel that somebody configured in another region is drift, and no deploy calls that done", async () => {
  write(`${ACCOUNT}, ${READ_ONLY}, ${FULL}`);
  expect((await drift()).status).toBe(0);
  await clickChannel(account, "AWSSupportAppFullRole", { ChannelId: "C09" }, "eu-west-1");
  const inIreland = channel("C09", "Full").replace("us-east-1", "eu-west-1");
  expectNamed(await drift(), DRIFT, [inIreland]);
  const deploy = await deployCommand(project, "lost", as);
  expectNamed(deploy, 1, [`AWS isn't as environments.yaml says for lost: it also has ${inIreland}.`]);
  const aws = await startAws();
  const { findings } = await diagnosed(project, "lost", aws, account);
  await aws.close();
  const commands = findings.flatMap(({ fix }) => fix.commands);
  expect(await run(project, "bash", ["-c", commands.join("\n")], as)).toMatchObject({ status: 0 });
  expect((await drift()).status).toBe(0);
});

test("what is lost is removed as the messages say: it is taken over, then retired", async () => {
  rmSync(state());
  write(`${ACCOUNT}, ${READ_ONLY}`);
  expectNamed(await deployCommand(project, "lost", as), 1, OF_FULL); // which took over what the file has
  write(`${ACCOUNT}, ${READ_ONLY}, ${FULL}`);
  expect((await deployCommand(project, "lost", as)).status).toBe(0);
  write(`retired: true, ${ACCOUNT}, ${READ_ONLY}, ${FULL}`);
  expect((await deployCommand(project, "lost", as)).status).toBe(0);
  expect((await doctor()).status).toBe(0);
  expect(await comparableAccount(account)).toEqual(empty);
});

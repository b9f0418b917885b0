import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readStack } from "../../cli/terraform/stack";
import { errorsWith } from "../stacks/ruled-environments";
import { channelsOf, peopleCan } from "../support/access";
import { compiled } from "../support/compiled";
import { sharedFolder } from "../support/folder";
import { parseTerraform, type Terraform } from "../support/synthesize";

const ALL_BUT_RESOLVING_AND_CHATTING = [
  ...["see cases", "open cases", "reply to cases", "attach files"],
  ...["request quota increases", "make the Service Quotas role"],
];

const STACKS = { library: ["support"], "own-stack": ["payments"], environments: ["production", "staging"] } as const;
const EXAMPLES = Object.keys(STACKS) as readonly (keyof typeof STACKS)[];

/** Runs each main.ts in its example's folder, one after the other in one process. */
const RUN_ALL = `
for (const { folder, main, outdir } of JSON.parse(process.env.EXAMPLES)) {
  process.chdir(folder);
  process.env.CDKTF_OUTDIR = outdir;
  require(main);
}`;

const scratch = sharedFolder();

beforeAll(() => {
  const examples = EXAMPLES.map((name) => ({
    folder: resolve("examples", name),
    main: compiled(`examples/${name}/main.ts`),
    outdir: join(scratch, name),
  }));
  const env = { TMPDIR: tmpdir(), EXAMPLES: JSON.stringify(examples) };
  const { status, stderr } = spawnSync(process.execPath, ["--eval", RUN_ALL], { env, encoding: "utf8" });
  expect({ status, stderr }).toMatchObject({ status: 0 });
});

/** The Terraform of one of an example's stacks. */
function synthesized(example: (typeof EXAMPLES)[number], stack: string): Terraform {
  return parseTerraform(textOf(example, stack, "cdk.tf.json"));
}

function textOf(example: (typeof EXAMPLES)[number], stack: string, file: string): string {
  return readFileSync(join(scratch, example, "stacks", stack, file), "utf8");
}

/** What people in each channel can do, by the channel's name. */
function peopleInChannelsCan(terraform: Terraform): Record<string, string[]> {
  return Object.fromEntries(
    Object.values(channelsOf(terraform)).map(({ ChannelName, ChannelRoleArn }) => [
      String(ChannelName),
      peopleCan(terraform, String(ChannelRoleArn).replace(/^aws_iam_role\.(\w+)\.arn$/, "$1")),
    ]),
  );
}

test.each(EXAMPLES)("nothing in the stacks of the example %s depends on the folder or the machine", (example) => {
  const texts = STACKS[example].map((stack) => textOf(example, stack, "cdk.tf.json"));
  expect(texts.filter((text) => [resolve(), scratch].some((folder) => text.includes(folder)))).toEqual([]);
});

test("people in a channel with the role of the example library can see cases and no more, and another account is refused", () => {
  const terraform = synthesized("library", "support");
  expect(peopleCan(terraform, "watch")).toEqual(["see cases"]);
  expect(terraform.output?.watch_role_arn?.value).toBe("${aws_iam_role.watch.arn}");
  expect(terraform.provider?.aws).toMatchObject({ allowed_account_ids: ["111122223333"] });
});

test("each channel of the example own-stack has its access, below the boundary, beside the stack's own log group", () => {
  const terraform = synthesized("own-stack", "payments");
  expect(peopleInChannelsCan(terraform)).toEqual({
    "support-watch": ["see cases"],
    "support-oncall": ALL_BUT_RESOLVING_AND_CHATTING,
  });
  for (const role of Object.values(terraform.resource?.aws_iam_role ?? {}))
    expect(role.permissions_boundary).toBe("arn:aws:iam::111122223333:policy/support-app-boundary");
  expect(terraform.resource?.aws_cloudwatch_log_group?.log?.name).toBe("/payments/api");
});

test("each account of the example environments has its channels, and rules.yaml keeps people in production from resolving cases for good", () => {
  const production = synthesized("environments", "production");
  const [terraform, environmentFile] = ["cdk.tf.json", "environment.json"].map((file) =>
    JSON.parse(textOf("environments", "production", file)),
  );
  expect(readStack("production", { terraform, environmentFile }).unproven).toEqual([]); // a review decides each change
  expect(peopleInChannelsCan(production)).toEqual({
    "support-watch": ["see cases"],
    "support-oncall": ALL_BUT_RESOLVING_AND_CHATTING,
  });
  expect(production.provider?.aws).toMatchObject({ allowed_account_ids: ["444455556666"] });

  const [environments, rules] = ["environments.yaml", "rules.yaml"].map((file) =>
    readFileSync(join("examples/environments", file), "utf8"),
  );
  expect(errorsWith(rules, environments?.replace("resolve-cases, ", "") ?? "")).toEqual([
    expect.stringContaining("received resolve-cases without an end, expected an end"),
  ]);
});

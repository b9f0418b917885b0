import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../../../cli/program";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { type Answer, type AnsweringAws, AWS_VARIABLES, answerAs } from "../../../support/answering-aws";
import { type Account, MANAGEMENT, OWN, organization } from "../../../support/answering-organization";
import { printedInTests } from "../../../support/printed";
import { isThorough } from "../../../support/thorough";

const printed = printedInTests();
const folder = realpathSync(mkdtempSync(join(tmpdir(), "support-app-organization-")));
const file = join(folder, "environments.yaml");
const before = { ...process.env };
let aws: AnsweringAws | undefined;

afterEach(async () => {
  await aws?.close();
  aws = undefined;
  process.env = { ...before };
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(
  answers: (action: string, parameters: Readonly<Record<string, unknown>>) => Answer,
  args: readonly string[] = [],
  text: string | null = FILE,
) {
  await aws?.close();
  aws = await answerAs(answers);
  Object.assign(process.env, { AWS_ENDPOINT_URL: aws.endpoint, ...AWS_VARIABLES, SUPPORT_APP_ENVIRONMENTS: file });
  if (text !== null) writeFileSync(file, text);
  printed.length = 0;
  const status = await runSupportApp(["import", "--organization", ...args]);
  return { status, output: printed.join("\n") };
}

const FILE = `# ours
defaults: { region: us-east-1 }
environments:
  management: { account: "${OWN}", read-only: {} } # it, too
  # of the shop
  shop:
    account: "200000000000"
    full: {} # for now
    # to be discussed
  gone: { account: "300000000000", full: {} }
`;

const SHOP: Account = { Id: "200000000000", Name: "Shop", State: "ACTIVE" };
const FRESH: Account = { Id: "400000000000", Name: "Payments (Prod)", State: "ACTIVE" };

test("new accounts are printed to add, and those that left to retire; --write changes both in the file, and nothing else", async () => {
  const answers = organization([MANAGEMENT, SHOP, FRESH, { Id: "500000000000", Name: "Old", State: "SUSPENDED" }]);
  const report = `The organization has 4 accounts, 1 suspended or closed. 1 of them is new to ${file}.
New ones have read-only access, without channels. If one already has a role for the Support App, run import with its name, --account and --region instead, which adopts the role.
1 environment of it has left the organization: gone. Their entries get retired: true. Deploy them while their credentials still work, which removes their access; then remove them from the file.
environments:
  payments-prod:
    account: "400000000000"
    read-only: {}
  gone:
    retired: true`;
  expect(await run(answers)).toEqual({ status: 0, output: report });
  expect(readFileSync(file, "utf8")).toBe(FILE);
  expect(await run(answers, ["--write"])).toEqual({ status: 0, output: `${report}\nChanged ${file}.` });
  const written = readFileSync(file, "utf8");
  expect(written).toBe(
    `${FILE.replace("gone: { ", "gone: { retired: true, ")}  payments-prod:\n    account: "400000000000"\n    read-only: {}\n`,
  );
  expect(await run(answers, ["--write"], null)).toEqual({
    status: 0,
    output: `The organization has 4 accounts, 1 suspended or closed. 0 of them are new to ${file}.\n${file} is unchanged.`,
  });
  expect(readFileSync(file, "utf8")).toBe(written);
});

test("new environments that break a rule are added all the same, and told", async () => {
  writeFileSync(join(folder, "rules.yaml"), "all: { access-levels: [full] }\n");
  const { status, output } = await run(organization([MANAGEMENT, SHOP, FRESH]), ["--write"]);
  expect(status).toBe(0);
  const told = (name: string, place: string) =>
    `${file}:${place}: environments.${name}.read-only: received read-only, expected only full, as all.access-levels in ${folder}/rules.yaml:1:8 says. Remove read-only.`;
  expect(output.split("\n").slice(-4)).toEqual([
    `Changed ${file}.`,
    `This breaks rules, so synthesizing refuses it. Change it, or have ${folder}/rules.yaml changed:`,
    told("management", "4:42"),
    told("payments-prod", "13:5"),
  ]);
  expect(readFileSync(file, "utf8").split("\n").slice(10, 13)).toEqual([
    "  payments-prod:",
    '    account: "400000000000"',
    "    read-only: {}",
  ]);
  const { output: printedAlone } = await run(organization([MANAGEMENT, SHOP, FRESH]), [], FILE);
  expect(printedAlone.split("\n").at(-1)).toBe(told("payments-prod", "4:5").replace(file, "The added environments"));
});

test("the file may be new; --region says where new environments are, unless the defaults do", async () => {
  const answers = organization([MANAGEMENT]);
  expect(await run(answers, [], null)).toEqual({ status: 2, output: expect.stringContaining("Received no region") });
  expect(aws?.asked).toEqual([]);
  expect(await run(answers, ["--region", "eu-west-1"], null)).toEqual({
    status: 0,
    output: expect.stringMatching(
      /\nenvironments:\n {2}management:\n {4}account: "100000000000"\n {4}region: eu-west-1\n {4}read-only: \{\}$/,
    ),
  });
  expect(readdirSync(folder)).toEqual([]);
  const empty = "defaults: { region: us-east-1 }\nenvironments: {}\n";
  expect((await run(answers, ["--region", "us-east-1", "--write"], empty)).status).toBe(0);
  expect(parseEnvironments(readFileSync(file, "utf8"), file)).toMatchObject([{ account: OWN, region: "us-east-1" }]);
  expect(readFileSync(file, "utf8")).not.toContain("    region");
});

test("with --unit or --tag, only those accounts are added, and none is retired", async () => {
  const units = { "r-root": ["ou-root-11111111"] };
  const accounts = [
    MANAGEMENT,
    { ...FRESH, unit: "ou-root-11111111", tags: { Team: "a=b", Stage: "" } },
    { Id: "500000000000", Name: "tagged", State: "ACTIVE", tags: { Team: "a=b" } },
  ];
  for (const [args, names] of [
    [["--unit", "ou-root-11111111"], ["payments-prod"]],
    [["--tag", "Team=a=b", "--tag", "Stage="], ["payments-prod"]],
  ] as const) {
    const { status, output } = await run(organization(accounts, units), [...args, "--write"]);
    expect(status).toBe(0);
    expect(output).toContain("\nWith --unit or --tag, accounts that left the organization aren't looked for.\n");
    const environments = parseEnvironments(readFileSync(file, "utf8"), file);
    expect(environments.slice(3).map(({ name }) => name)).toEqual(names);
    expect(environments.filter(({ retired }) => retired)).toEqual([]);
  }
  // Of the accounts that the file has, no tags are read.
  expect(aws?.asked.filter((action) => action === "ListTagsForResource")).toHaveLength(2);
});

test("accounts that can't be used are counted", async () => {
  const closed = { Id: "500000000000", State: "CLOSED" };
  const pending = ["600000000000", "700000000000"].map((Id) => ({ Id, State: "PENDING_ACTIVATION" }));
  const { output } = await run(organization([MANAGEMENT, SHOP, closed, ...pending]));
  expect(output).toContain(
    `The organization has 5 accounts, 1 suspended or closed and 2 not activated yet. 0 of them are new to ${file}.\n`,
  );
});

describe("nothing is retired or written", () => {
  test.each([
    [
      "if the list of accounts isn't complete",
      organization([SHOP]),
      "Can't import: a broken answer to organizations:ListAccounts: received 1 account without 100000000000, whose credentials are used, expected it among them. Nothing was written. Check what answers instead of AWS at AWS_ENDPOINT_URL=ENDPOINT, such as a proxy or the network's login page.",
    ],
    [
      "if it is another organization, which would retire all",
      organization([{ ...MANAGEMENT, Id: OWN, State: "SUSPENDED" }, FRESH]),
      `Received an organization without any account of ${file} (management, shop, gone), expected the organization that has them. Nothing was written. Check which organization the credentials belong to. If these accounts have left it, set retired: true by hand.`,
    ],
  ])("%s", async (_, answers, says) => {
    const { status, output } = await run(answers, ["--write"]);
    expect({ status, output }).toEqual({ status: 1, output: says.replace("ENDPOINT,", `${aws?.endpoint},`) });
    expect(readFileSync(file, "utf8")).toBe(FILE);
  });

  test("if an environment of the file has an account's name with the ID of that", async () => {
    const text = FILE.concat(`  shop-${FRESH.Id}: { account: "800000000000", full: {} }\n`);
    const accounts = [MANAGEMENT, SHOP, { ...FRESH, Name: "Shop" }, { ...SHOP, Id: "800000000000" }];
    const { status, output } = await run(organization(accounts), ["--write"], text);
    expect({ status, output }).toEqual({
      status: 1,
      output: expect.stringContaining("Nothing was written. Leave --write out, and make the printed changes by hand."),
    });
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("if an environment that left shares its entry with another one", async () => {
    const text = FILE.replace("gone: {", "gone: &gone {").concat('  twin: { <<: *gone, account: "800000000000" }\n');
    const accounts = [MANAGEMENT, SHOP, { ...SHOP, Id: "800000000000" }];
    expect(await run(organization(accounts), ["--write"], text)).toEqual({
      status: 1,
      output: `Received ${file}, expected a file with a mapping of environments to add to, in which nothing is shared between gone and other environments. Nothing was written. Leave --write out, and make the printed changes by hand.`,
    });
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});

const MANY = isThorough ? 5000 : 500;
test(`an organization of ${MANY} accounts is read in pages and written at once`, async () => {
  const accounts = Array.from({ length: MANY }, (_, n) => ({
    Id: String(700_000_000_000 + n),
    Name: `a${n}`,
    State: "ACTIVE",
  }));
  const { status } = await run(organization([MANAGEMENT, SHOP, { ...SHOP, Id: "300000000000" }, ...accounts], {}, 20), [
    "--write",
  ]);
  expect(status).toBe(0);
  expect(aws?.asked.filter((action) => action === "ListAccounts")).toHaveLength(MANY / 20 + 1);
  expect(parseEnvironments(readFileSync(file, "utf8"), file)).toHaveLength(MANY + 3);
});

test("SUPPORT_APP_ONLY doesn't hide environments of the file: they aren't new", async () => {
  process.env.SUPPORT_APP_ONLY = "shop";
  const { output } = await run(organization([MANAGEMENT, SHOP, { ...SHOP, Id: "300000000000" }]), ["--write"]);
  expect(output).toContain("0 of them are new");
  expect(readFileSync(file, "utf8")).toBe(FILE);
});

const ROLE = "the ARN of an IAM role, without * or ?, such as arn:aws:iam::111122223333:role/terraform";
const TAG = "a key, = and a value, such as Team=payments, and each key once";

test.each([
  [["--unit", "ou-1"], "the ID of an organizational unit or of the root, such as ou-ab12-11111111 or r-ab12"],
  [["--tag", "Team"], TAG],
  [["--tag", "=a"], TAG],
  [["--tag", "a=b", "--tag", "a=c"], TAG],
  [["--assume", "reader"], ROLE],
  [["--assume", "arn:aws:iam::aws:role/reader"], ROLE],
])("wrong usage: %j", async (args, expected) => {
  const { status, output } = await run(organization([]), args);
  expect(status).toBe(2);
  expect(output).toContain(`argument '${args.at(-1)}' is invalid. Expected ${expected}.`);
  expect(aws?.asked).toEqual([]);
});

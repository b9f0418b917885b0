import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentYaml } from "../../../../cli/adoption/edit-environments";
import { addedEnvironments } from "../../../../cli/commands/import/import-organization";
import { runSupportApp } from "../../../../cli/program";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import type { Answers } from "../../../support/answering-aws";
import { type Account, MANAGEMENT, OWN, organization } from "../../../support/answering-organization";
import { importsInTests } from "../../../support/importable-aws";
import { printedInTests } from "../../../support/printed";

const printed = printedInTests();
const imports = importsInTests();
const { aws, folder, file } = imports;

async function run(answers: Answers, args: readonly string[] = [], text: string | null = FILE) {
  imports.answer(answers);
  if (text !== null) writeFileSync(file, text);
  printed.length = 0;
  const status = await runSupportApp(["import", "--organization", ...args]);
  return { status, output: printed.join("\n") };
}

const FILE = `# ours
defaults: { region: us-east-1 }
environments:
  management: { account: "${OWN}", read-only: {} } # it, too
  shop:
    account: "200000000000"
    full: {} # for now
  old: { account: "900000000000", retired: true, full: {} }
  gone: { account: "300000000000", full: {} }
`;

const SHOP: Account = { Id: "200000000000", Name: "Shop", State: "ACTIVE" };
const FRESH: Account = { Id: "400000000000", Name: "Payments (Prod)", State: "ACTIVE" };
const PENDING: Account = { Id: "600000000000", State: "PENDING_ACTIVATION" };

test("new accounts are added, and environments that left are retired; SUPPORT_APP_ONLY hides none of the file's", async () => {
  process.env.SUPPORT_APP_ONLY = "shop";
  const answers = organization([MANAGEMENT, SHOP, FRESH, PENDING, { Id: "300000000000", State: "SUSPENDED" }]);
  const report = `Found 5 accounts, of which 3 can be used now. New to ${file}: 1. Left the organization: 1 environment of it.
New environments have read-only access, without channels. If an account already has a role for the Support App, run import with its name, --account and --region instead, which adopts the role.
Environments that left get retired: true. Deploy them while their credentials still work, which removes their access; then remove them from the file.`;
  const yaml = `
environments:
  payments-prod:
    account: "400000000000"
    read-only: {}
  gone:
    retired: true`;
  expect(await run(answers)).toEqual({ status: 0, output: `${report}${yaml}` });
  expect(readFileSync(file, "utf8")).toBe(FILE);
  expect(await run(answers, ["--write"])).toEqual({ status: 0, output: `${report}${yaml}\nChanged ${file}.` });
  const written = readFileSync(file, "utf8");
  expect(written).toBe(
    `${FILE.replace("gone: { ", "gone: { retired: true, ")}  payments-prod:\n    account: "400000000000"\n    read-only: {}\n`,
  );
  const { output } = await run(answers, ["--write"], null);
  expect(output).toContain(`New to ${file}: 0.`);
  expect(output.split("\n").at(-1)).toBe(`${file} is unchanged.`);
  expect(readFileSync(file, "utf8")).toBe(written);
});

test("new environments that break a rule are added all the same, and the rule is named", async () => {
  writeFileSync(join(folder, "rules.yaml"), "all: { access-levels: [full] }\n");
  const broken = (name: string, place: string) =>
    `${place}: environments.${name}.read-only: received read-only, expected only full, as all.access-levels in ${folder}/rules.yaml:1:8 says. Remove read-only.`;
  const { status, output } = await run(organization([MANAGEMENT, SHOP, FRESH]), ["--write"]);
  expect(status).toBe(0);
  expect(output.split("\n").slice(-2)).toEqual([
    broken("management", `${file}:4:42`),
    broken("payments-prod", `${file}:12:5`),
  ]);
  const { output: printedAlone } = await run(organization([MANAGEMENT, SHOP, FRESH]));
  expect(printedAlone.split("\n").at(-1)).toBe(broken("payments-prod", "The added environments:4:5"));
});

test("the file may be new; --region says where new environments are, unless the defaults do", async () => {
  const answers = organization([MANAGEMENT]);
  expect(await run(answers, [], null)).toEqual({ status: 2, output: expect.stringContaining("Received no region") });
  expect(aws.asked).toEqual([]);
  const { output } = await run(answers, ["--region", "eu-west-1"], null);
  expect(output).toContain(`  management:\n    account: "${OWN}"\n    region: eu-west-1\n    read-only: {}`);
  expect(readdirSync(folder)).toEqual([]);
  const empty = "defaults: { region: us-east-1 }\nenvironments: {}\n";
  expect((await run(answers, ["--region", "us-east-1", "--write"], empty)).status).toBe(0);
  expect(readFileSync(file, "utf8")).not.toContain("    region");
});

test.each([[["--unit", "ou-root-11111111"]], [["--tag", "Team=a=b", "--tag", "Stage="]]])(
  "with %j, only those accounts are added, and none is retired",
  async (args) => {
    const fresh = { ...FRESH, unit: "ou-root-11111111", tags: { Team: "a=b", Stage: "" } };
    const tagged = { Id: "500000000000", Name: "tagged", State: "ACTIVE", tags: { Team: "a=b" } };
    const answers = organization([MANAGEMENT, fresh, tagged], { "r-root": ["ou-root-11111111"] });
    const { output } = await run(answers, [...args, "--write"]);
    expect(output).toContain("\nWith --unit or --tag, accounts that left the organization aren't looked for.\n");
    expect(readFileSync(file, "utf8")).toBe(`${FILE}  payments-prod:\n    account: "${FRESH.Id}"\n    read-only: {}\n`);
  },
);

test.each<[string, Account[], (text: string) => string, string]>([
  ["the list isn't complete", [SHOP], String, "Can't import: AWS listed 1 account"],
  [
    "it is another organization, which would retire all",
    [{ ...MANAGEMENT, State: "SUSPENDED" }, FRESH],
    String,
    `Received an organization without any account of ${file} (management, shop, gone), expected the organization that has them.`,
  ],
  [
    "an environment that left shares its entry with another one",
    [MANAGEMENT, SHOP, { ...SHOP, Id: "800000000000" }],
    (text) => text.replace("gone: {", "gone: &gone {").concat('  twin: { <<: *gone, account: "800000000000" }\n'),
    `Can't change ${file} without changing anything else in it. Nothing was written. Leave --write out, and make the printed changes by hand.`,
  ],
])("nothing is retired or written if %s", async (_, accounts, edit, says) => {
  const { status, output } = await run(organization(accounts), ["--write"], edit(FILE));
  expect({ status, output }).toEqual({ status: 1, output: expect.stringContaining(says) });
  expect(readFileSync(file, "utf8")).toBe(edit(FILE));
});

test("names are valid, unique, never another environment's GitHub environment, and independent of AWS's order", () => {
  const names = {
    Sandbox: "account-700000000000",
    sandbox: "account-700000000001",
    Shop: "account-700000000002",
    "42 & more": "account-700000000003",
    日本: "account-700000000004",
    [`x${"y".repeat(80)}`]: "account-700000000005",
    "account-700000000009": "account-700000000006",
    null: "null",
    "Ünicode  is/fine-": "nicode-is-fine",
    "drift-a": "account-700000000009",
    app: "account-700000000010",
    fleet: "account-700000000011",
    plans: "plans",
  };
  const accounts = Object.keys(names).map((name, index) => ({
    ...{ id: String(700_000_000_000 + index), name, isActive: true, isClosed: false },
  }));
  for (const order of [accounts, accounts.toReversed()]) {
    const added = addedEnvironments(order, ["shop", "plan-app"], "us-east-1");
    const found = Object.entries(added).map(([name, { account }]) => [account, name]);
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.values(names).map((name, index) => [accounts[index]?.id, name])),
    );
    const written = parseEnvironments(environmentYaml({ environments: added }), "environments.yaml");
    expect(written.map(({ name }) => name)).toEqual(Object.values(names).sort());
  }
});

const TAG = "a key, = and a value, such as Team=payments, and each key once";
test.each([
  [["--unit", "ou-1"], "the ID of an organizational unit or of the root, such as ou-ab12-11111111 or r-ab12"],
  [["--tag", "Team"], TAG],
  [["--tag", "=a"], TAG],
  [["--tag", "a=b", "--tag", "a=c"], TAG],
])("wrong usage: %j", async (args, expected) => {
  const { status, output } = await run(organization([]), args);
  expect(status).toBe(2);
  expect(output).toContain(`argument '${args.at(-1)}' is invalid. Expected ${expected}.`);
});

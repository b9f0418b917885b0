import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSupportApp } from "../../../cli/program";
import { parseEnvironments } from "../../../stacks/environments";
import { type Answer, type AnsweringAws, AWS_VARIABLES, answerAs } from "../../support/answering-aws";
import { printedInTests } from "../../support/printed";
import { isThorough } from "../../support/thorough";

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

/** The management account. */
const OWN = "100000000000";

interface Account {
  readonly Id: string;
  readonly Name?: string;
  readonly State?: string;
  readonly Status?: string;
  /** Its parent. Default: the root. */
  readonly unit?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const MANAGEMENT: Account = { Id: OWN, Name: "Management", State: "ACTIVE" };

/** An organization with so many accounts in a page, and for each unit the units that are said to be within it. */
function organization(accounts: readonly Account[], units: Readonly<Record<string, readonly string[]>> = {}, size = 2) {
  const paged = (name: string, all: readonly object[], token: unknown) => {
    const from = Number(token ?? 0);
    const NextToken = from + size < all.length ? String(from + size) : undefined;
    return JSON.stringify({ [name]: all.slice(from, from + size), NextToken });
  };
  const shown = (those: readonly Account[]) => those.map(({ unit, tags, ...account }) => account);
  return (action: string, { NextToken, ParentId, ResourceId }: Readonly<Record<string, unknown>>): Answer => {
    switch (action) {
      case "GetCallerIdentity":
        return `<Account>${OWN}</Account><Arn>arn:aws:iam::${OWN}:user/somebody</Arn>`;
      case "ListAccounts":
        return paged("Accounts", shown(accounts), NextToken);
      case "ListAccountsForParent":
        if (ParentId !== "r-root" && !Object.values(units).flat().includes(String(ParentId)))
          return { status: 400, code: "ParentNotFoundException" };
        return paged("Accounts", shown(accounts.filter(({ unit = "r-root" }) => unit === ParentId)), NextToken);
      case "ListOrganizationalUnitsForParent":
        return paged(
          "OrganizationalUnits",
          (units[String(ParentId)] ?? []).map((Id) => ({ Id })),
          NextToken,
        );
      case "ListTagsForResource": {
        const tags = Object.entries(accounts.find(({ Id }) => Id === ResourceId)?.tags ?? {});
        return paged(
          "Tags",
          tags.map(([Key, Value]) => ({ Key, Value })),
          NextToken,
        );
      }
      default:
        throw new Error(`Received ${action}, which only reads.`);
    }
  };
}

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
1 environment of it has left the organization: gone. Deploy them while their credentials still work, which removes their access; then remove them from the file.
environments:
  payments-prod:
    account: "400000000000"
    read-only: {}
  # Left the organization: add this to their entries.
  gone:
    retired: true`;
  expect(await run(answers)).toEqual({ status: 0, output: report });
  expect(readFileSync(file, "utf8")).toBe(FILE);
  expect(await run(answers, ["--write"])).toEqual({ status: 0, output: `${report}\nChanged ${file}.` });
  const written = readFileSync(file, "utf8");
  expect(written).toBe(
    `${FILE.replace('"300000000000", full: {} }', '"300000000000", full: {}, retired: true }')}  payments-prod:\n    account: "400000000000"\n    read-only: {}\n`,
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

describe("a filter chooses which accounts are added, and retires none", () => {
  const units = { "r-root": ["ou-root-11111111", "ou-root-22222222"], "ou-root-11111111": ["ou-root-33333333"] };
  const accounts: Account[] = [
    MANAGEMENT,
    { ...SHOP, unit: "ou-root-11111111" },
    ...[1, 2, 3].map((n) => ({ Id: `40000000000${n}`, Name: `deep ${n}`, State: "ACTIVE", unit: "ou-root-33333333" })),
    { Id: "500000000000", Name: "elsewhere", State: "ACTIVE", unit: "ou-root-22222222", tags: { Team: "a=b" } },
    {
      Id: "600000000000",
      Name: "tagged",
      State: "ACTIVE",
      unit: "ou-root-33333333",
      tags: { a: "1", b: "2", Team: "a=b", Stage: "" },
    },
  ];
  const answers = organization(accounts, units);
  const addedBy = async (...args: string[]) => {
    const { status, output } = await run(answers, [...args, "--write"]);
    expect(status).toBe(0);
    expect(output).toContain("With --unit or --tag, accounts that left the organization aren't looked for.");
    const environments = parseEnvironments(readFileSync(file, "utf8"), file);
    expect(environments.filter(({ retired }) => retired)).toEqual([]);
    return environments.slice(3).map(({ name }) => name);
  };

  test("a unit, with those within it", async () => {
    expect(await addedBy("--unit", "ou-root-11111111")).toEqual(["deep-1", "deep-2", "deep-3", "tagged"]);
    expect(await addedBy("--unit", "ou-root-22222222")).toEqual(["elsewhere"]);
    expect(await addedBy("--unit", "r-root")).toHaveLength(5);
  });

  test("tags, all of which an account must have; they are read only for new accounts", async () => {
    expect(await addedBy("--tag", "Team=a=b")).toEqual(["elsewhere", "tagged"]);
    expect(aws?.asked.filter((action) => action === "ListTagsForResource")).toHaveLength(6); // of five, one in two pages
    expect(await addedBy("--tag", "Team=a=b", "--tag", "Stage=")).toEqual(["tagged"]);
    expect(await addedBy("--unit", "ou-root-22222222", "--tag", "Stage=")).toEqual([]);
  });

  test("without --tag, no tags are read", async () => {
    await run(answers);
    expect(new Set(aws?.asked)).toEqual(new Set(["GetCallerIdentity", "ListAccounts"]));
  });
});

test("names are valid, unique, and independent of the order in which AWS lists the accounts", async () => {
  const named = [
    "Sandbox",
    "sandbox",
    "Shop",
    "42 & more",
    "---",
    "constructor",
    "日本",
    `x${"y".repeat(80)}`,
    "null",
    "Ünicode  is/fine-",
  ].map((Name, index) => ({ Id: `70000000000${index}`, Name, State: "ACTIVE" }));
  const added = async (accounts: readonly Account[]) => {
    await run(organization([MANAGEMENT, SHOP, { ...SHOP, Id: "300000000000" }, ...accounts]), ["--write"]);
    return Object.fromEntries(
      parseEnvironments(readFileSync(file, "utf8"), file).map(({ account, name }) => [account, name]),
    );
  };
  const names = await added([...named, { Id: "700000000099", State: "ACTIVE" }]);
  expect(names).toMatchObject({
    "700000000000": "sandbox-700000000000",
    "700000000001": "sandbox-700000000001",
    "700000000002": "shop-700000000002",
    "700000000003": "account-42-more",
    "700000000004": "account-700000000004",
    "700000000005": "constructor-700000000005",
    "700000000006": "account-700000000006",
    "700000000007": `x${"y".repeat(62)}`,
    "700000000008": "null",
    "700000000009": "nicode-is-fine",
    "700000000099": "account-700000000099",
  });
  expect(await added([{ Id: "700000000099", State: "ACTIVE" }, ...named.toReversed()])).toEqual(names);
});

test("a name never clashes with a GitHub environment, so that the workflows accept all of them", async () => {
  const text = `environments: { plan-app: { account: "${OWN}", region: us-east-1, full: {} } }\n`;
  const names = ["drift-shop", "shop", "app", "fleet", "plans"];
  const accounts = names.map((Name, index) => ({ Id: `70000000000${index}`, Name, State: "ACTIVE" }));
  await run(organization([MANAGEMENT, ...accounts]), ["--write", "--region", "us-east-1"], text);
  expect(parseEnvironments(readFileSync(file, "utf8"), file).map(({ name }) => name)).toEqual([
    "plan-app",
    "account-drift-shop",
    "app-700000000002",
    "fleet-700000000003",
    "plans",
    "shop",
  ]);
});

test("unusable accounts aren't added; closed ones count as having left, and those not yet activated don't", async () => {
  const accounts = [
    { Id: "200000000000", State: "PENDING_ACTIVATION" },
    { Id: "300000000000", State: "PENDING_CLOSURE" },
    { Id: "400000000000", State: "PENDING_ACTIVATION" },
    { Id: "500000000000", Status: "SUSPENDED" },
    { Id: "600000000000", State: "CLOSED", Status: "ACTIVE" },
    { Id: "700000000000", Name: "seven", Status: "ACTIVE" },
  ];
  const { output } = await run(organization([MANAGEMENT, ...accounts]));
  expect(output).toContain(
    "The organization has 7 accounts, 3 suspended or closed and 2 not activated yet. 1 of them is",
  );
  expect(output).toMatch(/\nenvironments:\n {2}seven:\n.*\n.*\n.*\n {2}gone:\n {4}retired: true$/);
});

describe("nothing is retired or written if the list of accounts isn't complete", () => {
  const whole = organization([MANAGEMENT, SHOP]);

  test.each<[name: string, answers: ReturnType<typeof organization>, args: string[], says: string | RegExp]>([
    [
      "no organization",
      (action, given) =>
        action === "ListAccounts" ? { status: 400, code: "AWSOrganizationsNotInUseException" } : whole(action, given),
      [],
      "Received AWSOrganizationsNotInUseException: ListAccounts says so, expected an answer; without it, nothing is imported. Use credentials of an organization's management account or of a delegated administrator.",
    ],
    [
      "credentials of a member",
      (action, given) =>
        action === "ListAccounts" ? { status: 400, code: "AccessDeniedException" } : whole(action, given),
      [],
      "Received AccessDeniedException: ListAccounts says so, expected an answer; without it, nothing is imported. Use credentials of the organization's management account or of a delegated administrator, and allow them organizations:ListAccounts. `npx support-app import --organization --policy` prints everything that it needs.",
    ],
    [
      "a unit of another organization",
      whole,
      ["--unit", "ou-nope-11111111"],
      "Received ParentNotFoundException: ListAccountsForParent says so, expected an answer; without it, nothing is imported. Give --unit the ID of a unit of this organization, or leave it out.",
    ],
    [
      "an empty list",
      organization([]),
      [],
      /a broken answer to organizations:ListAccounts: received 0 accounts without 100000000000, which asks, expected it among them, expected an answer/,
    ],
    [
      "a list that ends before the caller's account",
      organization([SHOP]),
      [],
      /received 1 accounts without 100000000000/,
    ],
    [
      "pages that lead back",
      (action, given) =>
        action === "ListAccounts"
          ? JSON.stringify({ Accounts: [MANAGEMENT], NextToken: "again" })
          : whole(action, given),
      [],
      /received a page that leads back to an earlier one/,
    ],
    [
      "a second page that fails",
      (action, given) =>
        action === "ListAccounts" && given.NextToken !== undefined
          ? { status: 400, code: "InvalidInputException" }
          : organization([MANAGEMENT, SHOP, FRESH])(action, given),
      [],
      /InvalidInputException/,
    ],
    ["an account without a state", organization([MANAGEMENT, { Id: "200000000000" }]), [], /expected the state of an/],
    ["an unknown state", organization([MANAGEMENT, { ...SHOP, State: "ASLEEP" }]), [], /received "ASLEEP" as Accounts/],
    ["an account without a number", organization([MANAGEMENT, { ...SHOP, Id: "20" }]), [], /received "20" as Accounts/],
    [
      "another organization, which would retire all",
      organization([{ ...MANAGEMENT, Id: OWN, State: "SUSPENDED" }, FRESH]),
      [],
      `Received an organization without any account of ${file} (management, shop, gone), expected the one that has them. Nothing was written. Check which organization the credentials belong to. If these accounts have left it, set retired: true by hand.`,
    ],
  ])("%s", async (_, answers, args, says) => {
    const { status, output } = await run(answers, [...args, "--write"]);
    expect(status).toBe(1);
    if (typeof says === "string") expect(output).toBe(says);
    else expect(output).toMatch(says);
    expect(readFileSync(file, "utf8")).toBe(FILE);
  });

  test("throttled calls are retried", async () => {
    let calls = 0;
    const answers = organization([MANAGEMENT, SHOP]);
    const { status } = await run((action, given) =>
      action === "ListAccounts" && calls++ === 0
        ? { status: 400, code: "TooManyRequestsException" }
        : answers(action, given),
    );
    expect({ status, calls }).toEqual({ status: 0, calls: 2 });
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

test.each([
  [["--account", "100000000000"], "Received --organization with --account, expected one of them. Leave one out."],
  [["prod"], 'Received --organization with the environment "prod", expected one of them. Leave one out.'],
  [["--unit", "ou-1"], 'Received --unit "ou-1", expected the ID of an organizational unit or of the root, such as'],
  [
    ["--tag", "Team"],
    'Received --tag "Team", expected a key, = and a value, such as Team=payments, and each key once.',
  ],
  [["--tag", "a=b", "--tag", "a=c"], 'Received --tag "a=c", expected a key'],
  [["--assume", "reader"], 'Received --assume "reader", expected the ARN of a role'],
  [["--policy", "--write"], "Received --policy with other options, expected --policy alone or with --organization"],
])("wrong usage: %j", async (args, message) => {
  const { status, output } = await run(organization([]), args);
  expect({ status, output }).toEqual({ status: 2, output: expect.stringContaining(message) });
  expect(aws?.asked).toEqual([]);
});

test.each(["--unit=ou-ab12-11111111", "--tag=a=b"])("%s needs --organization", async (arg) => {
  printed.length = 0;
  expect(await runSupportApp(["import", arg])).toBe(2);
  expect(printed.join()).toContain(`Received ${arg.split("=")[0]} without --organization`);
});

test("--policy prints what reading an organization needs", async () => {
  const { status, output } = await run(organization([]), ["--policy"]);
  expect(status).toBe(0);
  const { Statement } = JSON.parse(output);
  expect(Statement).toEqual([expect.objectContaining({ Effect: "Allow", Resource: ["*"] })]);
  expect(Statement[0].Action).toEqual([
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListTagsForResource",
  ]);
});

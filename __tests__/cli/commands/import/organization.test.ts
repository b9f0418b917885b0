import { type OrganizationAsked, readOrganization } from "../../../../cli/commands/import/organization";
import { type AnsweringAws, type Answers, AWS_VARIABLES, answerAs } from "../../../support/answering-aws";
import { type Account, MANAGEMENT, OWN, organization } from "../../../support/answering-organization";

const before = { ...process.env };
let aws: AnsweringAws | undefined;
afterEach(async () => {
  await aws?.close();
  aws = undefined;
  process.env = { ...before };
});

const SHOP: Account = { Id: "200000000000", Name: "Shop", State: "ACTIVE" };

async function read(answers: Answers, asked: OrganizationAsked = {}, wanted?: readonly string[]) {
  await aws?.close();
  aws = await answerAs(answers);
  process.env = { ...before, ...AWS_VARIABLES, AWS_ENDPOINT_URL: aws.endpoint };
  return readOrganization(asked, ({ name }) => wanted?.includes(name) ?? true);
}

test("an account is active, pending or closed, by its state or, as AWS had it before, its status", async () => {
  const states = [
    { State: "ACTIVE", Status: "SUSPENDED" },
    ...[{ State: "PENDING_ACTIVATION" }, { State: "PENDING_CLOSURE" }, { State: "SUSPENDED" }, { State: "CLOSED" }],
    ...[{ Status: "ACTIVE" }, { Status: "SUSPENDED" }],
  ];
  const accounts = states.map((one, index) => ({ Id: `20000000000${index}`, ...one }));
  const [own, ...others] = await read(organization([MANAGEMENT, ...accounts]));
  expect(own).toEqual({ id: OWN, name: "Management", state: "active" });
  expect(others.map(({ name, state }) => `${name}${state}`)).toEqual([
    ...["active", "pending", "closed", "closed", "closed", "active", "closed"],
  ]);
});

describe("a filter chooses accounts", () => {
  const units = { "r-root": ["ou-root-11111111", "ou-root-22222222"], "ou-root-11111111": ["ou-root-33333333"] };
  const deep = [1, 2, 3].map((n) => ({
    ...{ Id: `40000000000${n}`, Name: `deep ${n}`, State: "ACTIVE", unit: "ou-root-33333333" },
  }));
  const tags = { a: "1", b: "2", Team: "a=b", Stage: "" };
  const answers = organization(
    [
      MANAGEMENT,
      { ...SHOP, unit: "ou-root-11111111" },
      ...deep,
      { Id: "500000000000", Name: "elsewhere", State: "ACTIVE", unit: "ou-root-22222222", tags: { Team: "a=b" } },
      { Id: "600000000000", Name: "tagged", State: "ACTIVE", unit: "ou-root-33333333", tags },
    ],
    units,
  );
  const namesOf = async (asked: OrganizationAsked, wanted?: string[]) =>
    (await read(answers, asked, wanted)).map(({ name }) => name);

  test.each([
    ["ou-root-11111111", ["Shop", "deep 1", "deep 2", "deep 3", "tagged"]],
    ["ou-root-22222222", ["elsewhere"]],
    ["r-root", ["Management", "Shop", "elsewhere", "deep 1", "deep 2", "deep 3", "tagged"]],
  ])("in the unit %s and those within it", async (unit, names) => {
    expect(await namesOf({ unit })).toEqual(names);
  });

  test("that have all of the tags, which are read only where they matter", async () => {
    expect(await namesOf({ tag: new Map([["Team", "a=b"]]) }, ["deep 1", "elsewhere", "tagged"])).toEqual([
      ...["elsewhere", "tagged"],
    ]);
    expect(aws?.asked.filter((action) => action === "ListTagsForResource")).toHaveLength(4); // of three, one in two pages
    const both = new Map(Object.entries({ Team: "a=b", Stage: "" }));
    expect(await namesOf({ tag: both })).toEqual(["tagged"]);
    expect(await namesOf({ tag: both, unit: "ou-root-22222222" })).toEqual([]);
  });

  test("without one, no tags and no units are read", async () => {
    await read(answers);
    expect(new Set(aws?.asked)).toEqual(new Set(["GetCallerIdentity", "ListAccounts"]));
  });
});

test("units that are said to be within each other are read once", async () => {
  const units = { "r-root": ["ou-root-11111111"], "ou-root-11111111": ["ou-root-11111111"] };
  expect(await read(organization([MANAGEMENT], units), { unit: "r-root" })).toHaveLength(1);
});

test("with a role to assume, everything else is read as that role", async () => {
  const role = "arn:aws:iam::111122223333:role/reader";
  await read(
    (action, given) => {
      if (action !== "AssumeRole") return organization([MANAGEMENT])(action, given);
      expect(given).toMatchObject({ RoleArn: role, RoleSessionName: "support-app-import" });
      return "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>";
    },
    { assume: role },
  );
  expect(aws?.asked).toEqual(["AssumeRole", "GetCallerIdentity", "ListAccounts"]);
  expect(new Set(aws?.signed.slice(1))).toEqual(new Set(["ASIA in us-east-1"]));
});

describe("an incomplete list of accounts is an error:", () => {
  const whole = organization([MANAGEMENT, SHOP]);
  /** Something else for the call that lists accounts. */
  const listing =
    (answer: ReturnType<Answers>): Answers =>
    (action, given) =>
      action === "ListAccounts" ? answer : whole(action, given);
  const broken = (what: string) =>
    `Can't import: a broken answer to organizations:ListAccounts: ${what}. Nothing was written.`;

  test.each<[name: string, answers: Answers, says: string]>([
    [
      "no organization",
      listing({ status: 400, code: "AWSOrganizationsNotInUseException" }),
      "Can't import: AWSOrganizationsNotInUseException: ListAccounts says so. Nothing was written. Use credentials of an organization's management account or of a delegated administrator.",
    ],
    [
      "credentials of a member",
      listing({ status: 400, code: "AccessDeniedException" }),
      "Can't import: AccessDeniedException: ListAccounts says so. Nothing was written. Use credentials of the organization's management account or of a delegated administrator, and allow them organizations:ListAccounts.",
    ],
    [
      "an empty list",
      organization([]),
      broken(`received 0 accounts without ${OWN}, whose credentials are used, expected it among them`),
    ],
    [
      "a list that ends before the caller's account",
      organization([SHOP]),
      broken(`received 1 account without ${OWN}, whose credentials are used, expected it among them`),
    ],
    [
      "pages that lead back",
      listing(JSON.stringify({ Accounts: [MANAGEMENT], NextToken: "again" })),
      "received a page that leads back to an earlier one",
    ],
    [
      "a second page that fails",
      (action, given) =>
        action === "ListAccounts" && given.NextToken !== undefined
          ? { status: 400, code: "InvalidInputException" }
          : organization([MANAGEMENT, SHOP, { ...SHOP, Id: "300000000000" }])(action, given),
      "Can't import: InvalidInputException: ListAccounts says so. Nothing was written.",
    ],
    [
      "an account without a state",
      organization([MANAGEMENT, { Id: "200000000000" }]),
      broken("received nothing as State, expected what AWS documents"),
    ],
    ["an unknown state", organization([MANAGEMENT, { ...SHOP, State: "ASLEEP" }]), 'received "ASLEEP" as State'],
    ["an account without an ID", organization([MANAGEMENT, { ...SHOP, Id: "" }]), "received nothing as Id"],
  ])("%s", async (_, answers, says) => {
    await expect(read(answers)).rejects.toThrow(says);
  });

  test("a unit of another organization", async () => {
    await expect(read(whole, { unit: "ou-nope-11111111" })).rejects.toThrow(
      "Can't import: ParentNotFoundException: ListAccountsForParent says so. Nothing was written. Give --unit the ID of a unit of this organization, or leave it out.",
    );
  });
});

test("a throttled call is repeated", async () => {
  let calls = 0;
  const answers = organization([MANAGEMENT, SHOP]);
  const accounts = await read((action, given) =>
    action === "ListAccounts" && calls++ === 0
      ? { status: 400, code: "TooManyRequestsException" }
      : answers(action, given),
  );
  expect([accounts.length, calls]).toEqual([2, 2]);
});

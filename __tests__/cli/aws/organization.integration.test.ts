import { type OrganizationAsked, readOrganization } from "../../../cli/aws/organization";
import type { Answers } from "../../support/answering-aws";
import { MANAGEMENT, OWN, organization } from "../../support/answering-organization";
import { importsInTests } from "../../support/importable-aws";

const imports = importsInTests();
const { aws } = imports;

async function read(answers: Answers, asked: OrganizationAsked = {}, wanted?: readonly string[]) {
  imports.answer(answers);
  return readOrganization(asked, ({ name }) => wanted?.includes(name) ?? true);
}

test("an account is active, closed or neither, by its state or, as AWS had it before, its status", async () => {
  const states = [
    { State: "ACTIVE", Status: "SUSPENDED" },
    ...[{ State: "PENDING_ACTIVATION" }, { State: "PENDING_CLOSURE" }, { State: "SUSPENDED" }, { State: "CLOSED" }],
    { State: "ASLEEP" },
    ...[{ Status: "ACTIVE" }, { Status: "SUSPENDED" }],
  ];
  const accounts = states.map((one, index) => ({ Id: `20000000000${index}`, ...one }));
  const [own, ...others] = await read(organization([MANAGEMENT, ...accounts]));
  expect(own).toEqual({ id: OWN, name: "Management", isActive: true, isClosed: false });
  expect(others.map(({ isActive, isClosed }) => (isActive ? "active" : isClosed ? "closed" : "neither"))).toEqual([
    ...["active", "neither", "closed", "closed", "closed", "neither", "active", "closed"],
  ]);
  expect(new Set(aws.asked)).toEqual(new Set(["GetCallerIdentity", "ListAccounts"]));
});

test("pages that go round are a broken answer, so that no account is taken for one that left", async () => {
  const answers = organization([MANAGEMENT]);
  const same = JSON.stringify({ Accounts: [MANAGEMENT], NextToken: "same" });
  const circular: Answers = (action, given) => (action === "ListAccounts" ? same : answers(action, given));
  await expect(read(circular)).rejects.toThrow("received a page that leads back to an earlier one, expected an end");
});

describe("a filter chooses accounts", () => {
  // The last unit is said to be within itself.
  const units = {
    ...{ "r-root": ["ou-root-11111111", "ou-root-22222222"], "ou-root-11111111": ["ou-root-33333333"] },
    "ou-root-33333333": ["ou-root-33333333"],
  };
  const account = (number: number, Name: string, unit: string, tags: Readonly<Record<string, string>> = {}) => ({
    ...{ Id: String(200_000_000_000 + number), Name, State: "ACTIVE", unit, tags },
  });
  const answers = organization(
    [
      MANAGEMENT,
      account(1, "shop", "ou-root-11111111"),
      ...[2, 3, 4].map((number) => account(number, `deep ${number}`, "ou-root-33333333")),
      account(7, "of another tag", "ou-root-22222222", { "Team=a": "b" }),
      account(5, "elsewhere", "ou-root-22222222", { Team: "a=b" }),
      account(6, "tagged", "ou-root-33333333", { a: "1", b: "2", Team: "a=b", Stage: "" }),
    ],
    units,
  );
  const namesOf = async (asked: OrganizationAsked, wanted?: string[]) =>
    (await read(answers, asked, wanted)).map(({ name }) => name);
  const tag = new Map([["Team", "a=b"]]);
  const both = new Map([...tag, ["Stage", ""]]);

  test.each<[OrganizationAsked, string[]]>([
    [{ unit: "ou-root-11111111" }, ["shop", "deep 2", "deep 3", "deep 4", "tagged"]],
    [{ unit: "r-root" }, ["Management", "shop", "of another tag", "elsewhere", "deep 2", "deep 3", "deep 4", "tagged"]],
    [{ tag }, ["elsewhere", "tagged"]],
    [{ tag: both }, ["tagged"]],
  ])("%o", async (asked, names) => {
    expect(await namesOf(asked)).toEqual(names);
  });

  test("by tags, which are read only where they matter", async () => {
    expect(await namesOf({ tag }, ["deep 2", "tagged"])).toEqual(["tagged"]);
    expect(aws.asked.filter((action) => action === "ListTagsForResource")).toHaveLength(3); // one in two pages
  });
});

/** An organization that answers with an error to some of the calls for accounts. */
const failing = (code: string, isMeant: (token: unknown) => boolean): Answers => {
  const answers = organization([MANAGEMENT, MANAGEMENT, MANAGEMENT]);
  return (action, given) =>
    action === "ListAccounts" && isMeant(given.NextToken) ? { status: 400, code } : answers(action, given);
};

test.each<[string, Answers, OrganizationAsked, string]>([
  [
    "credentials of a member",
    failing("AccessDeniedException", () => true),
    {},
    "Can't import: AccessDeniedException: ListAccounts says so. Nothing was written. Use credentials of the organization's management account",
  ],
  [
    "a list without the caller's account",
    organization([{ Id: "200000000000", State: "ACTIVE" }]),
    {},
    `Can't import: AWS listed 1 account of the organization without ${OWN}, whose credentials are used. Nothing was written.`,
  ],
  [
    "a second page that fails",
    failing("InvalidInputException", (token) => token !== undefined),
    {},
    "Can't import: InvalidInputException",
  ],
  ["an account without a state", organization([MANAGEMENT, { Id: "2" }]), {}, "received nothing as State"],
  ["an account without an ID", organization([{ ...MANAGEMENT, Id: "" }]), {}, "received nothing as Id"],
  ["no such unit", organization([MANAGEMENT]), { unit: "ou-nope-11111111" }, "Can't import: ParentNotFoundException"],
])("%s is an error", async (_, answers, asked, says) => {
  await expect(read(answers, asked)).rejects.toThrow(says);
});

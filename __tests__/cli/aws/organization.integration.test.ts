import { connect } from "../../../cli/aws/connection";
import { type OrganizationPart, readOrganization } from "../../../cli/aws/organization";
import type { Answers } from "../../support/answering-aws";
import { MANAGEMENT, OWN, organization } from "../../support/answering-organization";
import { importsInTests } from "../../support/importable-aws";

const imports = importsInTests();
const { aws } = imports;

async function readAccounts(answers: Answers, part: OrganizationPart = {}) {
  imports.answer(answers);
  const connection = connect();
  const lookup = await readOrganization(connection.configFor({ region: "eu-west-1" }), OWN, part);
  connection.destroy();
  if ("known" in lookup) return lookup.known;
  throw new Error(`${lookup.unknown.kind}: ${lookup.unknown.message}`);
}

test("an account is active, closed or neither, by its state or, as AWS had it before, its status", async () => {
  const states = [
    { State: "ACTIVE", Status: "SUSPENDED" },
    ...[{ State: "PENDING_ACTIVATION" }, { State: "PENDING_CLOSURE" }, { State: "SUSPENDED" }, { State: "CLOSED" }],
    { State: "ASLEEP" },
    ...[{ Status: "ACTIVE" }, { Status: "SUSPENDED" }],
  ];
  const accounts = states.map((state, index) => ({ Id: `20000000000${index}`, ...state }));
  const [ownAccount, ...otherAccounts] = await readAccounts(organization([MANAGEMENT, ...accounts]));
  expect(ownAccount).toEqual({ id: OWN, name: "Management", isActive: true, isClosed: false });
  expect(
    otherAccounts.map(({ isActive, isClosed }) => (isActive ? "active" : isClosed ? "closed" : "neither")),
  ).toEqual([...["active", "neither", "closed", "neither", "closed", "neither", "active", "closed"]]);
  expect(new Set(aws.asked)).toEqual(new Set(["ListAccounts"]));
});

test("pages that go round are a broken answer, so that no account is taken for one that left", async () => {
  const answers = organization([MANAGEMENT]);
  const circularPage = JSON.stringify({ Accounts: [MANAGEMENT], NextToken: "same" });
  const circular: Answers = (action, parameters) =>
    action === "ListAccounts" ? circularPage : answers(action, parameters);
  await expect(readAccounts(circular)).rejects.toThrow(
    "received a page that leads back to an earlier one, expected an end",
  );
});

describe("a filter chooses accounts", () => {
  // The last unit is said to be within itself.
  const units = {
    "r-root": ["ou-root-11111111", "ou-root-22222222"],
    "ou-root-11111111": ["ou-root-33333333"],
    "ou-root-33333333": ["ou-root-33333333"],
  };
  const account = (number: number, Name: string, unit: string, tags: Readonly<Record<string, string>> = {}) => ({
    Id: String(200_000_000_000 + number),
    Name,
    State: "ACTIVE",
    unit,
    tags,
  });
  const answers = organization(
    [
      MANAGEMENT,
      account(1, "shop", "ou-root-11111111"),
      ...[2, 3, 4].map((number) => account(number, `deep ${number}`, "ou-root-33333333")),
      account(7, "of another tag", "ou-root-22222222", { "Team=a": "b", Team: "b", b: "a=b" }),
      account(5, "elsewhere", "ou-root-22222222", { Team: "a=b" }),
      account(6, "tagged", "ou-root-33333333", { a: "1", b: "2", Team: "a=b", Stage: "" }),
    ],
    units,
  );
  const tag = [["Team", "a=b"]] as const;
  const twoTags = [...tag, ["Stage", ""]] as const;

  test.each<[OrganizationPart, string[]]>([
    [{ unit: "ou-root-11111111" }, ["shop", "deep 2", "deep 3", "deep 4", "tagged"]],
    [{ unit: "r-root" }, ["Management", "shop", "of another tag", "elsewhere", "deep 2", "deep 3", "deep 4", "tagged"]],
    [{ tag }, ["elsewhere", "tagged"]],
    [{ tag: twoTags }, ["tagged"]],
  ])("the filter %o chooses exactly the accounts that it describes", async (part, names) => {
    expect((await readAccounts(answers, part)).map(({ name }) => name)).toEqual(names);
  });
});

/** An organization that answers with an error to some of the calls for accounts. */
const failing = (code: string, isMeant: (token: unknown) => boolean): Answers => {
  const answers = organization([MANAGEMENT, MANAGEMENT, MANAGEMENT]);
  return (action, parameters) =>
    action === "ListAccounts" && isMeant(parameters.NextToken) ? { status: 400, code } : answers(action, parameters);
};

test.each<[string, Answers, OrganizationPart, string]>([
  [
    "credentials of a member",
    failing("AccessDeniedException", () => true),
    {},
    "denied: AccessDeniedException: ListAccounts says so",
  ],
  [
    "a list without the caller's account",
    organization([{ Id: "200000000000", State: "ACTIVE" }]),
    {},
    `broken-answer: a broken answer to organizations:ListAccounts: received 1 account without ${OWN}, expected the caller's own, too`,
  ],
  [
    "a second page that fails",
    failing("InvalidInputException", (token) => token !== undefined),
    {},
    "other: InvalidInputException",
  ],
  ["an account without a state", organization([MANAGEMENT, { Id: "2" }]), {}, "received nothing as State"],
  ["an account without an ID", organization([MANAGEMENT, { Id: "", State: "ACTIVE" }]), {}, "received nothing as Id"],
  ["no such unit", organization([MANAGEMENT]), { unit: "ou-nope-11111111" }, "no-unit: ParentNotFoundException"],
])("%s is an error", async (_, answers, part, says) => {
  await expect(readAccounts(answers, part)).rejects.toThrow(says);
});

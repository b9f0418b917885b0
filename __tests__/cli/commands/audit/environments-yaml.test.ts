import { environmentsLines } from "../../../../cli/commands/audit/environments-yaml";
import { parseEnvironments } from "../../../../stacks/environments/environments";

const entryOf = (account: string) => ({ account, region: "us-east-1" as const, "read-only": { adopt: true } });
const [FIRST, SECOND, THIRD] = ["111122223333", "222233334444", "333344445555"] as const;

test("what is printed is an environments.yaml, in which notes are comments before their environment", () => {
  const lines = environmentsLines([
    { account: FIRST, name: "Shop", entry: entryOf(FIRST), notes: ["The role a isn't adopted.", "- It differs."] },
    { account: SECOND, name: "Logs", notes: ["The role b isn't adopted."] },
    { account: THIRD, entry: entryOf(THIRD), notes: [] },
  ]);
  expect(lines.join("\n")).toBe(`environments:
  # ${FIRST} Shop
  # The role a isn't adopted.
  # - It differs.
  shop:
    account: "${FIRST}"
    region: us-east-1
    read-only:
      adopt: true
  # ${SECOND} Logs
  # The role b isn't adopted.
  account-${THIRD}:
    account: "${THIRD}"
    region: us-east-1
    read-only:
      adopt: true`);
  const environments = parseEnvironments(lines.join("\n"), "environments.yaml");
  expect(environments.map(({ name, account }) => [name, account])).toEqual([
    ["shop", FIRST],
    [`account-${THIRD}`, THIRD],
  ]);
});

test("without any environment, only comments are in it", () => {
  expect(environmentsLines([{ account: FIRST, notes: ["The role a isn't adopted."] }])).toEqual([
    "environments: {}",
    `  # ${FIRST}`,
    "  # The role a isn't adopted.",
  ]);
});

test.each([
  [["Shop (Production)"], ["shop-production"]],
  [
    ["Shop", "shop", "Other"],
    [`account-${FIRST}`, `account-${SECOND}`, "other"],
  ],
  [
    ["", "1st", `Account ${FIRST}`],
    [`account-${FIRST}`, `account-${SECOND}`, `account-${THIRD}`],
  ],
])("the accounts %j become the environments %j: none has the name of another one's", (names, expected) => {
  const accounts = names.map((name, index) => {
    const account = [FIRST, SECOND, THIRD][index] ?? "";
    return { account, name, entry: entryOf(account), notes: [] };
  });
  const environments = parseEnvironments(environmentsLines(accounts).join("\n"), "environments.yaml");
  expect(environments.map(({ name }) => name)).toEqual(expected);
});

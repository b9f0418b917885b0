import { environmentNames } from "../../../../cli/commands/audit/adopted-accounts";
import { ENVIRONMENT_NAME } from "../../../../modules/support-app/model/limits";

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
  const accounts = Object.keys(names).map((name, index) => ({ id: String(700_000_000_000 + index), name }));
  const ids = (name: string, index: number) => [accounts[index]?.id, name] as const;
  for (const order of [accounts, accounts.toReversed()]) {
    const uniqueNames = environmentNames(order, ["shop", "plan-app"]);
    expect(uniqueNames).toEqual(
      new Map(Object.values(names).map((name, index) => ids(name, index) as [string, string])),
    );
    expect([...uniqueNames.values()].every((name) => ENVIRONMENT_NAME.pattern.test(name))).toBe(true);
  }
});

test("an account without a name is called by its ID", () => {
  expect(environmentNames([{ id: "700000000000" }], [])).toEqual(new Map([["700000000000", "account-700000000000"]]));
});

import { environmentYaml } from "../../../../cli/commands/import/environment-yaml";
import type { OrganizationAccount } from "../../../../cli/commands/import/organization";
import { organizationChanges } from "../../../../cli/commands/import/organization-changes";
import type { Environment } from "../../../../stacks/environments/environment";
import { parseEnvironments } from "../../../../stacks/environments/environments";

const account = (number: number, name = "", state: OrganizationAccount["state"] = "active"): OrganizationAccount => ({
  ...{ id: String(700_000_000_000 + number), name, state },
});

/** Environments of those names, in the accounts 1, 2 and so on. */
function environmentsOf(...names: string[]): Environment[] {
  if (names.length === 0) return [];
  const entries = names.map((name, index) => `${name}: { account: "${account(index + 1).id}", read-only: {} }`);
  const text = `{ defaults: { region: us-east-1 }, environments: { ${entries.join(", ")} } }`;
  return parseEnvironments(text, "environments.yaml");
}

/** The numbers of the accounts that are added, by the names of their environments. */
function namesOf(accounts: readonly OrganizationAccount[], environments: readonly Environment[] = []) {
  const { added } = organizationChanges(accounts, environments);
  return Object.fromEntries(
    Object.entries(added).map(([name, entry]) => [name, Number(entry.account) - 700_000_000_000]),
  );
}

test("a new account is added with read-only access, in the region if the defaults set none", () => {
  const accounts = [account(2, "Shop"), account(1, "Payments (Prod)")];
  const entry = (number: number) => ({ account: account(number).id, "read-only": {} });
  const { added, left } = organizationChanges(accounts, []);
  expect({ added, left }).toEqual({ added: { "payments-prod": entry(1), shop: entry(2) }, left: [] });
  expect(Object.keys(added)).toEqual(["payments-prod", "shop"]);
  expect(organizationChanges(accounts.slice(1), [], "eu-west-1").added).toEqual({
    "payments-prod": { ...entry(1), region: "eu-west-1" },
  });
});

test("an account that the file has isn't new, and one that is listed twice is added once", () => {
  expect(namesOf([account(1, "other"), account(2, "new"), account(2, "new")], environmentsOf("known"))).toEqual({
    new: 2,
  });
});

test("only active accounts are added; closed ones count as having left, and those not yet activated don't", () => {
  const environments = environmentsOf("staying", "closed", "pending", "gone", "old");
  const retired = environments.map((one) => ({ ...one, retired: one.name === "old" }));
  const accounts = [
    ...[account(1), account(2, "", "closed"), account(3, "", "pending")],
    ...[account(6, "six", "closed"), account(7, "seven", "pending"), account(8, "eight")],
  ];
  const { added, left } = organizationChanges(accounts, retired);
  expect({ added: Object.keys(added), left }).toEqual({ added: ["eight"], left: ["closed", "gone"] });
});

test("names are valid, unique, and independent of the order in which AWS lists the accounts", () => {
  const long = `x${"y".repeat(80)}`;
  const names = [
    "Sandbox",
    "sandbox",
    "Shop",
    "42 & more",
    "---",
    "constructor",
    "日本",
    long,
    "null",
    "Ünicode  is/fine-",
    "",
  ];
  const accounts = names.map((name, index) => account(10 + index, name));
  const expected = {
    "sandbox-700000000010": 10,
    "sandbox-700000000011": 11,
    "shop-700000000012": 12,
    "account-42-more": 13,
    "account-700000000014": 14,
    "constructor-700000000015": 15,
    "account-700000000016": 16,
    [`x${"y".repeat(62)}`]: 17,
    null: 18,
    "nicode-is-fine": 19,
    "account-700000000020": 20,
  };
  expect(namesOf(accounts, environmentsOf("shop"))).toEqual(expected);
  expect(namesOf(accounts.toReversed(), environmentsOf("shop"))).toEqual(expected);
  const { added } = organizationChanges(accounts, environmentsOf("shop"), "us-east-1");
  const written = parseEnvironments(environmentYaml({ environments: added }), "environments.yaml");
  expect(written.map(({ name }) => name)).toEqual(Object.keys(expected).sort());
});

test("a long name that is taken is cut before the account's ID, and doesn't end with a hyphen there", () => {
  const name = `${"x".repeat(49)}-${"y".repeat(20)}`;
  expect(Object.keys(namesOf([account(10, name), account(11, name)]))).toEqual([
    `${"x".repeat(49)}-700000000010`,
    `${"x".repeat(49)}-700000000011`,
  ]);
});

test("a name with an account's ID isn't given twice, even if another account is called so", () => {
  const accounts = ["team", "team", `team-${account(10).id}`].map((name, index) => account(10 + index, name));
  expect(namesOf(accounts)).toEqual({
    "team-700000000010": 10,
    "team-700000000011": 11,
    "team-700000000010-700000000012": 12,
  });
});

test("a name never clashes with a GitHub environment, so that the workflows accept all of them", () => {
  const names = ["drift-shop", "shop", "app", "fleet", "plans"];
  const accounts = names.map((name, index) => account(10 + index, name));
  expect(namesOf(accounts, environmentsOf("plan-app"))).toEqual({
    "account-drift-shop": 10,
    shop: 11,
    "app-700000000012": 12,
    "fleet-700000000013": 13,
    plans: 14,
  });
});

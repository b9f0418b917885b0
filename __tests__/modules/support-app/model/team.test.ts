import {
  accessWords,
  addressOfOwner,
  constructIdOf,
  defaultNamesOf,
  isSameOwner,
  labelOfOwner,
} from "../../../../modules/support-app/model/team";

const LEVEL = { access: "read-only" } as const;
const TEAM = { access: "read-only", team: "on-call" } as const;

test("an access level has the address that it always had, and a team's address has its name", () => {
  expect([LEVEL, TEAM].map(constructIdOf)).toEqual(["read-only", "team-on-call"]);
  expect([LEVEL, TEAM].map(addressOfOwner)).toEqual(["read_only", "team_on_call"]);
});

test("an access is named by its level or its team", () => {
  expect([LEVEL, TEAM].map(labelOfOwner)).toEqual(["read-only", "team on-call"]);
  expect([LEVEL, TEAM].map(accessWords)).toEqual(["read-only access", "read-only access of team on-call"]);
});

test("a team isn't its level, nor another team", () => {
  expect(isSameOwner(TEAM, { ...TEAM })).toBe(true);
  expect(isSameOwner(LEVEL, { ...LEVEL, team: undefined })).toBe(true);
  expect(isSameOwner(LEVEL, TEAM)).toBe(false);
  expect(isSameOwner(LEVEL, { access: "full" })).toBe(false);
  expect(isSameOwner(TEAM, { ...TEAM, team: "on" })).toBe(false);
});

test.each([
  ["payments", "AWSSupportAppPaymentsRole"],
  ["on-call", "AWSSupportAppOnCallRole"],
  ["a--b-2c", "AWSSupportAppAB2cRole"],
])("the role of the team %s is called %s by default", (team, roleName) => {
  expect(defaultNamesOf(team)).toEqual({ roleName, policyName: `${roleName}Policy` });
});

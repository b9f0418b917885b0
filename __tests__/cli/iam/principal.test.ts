import type { Principal } from "../../../cli/iam/policy";
import { accountOfPrincipal, isAnybody, isWholeAccount, standsFor } from "../../../cli/iam/principal";

const ACCOUNT = "111122223333";
const ANY_AWS: Principal = { type: "AWS", id: "*" };
const NUMBER: Principal = { type: "AWS", id: ACCOUNT };
const ROOT: Principal = { type: "AWS", id: `arn:aws:iam::${ACCOUNT}:root` };
const ROLE: Principal = { type: "AWS", id: `arn:aws:iam::${ACCOUNT}:role/oncall` };
const OTHER_ROLE: Principal = { type: "AWS", id: "arn:aws:iam::444455556666:role/oncall" };
const APP: Principal = { type: "Service", id: "supportapp.amazonaws.com" };
const ID: Principal = { type: "AWS", id: "AIDAEXAMPLE" };

test.each<[Principal, account: string | undefined, isAccount: boolean, isAll: boolean]>([
  [NUMBER, ACCOUNT, true, false],
  [ROOT, ACCOUNT, true, false],
  [ROLE, ACCOUNT, false, false],
  [ID, undefined, false, false],
  [APP, undefined, false, false],
  [{ type: "Service", id: ACCOUNT }, undefined, false, false],
  [{ type: "AWS", id: `${ACCOUNT}4` }, undefined, false, false],
  [{ type: "AWS", id: `4${ACCOUNT}` }, undefined, false, false],
  [{ type: "Federated", id: `arn:aws:iam::${ACCOUNT}:root` }, undefined, false, false],
  [ANY_AWS, undefined, false, true],
  [{ type: "Service", id: "*" }, undefined, false, true],
  [{ type: "Federated", id: "*" }, undefined, false, false],
])("the principal %j may be an account, or anybody", (principal, account, isAccount, isAll) => {
  expect(accountOfPrincipal(principal)).toBe(account);
  expect(isWholeAccount(principal)).toBe(isAccount);
  expect(isAnybody(principal)).toBe(isAll);
});

test.each<[what: string, Principal, Principal, boolean]>([
  ["anybody, for somebody who isn't named", ANY_AWS, ANY_AWS, true],
  ["a role, for somebody who isn't named", ROLE, ANY_AWS, false],
  ["a role, for itself", ROLE, ROLE, true],
  ["a role, for a service of that name", ROLE, { type: "Service", id: ROLE.id }, false],
  ["a role, for the others of its account", ROLE, NUMBER, false],
  ["an account, for a role in it", ROOT, ROLE, true],
  ["an account, for a role in another", ROOT, OTHER_ROLE, false],
  ["an account, for its others", ROOT, NUMBER, true],
  ["an account, for the others of another", ROOT, { type: "AWS", id: "444455556666" }, false],
  ["an account that isn't named, for a service", { type: "AWS", id: "arn:aws:iam:::root" }, APP, false],
  ["a role, for another of its account", ROLE, { type: "AWS", id: `${ROLE.id}-2` }, false],
])("a principal stands for whom it names and nobody else: %s", (_, principal, requester, stands) => {
  expect(standsFor(principal, requester)).toBe(stands);
});

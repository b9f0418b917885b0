import type { Account } from "../../../../cli/commands/doctor/account";
import { DOCTOR_CHECKS } from "../../../../cli/commands/doctor/checks";
import { ACCOUNT, DENIED, documentOf } from "../../../support/live-account";
import { addingPolicy, changing, examine, WATCH, withRole } from "./checks/examined";

const EVERY_KIND = [
  `read-only: { policy: aws-managed, ${WATCH} }, full: { without: [live-chat], service-quotas-role: create }`,
  `full: { path: /support/, role-name: oncall, permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/b" }`,
];

test.each(EVERY_KIND)("no check finds anything in %s as it is deployed, or waits for something", (yaml) => {
  for (const kind of Object.keys(DOCTOR_CHECKS) as (keyof typeof DOCTOR_CHECKS)[]) {
    const { findings, waitsFor } = examine(kind, yaml);
    expect({ kind, findings, waitsFor }).toEqual({ kind, findings: [] });
  }
});

const NOBODY = documentOf();
const WIDE = { name: "wide", document: documentOf({ Effect: "Allow", Action: "s3:*", Resource: "*" }) };
test.each<[keyof typeof DOCTOR_CHECKS, problem: (account: Account) => Account, isUnknownWaitedFor: boolean]>([
  ["trust", withRole("full", { trust: NOBODY.known }), true],
  ["permissions-boundary", withRole("full", { boundary: undefined }), true],
  ["unexpected-access", addingPolicy("full", WIDE), false],
  ["capabilities", changing("full", () => ({ policies: { known: [] } })), false],
])(
  "the check %s waits for a missing role, and looks at the other access level",
  (kind, problem, isUnknownWaitedFor) => {
    const yaml = `read-only: {}, full: { permissions-boundary: "arn:aws:iam::${ACCOUNT}:policy/b" }`;
    for (const role of [{ known: undefined }, ...(isUnknownWaitedFor ? [DENIED] : [])]) {
      const outcome = examine(kind, yaml, (account) => changing("read-only", () => ({ role }))(problem(account)));
      expect(outcome).toMatchObject({ findings: [{ about: expect.arrayContaining(["full"]) }], waitsFor: "role" });
    }
  },
);

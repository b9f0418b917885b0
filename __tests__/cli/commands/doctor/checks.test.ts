import { DOCTOR_CHECKS } from "../../../../cli/commands/doctor/checks";
import { ACCOUNT } from "../../../support/live-account";
import { examine, WATCH } from "./checks/examined";

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

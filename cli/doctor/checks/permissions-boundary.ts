import { iamNamesOf } from "../../../modules/support-app/model/iam-names";
import { knownOf } from "../../aws/lookup";
import { type Check, deployFix, type Finding, roleOf } from "../check";
import { GUIDE_TOPICS } from "../guide-topic";

/** Whether a boundary takes away a promised capability is up to the check of the capabilities. */
export const permissionsBoundary: Check = {
  name: "permissions-boundary",
  sentence: "Each role has the permissions boundary of environments.yaml.",
  permissions: [], // the check of the role reads it
  examine: ({ environment, account }) => {
    const findings: Finding[] = [];
    const notes: string[] = [];
    let waitsFor: string | undefined;
    for (const props of environment.accesses) {
      const access = account.accesses.get(props.access);
      const role = access && knownOf(access.role);
      if (!role) {
        waitsFor = "role";
        continue;
      }
      const [expected, found] = [props.permissionsBoundary, role.boundary];
      if (expected === undefined && found !== undefined) {
        notes.push(
          `The role ${iamNamesOf(props).roleName} has the permissions boundary ${found}, which isn't in environments.yaml: a deploy removes it. To keep it, set permissions-boundary.`,
        );
      } else if (expected !== found) {
        findings.push({
          answer: "unhealthy",
          ...roleOf(props),
          expected: `the permissions boundary ${expected}`,
          found: found ?? "none",
          topic: GUIDE_TOPICS.restrictUsers,
          fix: deployFix(environment, "Deploy the environment, which restores the boundary."),
        });
      }
    }
    return { findings, notes, waitsFor };
  },
};

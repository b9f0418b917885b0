import { iamNamesOf } from "../../../modules/support-app/iam-names";
import { type Check, deploying, type Finding, roleSubject } from "../check";
import { knownOf } from "../reading";
import { TOPICS } from "../topic";

/** Whether a boundary takes something away that people were promised is for the check of their capabilities. */
export const permissionsBoundary: Check = {
  name: "permissions-boundary",
  sentence: "Each role has the permissions boundary of environments.yaml.",
  permissions: [], // what GetRole answers to the check of the role
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
          `The role ${iamNamesOf(props).roleName} has the permissions boundary ${found}, which environments.yaml doesn't say: a deploy takes it off. Where it is to stay, set permissions-boundary.`,
        );
      } else if (expected !== found) {
        findings.push({
          answer: "unhealthy",
          subject: roleSubject(props),
          expected: `the permissions boundary ${expected}`,
          found: found ?? "none",
          topic: TOPICS.restrictUsers,
          fix: deploying(environment, "Deploy the environment, which sets the boundary again."),
        });
      }
    }
    return { findings, notes, waitsFor };
  },
};

import { iamNamesOf } from "../../../../modules/support-app/model/iam-names";
import { knownOf } from "../../../aws/lookup";
import { type Check, deployFix, eachAccess, roleOf } from "../check";
import { GUIDE_TOPICS } from "../guide-topic";

/** Whether a boundary takes away a promised capability is up to the check of the capabilities. */
export const permissionsBoundary: Check = {
  name: "permissions-boundary",
  sentence: "Each role has the permissions boundary of environments.yaml.",
  examine: eachAccess(({ props, role }, { environment }) => {
    const live = knownOf(role);
    if (!live) return { waitsFor: "role" };
    const [expected, found] = [props.permissionsBoundary, live.boundary];
    if (expected === found) return {};
    if (expected === undefined) {
      const note = `The role ${iamNamesOf(props).roleName} has the permissions boundary ${found}, which isn't in environments.yaml: a deploy removes it. To keep it, set permissions-boundary.`;
      return { notes: [note] };
    }
    return {
      findings: [
        {
          answer: "unhealthy",
          ...roleOf(props),
          expected: `the permissions boundary ${expected}`,
          found: found ?? "none",
          topic: GUIDE_TOPICS.restrictUsers,
          fix: deployFix(environment, "Deploy the environment, which restores the boundary."),
        },
      ],
    };
  }),
};

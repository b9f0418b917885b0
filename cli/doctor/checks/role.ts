import { iamNamesOf, roleArnOf } from "../../../modules/support-app/iam-names";
import { PATH } from "../../../modules/support-app/limits";
import { type Check, deploying, type Finding, notKnown } from "../check";
import { TOPICS } from "../topic";

/** What the Support App takes for a role. Source: AWS Support App API Reference, channelRoleArn. */
const ACCEPTED = /^arn:aws:iam::[0-9]{12}:role\/(.+)$/;

/** The role that the channels of each access level use. */
export const role: Check = {
  name: "role",
  sentence: "Each access level's role exists, under the ARN of environments.yaml.",
  permissions: [{ actions: ["iam:GetRole"], resources: ["arn:aws:iam::*:role/*"] }],
  examine: ({ environment, account }) => {
    const findings = environment.accesses.flatMap((props): Finding[] => {
      const reading = account.accesses.get(props.access)?.role;
      const subject = `role ${iamNamesOf(props).roleName} (${props.access})`;
      const expected = roleArnOf(props);
      if (!reading) return [];
      if ("unknown" in reading) return [notKnown(subject, expected, reading.unknown, TOPICS.missingRole)];
      const found = reading.known?.arn;
      if (found === expected) return [];
      const unhealthy = { answer: "unhealthy", subject, expected, topic: TOPICS.missingRole } as const;
      if (found === undefined) {
        const fix = deploying(environment, "Deploy the environment, which makes the role.");
        return [{ ...unhealthy, found: "no role of that name", fix }];
      }
      const path = found.slice(found.indexOf(":role/") + ":role".length, found.lastIndexOf("/") + 1);
      const isUsable = ACCEPTED.test(found) && PATH.pattern.test(path);
      const text = isUsable
        ? "The role was made under another path. Say so, and deploy; or delete it, and deploy."
        : "Neither the Support App nor environments.yaml takes any such ARN. Delete the role, and deploy the environment.";
      const change = { environments: { [environment.name]: { [props.access]: { path } } } };
      return [{ ...unhealthy, found, fix: deploying(environment, text, isUsable ? change : undefined) }];
    });
    return { findings };
  },
};

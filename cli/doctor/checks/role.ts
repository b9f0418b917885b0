import { policyArnOf, roleArnOf } from "../../../modules/support-app/iam-names";
import { PATH } from "../../../modules/support-app/limits";
import type { SupportAppAccessProps } from "../../../modules/support-app/support-app-access-props";
import type { Environment } from "../../../stacks/environment";
import type { PolicyFound } from "../access-found";
import { type Check, deploying, type Finding, inAccount, notKnown, roleSubject } from "../check";
import { knownOf } from "../reading";
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
      const subject = roleSubject(props);
      const expected = roleArnOf(props);
      if (!reading) return [];
      if ("unknown" in reading) return [notKnown(subject, expected, reading.unknown, TOPICS.missingRole)];
      const found = reading.known?.arn;
      if (found === expected) return [];
      const unhealthy = { answer: "unhealthy", subject, expected, topic: TOPICS.missingRole } as const;
      if (found === undefined) {
        const first = props.adopt
          ? " Where it has never been deployed, there is nothing to adopt: correct role-name or set adopt: false first."
          : "";
        const fix = deploying(environment, `Deploy the environment, which makes the role.${first}`);
        return [{ ...unhealthy, found: "no role of that name", fix }];
      }
      const path = found.slice(found.indexOf(":role/") + ":role".length, found.lastIndexOf("/") + 1);
      const policies = knownOf(account.accesses.get(props.access)?.policies ?? { known: [] }) ?? [];
      if (isUsable(found, { ...props, path }, policies)) {
        const text = "The role was made under another path, as its policy is. Say so, and deploy.";
        return [{ ...unhealthy, found, fix: deploying(environment, text, { [props.access]: { path } }) }];
      }
      const { text, commands } = deploying(
        environment,
        "Delete the role, since IAM has each name once, and deploy, which makes it where environments.yaml says. Until then, its channels have none.",
      );
      return [
        { ...unhealthy, found, fix: { text, commands: [...deleting(environment, found, policies), ...commands] } },
      ];
    });
    return { findings };
  },
};

/** Whether environments.yaml can say that the access level is there. Its policy moves with the role. */
function isUsable(found: string, there: SupportAppAccessProps, policies: readonly PolicyFound[]): boolean {
  const isAccepted = ACCEPTED.test(found) && PATH.pattern.test(there.path ?? "/");
  const hasPolicy = there.policy === "aws-managed" || policies.some(({ arn }) => arn === policyArnOf(there));
  return isAccepted && found === roleArnOf(there) && hasPolicy;
}

/** What deletes a role: IAM deletes none that has a policy. */
function deleting(environment: Environment, roleArn: string, policies: readonly PolicyFound[]): string[] {
  const role = `--role-name ${roleArn.slice(roleArn.lastIndexOf("/") + 1)}`;
  return [
    ...policies.map(({ name, arn }) =>
      arn === undefined
        ? `delete-role-policy ${role} --policy-name ${name}`
        : `detach-role-policy ${role} --policy-arn ${arn}`,
    ),
    `delete-role ${role}`,
  ].map((operation) => inAccount(environment, "iam", operation));
}

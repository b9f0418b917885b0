import { policyArnOf, roleArnOf } from "../../../modules/support-app/iam-names";
import { PATH } from "../../../modules/support-app/limits";
import type { SupportAppAccessProps } from "../../../modules/support-app/support-app-access-props";
import type { Environment } from "../../../stacks/environment";
import type { AccessFound, PolicyFound } from "../access-found";
import { type Check, deploying, type Finding, type Fix, inAccount, notKnown, quoted, roleSubject } from "../check";
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
      const access = account.accesses.get(props.access);
      if (!access) return [];
      const subject = roleSubject(props);
      const expected = roleArnOf(props);
      const topic = TOPICS.missingRole;
      if ("unknown" in access.role) return [notKnown(subject, expected, access.role.unknown, topic)];
      const found = access.role.known?.arn;
      if (found === expected) return [];
      const fix = found === undefined ? makingFix(environment, props) : movingFix(environment, props, access, found);
      return [{ answer: "unhealthy", subject, expected, found: found ?? "no role of that name", topic, fix }];
    });
    return { findings };
  },
};

function makingFix(environment: Environment, { adopt }: SupportAppAccessProps): Fix {
  const first = adopt
    ? " Where it has never been deployed, there is nothing to adopt: correct role-name or set adopt: false first."
    : "";
  return deploying(environment, `Deploy the environment, which makes the role.${first}`);
}

/** What to do with a role that is elsewhere. */
function movingFix(environment: Environment, props: SupportAppAccessProps, access: AccessFound, roleArn: string): Fix {
  const path = roleArn.slice(roleArn.indexOf(":role/") + ":role".length, roleArn.lastIndexOf("/") + 1);
  const policies = knownOf(access.policies) ?? [];
  if (isUsable(roleArn, { ...props, path }, policies)) {
    const text = "The role was made under another path, as its policy is. Say so, and deploy.";
    return deploying(environment, text, { [props.access]: { path } });
  }
  const making = deploying(
    environment,
    "Delete the role, since IAM has each name once, and deploy, which makes it where environments.yaml says. Until then, its channels have none.",
  );
  return { ...making, commands: [...deleting(environment, roleArn, policies), ...making.commands] };
}

/** Whether environments.yaml can say that the access level is there. Its policy moves with the role. */
function isUsable(roleArn: string, there: SupportAppAccessProps, policies: readonly PolicyFound[]): boolean {
  const isAccepted = ACCEPTED.test(roleArn) && PATH.pattern.test(there.path ?? "/");
  const hasPolicy = there.policy === "aws-managed" || policies.some(({ arn }) => arn === policyArnOf(there));
  return isAccepted && roleArn === roleArnOf(there) && hasPolicy;
}

/** What deletes a role: IAM deletes none that has a policy. */
function deleting(environment: Environment, roleArn: string, policies: readonly PolicyFound[]): string[] {
  const role = `--role-name ${quoted(roleArn.slice(roleArn.lastIndexOf("/") + 1))}`;
  return [
    ...policies.map(({ name, arn }) =>
      arn === undefined
        ? `delete-role-policy ${role} --policy-name ${quoted(name)}`
        : `detach-role-policy ${role} --policy-arn ${quoted(arn)}`,
    ),
    `delete-role ${role}`,
  ].map((operation) => inAccount(environment, "iam", operation));
}

import type { Access } from "../../../../modules/support-app/model/access";
import { policyArnOf, roleArnOf } from "../../../../modules/support-app/model/iam-names";
import { PATH } from "../../../../modules/support-app/model/limits";
import type { Environment } from "../../../../stacks/environments/environment";
import { knownOf } from "../../../aws/lookup";
import { pathAndNameOf } from "../../../iam/arn";
import { type Check, deployFix, eachAccess, type Fix, lookupFix, roleOf, unknownFinding } from "../check";
import { GUIDE_TOPICS } from "../guide-topic";
import { isOwnPolicy, type LiveAccess } from "../live-access";

/** The role that the channels of each access level use. */
export const role: Check = {
  name: "role",
  sentence: "Each access level's role exists, under the ARN of environments.yaml.",
  permissions: [{ Action: ["iam:GetRole"], Resource: ["arn:aws:iam::*:role/*"] }],
  examine: eachAccess((access, { environment }) => {
    const { props, role: live } = access;
    const of = roleOf(props);
    const expected = roleArnOf(props);
    const topic = GUIDE_TOPICS.missingRole;
    if ("unknown" in live) return { findings: [unknownFinding(of, expected, live.unknown, topic)] };
    const found = live.known?.arn;
    if (found === expected) return {};
    const fix = found === undefined ? createFix(environment, props) : moveFix(environment, access, found);
    return { findings: [{ answer: "unhealthy", ...of, expected, found: found ?? "no role of that name", topic, fix }] };
  }),
};

function createFix(environment: Environment, { adopt }: Access): Fix {
  const first = adopt
    ? " If it has never been deployed, there is nothing to adopt: correct role-name or set adopt: false first."
    : "";
  return deployFix(environment, `Deploy the environment, which creates the role.${first}`);
}

/** The fix for a role under another path. */
function moveFix(environment: Environment, access: LiveAccess, roleArn: string): Fix {
  const { props, policies } = access;
  if (isPathSettable(access)) {
    const text = "The role was created under another path. Set that path, and deploy.";
    return deployFix(environment, text, { [props.access]: { path: pathAndNameOf(roleArn).path } });
  }
  if ("unknown" in policies) return lookupFix(policies.unknown);
  const own = props.policy === "aws-managed" ? undefined : policies.known.find((one) => isOwnPolicy(one, props))?.arn;
  const isInTheWay = own !== undefined && (props.adopt || own !== policyArnOf(props));
  return deployFix(
    environment,
    `Delete the role${isInTheWay ? ` and the policy ${own}` : ""} in the IAM console, since names are unique in the account, and deploy, which creates the role under the path of environments.yaml. In between, its channels have no role.`,
    props.adopt ? { [props.access]: { adopt: false } } : undefined,
  );
}

/** Whether environments.yaml can set the path of an access level's role. The path also applies to its policy. */
export function isPathSettable({ props, role, policies }: LiveAccess): boolean {
  const roleArn = knownOf(role)?.arn ?? "";
  const withPath = { ...props, path: pathAndNameOf(roleArn).path };
  const hasPolicy =
    props.policy === "aws-managed" || knownOf(policies)?.some(({ arn }) => arn === policyArnOf(withPath)) === true;
  return PATH.pattern.test(withPath.path) && roleArn === roleArnOf(withPath) && hasPolicy;
}

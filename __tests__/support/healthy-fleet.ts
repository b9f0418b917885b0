import type { Environment } from "../../stacks/environments/environment";
import { parseEnvironments } from "../../stacks/environments/environments";
import type { Answers } from "./answering-aws";
import { healthyAws } from "./healthy-aws";
import { ACCOUNT, policyText } from "./live-account";

/** The account of the environment of that number. */
function accountOf(index: number): string {
  return String(500_000_000_000 + index);
}

/** That many environments, of which each has a deploy-role to assume. */
export function fleetOf(count: number): Environment[] {
  const environment = (index: number) =>
    `  e${index}: { account: "${accountOf(index)}", deploy-role: "arn:aws:iam::${accountOf(index)}:role/terraform", read-only: {} }\n`;
  const environments = Array.from({ length: count }, (_, index) => environment(index)).join("");
  return parseEnvironments(`defaults: { region: us-east-1 }\nenvironments:\n${environments}`, "environments.yaml");
}

/** What a read-only access level's policy says. */
const VIEW = policyText({
  Effect: "Allow",
  Action: ["support:DescribeCases", "support:DescribeCommunications"],
  Resource: "*",
});

/**
 * Their accounts, in which everything is as the file says, behind one endpoint. Whoever assumes a role has the account in their access key.
 *
 * @param instead answers of an account instead, where there are any
 */
export function healthyFleet(instead: (account: string, action: string) => ReturnType<Answers> | undefined): Answers {
  return (action, parameters, key = "") => {
    const account = action === "AssumeRole" ? String(parameters.RoleArn).split(":")[4] : key.replace(/^ASIA/, "");
    const own = (text: string) => text.replaceAll(ACCOUNT, String(account));
    const other = instead(String(account), action);
    if (other !== undefined) return other;
    const asked = JSON.parse(JSON.stringify(parameters).replaceAll(String(account), ACCOUNT));
    switch (action) {
      case "AssumeRole":
        return `<Credentials><AccessKeyId>ASIA${account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>`;
      case "ListAttachedRolePolicies":
        return own(
          `<AttachedPolicies><member><PolicyName>${asked.RoleName}Policy</PolicyName><PolicyArn>arn:aws:iam::${ACCOUNT}:policy/${asked.RoleName}Policy</PolicyArn></member></AttachedPolicies><IsTruncated>false</IsTruncated>`,
        );
      case "ListRolePolicies":
        return "<PolicyNames></PolicyNames><IsTruncated>false</IsTruncated>";
      case "GetPolicyVersion":
        return `<PolicyVersion><VersionId>v1</VersionId><Document>${encodeURIComponent(VIEW)}</Document></PolicyVersion>`;
      case "GetRole":
        return own(String(healthyAws(action, asked, key))).replace(
          /<PermissionsBoundary>.*<\/PermissionsBoundary>/,
          "",
        );
      case "SimulatePrincipalPolicy":
        return own(String(healthyAws(action, asked, key))).replace(
          /<EvalActionName>(?!support:Describe(?:Cases|Communications)<)([^<]+)<\/EvalActionName><EvalDecision>allowed/g,
          "<EvalActionName>$1</EvalActionName><EvalDecision>implicitDeny",
        );
      case "ListResources":
        return JSON.stringify({ TypeName: asked.TypeName, ResourceDescriptions: [] });
      default:
        return own(String(healthyAws(action, asked, key)));
    }
  };
}

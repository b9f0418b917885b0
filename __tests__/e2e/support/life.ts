import {
  AttachRolePolicyCommand,
  DeleteRolePermissionsBoundaryCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { iamIn } from "./account";
import { EVERYTHING, trustIn } from "./examples";

/**
 * environments.yaml, stage by stage, of the environment `life`, which is deployed, changed and retired, with everything that
 * an environment can have.
 *
 * @param keys what else it has, in lines of YAML
 */
export function stagesOfLife(account: string, boundary: string, keys = "") {
  const yaml = (tags: string, readOnly: string, full: string) => `environments:
  life:
    account: "${account}"
    region: us-east-1
${keys}    tags: ${tags}
    slack-workspaces: [T012ABCDEFG]
    account-alias: life
    read-only: { path: /support/, permissions-boundary: "${boundary}", ${readOnly} }
    full: { service-quotas-role: create, ${full} }
`;
  const born = yaml(
    "{ Owner: platform, Stage: born }",
    "description: born",
    "channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }]",
  );
  const changed = yaml(
    "{ Owner: another }",
    "description: changed, max-session-duration: 7200",
    "without: [live-chat], channels: [{ name: renamed, workspace: T012ABCDEFG, channel: C01 }]",
  );
  return { born, changed, retired: changed.replace("  life:\n", "  life:\n    retired: true\n") };
}

/** Changes by hand what the next deploy takes back. @param boundary one for the role that has none */
export async function tamper(account: string, boundary?: string): Promise<void> {
  const iam = iamIn(account);
  const RoleName = "AWSSupportAppFullRole";
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
  if (boundary) await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: boundary }));
  await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: "AWSSupportAppReadOnlyRole" }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "by-hand", PolicyDocument: EVERYTHING }));
  const PolicyDocument = trustIn("ec2.amazonaws.com");
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
}

import {
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import {
  ACCOUNT_ALIAS_TYPE,
  type CloudControlType,
  SLACK_CHANNEL_TYPE,
} from "../../modules/support-app/model/cloud-control-types";
import { type Aws, eventually, listPolicies, listRoles, type Resource } from "./aws";
import { ALIAS, isRunName, PREFIX } from "./names";

/** What of the Support App a run may have made. Undefined: Cloud Control doesn't have it. */
export async function listSupportApp(aws: Aws, type: CloudControlType): Promise<readonly Resource[] | undefined> {
  try {
    return await aws.list(type);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // an emulator without Cloud Control answers with a page
    throw error;
  }
}

/** Whether a run made it: what else an account has is never touched. */
const IS_OURS: Readonly<Partial<Record<CloudControlType, (properties: Resource["properties"]) => boolean>>> = {
  [SLACK_CHANNEL_TYPE]: ({ ChannelRoleArn }) => String(ChannelRoleArn).includes(`:role/${PREFIX}`),
  [ACCOUNT_ALIAS_TYPE]: ({ AccountAlias }) => AccountAlias === ALIAS,
};

/** What runs have left in the account, as `what name`. */
export async function leftovers(aws: Aws): Promise<string[]> {
  const ofSupportApp = await leftInSupportApp(aws);
  return [
    ...ofSupportApp.map(({ type, identifier }) => `${type} ${identifier}`),
    ...(await rolesOfRuns(aws)).map(({ Arn }) => `role ${Arn}`),
    ...(await policiesOfRuns(aws)).map(({ Arn }) => `policy ${Arn}`),
  ];
}

const rolesOfRuns = async (aws: Aws) => (await listRoles(aws)).filter(({ RoleName }) => isRunName(RoleName));
const policiesOfRuns = async (aws: Aws) => (await listPolicies(aws)).filter(({ PolicyName }) => isRunName(PolicyName));

async function leftInSupportApp(aws: Aws) {
  const lists = Object.entries(IS_OURS).map(async ([name, isOurs]) => {
    const type = name as CloudControlType;
    const resources = (await listSupportApp(aws, type)) ?? [];
    return resources.filter(({ properties }) => isOurs(properties)).map(({ identifier }) => ({ type, identifier }));
  });
  return (await Promise.all(lists)).flat();
}

/**
 * Removes what runs have left, channels before the roles that they use, and returns how many things there were.
 *
 * @throws Error if something is still there afterwards
 */
export async function clean(aws: Aws): Promise<number> {
  const { length } = await leftovers(aws);
  for (const { type, identifier } of await leftInSupportApp(aws)) {
    const { OperationStatus, StatusMessage } = await aws.remove(type, identifier);
    if (OperationStatus !== "SUCCESS") throw new Error(`Can't remove ${type} ${identifier}: ${StatusMessage}.`);
  }
  for (const { RoleName } of await rolesOfRuns(aws)) await removeRole(aws, String(RoleName));
  for (const { Arn } of await policiesOfRuns(aws)) await removePolicy(aws, String(Arn));
  await eventually(async () => {
    const remains = await leftovers(aws);
    if (remains.length > 0) throw new Error(`This is still there: ${remains.join(", ")}. Run it with --clean.`);
  });
  return length;
}

async function removeRole({ iam }: Aws, RoleName: string): Promise<void> {
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  for (const { PolicyArn } of AttachedPolicies) await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
}

async function removePolicy({ iam }: Aws, PolicyArn: string): Promise<void> {
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  for (const { VersionId, IsDefaultVersion } of Versions)
    if (!IsDefaultVersion) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
  await iam.send(new DeletePolicyCommand({ PolicyArn }));
}

import { setTimeout as sleep } from "node:timers/promises";
import {
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  ListPolicyVersionsCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from "@aws-sdk/client-iam";
import {
  ACCOUNT_ALIAS_TYPE,
  type CloudControlType,
  SLACK_CHANNEL_TYPE,
} from "../../modules/support-app/model/cloud-control-types";
import { REGIONS } from "../../modules/support-app/model/limits";
import { type Aws, listPolicies, listRoles, PROPAGATION, type Resource, undefinedIfGone } from "./aws";
import { ALIAS, CHANGED_ALIAS, isRunName, MISSING_ROLE } from "./names";

/** A resource of the Support App, and where it is. */
export interface PlacedResource extends Resource {
  readonly type: CloudControlType;
  readonly place: string;
}

/** What people use or a run makes: a workspace may be registered without either. */
const TYPES = [SLACK_CHANNEL_TYPE, ACCOUNT_ALIAS_TYPE] as const;

/** What of the Support App the account has, in every region that lets these credentials look. */
export async function listEverywhere(aws: Aws): Promise<PlacedResource[]> {
  const lists = REGIONS.flatMap((place) => TYPES.map((type) => listIn(aws, type, place)));
  return (await Promise.all(lists)).flat();
}

async function listIn(aws: Aws, type: CloudControlType, place: string): Promise<PlacedResource[]> {
  try {
    return (await aws.list(type, place)).map((resource) => ({ ...resource, type, place }));
  } catch (error) {
    // Other regions may lack the Support App, or an organization may deny them: then nobody uses it there.
    if (place !== aws.region && isClosed(error)) return [];
    throw error;
  }
}

/** Whether a region has no Support App for this account. */
function isClosed(error: unknown): boolean {
  return /^(TypeNotFound|AccessDenied|UnrecognizedClient|OptInRequired)/.test((error as Error).name);
}

/** Whether a run made it: what else an account has is never touched. */
function isOfRun({ type, properties }: PlacedResource): boolean {
  if (type === ACCOUNT_ALIAS_TYPE) return [ALIAS, CHANGED_ALIAS].includes(String(properties.AccountAlias));
  const role = String(properties.ChannelRoleArn).split(":role/")[1];
  return isRunName(role) || role === MISSING_ROLE;
}

/** Something that a run has left. */
interface Leftover {
  readonly name: string;
  remove(): Promise<void>;
}

/** What runs have left in the account, as `what name`. */
export async function leftovers(aws: Aws): Promise<string[]> {
  return (await findLeftovers(aws)).map(({ name }) => name);
}

/** The same, channels before the roles that they use, and roles before their policies. */
async function findLeftovers(aws: Aws): Promise<Leftover[]> {
  const resources = (await listEverywhere(aws)).filter(isOfRun);
  const roles = (await listRoles(aws)).filter(({ RoleName }) => isRunName(RoleName));
  const policies = (await listPolicies(aws)).filter(({ PolicyName }) => isRunName(PolicyName));
  return [
    ...resources.map((resource) => ({
      name: `${resource.type} ${resource.identifier} in ${resource.place}`,
      remove: () => removeResource(aws, resource),
    })),
    ...roles.map(({ Arn, RoleName = "" }) => ({ name: `role ${Arn}`, remove: () => removeRole(aws, RoleName) })),
    ...policies.map(({ Arn = "" }) => ({ name: `policy ${Arn}`, remove: () => removePolicy(aws, Arn) })),
  ];
}

/** How long AWS must have nothing left, in milliseconds: a list may lack what was just made. */
const SETTLING = 15_000;

/** Something is still there. */
export class LeftoverError extends Error {}

/**
 * Removes what runs have left, also if something of it can't be removed, and returns how many things there were.
 *
 * @throws LeftoverError if something is still there afterwards
 */
export async function clean(aws: Aws, patience = PROPAGATION): Promise<number> {
  const end = Date.now() + patience;
  const names = new Set<string>();
  let isEmpty = false;
  for (;;) {
    const remains = await findLeftovers(aws);
    if (remains.length === 0) {
      if (isEmpty || aws.isEmulated()) return names.size;
      isEmpty = true;
      await sleep(SETTLING);
      continue;
    }
    isEmpty = false;
    const failures: string[] = [];
    for (const { name, remove } of remains) {
      names.add(name);
      await remove().catch((error: Error) => failures.push(`${name} (${error.name}: ${error.message})`));
    }
    if (failures.length === 0 && Date.now() <= end) continue;
    if (Date.now() > end) {
      const rest = failures.length > 0 ? failures : remains.map(({ name }) => name);
      throw new LeftoverError(
        `This is still there: ${rest.join(", ")}. Remove what keeps it there, and run the same command with --clean.`,
      );
    }
    await sleep(Math.min(3000, patience));
  }
}

async function removeResource(aws: Aws, { type, identifier, place }: PlacedResource): Promise<void> {
  const event = await aws.remove(type, identifier, place).catch(undefinedIfGone);
  if (event === undefined || event.OperationStatus === "SUCCESS" || event.ErrorCode === "NotFound") return;
  throw Object.assign(new Error(event.StatusMessage), { name: event.ErrorCode ?? String(event.OperationStatus) });
}

async function removeRole({ iam }: Aws, RoleName: string): Promise<void> {
  try {
    for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies({ client: iam }, { RoleName })) {
      for (const { PolicyArn } of AttachedPolicies)
        await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    }
    for await (const { PolicyNames = [] } of paginateListRolePolicies({ client: iam }, { RoleName })) {
      for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    }
    await iam.send(new DeleteRoleCommand({ RoleName }));
  } catch (error) {
    undefinedIfGone(error as Error);
  }
}

async function removePolicy({ iam }: Aws, PolicyArn: string): Promise<void> {
  try {
    const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn })); // AWS keeps five
    for (const { VersionId, IsDefaultVersion } of Versions)
      if (!IsDefaultVersion) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
  } catch (error) {
    undefinedIfGone(error as Error);
  }
}

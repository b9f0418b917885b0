import { GetPolicyCommand, type IAMClient } from "@aws-sdk/client-iam";
import { canonical } from "../../../common/canonical";
import type { Access } from "../../../modules/support-app/model/access";
import { iamNamesOf, policyArnOf, roleArnOf } from "../../../modules/support-app/model/iam-names";
import { accessPermissions } from "../../../modules/support-app/model/policy-statements";
import {
  SERVICE_QUOTAS_ROLE_ADDRESS,
  serviceQuotasModeOf,
  serviceQuotasRoleArn,
} from "../../../modules/support-app/model/service-quotas-role";
import { addressOfOwner } from "../../../modules/support-app/model/team";
import type { Environment } from "../../../stacks/environments/environment";
import { requireAnswerAbout, requireField } from "../../aws/answer-parts";
import { readRights, readRole, readVersion } from "../../aws/live-role";
import { type Lookup, type LookupFailure, lookUpIfAny, mapLookup, valueIfKnown } from "../../aws/lookup";
import { strangersIn } from "../../aws/role-judgement";
import { normalizeStatements } from "../../iam/normalize";
import { type Policy, readTerraformPolicy } from "../../iam/policy";
import { currentIn, type State, type StateEdit } from "../../terraform/state";

/** What the constructs write in IAM for an access, which a plan compares with AWS. */
const IN_IAM = /^aws_iam_(?:policy|role\w*)\.(\w+)$/;

/**
 * What an interrupted or failed apply has left tainted in IAM. Terraform would replace it, which takes the policy off a role:
 * the new attachment is the old one, and that is destroyed afterwards. The next plan changes what is incomplete.
 *
 * @param resources addresses of the stack
 */
export function taintedInIam(
  { accesses }: Environment,
  state: State | undefined,
  resources: readonly string[],
): StateEdit[] {
  const owners = accesses.map(addressOfOwner);
  const isWritten = (address: string) =>
    address === SERVICE_QUOTAS_ROLE_ADDRESS || owners.includes(address.match(IN_IAM)?.[1] ?? "");
  return currentIn(state).flatMap(({ address, isTainted }) =>
    isTainted && isWritten(address) && resources.includes(address) ? [{ address, attributes: {} }] : [],
  );
}

/** What Terraform imports by an ID if the account has it: the address of a role or policy, and of what is imported with it. */
type Importable = readonly [id: string, address: string, ...others: string[]];

/** The roles and policies of a stack that its state lacks, and that an interrupted deploy may have created. */
export function importableOf({ account, accesses }: Environment, missing: readonly string[]): Importable[] {
  const importables = accesses.flatMap((props): Importable[] => {
    const { roleName, policyName } = iamNamesOf(props);
    const addressOf = (type: string) => `${type}.${addressOfOwner(props)}`;
    // The lists show in the plan what else the role has.
    const lists = [
      addressOf("aws_iam_role_policy_attachments_exclusive"),
      addressOf("aws_iam_role_policies_exclusive"),
    ];
    const role: Importable = [roleName, addressOf("aws_iam_role"), ...lists];
    const policy: Importable = [policyArnOf(props), addressOf("aws_iam_policy")];
    const quotas: Importable = [serviceQuotasRoleArn(account), SERVICE_QUOTAS_ROLE_ADDRESS];
    return [
      ...(props.adopt ? [] : [role, ...(policyName === undefined ? [] : [policy])]), // its stack imports what is adopted
      ...(serviceQuotasModeOf(props) === "create" ? [quotas] : []),
    ];
  });
  return importables.filter(([, address]) => missing.includes(address));
}

/**
 * Looks in the account for roles and policies that a deploy should create. What can't be looked up counts as missing.
 *
 * @param missing addresses
 * @returns the IDs by which Terraform imports them, by address
 */
export async function findLeftovers(
  iam: IAMClient,
  importables: readonly Importable[],
  missing: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const imports = importables.map(async ([id, ...addresses]) => {
    const name = id.split("/").at(-1) ?? "";
    const lookup = id.includes(":policy/") ? await readLivePolicy(iam, id) : await readRole(iam, name);
    const isThere = valueIfKnown<unknown>(lookup) !== undefined;
    return isThere ? addresses.flatMap((address) => (missing.includes(address) ? [[address, id] as const] : [])) : [];
  });
  return new Map((await Promise.all(imports)).flat());
}

function readLivePolicy(iam: IAMClient, PolicyArn: string) {
  return lookUpIfAny("iam:GetPolicy", async () => {
    const policy = requireAnswerAbout(
      requireField(await iam.send(new GetPolicyCommand({ PolicyArn })), "Policy"),
      "Arn",
      PolicyArn,
    );
    return { ...policy, version: requireField(policy, "DefaultVersionId") };
  });
}

/** A role or policy of an access that gets another name. */
interface Rename {
  readonly props: Access;
  readonly kind: "role" | "policy";
  readonly address: string;
}

/** The roles and policies to which the file gives other names than the state. */
export function renamesOf({ accesses }: Environment, state: State | undefined): Rename[] {
  return accesses.flatMap((props) => {
    const { roleName, policyName } = iamNamesOf(props);
    const names = { role: roleName, policy: policyName };
    return (["role", "policy"] as const).flatMap((kind): Rename[] => {
      const address = `aws_iam_${kind}.${addressOfOwner(props)}`;
      const statedName = currentIn(state).find((instance) => instance.address === address)?.attributes.name;
      const name = names[kind];
      const isOther =
        typeof statedName === "string" && name !== undefined && statedName.toLowerCase() !== name.toLowerCase();
      return isOther && !props.adopt ? [{ props, kind, address }] : [];
    });
  });
}

/** What has new names already. */
export interface NewNames {
  /** What an interrupted rename has created. */
  readonly edits: readonly StateEdit[];
  /** Names of roles and ARNs of policies that aren't as an interrupted deploy leaves them. */
  readonly occupied: readonly string[];
  readonly unread?: LookupFailure | undefined;
}

/**
 * Looks for what an interrupted deploy has created under a new name: Terraform creates it before it destroys what has the
 * old name, and the state may have only that.
 */
export async function findNewNames(iam: IAMClient, renames: readonly Rename[]): Promise<NewNames> {
  const lookups = await Promise.all(renames.map((rename) => findNewName(iam, rename)));
  const newNames = lookups.flatMap((lookup) => valueIfKnown(lookup) ?? []);
  return {
    edits: newNames.flatMap(({ edit, isLeft }) => (isLeft ? [edit] : [])),
    occupied: newNames.flatMap(({ name, isLeft }) => (isLeft ? [] : [name])),
    unread: lookups.flatMap((lookup) => ("unknown" in lookup ? [lookup.unknown] : []))[0],
  };
}

interface NewName {
  readonly name: string;
  readonly isLeft: boolean;
  readonly edit: StateEdit;
}

/** Known and undefined: nothing has the new name. */
async function findNewName(iam: IAMClient, { props, kind, address }: Rename): Promise<Lookup<NewName | undefined>> {
  const arn = policyArnOf(props);
  const { roleName, policyName } = iamNamesOf(props);
  const { role, policies } = await readRights(iam, roleName);
  if ("unknown" in policies) return policies;
  const editNamed = (name: string, isLeft: boolean, attributes: StateEdit["attributes"]) => ({
    ...{ name, isLeft, edit: { address, attributes, isOther: true } },
  });
  if (kind === "role") {
    return mapLookup(role, (live) => {
      if (live === undefined) return undefined;
      const isLeft =
        live.arn === roleArnOf(props) &&
        live.boundary === props.permissionsBoundary &&
        live.trust.policy.unreadable.length === 0 &&
        strangersIn(live.trust).length === 0 &&
        policies.known.every((policy) => policy.arn === arn);
      return editNamed(roleName, isLeft, { id: roleName, name: roleName, arn: live.arn });
    });
  }
  const answer = await readLivePolicy(iam, arn);
  if ("unknown" in answer) return answer;
  if (answer.known === undefined) return { known: undefined };
  const { AttachmentCount = 0, PermissionsBoundaryUsageCount = 0, version } = answer.known;
  const isOnlyOurs =
    AttachmentCount + PermissionsBoundaryUsageCount === policies.known.filter((policy) => policy.arn === arn).length;
  return mapLookup(await readVersion(iam, arn, version), ({ policy }) =>
    editNamed(arn, isOnlyOurs && isAsWritten(policy, props), { id: arn, arn, name: policyName }),
  );
}

/** Whether a policy is as the constructs write it. */
function isAsWritten({ statements, unreadable }: Policy, props: Access): boolean {
  const fileStatements = readTerraformPolicy({ statement: accessPermissions(props) }).statements;
  return (
    unreadable.length === 0 &&
    canonical(normalizeStatements(statements)) === canonical(normalizeStatements(fileStatements))
  );
}

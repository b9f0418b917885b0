import type { IAMClient } from "@aws-sdk/client-iam";
import type { Fields } from "../../../common/fields";
import { textOf } from "../../../common/json";
import { addressOfLevel, LEVELS } from "../../../modules/support-app/model/access-level";
import { iamNamesOf, policyArnOf, roleArnOf } from "../../../modules/support-app/model/iam-names";
import {
  managesServiceQuotasRole,
  SERVICE_QUOTAS_ROLE_ADDRESS,
  serviceQuotasModeOf,
  serviceQuotasRoleArn,
} from "../../../modules/support-app/model/service-quotas-role";
import { addressOfOwner } from "../../../modules/support-app/model/team";
import type { Environment } from "../../../stacks/environments/environment";
import { findPolicy, readRights, readRole } from "../../aws/live-role";
import { valueIfKnown } from "../../aws/lookup";
import { hasNames, type Instance, instancesIn, type State, type StateEdit } from "../../terraform/state";

/*
 * What an interrupted or failed deploy, a rename or its revert leaves in IAM is found by one rule: what has the names that the
 * file gives is the current object of its address, wherever it is now: in the state as tainted, in the state as what a
 * replacement has left, or in AWS alone. Any other object stays in the state to be destroyed.
 */

/** An object in IAM as the file names it. */
interface NamedObject {
  readonly address: string;
  /** The attributes that name it. */
  readonly names: Fields;
  /** By what Terraform imports it. Undefined: AWS isn't asked, since a deploy creates it again without harm. */
  readonly id?: string;
  /** Whether its stack imports it itself, whoever made it. */
  readonly isAdopted?: boolean | undefined;
  /** What else a state needs to read the rest from AWS. */
  readonly attributes?: Fields;
}

/**
 * The roles, policies and attachments of an environment.
 *
 * @param resources addresses of the stack
 */
function namedObjects({ account, accesses }: Environment, resources: readonly string[]): NamedObject[] {
  const objects = accesses.flatMap((props): NamedObject[] => {
    const { roleName, policyName } = iamNamesOf(props);
    const policyArn = policyArnOf(props);
    const addressOf = (type: string) => `${type}.${addressOfOwner(props)}`;
    const idOf = (id: string) => ({ id, isAdopted: props.adopt });
    const [quotasMode, quotasArn] = [serviceQuotasModeOf(props), serviceQuotasRoleArn(account)];
    const roleAttributes = { id: roleName, arn: roleArnOf(props) };
    return [
      { address: addressOf("aws_iam_role"), names: { name: roleName }, ...idOf(roleName), attributes: roleAttributes },
      // The lists show in the plan what else the role has.
      ...["aws_iam_role_policy_attachments_exclusive", "aws_iam_role_policies_exclusive"].map((type) => {
        return { address: addressOf(type), names: { role_name: roleName }, ...idOf(roleName) };
      }),
      {
        // Of a policy whose creation was interrupted before it was read, Terraform's state has the ID and no ARN.
        address: addressOf("aws_iam_policy"),
        names: { id: policyArn },
        ...idOf(policyArn),
        attributes: { arn: policyArn, name: policyName },
      },
      {
        address: addressOf("aws_iam_role_policy_attachment"),
        names: { role: roleName, policy_arn: policyArn },
      },
      ...(managesServiceQuotasRole(quotasMode)
        ? [{ address: SERVICE_QUOTAS_ROLE_ADDRESS, names: {}, ...(quotasMode === "create" && { id: quotasArn }) }]
        : []),
    ];
  });
  return objects.filter(({ address }) => resources.includes(address));
}

/** The role of an access level or a team, also of one that the file no longer has. */
const OWN_ROLE = new RegExp(`^aws_iam_role\\.(${LEVELS.map(addressOfLevel).join("|")}|team_\\w+)$`);

/** What a deploy needs to know of IAM. */
export interface IamQuestions {
  /** What makes the state as it has to be, whatever AWS has. */
  readonly edits: readonly StateEdit[];
  /** What the state doesn't have, and AWS may. */
  readonly unstated: readonly NamedObject[];
  /** The roles in the state that a deploy destroys. */
  readonly leaving: readonly Instance[];
}

/**
 * What the state alone says. A plan would replace what is tainted, which takes the policy off a role: the new attachment is the
 * old one, and that is destroyed afterwards.
 *
 * @param resources addresses of the stack
 */
export function iamQuestions(
  environment: Environment,
  state: State | undefined,
  resources: readonly string[],
): IamQuestions {
  const objects = namedObjects(environment, resources);
  const instances = instancesIn(state);
  const statedAs = (object: NamedObject) =>
    instances.filter(({ address, attributes }) => address === object.address && hasNames(attributes, object.names));
  const unstated = objects.filter((object) => object.id !== undefined && statedAs(object).length === 0);
  return {
    edits: objects.flatMap((object) => {
      const [instance, twin] = statedAs(object);
      const isWrong = instance?.isTainted || instance?.isDeposed || twin !== undefined;
      return isWrong ? [{ address: object.address, names: object.names, attributes: {} }] : [];
    }),
    // Lists come with their role, or are created.
    unstated: unstated.filter(
      ({ id, names }) => !("role_name" in names) || unstated.some((role) => role.names.name === id),
    ),
    leaving: instances.filter(({ address, attributes }) => {
      const object = objects.find((wantedObject) => wantedObject.address === address);
      const isKept = object === undefined ? resources.includes(address) : hasNames(attributes, object.names);
      return OWN_ROLE.test(address) && !isKept;
    }),
  };
}

/** What AWS has, and the state doesn't. */
export interface Leftovers {
  /** Terraform's IDs, by address: what the state has nothing of. */
  readonly imports: ReadonlyMap<string, string>;
  /** The same of what the state has another object of. */
  readonly takenOver: ReadonlyMap<string, string>;
  readonly edits: readonly StateEdit[];
}

/**
 * Looks in the account for what a deploy should create, and for attachments that would keep a role from being destroyed. What
 * can't be looked up counts as missing: Terraform's plan reads the same.
 */
export async function findLeftovers(
  iam: IAMClient,
  { unstated, leaving }: Pick<IamQuestions, "unstated" | "leaving">,
  state: State | undefined,
): Promise<Leftovers> {
  const ids = [...new Set(unstated.map(({ id }) => id ?? ""))];
  const [areThere, attachments] = await Promise.all([
    Promise.all(ids.map((id) => isInIam(iam, id))),
    Promise.all(leaving.map((role) => unstatedAttachments(iam, role, state))),
  ]);
  const existing = unstated.filter(({ id = "" }) => areThere[ids.indexOf(id)]);
  const addresses = new Set(instancesIn(state).map(({ address }) => address));
  const idsOf = (objects: readonly NamedObject[]) => new Map(objects.map(({ address, id = "" }) => [address, id]));
  const renamed = existing.filter(({ address }) => addresses.has(address));
  return {
    imports: idsOf(existing.filter(({ address, isAdopted }) => !addresses.has(address) && !isAdopted)),
    takenOver: idsOf(renamed.filter(({ isAdopted }) => !isAdopted)),
    edits: [
      ...renamed.map(({ address, names, attributes }) => ({ address, names, attributes: { ...names, ...attributes } })),
      ...attachments.flat(),
    ],
  };
}

/** @param id the name of a role, or the ARN of a role or a policy */
async function isInIam(iam: IAMClient, id: string): Promise<boolean> {
  const lookup = id.includes(":policy/") ? findPolicy(iam, id) : readRole(iam, id.split("/").at(-1) ?? "");
  return valueIfKnown<unknown>(await lookup) !== undefined;
}

/** The attachments of a role that the state doesn't have, such as after an answer that was lost: AWS deletes no role before them. */
async function unstatedAttachments(
  iam: IAMClient,
  { address, attributes }: Instance,
  state: State | undefined,
): Promise<StateEdit[]> {
  const role = textOf(attributes.name);
  const attachment = address.replace("aws_iam_role.", "aws_iam_role_policy_attachment.");
  const attachments = instancesIn(state).filter((instance) =>
    instance.address.startsWith("aws_iam_role_policy_attachment."),
  );
  const { policies } = await readRights(iam, role);
  return (valueIfKnown(policies) ?? []).flatMap(({ arn: policy_arn }) => {
    const names = { role, policy_arn };
    if (policy_arn === undefined || attachments.some((instance) => hasNames(instance.attributes, names))) return [];
    return [
      { address: attachment, names, attributes: { id: `${role}/${policy_arn}`, ...names }, dependencies: [address] },
    ];
  });
}

import { canonical } from "../../../common/canonical";
import type { Fields } from "../../../common/fields";
import { fieldsIn, listIfAny, parseJsonIfAny, textOf } from "../../../common/json";
import { describe } from "../../../common/problem";
import { SERVICE_QUOTAS_SERVICE } from "../../../modules/support-app/model/service-quotas-role";
import { allowedBeyond } from "../../iam/allowed-beyond";
import { readPolicy } from "../../iam/policy";
import { type PlannedResource, unknownActionIn } from "../../terraform/plan";

/** The attributes that name a resource in AWS, of each type whose names are unique. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  aws_iam_role: ["name"],
  aws_iam_policy: ["name"],
  aws_iam_role_policy_attachment: ["role", "policy_arn"],
};

/**
 * Why a plan must not be applied, since its apply would fail half-way, or take what has to stay: to follow "a plan that".
 *
 * @param takenOver what an interrupted deploy may have created: IDs, by address
 */
export function refusalOf(
  changes: readonly PlannedResource[],
  takenOver: ReadonlyMap<string, string>,
  isDestroy: boolean,
): string | undefined {
  const unknownAction = unknownActionIn(changes);
  if (unknownAction !== undefined) return unknownAction;
  // A destroy ignores the `removed` block with which a deploy hands the role back.
  const quotas = isDestroy ? changes.find(destroysQuotasRole) : undefined;
  if (quotas !== undefined)
    return `destroys the Service Quotas role (${describe(quotas.address)}), expected a plan that keeps it: others in the account may depend on it. Deploy first, which hands it back to the account.`;
  const foreign = changes.find((change) => takenOver.has(change.address) && !isAsLeft(change, changes));
  if (foreign !== undefined)
    return `creates ${describe(foreign.address)}, but ${describe(takenOver.get(foreign.address))} already exists, and differs from environments.yaml, has other policies or is attached elsewhere, so somebody else may have created it. To take it over, set adopt: true for its access level or team, or service-quotas-role: adopt for the Service Quotas role. Otherwise, choose another name.`;
  const twin = changes.find((change) => isDestroyedAfterwards(change, changes));
  if (twin !== undefined)
    return `destroys something with the same name in AWS as ${describe(twin.address)}, expected other names: names are unique in an account, so it would be missing afterwards. To rename it, change role-name or policy-name together with the path or the description.`;
  const boundedChange = changes.find((change) => isBoundedLate(change, changes));
  if (boundedChange !== undefined)
    return `changes the permissions boundary of ${describe(boundedChange.address)} and its policy, expected one of the two: if the boundary couldn't be set, people would have the new policy without it. Deploy the boundary first.`;
  const widenedChange = changes.find((change) => isWidenedWhileLeft(change, changes));
  if (widenedChange !== undefined)
    return `moves a channel away from the role of ${describe(widenedChange.address)}, and changes that policy so that it may allow more, expected one of the two: if the channel couldn't be moved, people in it would have the new policy. Deploy the channel's move first.`;
  return undefined;
}

/**
 * Whether what stays under a name, or gets it, has a twin that is destroyed: one of the two is missing afterwards. A replacement
 * that destroys first has none.
 */
function isDestroyedAfterwards(change: PlannedResource, changes: readonly PlannedResource[]): boolean {
  const { isDeposed, isCreatedFirst, type, after } = change;
  const name = isDeposed || (isDeleted(change) && !isCreatedFirst) ? undefined : nameIn(type, after);
  return name !== undefined && changes.some((twin) => isDeleted(twin) && nameIn(twin.type, twin.before) === name);
}

function isDeleted({ action }: PlannedResource): boolean {
  return action === "delete" || action === "replace";
}

function destroysQuotasRole(change: PlannedResource): boolean {
  const isQuotasRole = change.before?.aws_service_name === SERVICE_QUOTAS_SERVICE;
  return isDeleted(change) && change.type === "aws_iam_service_linked_role" && isQuotasRole;
}

/** Whether an existing role gets another boundary while its policy changes, which Terraform does first. */
function isBoundedLate({ address, before, after }: PlannedResource, changes: readonly PlannedResource[]): boolean {
  const boundary = after?.permissions_boundary || undefined; // Terraform has "" for none
  if (boundary === undefined || before?.name === undefined) return false;
  const policy = changes.find((change) => change.address === address.replace("aws_iam_role.", "aws_iam_policy."));
  const isChanged = policy?.before?.policy !== undefined && policy.before.policy !== policy.after?.policy;
  return before.permissions_boundary !== boundary && isChanged;
}

/** Whether a policy gets wider while a channel leaves its role: AWS may do one of the two and refuse the other. */
function isWidenedWhileLeft(
  { address, type, action, before, after }: PlannedResource,
  changes: readonly PlannedResource[],
) {
  if (type !== "aws_iam_policy" || action !== "update") return false;
  const role = changes.find((change) => change.address === address.replace("aws_iam_policy.", "aws_iam_role."));
  const isLeft = changes.some((change) => {
    if (change.action !== "update") return false;
    const roleIn = (fields: Fields | undefined) =>
      fieldsIn(parseJsonIfAny(textOf(fields?.desired_state))).ChannelRoleArn;
    return roleIn(change.before) === role?.before?.arn && roleIn(change.after) !== role?.before?.arn;
  });
  if (!isLeft) return false;
  const policyIn = (fields: Fields | undefined) => readPolicy(textOf(fields?.policy));
  const { statements, unreadable } = policyIn(after);
  return unreadable.length + allowedBeyond(statements, policyIn(before).statements).length > 0;
}

/** The lists of a role's policies, by type: what keeps all others away. */
const LISTS: Readonly<Record<string, string>> = {
  aws_iam_role_policy_attachments_exclusive: "policy_arns",
  aws_iam_role_policies_exclusive: "policy_names",
};

/** Whether what AWS has is as an interrupted deploy leaves it: as planned and used by its own role alone, or a role that lacks policies. */
function isAsLeft(
  { address, type, action, isDeposed, before, after }: PlannedResource,
  changes: readonly PlannedResource[],
): boolean {
  if (isDeposed) return true;
  const list = address.replace("aws_iam_policy.", "aws_iam_role_policy_attachments_exclusive.");
  const role = changes.find((change) => change.address === list && !change.isDeposed);
  const ownCount = listIfAny(role?.before?.policy_arns).includes(before?.arn) ? 1 : 0;
  if (Number(before?.attachment_count ?? 0) > ownCount) return false; // only policies have a count
  if (action !== "update") return action === "no-op" || action === "import";
  // AWS creates this role without its tags.
  if (type === "aws_iam_service_linked_role")
    return canonical({ ...before, ...NO_TAGS }) === canonical({ ...after, ...NO_TAGS });
  const argument = LISTS[type];
  if (argument === undefined) return false;
  const plannedList = listIfAny(after?.[argument]);
  return listIfAny(before?.[argument]).every((policy) => plannedList.includes(policy));
}

const NO_TAGS = { tags: undefined, tags_all: undefined };

/** A resource's name in AWS, with its type. IAM ignores the case of names. Undefined: it has none, or it isn't known yet. */
function nameIn(type: string, attributes: Fields | undefined): string | undefined {
  const names = NAMED_BY[type]?.map((attribute) => attributes?.[attribute]) ?? [];
  const isKnown = names.length > 0 && names.every((name) => typeof name === "string");
  return isKnown ? [type, ...names].join(" ").toLowerCase() : undefined;
}

import { messageOf } from "../../modules/support-app/printable";
import { CommandError } from "../command-error";
import { compare } from "../iam/compare";
import { readPolicy } from "../iam/policy";
import { canonical, type Fields, fieldsIn, isFields, list, listIfAny, parseJson } from "../json";

/** A change that a plan makes to a resource. */
export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  /** Such as `no-op`, `create`, or `create` and `delete` in the order in which they happen. */
  readonly actions: readonly unknown[];
  /** Whether an interrupted replacement left it. */
  readonly isDeposed: boolean;
  /** Whether it is only replaced because an interrupted deploy left it tainted. */
  readonly isTainted: boolean;
  /** The attributes before and after, as far as they are known. Empty: there is no such resource. */
  readonly before: Fields;
  readonly after: Fields;
}

/** The attributes that name a resource in AWS, of each type whose names are unique. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  aws_iam_role: ["name"],
  aws_iam_policy: ["name"],
  aws_iam_role_policy_attachment: ["role", "policy_arn"],
};

/**
 * The changes of resources in a plan.
 *
 * @param plan what `terraform show -json` prints
 * @throws CommandError when that isn't JSON
 */
export function plannedChanges(plan: string): PlannedChange[] {
  let content: unknown;
  try {
    content = parseJson(plan);
  } catch (error) {
    throw new CommandError(
      `Received output other than JSON from terraform show (${messageOf(error)}), expected the plan. Nothing was changed. Run it again.`,
    );
  }
  const changes = isFields(content) ? list(content.resource_changes ?? []) : [];
  return changes.flatMap((one) => {
    if (!isFields(one) || !isFields(one.change)) return [];
    const { actions, before, after } = one.change;
    return [
      {
        ...{ address: String(one.address), type: String(one.type), actions: list(actions ?? []) },
        isDeposed: one.deposed !== undefined,
        isTainted: one.action_reason === "replace_because_tainted",
        ...{ before: fieldsIn(before), after: fieldsIn(after) },
      },
    ];
  });
}

/**
 * The first resource that a plan creates although it destroys one of the same name, other than before that: AWS refuses
 * the new role or policy, and the new attachment is destroyed with the old one.
 */
export function createdAndDestroyed(changes: readonly PlannedChange[]): PlannedChange | undefined {
  const destroyed = changes.filter(({ actions }) => actions.includes("delete"));
  return changes.find((change) => {
    if (change.isDeposed || change.actions[0] === "delete") return false;
    const name = nameIn(change, change.after);
    // What stays is gone, too, with a twin that an interrupted replacement has left.
    const isDestroyed = (one: PlannedChange) => name !== undefined && nameIn(one, one.before) === name;
    return destroyed.some((one) => isDestroyed(one) && (one.isDeposed || change.actions.includes("create")));
  });
}

/** The lists of a role's policies, by type: what keeps all others away. */
const LISTS: Readonly<Record<string, string>> = {
  aws_iam_role_policy_attachments_exclusive: "policy_arns",
  aws_iam_role_policies_exclusive: "policy_names",
};

/** Whether an imported resource is as an interrupted deploy leaves it: as planned, or a role that lacks policies. */
export function isAsLeft({ type, actions, before, after }: PlannedChange): boolean {
  if (actions.length !== 1) return false;
  if (actions[0] === "no-op") return true;
  // AWS creates this role without its tags.
  if (type === "aws_iam_service_linked_role" && actions[0] === "update") return isSameButTags(before, after);
  const listed = LISTS[type];
  if (listed === undefined || actions[0] !== "update") return false;
  const planned = listIfAny(after[listed]);
  return listIfAny(before[listed]).every((policy) => planned.includes(policy));
}

function isSameButTags(...both: readonly [Fields, Fields]): boolean {
  const [before, after] = both.map(({ tags: _, tags_all: __, ...rest }) => canonical(rest));
  return before === after;
}

/**
 * The first role that gets another boundary while its policy comes to allow more. Terraform changes the policy first, so
 * people would have what neither the old boundary and policy nor the new ones give them.
 */
export function widenedBeforeBounded(changes: readonly PlannedChange[]): PlannedChange | undefined {
  return changes.find(({ address, type, before, after }) => {
    const boundary = after.permissions_boundary || undefined; // Terraform has "" for none
    if (type !== "aws_iam_role" || boundary === undefined || before.name === undefined) return false;
    const policy = changes.find((one) => one.address === address.replace("aws_iam_role.", "aws_iam_policy."));
    return before.permissions_boundary !== boundary && policy?.before.policy !== undefined && allowsMore(policy);
  });
}

function allowsMore({ before, after }: PlannedChange): boolean {
  if (typeof before.policy !== "string" || typeof after.policy !== "string") return true;
  const [old, next] = [readPolicy(before.policy), readPolicy(after.policy)];
  const { gained, undecided } = compare(old.statements, next.statements);
  return [old, next].some(({ unreadable }) => unreadable.length > 0) || gained.length > 0 || undecided.length > 0;
}

/** A resource's name in AWS, with its type. IAM ignores the case of names. Undefined: it has none, or it isn't known yet. */
function nameIn({ type }: PlannedChange, attributes: Fields): string | undefined {
  const names = NAMED_BY[type]?.map((attribute) => attributes[attribute]) ?? [];
  const isKnown = names.length > 0 && names.every((name) => typeof name === "string");
  return isKnown ? [type, ...names].join(" ").toLowerCase() : undefined;
}

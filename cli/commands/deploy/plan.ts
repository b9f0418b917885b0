import { z } from "zod";
import { messageOf } from "../../../modules/support-app/model/printable";
import { compare } from "../../iam/compare";
import { readPolicy } from "../../iam/policy";
import { CommandError } from "../../terminal/command-error";
import { canonical, type Fields, listIfAny, parseJson } from "../../terminal/json";

/** The attributes of a resource as far as they are known. Empty: there is no such resource. */
const attributes = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((known) => known ?? {});

/** `actions`: such as `no-op`, or `create` and `delete` in the order in which they happen. */
const change = z.object({ actions: z.array(z.string()), before: attributes, after: attributes });

/** `deposed`: an interrupted replacement has left it. */
const resource = z.object({ address: z.string(), type: z.string(), deposed: z.string().optional(), change });

/** The part of a plan that is read. */
const plan = z.object({
  resource_changes: z.array(resource.transform((one) => ({ ...one, ...one.change }))).default([]),
});

/** A change that a plan makes to a resource. */
export type PlannedChange = z.infer<typeof plan>["resource_changes"][number];

/** The attributes that name a resource in AWS, of each type whose names are unique. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  aws_iam_role: ["name"],
  aws_iam_policy: ["name"],
  aws_iam_role_policy_attachment: ["role", "policy_arn"],
};

/**
 * The changes of resources in a plan.
 *
 * @param text what `terraform show -json` prints
 * @throws CommandError when that isn't a plan
 */
export function plannedChanges(text: string): PlannedChange[] {
  try {
    return plan.parse(parseJson(text)).resource_changes;
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).replace(/\s+/g, " ") : messageOf(error);
    throw new CommandError(
      `Received something other than a plan from terraform show (${why}), expected the plan. Nothing was changed. Run it again.`,
    );
  }
}

/**
 * The first resource that a plan creates although it destroys one of the same name, other than before that: AWS refuses
 * the new role or policy, and the new attachment is destroyed with the old one.
 */
export function createdAndDestroyed(changes: readonly PlannedChange[]): PlannedChange | undefined {
  return changes.find(({ type, deposed, actions, after }) => {
    const name = deposed !== undefined || actions[0] === "delete" ? undefined : nameIn(type, after);
    // What stays is gone, too, with a twin that an interrupted replacement has left.
    return changes.some(
      (one) =>
        name !== undefined &&
        one.actions.includes("delete") &&
        nameIn(one.type, one.before) === name &&
        (one.deposed !== undefined || actions.includes("create")),
    );
  });
}

/** The Service Quotas role, if a plan destroys it. */
export function destroyedQuotasRole(changes: readonly PlannedChange[]): PlannedChange | undefined {
  return changes.find(
    ({ type, actions, before }) =>
      actions.includes("delete") &&
      type === "aws_iam_service_linked_role" &&
      before.aws_service_name === "servicequotas.amazonaws.com",
  );
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
function nameIn(type: string, known: Fields): string | undefined {
  const names = NAMED_BY[type]?.map((attribute) => known[attribute]) ?? [];
  const isKnown = names.length > 0 && names.every((name) => typeof name === "string");
  return isKnown ? [type, ...names].join(" ").toLowerCase() : undefined;
}

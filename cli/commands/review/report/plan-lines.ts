import { code, linesOf } from "../../../terminal/markdown";
import type { AccessDrift } from "../access-drift";
import type { PlannedChange } from "../planned-changes";
import { channelLines, roleLines } from "./access-lines";
import { unreadableWords } from "./phrases";
import { tableLines } from "./rights-table";

/** What a deploy gives and takes because the account differs from the code. */
export function driftLines(
  { access, unknownPolicies, unreadable }: Omit<AccessDrift, "approved">,
  account: string | undefined,
): string[] {
  return linesOf(
    "**The account differs from the code before this change, and this deploy gives, or may give, more than the code change does.** Somebody changed the account by hand, or it was never deployed.",
    "",
    access.channels.flatMap(channelLines),
    access.roles.flatMap(roleLines),
    unknownPolicies.map(
      ({ role, policy }) =>
        `- The policy ${code(policy)} is removed from ${code(`aws_iam_role.${role}`)}. Its content is unknown: if it denies something, that is then allowed.`,
    ),
    unreadable.map(
      ({ reason, source, role }) => `- ${unreadableWords({ reason, source, address: `aws_iam_role.${role}` })}`,
    ),
    "",
    tableLines("What the deploy gives and takes, compared with the account", access, account),
  );
}

/** What Terraform does, in words. */
const ACTIONS: Readonly<Record<PlannedChange["action"], string>> = {
  create: "creates",
  update: "updates",
  replace: "**replaces**",
  delete: "**deletes**",
  import: "imports",
  forget: "stops managing",
};

/** What Terraform would do. */
export function planLines(plan: readonly PlannedChange[]): string[] {
  if (plan.length === 0) return ["Terraform would change nothing.", ""];
  return ["Terraform", "", ...plan.map((change) => `- ${plannedWords(change)}`), ""];
}

function plannedWords(change: PlannedChange): string {
  const { address, action, attributes, drift, removed, attached, isDeposed } = change;
  const names = attributes.map((one) => `${code(one.name)}${one.drift && !drift ? " by **drift**" : ""}`);
  const details = names.length > 0 ? ` (${names.join(", ")})` : "";
  const isRemoved = (action === "delete" || action === "replace") && !isDeposed;
  return linesOf(
    `${drift ? "**Drift**, not a change of the code: " : ""}${ACTIONS[action]} ${code(address)}${isDeposed ? " (deposed)" : ""}${details}.`,
    attached.map((policy) => `It attaches ${code(policy)}.`),
    removed.map(({ policy, byHand }) => `It removes ${code(policy)}${byHand ? ", which was added by hand" : ""}.`),
    isRemoved && "Whatever depends on it stops working.",
  ).join(" ");
}

import { code, linesOf } from "../../../terminal/markdown";
import type { AccessDrift, ForeignRole } from "../access-drift";
import type { TerraformCheck } from "../check-results";
import type { OutsideChange } from "../outside-changes";
import type { Plan } from "../plan";
import type { PlannedChange } from "../planned-changes";
import { channelLines, roleLines } from "./access-lines";
import { roleName, unreadableWords } from "./phrases";
import { tableLines } from "./rights-table";

/** What a deploy gives and takes because the account differs from the code. */
export function driftLines(
  { access, foreignRoles, unknownPolicies, unreadable }: Omit<AccessDrift, "approved">,
  account: string | undefined,
): string[] {
  const accessLines = linesOf(
    access.channels.flatMap(channelLines),
    access.roles.flatMap(roleLines),
    unknownPolicies.map(
      ({ role, policy }) =>
        `- The policy ${code(policy)} is removed from ${code(`aws_iam_role.${role}`)}. Its content is unknown: if it denies something, that is then allowed.`,
    ),
    unreadable.map(
      ({ reason, source, role }) => `- ${unreadableWords({ reason, source, address: `aws_iam_role.${role}` })}`,
    ),
  );
  return linesOf(
    (accessLines.length > 0 || foreignRoles.length === 0) &&
      "**The account differs from the code before this change, and this deploy gives, or may give, more than the code change does.** Somebody changed the account by hand, or it was never deployed.",
    "",
    accessLines,
    foreignRoles.map((channel) => `- ${foreignRoleWords(channel)}`),
    "",
    accessLines.length > 0 && tableLines("What the deploy gives and takes, compared with the account", access, account),
  );
}

function foreignRoleWords({ name, arn, after }: ForeignRole): string {
  const role =
    arn === undefined
      ? "a role in AWS that the plan doesn't show"
      : `the role ${code(arn)} in AWS, which isn't in the code`;
  return `${code(`#${name}`)} has ${role}, so what people in it can do now is unknown. ${code("support-app deploy")} gives it ${roleName(after)}.`;
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

/** What Terraform would do, and what it has found changed. */
export function planLines({ changes, outside, checks }: Omit<Plan, "drift">): string[] {
  const changing = new Set(changes.map(({ address }) => address));
  const drift = [
    ...outside.map((change) => outsideWords(change, changing.has(change.address))),
    ...checks.map(checkWords),
  ];
  return [
    ...(changes.length === 0
      ? ["Terraform would change nothing."]
      : ["Terraform", "", ...changes.map((change) => `- ${plannedWords(change)}`)]),
    ...["", ...(drift.length === 0 ? [] : ["In AWS", "", ...drift.map((words) => `- ${words}`), ""])],
  ];
}

function outsideWords({ address, action, attributes }: OutsideChange, isChanging: boolean): string {
  const details = attributes.length > 0 ? ` (${attributes.map(code).join(", ")})` : "";
  const keptNote = isChanging ? "" : " This plan leaves it as it is.";
  switch (action) {
    case "update":
      return `**Drift**: ${code(address)} was changed outside Terraform${details}.${keptNote}`;
    case "delete":
      return `**Drift**: ${code(address)} was deleted outside Terraform.${keptNote}`;
    case "unsupported":
      return `**Drift**: ${code(address)} was changed outside Terraform${details}. Unsupported: whether that affects access is unknown.${keptNote}`;
  }
}

function checkWords({ address, status, messages }: TerraformCheck): string {
  const messageWords = messages.map((message) => ` ${code(message)}`).join("");
  switch (status) {
    case "fail":
      return `**Drift**: ${code(address)} fails${messageWords === "" ? "." : `:${messageWords}`}`;
    case "error":
      return `${code(address)} can't be evaluated, so whether AWS is as the code says is unknown${messageWords === "" ? "." : `:${messageWords}`}`;
    case "unknown":
      return `${code(address)} wasn't evaluated, although this plan changes nothing that it refers to: whether AWS is as the code says is unknown.${messageWords}`;
  }
}

function plannedWords(change: PlannedChange): string {
  const { address, action, attributes, drift, removed, attached, isDeposed } = change;
  const names = attributes.map(
    (attribute) => `${code(attribute.name)}${attribute.drift && !drift ? " by **drift**" : ""}`,
  );
  const details = names.length > 0 ? ` (${names.join(", ")})` : "";
  const isRemoved = (action === "delete" || action === "replace") && !isDeposed;
  return linesOf(
    `${drift ? "**Drift**, not a change of the code: " : ""}${ACTIONS[action]} ${code(address)}${isDeposed ? " (deposed)" : ""}${details}.`,
    attached.map((policy) => `It attaches ${code(policy)}.`),
    removed.map(({ policy, byHand }) => `It removes ${code(policy)}${byHand ? ", which was added by hand" : ""}.`),
    isRemoved && "Whatever depends on it stops working.",
  ).join(" ");
}

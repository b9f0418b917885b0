import { formatCount } from "../../../common/format-count";
import type { Environment } from "../../../stacks/environments/environment";
import type { PlanRecord } from "../../findings/planned-report";
import { code, codeBlock, codeOr, linesOf, markdownTable } from "../../terminal/markdown";
import type { PlannedResource } from "../../terraform/plan";
import { formerWords, resourceWords } from "../../terraform/resource-words";

/** A plan as somebody sees it who has to approve it. */
export interface ShownPlan {
  readonly environment: Environment;
  readonly record: PlanRecord;
  readonly resources: readonly PlannedResource[];
  /** What the plan itself doesn't say. */
  readonly notes: readonly string[];
  /** As Terraform shows it. */
  readonly text: readonly string[];
}

/** What is left for the rest of a job's summary. */
const RESERVE = 4_096;

/**
 * Plans in Markdown. Terraform's text of a plan that doesn't fit is only in the log.
 *
 * @param maxBytes the length of the page that shows them
 */
export function plansMarkdown(plans: readonly ShownPlan[], maxBytes: number): string {
  const heads = plans.map((plan) => headLines(plan).join("\n"));
  let room = maxBytes - RESERVE - Buffer.byteLength(heads.join("\n"));
  return plans
    .map(({ text }, index) => {
      const details = text.length > 0 ? detailLines(text).join("\n") : "";
      const length = Buffer.byteLength(details);
      const isShown = length <= room;
      if (isShown) room -= length;
      return `${heads[index]}\n${isShown ? details : "Terraform's plan is too long for this page. It is in the log of this job.\n"}`;
    })
    .join("\n");
}

function headLines({ environment, record, resources, notes }: ShownPlan): string[] {
  const { name, account } = environment;
  const changes = changesIn(resources);
  const words = resourceWords(environment);
  const rows = [
    ...changes.map((change) => [
      actionWords(change),
      code(change.address) + originWords(change),
      codeOr(wordsOf(change, words), ""),
    ]),
    ...record.changes.flatMap(({ kind, name }) =>
      kind === "resource" ? [] : [["change", `${kind} ${code(name)}`, ""]],
    ),
  ];
  const outputs = record.changes.filter(({ kind }) => kind === "output");
  return linesOf(
    `## Plan of ${code(name)}, account ${code(account)}`,
    "",
    `${formatCount(changes.length, "resource")} and ${formatCount(outputs.length, "output")} to change. The deploy applies exactly this plan, with the digest ${code(record.digest)}, or nothing.`,
    "",
    ...notes.map((note) => `- ${code(note)}`),
    notes.length > 0 && "",
    rows.length > 0 && markdownTable(["action", "resource", "what it is"], rows),
  );
}

function changesIn(resources: readonly PlannedResource[]): PlannedResource[] {
  return resources.filter(({ action, address, addressBefore }) => action !== "no-op" || address !== addressBefore);
}

/** What Terraform's own text shows as unknown or sensitive of a plan's resources. */
export function resourceLines(environment: Environment, resources: readonly PlannedResource[]): string[] {
  const words = resourceWords(environment);
  return changesIn(resources)
    .filter(({ type }) => type === "aws_cloudcontrolapi_resource")
    .map((change) => {
      const resource = wordsOf(change, words) ?? "not of environments.yaml";
      return `${change.address} (${actionWords(change)}): ${resource}.`;
    });
}

/** What is deleted is as it was. */
function wordsOf(change: PlannedResource, words: ReadonlyMap<string, string>): string | undefined {
  const before = change.action === "delete" ? formerWords(change) : undefined;
  return before ?? words.get(change.address) ?? formerWords(change);
}

function actionWords({ action, isImported, address, addressBefore }: PlannedResource): string {
  const actions = [
    ...(action === "no-op" ? [] : [action ?? "unknown"]),
    ...(isImported && action !== "import" ? ["import"] : []),
    ...(address === addressBefore ? [] : ["move"]),
  ];
  return actions.join(", ");
}

function originWords({ importId, isDeposed, address, addressBefore }: PlannedResource): string {
  return [
    ...(importId === undefined ? [] : [`, imports ${code(importId)}`]),
    ...(address === addressBefore ? [] : [`, moved from ${code(addressBefore)}`]),
    ...(isDeposed ? [", which is left over"] : []),
  ].join("");
}

function detailLines(text: readonly string[]): string[] {
  return ["<details><summary>Terraform's plan</summary>", "", ...codeBlock(text), "", "</details>", ""];
}

import { readFileSync } from "node:fs";
import { describe } from "../../modules/support-app/problem";
import { CommandError } from "../command-error";
import { accountOf } from "./access";
import { canonical, isFields } from "./policy";
import type { Terraform } from "./synthesized";

/** What Terraform would do with something. */
export type PlannedAction = "create" | "update" | "replace" | "delete" | "import" | "forget";

/** One thing that a plan changes. */
export interface PlannedChange {
  /** In Terraform. */
  readonly address: string;
  readonly action: PlannedAction;
  /** The arguments that change, in place or by a replacement. */
  readonly attributes: readonly string[];
  /** Whether the code says the same before and after: somebody changed it by hand, or it was never deployed. */
  readonly drift: boolean;
  /** What is attached to a role, or written into it, by hand, and goes. */
  readonly removed: readonly string[];
  /** What that breaks, as a sentence. Empty: nothing that is known. */
  readonly breaks: string;
}

/** The major version of Terraform's plan format that is understood. Minor versions and fields come and go. */
const MAJOR_VERSION = "1";

/** What is broken when something of that type goes. */
const BREAKS: Readonly<Record<string, string>> = {
  aws_iam_role: "A channel that was configured by hand and uses the role can do nothing once it is gone.",
  aws_iam_policy: "Whatever else the policy is attached to loses it.",
  aws_iam_role_policy_attachment: "Whoever has the role loses what the policy allows.",
  aws_iam_service_linked_role: "Nobody in the account can request quota increases until it is there again.",
  aws_cloudcontrolapi_resource: "People in the channel can't use the Support App in between, or any more.",
};

/**
 * Reads a plan and sets it against the change of the code.
 *
 * @param file what `terraform show -json` has printed
 */
export function readPlan(
  environment: string,
  file: string,
  base: Terraform | undefined,
  head: Terraform | undefined,
): PlannedChange[] {
  const plan = readJson(file);
  const version = String(plan.format_version ?? "");
  const [major] = version.split(".");
  if (major !== MAJOR_VERSION || !("resource_changes" in plan || "planned_values" in plan)) {
    throw new CommandError(
      `Received ${describe(file)} of format ${describe(version)}, expected a plan of format ${MAJOR_VERSION}.x. Write it with \`terraform show -json PLAN\`.`,
    );
  }
  if (plan.errored === true || plan.complete === false) {
    throw new CommandError(
      `Received ${describe(file)} of a plan that ${plan.errored === true ? "failed" : "is not complete"}, expected a whole one. Plan again.`,
    );
  }
  expectPlanOf(environment, file, plan, head ?? base ?? {});
  const changed = changedAddresses(base ?? {}, head ?? {});
  // A value of one of these may be anywhere.
  const everywhere = (["provider", "locals", "variable"] as const).some(
    (section) => canonical(base?.[section]) !== canonical(head?.[section]),
  );
  const changes = Array.isArray(plan.resource_changes) ? plan.resource_changes.filter(isFields) : [];
  return changes
    .filter(({ mode }) => mode !== "data")
    .flatMap((resource) => {
      const change = isFields(resource.change) ? resource.change : {};
      const action = actionOf(change);
      const address = String(resource.address);
      if (action === undefined) return [];
      const type = String(resource.type);
      const goes = action === "delete" || action === "replace";
      return [
        {
          address,
          action,
          attributes: action === "update" || action === "replace" ? attributesOf(change) : [],
          drift: action !== "import" && !everywhere && !changed.has(address),
          removed: type.endsWith("_exclusive") && action === "update" ? removedFrom(change) : [],
          breaks: goes && Object.hasOwn(BREAKS, type) ? (BREAKS[type] ?? "") : "",
        },
      ];
    });
}

function readJson(file: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(
      `Received the plan ${describe(file)}, expected a file that can be read, but: ${(error as Error).message}. Check the name.`,
    );
  }
  try {
    const plan: unknown = JSON.parse(text);
    if (isFields(plan)) return plan;
  } catch {
    // said below
  }
  throw new CommandError(
    `Received ${describe(file)} that is no mapping in JSON, expected a plan. Write it with \`terraform show -json PLAN\`.`,
  );
}

/** A plan of another account tells nothing of this environment. */
function expectPlanOf(
  environment: string,
  file: string,
  plan: Readonly<Record<string, unknown>>,
  code: Terraform,
): void {
  const path = ["configuration", "provider_config", "aws", "expressions", "allowed_account_ids", "constant_value"];
  const accounts = path.reduce<unknown>((inside, key) => (isFields(inside) ? inside[key] : undefined), plan);
  const planned = [accounts ?? []].flat().join(", ");
  if (planned === accountOf(code)) return;
  throw new CommandError(
    `Received ${describe(file)} for ${environment}, expected a plan of its account ${accountOf(code) || "(any)"}: this one is of ${planned || "(any)"}. Give each environment its own plan.`,
  );
}

function actionOf({ actions, importing }: Readonly<Record<string, unknown>>): PlannedAction | undefined {
  const steps = Array.isArray(actions) ? actions.map(String) : [];
  if (steps.includes("create") && steps.includes("delete")) return "replace";
  if (steps.includes("create")) return "create";
  if (steps.includes("update")) return "update";
  if (steps.includes("delete")) return "delete";
  if (steps.includes("forget")) return "forget";
  return importing === undefined || importing === null ? undefined : "import";
}

function attributesOf({ before, after, after_unknown: unknown }: Readonly<Record<string, unknown>>): string[] {
  const [was, is, later] = [before, after, unknown].map((value) => (isFields(value) ? value : {}));
  const keys = new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {}), ...Object.keys(later ?? {})]);
  return [...keys]
    .filter((key) => later?.[key] === true || canonical(was?.[key]) !== canonical(is?.[key]))
    .filter((key) => key !== "tags_all")
    .sort();
}

function removedFrom({ before, after }: Readonly<Record<string, unknown>>): string[] {
  const all = (value: unknown) =>
    isFields(value) ? [value.policy_arns ?? [], value.policy_names ?? []].flat().map(String) : [];
  const left = new Set(all(after));
  return all(before).filter((one) => !left.has(one));
}

/** The addresses of which the code says something else, or of which something is said elsewhere that they refer to. */
function changedAddresses(base: Terraform, head: Terraform): Set<string> {
  const [before, after] = [textsByAddress(base), textsByAddress(head)];
  const changed = new Set(
    [...before.keys(), ...after.keys()].filter((address) => before.get(address) !== after.get(address)),
  );
  for (const other of changed) {
    const reference = `\${${other}.`;
    for (const [address, text] of after)
      if (text.includes(reference) || text.includes(`= ${other}.`)) changed.add(address);
  }
  return changed;
}

function textsByAddress({ resource, data }: Terraform): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [prefix, section] of [
    ["", resource],
    ["data.", data],
  ] as const) {
    for (const [type, all] of Object.entries(isFields(section) ? section : {})) {
      for (const [name, block] of Object.entries(isFields(all) ? all : {})) {
        const { "//": _, depends_on: __, ...rest } = isFields(block) ? block : {};
        texts.set(`${prefix}${type}.${name}`, canonical(rest));
      }
    }
  }
  return texts;
}

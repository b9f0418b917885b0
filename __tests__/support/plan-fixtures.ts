import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SynthesizedStack } from "../../cli/terraform/synthesized-folder";
import { DIGEST_OUTPUT, digestOfStack } from "../../stacks/output/stack-digest";
import { stacksOf } from "./edited-stack";

// biome-ignore lint/suspicious/noExplicitAny: a case changes what a plan or Terraform has at any place
export type Draft = any;

/** What Terraform and the AWS provider have planned for real: between two environment files, in an account of an emulator. */
export interface PlanFixture {
  readonly before: string;
  readonly after: string;
  readonly plan: Draft;
}

const FOLDER = join(__dirname, "../cli/commands/review/plans");

/** The names of all of them. */
export const PLAN_FIXTURES = readdirSync(FOLDER).map((file) => file.replace(".json", ""));

/** Reads one of them. */
export function readPlanFixture(name: string): PlanFixture {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8"));
}

/** The stack of the environment that they are about. */
export function paidIn(yaml: string): SynthesizedStack {
  return stacksOf(yaml).get("paid") as SynthesizedStack;
}

/** A plan as Terraform would have made it of that stack. */
export function planOf({ terraform }: SynthesizedStack, plan: Draft): Draft {
  return { ...plan, output_changes: { [DIGEST_OUTPUT]: { after: digestOfStack(terraform) } } };
}

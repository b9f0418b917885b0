import { environmentChanges } from "../../cli/commands/review/environment-change";
import { reportOf } from "../../cli/commands/review/report/report";
import { markdownOf } from "../../cli/commands/review/report/sections";
import { type EnvironmentChange, type Review, reviewOf } from "../../cli/commands/review/review";
import type { SynthesizedStack, TerraformJson } from "../../cli/terraform/synthesized-folder";
import { parseEnvironments } from "../../stacks/environments/environments";
import { environmentFile } from "../../stacks/output/environment-file";
import { writtenStack } from "../../stacks/written-stack";
import { NOW } from "./now";

// biome-ignore lint/suspicious/noExplicitAny: the cases change what Terraform has at any place
export type Draft = any;

export const ACCOUNT = "111122223333";

/** Where the Terraform has the channel of `ONCALL`. */
export const CHANNEL = "channel_T01_C01";
export const ONCALL = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";

/** The stacks of environments.yaml as they are synthesized, without the digest, which no change by hand would keep. */
export function stacksOf(yaml: string): ReadonlyMap<string, SynthesizedStack> {
  return new Map(
    parseEnvironments(yaml, "environments.yaml").map((environment) => {
      const { name, backend } = environment;
      const statePath = backend.type === "local" ? `../../../state/${name}.tfstate` : undefined;
      const source = { environment, statePath };
      return [name, { terraform: writtenStack(source), environmentFile: inJson(environmentFile(source)) }];
    }),
  );
}

function inJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** The stack of an environment in `ACCOUNT` and us-east-1 with those keys. */
export function stackOf(keys: string, name = "paid"): SynthesizedStack {
  return stacksOf(`environments: { ${name}: { account: "${ACCOUNT}", region: us-east-1, ${keys} } }`).get(
    name,
  ) as SynthesizedStack;
}

/** Its Terraform. */
export function terraformOf(keys: string): TerraformJson {
  return stackOf(keys).terraform;
}

/** A stack whose Terraform was changed by hand. */
export function edited({ terraform, ...stack }: SynthesizedStack, edit: (draft: Draft) => void): SynthesizedStack {
  const draft = structuredClone(terraform);
  edit(draft);
  return { ...stack, terraform: draft };
}

/** Sets the value at a path, whose steps are separated by spaces. A function makes it of the value that is there; undefined removes it. */
export function set(draft: Draft, path: string, value: unknown): void {
  const steps = path.split(" ");
  const last = steps.pop() ?? "";
  const parent = steps.reduce((node, step) => {
    node[step] ??= {};
    return node[step];
  }, draft);
  parent[last] = typeof value === "function" ? value(parent[last]) : value;
  if (value === undefined) delete parent[last];
}

type Stacks = ReadonlyMap<string, SynthesizedStack>;

/** The review of a change. */
export function reviewBetween(base: Stacks, head: Stacks, now = NOW): Review {
  const environments = environmentChanges({ stacks: base }, { stacks: head }, now);
  const total = new Set([...base.keys(), ...head.keys()]).size;
  return reviewOf({ total, environments, sharedStates: [], planFailures: [] });
}

/** Its report in Markdown. */
export function reportBetween(base: Stacks, head: Stacks): string {
  return markdownOf(reportOf(reviewBetween(base, head)));
}

/** What changes in the environment `paid`. Undefined: it isn't there, or nothing changes. */
export function change(
  base: SynthesizedStack | undefined,
  head: SynthesizedStack | undefined,
): EnvironmentChange | undefined {
  const stacksWith = (stack: SynthesizedStack | undefined): Stacks => new Map(stack ? [["paid", stack]] : []);
  return reviewBetween(stacksWith(base), stacksWith(head), NOW).environments[0];
}

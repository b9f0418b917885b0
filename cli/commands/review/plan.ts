import { fieldsIn, listIfAny, textOf } from "../../../common/json";
import { describePath } from "../../../common/problem";
import { DIGEST_OUTPUT, digestOfStack } from "../../../stacks/output/stack-digest";
import { CommandError } from "../../terminal/command-error";
import { readJsonFile, wrongPart } from "../../terminal/json-file";
import {
  normalizeValue,
  type PlannedResource,
  plannedResources,
  unknownActionIn,
  wholePlanJson,
} from "../../terraform/plan";
import { resourceWords } from "../../terraform/resource-words";
import { readStack, type Stack } from "../../terraform/stack";
import type { SynthesizedStack } from "../../terraform/synthesized-folder";
import { changesByHand } from "./changes-by-hand";
import type { Plan, PlannedChange } from "./review";

const WRITE = "Write it with `terraform show -json PLAN`.";

/** A plan in a file, which may have a state instead. */
const planFile = wholePlanJson.refine((plan) => plan.resource_changes ?? "planned_values" in plan, {
  path: ["resource_changes"],
});

/**
 * Reads a plan of an environment.
 *
 * @param file what `terraform show -json` has printed
 * @param before the code before the change. Undefined: there was none
 * @throws CommandError for a plan of another stack than `after`
 */
export function readPlan(
  environment: string,
  file: string,
  before: SynthesizedStack | undefined,
  after: SynthesizedStack,
): Plan {
  const plan = readJsonFile(
    file,
    (reason) => `Can't read the plan ${describePath(file)}: ${reason}. Check the name.`,
    () => `Received ${describePath(file)} that is not JSON, expected a plan. ${WRITE}`, // which may have secrets
  );
  const result = planFile.safeParse(plan);
  if (!result.success) {
    throw new CommandError(
      `Received ${describePath(file)} with ${wrongPart(plan, result.error)}, expected a complete plan of format 1.x. ${WRITE}`,
    );
  }
  const [base, head] = [before && readStack(environment, before), readStack(environment, after)];
  const { resource_changes, resource_drift, output_changes, checks } = result.data;
  if (fieldsIn(output_changes[DIGEST_OUTPUT]).after !== digestOfStack(after.terraform)) {
    throw new CommandError(
      `Received ${describePath(file)} for ${environment}, expected a plan of the stack that --head has for it: its output ${DIGEST_OUTPUT} has another digest. Plan what was synthesized, and give each environment its own plan.`,
    );
  }
  const resources = plannedResources(resource_changes);
  const unknownAction = unknownActionIn(resources);
  if (unknownAction !== undefined)
    throw new CommandError(`Received ${describePath(file)} for ${environment}, which ${unknownAction}`);
  const words = new Map([base, head].flatMap((stack) => [...wordsIn(stack)]));
  return {
    changes: resources.flatMap((resource) => plannedChange(resource, words)),
    byHand: changesByHand(plannedResources(resource_drift), resources, checks),
  };
}

function wordsIn(stack: Stack | undefined): ReadonlyMap<string, string> {
  const environment = stack?.source?.environment;
  return environment ? resourceWords(environment) : new Map();
}

function plannedChange(resource: PlannedResource, words: ReadonlyMap<string, string>): PlannedChange[] {
  const { address, action, isDeposed, before = {}, after = {} } = resource;
  if (action === undefined || action === "no-op") return []; // the first isn't in a plan that is read
  const isInPlace = (action === "update" || action === "replace") && !isDeposed;
  const attributes = Object.keys({ ...before, ...after })
    .filter((name) => isInPlace && name !== "tags_all" && normalizeValue(before[name]) !== normalizeValue(after[name]))
    .sort();
  const removed = attributes.flatMap((name) =>
    Array.isArray(before[name])
      ? before[name].filter((item) => !listIfAny(after[name]).includes(item)).map(textOf)
      : [],
  );
  const ofDeposed = isDeposed ? "left over" : undefined;
  return [{ address, action, words: ofDeposed ?? words.get(address), attributes, removed }];
}

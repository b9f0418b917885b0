import { canonical } from "../../../common/canonical";
import type { Fields } from "../../../common/fields";
import { fieldsIn, listIfAny, textOf } from "../../../common/json";
import type { TerraformJson } from "../../terraform/synthesized-folder";
import type { PlannedChange } from "./planned-changes";

/** A `check` block of the code that didn't pass in a plan. */
export interface TerraformCheck {
  /** Such as `check.channel_T01_C01`. */
  readonly address: string;
  /** `fail`: AWS differs from the code. `error` and `unknown`: whether it does couldn't be checked. */
  readonly status: "fail" | "error" | "unknown";
  /** Terraform's own messages. */
  readonly messages: readonly string[];
}

const CHECK = "check";

/** Conditions that end a plan where they fail. */
const OTHER_KINDS = ["resource", "output_value", "var"];

/** A resource in an expression. */
const ADDRESS = /\baws_\w+\.[\w-]+/g;
const LOCAL = /\blocal\.([\w-]+)/g;

/**
 * The checks that didn't pass, by their addresses. Until a deploy has changed what a check refers to, its result is unknown:
 * that says nothing.
 *
 * @param results the `checks` of a plan
 */
export function checkResults(
  results: readonly Fields[],
  code: TerraformJson,
  changes: readonly PlannedChange[],
): TerraformCheck[] {
  const changing = changes.map(({ address }) => address);
  const plannedResults = new Map(results.filter(isCheck).map((result) => [addressOf(result), result]));
  const codeChecks = new Map(Object.entries(fieldsIn(code[CHECK])).map(([name, block]) => [`${CHECK}.${name}`, block]));
  return [...new Set([...codeChecks.keys(), ...plannedResults.keys()])].sort().flatMap((address): TerraformCheck[] => {
    const { status, instances } = plannedResults.get(address) ?? { status: "unknown" };
    if (status === "pass") return [];
    const messages = listIfAny(instances).flatMap((instance) =>
      listIfAny(fieldsIn(instance).problems).map((problem) => textOf(fieldsIn(problem).message)),
    );
    if (status === "fail" || status === "error") return [{ address, status, messages }];
    const references = referencesIn(codeChecks.get(address), code);
    const isPending = changing.some((resource) => references.has(resource));
    return status === "unknown" && isPending ? [] : [{ address, status: "unknown", messages }];
  });
}

/** The first check of a plan that the code doesn't have. */
export function foreignCheck(results: readonly Fields[], code: TerraformJson): string | undefined {
  const codeChecks = fieldsIn(code[CHECK]);
  const foreign = results.find(({ address }) => {
    const { kind, name } = fieldsIn(address);
    return kind === CHECK && !Object.hasOwn(codeChecks, textOf(name));
  });
  return foreign && addressOf(foreign);
}

/** The resources that a value refers to, also by way of local values. */
function referencesIn(value: unknown, code: TerraformJson): Set<string> {
  const locals = fieldsIn(code.locals);
  const texts = [canonical(value ?? null)];
  const names = new Set<string>();
  for (const text of texts) {
    for (const [, name = ""] of text.matchAll(LOCAL)) {
      if (names.has(name)) continue;
      names.add(name);
      if (Object.hasOwn(locals, name)) texts.push(canonical(locals[name]));
    }
  }
  return new Set(texts.flatMap((text) => [...text.matchAll(ADDRESS)].map(([address]) => address)));
}

function isCheck({ address }: Fields): boolean {
  return !OTHER_KINDS.includes(textOf(fieldsIn(address).kind));
}

function addressOf({ address }: Fields): string {
  const { kind, name } = fieldsIn(address);
  return `${textOf(kind)}.${textOf(name)}`;
}

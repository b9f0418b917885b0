import { describe } from "../../../modules/support-app/model/problem";
import { CommandError } from "../../terminal/command-error";
import { fieldsIn, isFields } from "../../terminal/json";
import type { Terraform } from "../../terraform/synthesized-folder";

/** A provider's source, with its namespace and optionally its registry. */
const SOURCE = /^(\w[\w.-]*(:\d+)?\/)?\w[\w.-]*\/\w[\w.-]*$/;
const VERSION = /^[\w.+<>=!~, -]*$/;

/** The providers that stacks require: by source, the constraint of the versions that all stacks allow. */
export function requiredProviders(stacks: ReadonlyMap<string, Terraform>): ReadonlyMap<string, string> {
  const constraints = new Map<string, Set<string>>();
  for (const [stack, { terraform }] of stacks) {
    for (const [name, provider] of Object.entries(fieldsIn(fieldsIn(terraform).required_providers))) {
      const { source: given = name, version = "" } = isFields(provider) ? provider : { version: provider };
      const source = typeof given === "string" && !given.includes("/") ? `hashicorp/${given}` : given;
      if (!isText(source, SOURCE) || !isText(version, VERSION)) {
        throw new CommandError(
          `Received the provider ${describe(name)} of ${stack} with the source ${describe(source)} and the version ${describe(version)}, expected a source such as hashicorp/aws and a version constraint. Synthesize again.`,
        );
      }
      constraints.set(source, (constraints.get(source) ?? new Set()).add(version));
    }
  }
  if (constraints.size === 0) {
    throw new CommandError("Received stacks that require no provider, expected hashicorp/aws. Synthesize again.");
  }
  const joined = (all: ReadonlySet<string>) => [...all].filter(Boolean).sort().join(", ");
  return new Map([...constraints].sort().map(([source, all]) => [source, joined(all)]));
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && pattern.test(value);
}

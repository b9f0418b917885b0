import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { canonical } from "../../../common/canonical";
import { fieldsIn, parseJsonIfAny } from "../../../common/json";
import { DIGEST_OUTPUT, digestOutputIn, resourcesIn } from "../../../stacks/output/stack-digest";
import { DIFFERENCES_OUTPUT, NO_DIFFERENCES } from "../../../stacks/self-checks";
import type { State } from "../../terraform/state";

/** The parts of a synthesized stack that its state is compared with. */
export interface StackCode {
  readonly digest: string;
  /** Addresses. */
  readonly resources: readonly string[];
}

/** The digest and the resources, as synthesis writes them in HCL. */
const DIGEST_IN_HCL = new RegExp(
  `^output "${DIGEST_OUTPUT}" \\{\\n(?: {2}description .*\\n)? {2}value += "([\\da-f]{64})"$`,
  "m",
);
const RESOURCE_IN_HCL = /^resource "([^"]+)" "([^"]+)" \{$/gm;

/** Reads a stack's folder. Undefined: it has no digest. */
export function readStackCode(folder: string): StackCode | undefined {
  const json = join(folder, "cdk.tf.json");
  if (existsSync(json)) {
    const terraform = fieldsIn(parseJsonIfAny(readFileSync(json, "utf8")));
    const { value: digest } = fieldsIn(digestOutputIn(terraform));
    return typeof digest === "string" ? { digest, resources: resourcesIn(terraform) } : undefined;
  }
  const file = join(folder, "cdk.tf");
  const hcl = existsSync(file) ? readFileSync(file, "utf8") : "";
  const digest = hcl.match(DIGEST_IN_HCL)?.[1];
  const resources = [...hcl.matchAll(RESOURCE_IN_HCL)].map(([, type, name]) => `${type}.${name}`);
  return digest === undefined ? undefined : { digest, resources };
}

/**
 * Whether a state results from a complete apply of a stack. A failed apply writes the digest, too, but its precondition
 * passes only if everything was created and changed. Resources that were not removed are still in the state.
 */
export function isApplied(state: State | undefined, { digest, resources }: StackCode): boolean {
  const isChecked = state?.check_results?.some(
    ({ config_addr, status }) => config_addr === `output.${DIGEST_OUTPUT}` && status === "pass",
  );
  const { [DIGEST_OUTPUT]: appliedDigest, [DIFFERENCES_OUTPUT]: differences } = state?.outputs ?? {};
  const isDifferent = differences !== undefined && differences.value !== NO_DIFFERENCES; // recorded by a plan that changed nothing
  if (state === undefined || !isChecked || isDifferent || appliedDigest?.value !== digest) return false;
  const managedResources = (state.resources ?? []).filter(({ mode }) => mode !== "data");
  const addresses = managedResources.flatMap(({ type, name, module, instances }) =>
    instances.map(({ status, deposed, index_key }) =>
      canonical({ status, deposed, index_key, module, address: `${type}.${name}` }),
    ),
  );
  return canonical(addresses.sort()) === canonical(resources.map((address) => canonical({ address })).sort());
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DIGEST_OUTPUT, digestOutputIn, resourcesIn } from "../../stacks/digest";
import { canonical, type Fields, isFields, list, parseJson } from "../json";

/** What was synthesized, as far as its state tells whether it was applied. */
export interface Coded {
  readonly digest: string;
  /** Addresses. */
  readonly resources: readonly string[];
}

/** The version of Terraform's state that is understood. */
const STATE_VERSION = 4;

/** How both stand in HCL, as synthesizing writes them. */
const DIGEST_IN_HCL = new RegExp(
  `^output "${DIGEST_OUTPUT}" \\{\\n(?: {2}description .*\\n)? {2}value += "([\\da-f]{64})"$`,
  "m",
);
const RESOURCE_IN_HCL = /^resource "([^"]+)" "([^"]+)" \{$/gm;

/** Reads what is synthesized in a stack's folder. Undefined: it has no digest, as one of an earlier version. */
export function readCoded(folder: string): Coded | undefined {
  const json = join(folder, "cdk.tf.json");
  if (existsSync(json)) {
    const terraform = mappingIn(readFileSync(json, "utf8"));
    const digest = valueIn(digestOutputIn(terraform));
    return typeof digest === "string" ? { digest, resources: resourcesIn(terraform) } : undefined;
  }
  const file = join(folder, "cdk.tf");
  const hcl = existsSync(file) ? readFileSync(file, "utf8") : "";
  const digest = hcl.match(DIGEST_IN_HCL)?.[1];
  const resources = [...hcl.matchAll(RESOURCE_IN_HCL)].map(([, type, name]) => `${type}.${name}`);
  return digest === undefined ? undefined : { digest, resources };
}

/**
 * Whether a state is what an apply of that has left, as a whole. The digest is there even if it failed; but its precondition has passed only
 * if all was made and changed. What was to be removed and is still there, Terraform has in the state.
 *
 * @param state what `terraform state pull` prints: nothing where there is none
 */
export function isApplied(state: string, { digest, resources }: Coded): boolean {
  const content = mappingIn(state);
  if (content.version !== STATE_VERSION || valueIn(digestOutputIn({ output: content.outputs })) !== digest)
    return false;
  if (!list(content.check_results ?? []).some(isPassed)) return false;
  const managed = list(content.resources ?? []).filter((one) => !(isFields(one) && one.mode === "data"));
  const there = managed.map((one) => (isFields(one) && isWhole(one) ? `${one.type}.${one.name}` : undefined));
  return canonical(there.sort()) === canonical([...resources].sort());
}

function isPassed(check: unknown): boolean {
  return isFields(check) && check.config_addr === `output.${DIGEST_OUTPUT}` && check.status === "pass";
}

/** Whether something in the state is one, and neither tainted nor deposed. One of a module or of many isn't known. */
function isWhole({ module, instances }: Fields): boolean {
  const [one, ...more] = list(instances ?? []);
  if (module !== undefined || more.length > 0 || !isFields(one)) return false;
  return ["status", "deposed", "index_key"].every((key) => one[key] === undefined);
}

function valueIn(output: unknown): unknown {
  return isFields(output) ? output.value : undefined;
}

/** What isn't a mapping in JSON is one in which nothing is known. */
function mappingIn(text: string): Fields {
  try {
    const value = parseJson(text);
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}

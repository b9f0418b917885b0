import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DIGEST_OUTPUT, digestOutputIn, resourcesIn } from "../../stacks/digest";
import { canonical, type Fields, fieldsIn, isFields, list, parseJson } from "../json";

/** The parts of a synthesized stack that its state is compared with. */
export interface Coded {
  readonly digest: string;
  /** Addresses. */
  readonly resources: readonly string[];
}

/** The supported version of Terraform's state. */
const STATE_VERSION = 4;

/** The digest and the resources, as synthesis writes them in HCL. */
const DIGEST_IN_HCL = new RegExp(
  `^output "${DIGEST_OUTPUT}" \\{\\n(?: {2}description .*\\n)? {2}value += "([\\da-f]{64})"$`,
  "m",
);
const RESOURCE_IN_HCL = /^resource "([^"]+)" "([^"]+)" \{$/gm;

/** Reads a stack's folder. Undefined: it has no digest, since an earlier version synthesized it. */
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
 * Whether a state results from a complete apply of a stack. A failed apply writes the digest, too, but its precondition
 * passes only if everything was created and changed. Resources that were not removed are still in the state.
 *
 * @param state what `terraform state pull` prints: nothing if there is no state
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

/** Addresses in the root module of what an interrupted or failed apply has left tainted: created, but maybe not completely. */
export function taintedIn(state: string): string[] {
  return currentIn(state).flatMap(({ address, instance }) => (instance.status === "tainted" ? [address] : []));
}

/** Addresses of a stack's resources that the state lacks. */
export function missingIn(state: string, { resources }: Coded): string[] {
  const there = new Set(currentIn(state).map(({ address }) => address));
  return resources.filter((address) => !there.has(address));
}

/** The current instances in the root module, without those that a replacement has left. */
function currentIn(state: string): { readonly address: string; readonly instance: Fields }[] {
  const { version, resources } = mappingIn(state);
  if (version !== STATE_VERSION) return [];
  return list(resources ?? []).flatMap((one) => {
    if (!isFields(one) || one.mode !== "managed" || one.module !== undefined) return [];
    return list(one.instances ?? []).flatMap((instance) =>
      isFields(instance) && instance.deposed === undefined ? [{ address: `${one.type}.${one.name}`, instance }] : [],
    );
  });
}

function isPassed(check: unknown): boolean {
  return isFields(check) && check.config_addr === `output.${DIGEST_OUTPUT}` && check.status === "pass";
}

/** Whether a resource has exactly one instance, neither tainted nor deposed. False for modules, count and for_each. */
function isWhole({ module, instances }: Fields): boolean {
  const [one, ...more] = list(instances ?? []);
  if (module !== undefined || more.length > 0 || !isFields(one)) return false;
  return ["status", "deposed", "index_key"].every((key) => one[key] === undefined);
}

function valueIn(output: unknown): unknown {
  return fieldsIn(output).value;
}

/** Anything but a JSON object counts as an empty one. */
function mappingIn(text: string): Fields {
  try {
    return fieldsIn(parseJson(text));
  } catch {
    return {};
  }
}

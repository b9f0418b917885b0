import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DIGEST_OUTPUT, digestOutputIn, resourcesIn } from "../../../stacks/output/stack-digest";
import { canonical, fieldsIn, parseJsonIfAny } from "../../terminal/json";

/** The parts of a synthesized stack that its state is compared with. */
export interface StackCode {
  readonly digest: string;
  /** Addresses. */
  readonly resources: readonly string[];
}

const instance = z.object({ status: z.string(), deposed: z.string(), index_key: z.unknown() }).partial();
const text = z.string();
const resource = z.object({
  mode: text,
  module: text.optional(),
  type: text,
  name: text,
  instances: z.array(instance),
});

/** The part of a state that is read. */
const stateSchema = z.object({
  version: z.literal(4),
  outputs: z.record(text, z.object({ value: z.unknown() })).nullish(),
  resources: z.array(resource).nullish(),
  check_results: z.array(z.object({ config_addr: text, status: text })).nullish(),
});

/** What Terraform has recorded. Undefined: nothing, or in another form. */
export type State = z.infer<typeof stateSchema> | undefined;

/** Reads what `terraform state pull` prints. */
export function readState(json: string): State {
  return stateSchema.safeParse(parseJsonIfAny(json)).data;
}

/** The digest and the resources, as synthesis writes them in HCL. */
const DIGEST_IN_HCL = new RegExp(
  `^output "${DIGEST_OUTPUT}" \\{\\n(?: {2}description .*\\n)? {2}value += "([\\da-f]{64})"$`,
  "m",
);
const RESOURCE_IN_HCL = /^resource "([^"]+)" "([^"]+)" \{$/gm;

/** Reads a stack's folder. Undefined: it has no digest, since an earlier version synthesized it. */
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
export function isApplied(state: State, { digest, resources }: StackCode): boolean {
  const isChecked = state?.check_results?.some(
    ({ config_addr, status }) => config_addr === `output.${DIGEST_OUTPUT}` && status === "pass",
  );
  if (!isChecked || state?.outputs?.[DIGEST_OUTPUT]?.value !== digest) return false;
  const managed = (state.resources ?? []).filter(({ mode }) => mode !== "data");
  const there = managed.flatMap(({ type, name, module, instances }) =>
    instances.map((one) => canonical({ ...one, module, address: `${type}.${name}` })),
  );
  return canonical(there.sort()) === canonical(resources.map((address) => canonical({ address })).sort());
}

/** Addresses in the root module of what an interrupted or failed apply has left tainted: created, but maybe not completely. */
export function taintedIn(state: State): string[] {
  return currentIn(state).flatMap(({ address, status }) => (status === "tainted" ? [address] : []));
}

/** Addresses of a stack's resources that the state lacks. */
export function missingIn(state: State, { resources }: StackCode): string[] {
  const there = new Set(currentIn(state).map(({ address }) => address));
  return resources.filter((address) => !there.has(address));
}

/** The current instances in the root module, without instances that a replacement has left. */
function currentIn(state: State) {
  return (state?.resources ?? [])
    .filter(({ mode, module }) => mode === "managed" && module === undefined)
    .flatMap(({ type, name, instances }) =>
      instances.flatMap(({ deposed, status }) =>
        deposed === undefined ? [{ address: `${type}.${name}`, status }] : [],
      ),
    );
}

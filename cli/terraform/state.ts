import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Fields } from "../../common/fields";
import { fieldsIn, parseJson } from "../../common/json";
import { DIGEST_OUTPUT } from "../../stacks/output/stack-digest";
import { PLACE_ADDRESS } from "../../stacks/self-checks";
import { accountOfArn } from "../iam/arn";

const text = z.string();
const instance = z.looseObject({
  index_key: z.unknown().optional(),
  status: text.optional(),
  deposed: text.optional(),
  attributes: z.record(text, z.unknown()).nullish(),
});
const resource = z.looseObject({
  mode: text,
  module: text.optional(),
  type: text,
  name: text,
  provider: text,
  instances: z.array(instance),
});

/** A state in the only form that is read. It keeps what isn't read, to be written again. */
const stateSchema = z.looseObject({
  version: z.literal(4),
  serial: z.int().nonnegative(),
  lineage: text,
  outputs: z.record(text, z.looseObject({ value: z.unknown() })).nullish(),
  resources: z.array(resource).nullish(),
  check_results: z.array(z.looseObject({ config_addr: text, status: text })).nullish(),
});

/** What Terraform has recorded. */
export type State = z.infer<typeof stateSchema>;

/**
 * Reads what `terraform state pull` prints.
 *
 * @returns undefined if there is no state: it prints nothing or, for S3, one that has no lineage
 * @throws SyntaxError for a text that isn't JSON, and ZodError for a state in another form
 */
export function readState(json: string): State | undefined {
  if (json.trim() === "") return undefined;
  const state = stateSchema.parse(parseJson(json));
  return state.lineage === "" && (state.resources ?? []).length === 0 ? undefined : state;
}

/** The current instance of a resource in the root module. */
export interface Instance {
  /** Such as `aws_iam_role.full`. */
  readonly address: string;
  /** Whether an interrupted or failed apply has left it: created, but maybe not completely. */
  readonly isTainted: boolean;
  readonly attributes: Fields;
}

/** The current instances in the root module, without those of a count or for_each, and those that a replacement has left. */
export function currentIn(state: State | undefined): Instance[] {
  return (state?.resources ?? []).filter(isInRoot).flatMap(({ type, name, instances }) =>
    instances.flatMap(({ deposed, index_key, status, attributes }) => {
      const isTainted = status === "tainted";
      const isOnly = deposed === undefined && index_key === undefined;
      return isOnly ? [{ address: `${type}.${name}`, isTainted, attributes: attributes ?? {} }] : [];
    }),
  );
}

/** Addresses of a stack's resources that the state lacks. */
export function missingIn(state: State | undefined, resources: readonly string[]): string[] {
  const addresses = new Set(currentIn(state).map(({ address }) => address));
  return resources.filter((address) => !addresses.has(address));
}

/** Addresses of the checks, in a state, that AWS didn't pass. */
export function failedChecksIn(state: State | undefined): string[] {
  const failedChecks = (state?.check_results ?? []).filter(({ status }) => status === "fail" || status === "error");
  return failedChecks.map(({ config_addr }) => config_addr).filter((address) => /^(module\.|check\.)/.test(address));
}

/** Where a state's resources are: as its guard or, without one, as a role's ARN says. Undefined: the state says nothing. */
export function deployedPlace(
  state: State | undefined,
): { readonly account: string; readonly region?: string } | undefined {
  const current = currentIn(state);
  const guard = current.find(({ address }) => address === PLACE_ADDRESS)?.attributes;
  const { account, region } = fieldsIn(fieldsIn(guard?.output).value); // of any type, which the state has beside it
  if (typeof account === "string" && typeof region === "string") return { account, region };
  const arns = current
    .filter(({ address }) => address.startsWith("aws_iam_role."))
    .map(({ attributes }) => attributes.arn);
  const [ofRole] = arns.flatMap((arn) => (typeof arn === "string" ? (accountOfArn(arn) ?? []) : []));
  return ofRole === undefined ? undefined : { account: ofRole };
}

/** What AWS has at an address, and the state doesn't. */
export interface StateEdit {
  readonly address: string;
  /** Attributes that replace those of the state. */
  readonly attributes: Fields;
  /** Whether it is another object than the state has, which stays to be destroyed, as after a replacement. */
  readonly isOther?: boolean;
}

/**
 * A state in which what AWS has is the current instance of each address, and not tainted. It counts as applied only after the
 * next deploy.
 *
 * @param provider the address of the AWS provider, if the state has nothing of it
 */
export function editState(state: State | undefined, edits: readonly StateEdit[], provider: string): State {
  const editedState: State = structuredClone(state) ?? { version: 4, serial: 0, lineage: randomUUID(), outputs: {} };
  const resources = [...(editedState.resources ?? [])];
  for (const { address, attributes, isOther = false } of edits) {
    const [type = "", name = ""] = address.split(".");
    let entry = resources.find((resource) => isInRoot(resource) && resource.type === type && resource.name === name);
    if (entry === undefined) {
      const ofProvider =
        resources.find((awsResource) => awsResource.type.startsWith("aws_"))?.provider ?? `provider["${provider}"]`;
      entry = { mode: "managed", type, name, provider: ofProvider, instances: [] };
      resources.push(entry);
    }
    const current = entry.instances.find(({ deposed }) => deposed === undefined);
    const { status: _, ...keptInstance } = current ?? { schema_version: 0 };
    const { private: __, identity: ___, identity_schema_version: ____, ...settings } = keptInstance;
    const otherInstances = entry.instances.filter((instance) => instance !== current);
    entry.instances = isOther
      ? [
          ...otherInstances.filter((instance) => instance.attributes?.id !== attributes.id), // a rename that was taken back
          ...(current ? [{ ...current, deposed: randomUUID().slice(0, 8) }] : []),
          { ...settings, attributes: { ...keptInstance.attributes, ...attributes } },
        ]
      : [...otherInstances, { ...keptInstance, attributes: { ...keptInstance.attributes, ...attributes } }];
  }
  const { [DIGEST_OUTPUT]: _, ...outputs } = editedState.outputs ?? {};
  return { ...editedState, serial: editedState.serial + 1, outputs, resources };
}

/** A state as it was, after one that was written over it. @param before undefined: there was none */
export function restoredState(before: State | undefined, currentState: State): State {
  const empty: State = { version: 4, serial: 0, lineage: currentState.lineage, outputs: {}, resources: [] };
  return { ...(before ?? empty), serial: currentState.serial + 1 };
}

function isInRoot({ mode, module }: { readonly mode: string; readonly module?: string | undefined }): boolean {
  return mode === "managed" && module === undefined;
}

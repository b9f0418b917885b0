import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Fields } from "../../common/fields";
import { fieldsIn, parseJson, textOf } from "../../common/json";
import { PROVIDER_LOCK } from "../../stacks/output/provider-lock";
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

/** An instance of a resource in the root module. */
export interface Instance {
  /** Such as `aws_iam_role.full`. */
  readonly address: string;
  /** Whether an interrupted or failed apply has left it: created, but maybe not completely. */
  readonly isTainted: boolean;
  /** Whether a replacement has left it, to be destroyed. */
  readonly isDeposed: boolean;
  readonly attributes: Fields;
}

/** The instances in the root module, without those of a count or for_each. */
export function instancesIn(state: State | undefined): Instance[] {
  return (state?.resources ?? []).filter(isInRoot).flatMap(({ type, name, instances }) =>
    instances
      .filter(({ index_key }) => index_key === undefined)
      .map(({ deposed, status, attributes }) => {
        const [isTainted, isDeposed] = [status === "tainted", deposed !== undefined];
        return { address: `${type}.${name}`, isTainted, isDeposed, attributes: attributes ?? {} };
      }),
  );
}

/** The same without those that a replacement has left. */
export function currentIn(state: State | undefined): Instance[] {
  return instancesIn(state).filter(({ isDeposed }) => !isDeposed);
}

/** Whether attributes name an object. IAM ignores the case of names. */
export function hasNames(attributes: Fields | null | undefined, names: Fields): boolean {
  const isSame = ([key, name]: [string, unknown]) =>
    textOf(attributes?.[key]).toLowerCase() === textOf(name).toLowerCase();
  return Object.entries(names).every(isSame);
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

/** Whether a state has nothing but its guard, as after a first deploy that AWS has refused: it leaves nothing behind anywhere. */
export function isGuardAlone(state: State | undefined): boolean {
  const resources = (state?.resources ?? []).filter(({ mode }) => mode === "managed");
  return resources.length === 1 && resources.every(({ type, name }) => `${type}.${name}` === PLACE_ADDRESS);
}

/** What AWS has at an address, and the state doesn't. */
export interface StateEdit {
  readonly address: string;
  /** Attributes that replace those of the state. */
  readonly attributes: Fields;
  /**
   * The attributes that name the object, which becomes the current one. An object with other names stays to be destroyed, as after
   * a replacement. Undefined: the object is the current one.
   */
  readonly names?: Fields;
  /** Addresses. Defined: the object is only to be destroyed, before these. */
  readonly dependencies?: readonly string[];
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
  for (const edit of edits) {
    const [type = "", name = ""] = edit.address.split(".");
    let entry = resources.find((resource) => isInRoot(resource) && resource.type === type && resource.name === name);
    if (entry === undefined) {
      const ofProvider =
        resources.find((awsResource) => awsResource.type.startsWith("aws_"))?.provider ?? `provider["${provider}"]`;
      entry = { mode: "managed", type, name, provider: ofProvider, instances: [] };
      resources.push(entry);
    }
    entry.instances = editInstances(entry.instances, edit);
  }
  const { [DIGEST_OUTPUT]: _, ...outputs } = editedState.outputs ?? {};
  return { ...editedState, serial: editedState.serial + 1, outputs, resources };
}

/** The address of the AWS provider that Terraform has chosen for a stack. */
export function lockedAwsProvider(folder: string): string {
  const lock = readFileSync(join(folder, PROVIDER_LOCK), "utf8");
  return /^provider "([^"]+\/hashicorp\/aws)"/m.exec(lock)?.[1] ?? "registry.terraform.io/hashicorp/aws";
}

type StateInstance = z.infer<typeof instance>;

function editInstances(
  instances: readonly StateInstance[],
  { attributes, names, dependencies }: StateEdit,
): StateInstance[] {
  const current = instances.find(({ deposed }) => deposed === undefined);
  const isObject = (instance: StateInstance) =>
    names === undefined ? instance === current : hasNames(instance.attributes, names);
  const objects = instances.filter(isObject);
  const model = objects.find((instance) => instance === current) ?? objects[0] ?? current ?? { schema_version: 0 };
  // Without what Terraform keeps of the object, which may be another one.
  const { status, deposed, private: _, identity, identity_schema_version, ...settings } = model;
  const object: StateInstance = { ...settings, attributes: { ...settings.attributes, ...attributes } };
  const newKey = () => randomUUID().slice(0, 8);
  if (dependencies !== undefined)
    return [...instances, { ...object, dependencies: [...dependencies], deposed: newKey() }];
  const otherObjects = instances
    .filter((instance) => !isObject(instance))
    .map((instance) => (instance === current ? { ...instance, deposed: newKey() } : instance));
  return [...otherObjects, object];
}

/**
 * A state as it was, after one that was written over it.
 *
 * @param before undefined: there was none
 * @param currentState as Terraform has it now: it gives a state that is pushed another serial
 */
export function restoredState(before: State | undefined, currentState: State): State {
  const empty: State = { version: 4, serial: 0, lineage: currentState.lineage, outputs: {}, resources: [] };
  return { ...(before ?? empty), serial: currentState.serial + 1 };
}

function isInRoot({ mode, module }: { readonly mode: string; readonly module?: string | undefined }): boolean {
  return mode === "managed" && module === undefined;
}

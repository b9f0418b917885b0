import { normalizeStatements } from "../iam/normalize";
import { readTerraformPolicy } from "../iam/terraform-policy";
import { canonical, type Fields, fieldsIn, listIfAny, textOf } from "../json";
import { type Block, readStack, type Stack } from "../terraform/stack";
import type { Terraform } from "../terraform/synthesized-folder";
import { placeOf as placeOfState } from "./state-changes";

/** What Terraform would do with a resource. */
export type PlannedAction = "create" | "update" | "replace" | "delete" | "import" | "forget";

/** One thing that a plan changes. */
export interface PlannedChange {
  /** In Terraform. */
  readonly address: string;
  /** Of the resource, such as `aws_iam_role`. */
  readonly type: string;
  readonly action: PlannedAction;
  /** The attributes that change, in place or by a replacement. */
  readonly attributes: readonly PlannedAttribute[];
  /** Whether the code change explains none of it: somebody changed it by hand, or it was never deployed. */
  readonly drift: boolean;
  /** The policies that are removed from a role, attached and inline. */
  readonly removed: readonly Removed[];
  /** The policies that are attached to a role: ARNs, or addresses of those that are created first. */
  readonly attached: readonly string[];
  /** Whether an interrupted replacement left it. */
  readonly isDeposed: boolean;
}

/** One attribute that a plan changes. */
export interface PlannedAttribute {
  readonly name: string;
  /** Whether the code doesn't change it. */
  readonly drift: boolean;
}

/** A policy that is removed from a role. */
export interface Removed {
  /** ARN of a managed policy, or name of an inline one. */
  readonly policy: string;
  /** Whether the code before the change doesn't have it: somebody added it by hand. */
  readonly byHand: boolean;
}

/** What a plan changes, and how much of it the code change explains. */
export function plannedChanges(
  resources: readonly Fields[],
  base: Terraform | undefined,
  head: Terraform | undefined,
): PlannedChange[] {
  const [before, after] = [readStack(base ?? {}), readStack(head ?? {})];
  const { isChanged, isAddedOrRemoved } = changesOfCode(before, after);
  return resources.flatMap((resource): PlannedChange[] => {
    const change = fieldsIn(resource.change);
    const action = actionOf(change);
    const address = textOf(resource.address);
    const place = placeOf(address);
    const from = placeOf(textOf(resource.previous_address ?? address));
    if (action === undefined) return [];
    const type = textOf(resource.type);
    // An interrupted replacement left the old one, which is deleted now.
    const isDeposed = resource.deposed !== undefined;
    if (isDeposed)
      return [{ address, type, action, attributes: [], drift: true, removed: [], attached: [], isDeposed }];
    const isAlone = action === "create" || action === "delete";
    const attributes = action === "update" || action === "replace" ? attributesOf(change) : [];
    return [
      {
        ...{ address, type, action, isDeposed },
        attributes: attributes.map(({ name, known }) => ({ name, drift: known && !isChanged(place, from, name) })),
        // What the code has before and after is created or deleted only because somebody deleted or created it by hand.
        drift: !isImported(change) && !(isAlone ? isAddedOrRemoved(place, from) : isChanged(place, from)),
        removed: action === "update" ? removedFrom(type, change, attachedIn(before, from.slice(type.length + 1))) : [],
        attached: attachedBy(type, action, change, after.blocks.get(place)),
      },
    ];
  });
}

/** The policies that a plan attaches to a role. If they are known only after the deploy, the code says which. */
const ATTACHING: ReadonlyMap<string, string> = new Map([
  ["aws_iam_role_policy_attachment", "policy_arn"],
  ["aws_iam_role_policy_attachments_exclusive", "policy_arns"],
]);

function attachedBy(type: string, action: PlannedAction, { before, after }: Fields, coded?: Block): string[] {
  const name = ATTACHING.get(type);
  if (name === undefined || !["create", "update", "replace"].includes(action)) return [];
  const [had, has] = [before, after].map((values) => listIfAny(fieldsIn(values)[name])) as [unknown[], unknown[]];
  const isKnown = has.length > 0 && has.every((policy) => typeof policy === "string");
  return (isKnown ? has : listIfAny(coded?.body[name])).filter((policy) => !had.includes(policy)).map(policyName);
}

/** The address of a policy that a reference stands for, or its ARN. */
function policyName(value: unknown): string {
  return textOf(value).replace(/^\$\{(.*)\.(?:arn|id)\}$/, "$1");
}

function actionOf({ actions, importing }: Fields): PlannedAction | undefined {
  const steps = Array.isArray(actions) ? actions : [];
  if (steps.includes("create") && steps.includes("delete")) return "replace";
  if (steps.includes("create")) return "create";
  if (steps.includes("update")) return "update";
  if (steps.includes("delete")) return "delete";
  if (steps.includes("forget")) return "forget";
  return isImported({ importing }) ? "import" : undefined;
}

function isImported({ importing }: Fields): boolean {
  return importing !== undefined && importing !== null;
}

/** The attributes that change. Those known only after the deploy follow from something else. */
function attributesOf(change: Fields): { name: string; known: boolean }[] {
  const [was, is, later] = [change.before, change.after, change.after_unknown].map(fieldsIn);
  const names = [...new Set([was, is, later].flatMap((fields) => Object.keys(fields ?? {})))].sort();
  return names
    .map((name) => ({ name, known: later?.[name] !== true }))
    .filter(
      ({ name, known }) =>
        name !== "tags_all" && (!known || normalizeValue(was?.[name]) !== normalizeValue(is?.[name])),
    );
}

/** A value in normal form: AWS stores an omitted value as an empty one. */
export function normalizeValue(value: unknown): string {
  const text = canonical(value ?? null);
  return ['""', "[]", "{}"].includes(text) ? "null" : text;
}

/** The policies that an exclusive list removes, inline ones by name: the constructs write none of those. */
function removedFrom(type: string, { before, after }: Fields, coded: readonly string[]): Removed[] {
  if (!type.endsWith("_exclusive")) return [];
  const [had, has] = [before, after].map((values) => {
    const { policy_arns, policy_names } = fieldsIn(values);
    return [...listIfAny(policy_arns), ...listIfAny(policy_names)].map(textOf);
  }) as [string[], string[]];
  const isCoded = (policy: string) => coded.some((one) => policy === one || policy.endsWith(`:policy${one}`));
  return had.filter((policy) => !has.includes(policy)).map((policy) => ({ policy, byHand: !isCoded(policy) }));
}

/** The policies that the code attaches to a role: ARNs, and paths with names of those that it creates. */
function attachedIn({ blocks }: Stack, role: string): string[] {
  const own = blocks.get(`aws_iam_policy.${role}`)?.body;
  const arn = blocks.get(`aws_iam_role_policy_attachment.${role}`)?.body.policy_arn;
  return [textOf(arn), ...(own ? [textOf(own.path ?? "/") + textOf(own.name)] : [])];
}

/** An address without the index that `count` or `for_each` gives it. */
export function placeOf(address: string): string {
  const at = address.endsWith("]") ? address.indexOf("[") : -1;
  return at === -1 ? address : address.slice(0, at);
}

/** Arguments that decide a name, and so an ID and an ARN. */
const IDENTITY = ["name", "name_prefix", "path"];

/** A reference: an address and an attribute, in a template or in an expression. */
const REFERENCE = /\b((?:data\.)?aws_\w+\.[\w-]+)\.(\w+)/g;

type Arguments = ReadonlyMap<string, Fields>;

/**
 * Whether the code adds or removes an address, and whether it changes one or one of its attributes, directly or through a reference.
 * `from` is the address before a move.
 */
function changesOfCode(base: Stack, head: Stack) {
  const [before, after] = [argumentsByAddress(base), argumentsByAddress(head)];
  const targetOf = ({ backend, provider }: Stack) =>
    canonical([placeOfState(backend) ?? null, provider.account ?? null, provider.region ?? null]);
  const isRetargeted = targetOf(base) !== targetOf(head);
  const isAddedOrRemoved = (address: string, from: string) => isRetargeted || before.has(from) !== after.has(address);
  const isChanged = (address: string, from: string, attribute?: string) => {
    if (isAddedOrRemoved(address, from)) return true;
    const names = attribute === undefined ? Object.keys({ ...before.get(from), ...after.get(address) }) : [attribute];
    return names.some((name) => meaning(before, from, name) !== meaning(after, address, name));
  };
  return { isChanged, isAddedOrRemoved };
}

/** An argument, with all that its references lead to. */
function meaning(code: Arguments, address: string, argument: string): string {
  const seen = new Set<string>(); // follows circular references once
  const open = [[address, argument] as const];
  const found: string[] = [];
  for (const [at, name] of open) {
    const written = canonical([code.has(at), code.get(at)?.[name] ?? null]);
    found.push(written);
    for (const [reference, other = "", attribute = ""] of written.matchAll(REFERENCE)) {
      if (seen.has(reference)) continue;
      seen.add(reference);
      const all = Object.keys(code.get(other) ?? {});
      const deciding = all.includes(attribute) ? [attribute] : attribute === "json" ? all : IDENTITY;
      open.push(...deciding.map((one) => [other, one] as const));
    }
  }
  return found.join("\n");
}

function argumentsByAddress({ blocks }: Stack): Arguments {
  const argumentsOf = ({ isData, body: { depends_on: _, ...rest } }: Block): Fields =>
    isData ? { says: normalizeDocument(rest) } : rest;
  return new Map([...blocks].map(([address, block]) => [address, argumentsOf(block)]));
}

/** A policy document in normal form, however it is written. */
function normalizeDocument(block: Fields): unknown {
  const { statements, unreadable } = readTerraformPolicy(block);
  return unreadable.length > 0 ? block : normalizeStatements(statements);
}

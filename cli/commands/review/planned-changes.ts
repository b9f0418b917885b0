import { canonical } from "../../../common/canonical";
import type { Fields } from "../../../common/fields";
import { fieldsIn, listIfAny, textOf } from "../../../common/json";
import { normalizeStatements } from "../../iam/normalize";
import { readTerraformPolicy } from "../../iam/policy";
import type { Block } from "../../terraform/entries";
import { normalizeValue, type PlannedAction, type PlannedResource } from "../../terraform/planned-resource";
import type { Stack } from "../../terraform/stack";
import { backendIn, stateLocation } from "./state-changes";

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
  /** The policies that are attached to a role: ARNs, or the addresses of new policies. */
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
  resources: readonly PlannedResource[],
  base: Stack | undefined,
  head: Stack,
): PlannedChange[] {
  const isRetargeted = targetOf(base) !== targetOf(head);
  // What the code has before and after is created or deleted only because somebody deleted or created it by hand.
  const isAddedOrRemoved = ({ place, placeBefore }: PlannedResource) =>
    isRetargeted || base?.blocks.has(placeBefore) !== head.blocks.has(place);
  const isChanged = (resource: PlannedResource, argument?: string) =>
    isAddedOrRemoved(resource) ||
    codeText(base, resource.placeBefore, argument) !== codeText(head, resource.place, argument);
  return resources.flatMap((resource): PlannedChange[] => {
    const { address, place, placeBefore, type, action, isImported, isDeposed } = resource;
    if (action === undefined || action === "no-op") return [];
    const identity = { address, type, action, isDeposed };
    // An interrupted replacement left the old one, which is deleted now.
    if (isDeposed) return [{ ...identity, attributes: [], drift: true, removed: [], attached: [] }];
    const isCreateOrDelete = action === "create" || action === "delete";
    const attributes = action === "update" || action === "replace" ? attributesOf(resource) : [];
    const attachedBefore = attachedIn(base, placeBefore.slice(type.length + 1));
    return [
      {
        ...identity,
        attributes: attributes.map(({ name, isKnown }) => ({ name, drift: isKnown && !isChanged(resource, name) })),
        drift: !isImported && !(isCreateOrDelete ? isAddedOrRemoved : isChanged)(resource),
        removed: action === "update" ? removedFrom(resource, attachedBefore) : [],
        attached: attachedBy(resource, head.blocks.get(place)),
      },
    ];
  });
}

/** The policy that a plan attaches to a role: its ARN or, if that is known only after the deploy, what the code has. */
function attachedBy({ type, action = "no-op", before, after }: PlannedResource, codeBlock?: Block): string[] {
  if (type !== "aws_iam_role_policy_attachment" || !["create", "update", "replace"].includes(action)) return [];
  const policy = after?.policy_arn ?? codeBlock?.body.policy_arn;
  if (policy === undefined || policy === before?.policy_arn) return [];
  return [textOf(policy).replace(/^\$\{(.*)\.arn\}$/, "$1")];
}

/** The attributes that change. Those known only after the deploy follow from something else. */
function attributesOf({ before = {}, after = {}, unknown }: PlannedResource): { name: string; isKnown: boolean }[] {
  const later = fieldsIn(unknown);
  const isDifferent = (name: string) => normalizeValue(before[name]) !== normalizeValue(after[name]);
  return Object.keys({ ...before, ...after, ...later })
    .sort()
    .map((name) => ({ name, isKnown: later[name] !== true }))
    .filter(({ name, isKnown }) => name !== "tags_all" && (!isKnown || isDifferent(name)));
}

/** The policies that an exclusive list removes, inline ones by name: the constructs write none of those. */
function removedFrom({ type, before, after }: PlannedResource, codePolicies: readonly string[]): Removed[] {
  if (!type.endsWith("_exclusive")) return [];
  const policiesIn = ({ policy_arns, policy_names }: Fields = {}) =>
    [...listIfAny(policy_arns), ...listIfAny(policy_names)].map(textOf);
  const keptPolicies = policiesIn(after);
  const isCoded = (policy: string) =>
    codePolicies.some((codePolicy) => policy === codePolicy || policy.endsWith(`:policy${codePolicy}`));
  return policiesIn(before)
    .filter((policy) => !keptPolicies.includes(policy))
    .map((policy) => ({ policy, byHand: !isCoded(policy) }));
}

/** The policies that the code attaches to a role: ARNs, and the paths and names of its own policies. */
function attachedIn(code: Stack | undefined, role: string): string[] {
  const ownPolicy = code?.blocks.get(`aws_iam_policy.${role}`)?.body;
  const arn = code?.blocks.get(`aws_iam_role_policy_attachment.${role}`)?.body.policy_arn;
  return [textOf(arn), ...(ownPolicy ? [textOf(ownPolicy.path ?? "/") + textOf(ownPolicy.name)] : [])];
}

/** The address and the attribute in a reference, in a template or in an expression. */
const REFERENCE = /\b((?:data\.)?aws_\w+\.[\w-]+)(?:\.(\w+))?/g;

/** The arguments that decide the ARN, the name and the ID of a resource. */
const IDENTITY = ["name", "name_prefix", "path"];

/** The state and the place that Terraform acts on. */
function targetOf({ terraform = {} }: Partial<Stack> = {}): string {
  const [aws] = listIfAny(fieldsIn(terraform.provider).aws).map(fieldsIn);
  return canonical([stateLocation(backendIn(terraform), ""), aws?.allowed_account_ids, aws?.region]);
}

/** What the code has at an address, or for one argument there, with all that decides what it refers to. */
function codeText(code: Stack | undefined, address: string, argument?: string): string {
  const open: [address: string, names?: readonly string[]][] = [argument ? [address, [argument]] : [address]];
  const visited = new Set<string>(); // follows circular references once
  const texts: string[] = [];
  for (const [referringAddress, names] of open) {
    const body = bodyAt(code, referringAddress);
    const text = canonical([body !== undefined, names?.map((name) => body?.[name]) ?? body]);
    texts.push(text);
    for (const [reference, resourceName = "", attribute = ""] of text.matchAll(REFERENCE)) {
      if (visited.has(reference)) continue;
      visited.add(reference);
      const isArgument = Object.hasOwn(bodyAt(code, resourceName) ?? {}, attribute);
      if (attribute === "json" && !isArgument) open.push([resourceName]);
      else open.push([resourceName, isArgument ? [attribute] : IDENTITY]);
    }
  }
  return texts.join("\n");
}

/** The arguments of a block; of a policy document, its normal form, however it is written. */
function bodyAt(code: Stack | undefined, address: string): Fields | undefined {
  const { isData, body } = code?.blocks.get(address) ?? {};
  if (!body) return undefined;
  const { depends_on: _, ...rest } = body;
  const policy = isData ? readTerraformPolicy(rest) : undefined;
  return policy?.unreadable.length === 0 ? { document: normalizeStatements(policy.statements) } : rest;
}

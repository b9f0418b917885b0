import { compare } from "../../iam/compare";
import { readPolicy, readTerraformPolicy } from "../../iam/policy";
import { canonical, fieldsIn, isFields, listIfAny, textOf } from "../../terminal/json";
import { readDesiredState } from "../../terraform/desired-state";
import { referenceOf } from "../../terraform/expression";
import { type ArgumentShape, constructShapeOf, misfits } from "../../terraform/shapes";
import type { Block, Stack } from "../../terraform/stack";
import type { CodeDifference } from "./plan-code";
import { normalizeValue, type PlannedResource } from "./planned-resource";

/** A value that is known only after the deploy. */
const LATER = Symbol("later");

/** The value of a reference that leads nowhere: no value is the same. */
const NOWHERE = Symbol("nowhere");

/**
 * The first thing that a plan of this code can't have: Terraform lists every resource of the code, plans the code's values there and nothing
 * else, and removes only what isn't in the code.
 *
 * @param resources the plan's resource changes, without data sources
 */
export function valueDifference(resources: readonly PlannedResource[], head: Stack): CodeDifference | undefined {
  const { blocks, imports, provider } = head;
  const planned = new Map<string, PlannedResource>();
  for (const resource of resources) {
    const { address, place, type, action, isDeposed } = resource;
    const block = blocks.get(place);
    const isCoded = block !== undefined && !block.isData && (address === block.address || isRepeated(block));
    const isRemoved = action === "delete" || action === "forget";
    if (!isPossible(resource)) return { address };
    if (isRemoved && (isDeposed || !isCoded)) continue;
    const isImported = !resource.isImported || imports.some(({ to }) => to === address);
    if (isRemoved || !isCoded || type !== block.type || !isImported || planned.has(address)) return { address };
    planned.set(address, resource);
  }

  /** What the code makes of a value, by what is planned elsewhere. */
  const expected = (coded: unknown): unknown => {
    if (Array.isArray(coded)) return coded.map(expected);
    if (isFields(coded)) return Object.fromEntries(Object.entries(coded).map(([key, one]) => [key, expected(one)]));
    const reference = referenceOf(coded);
    if (!reference) return coded;
    const { after = {}, unknown } = planned.get(reference.address) ?? {};
    if (fieldsIn(unknown)[reference.attribute] === true) return LATER;
    const value = after[reference.attribute];
    if (reference.attribute !== "arn") return value ?? NOWHERE;
    const kind = reference.address.startsWith("aws_iam_role.") ? "role" : "policy";
    const [, account, name] = /^arn:aws:iam::(\d{12}):(.*)$/.exec(textOf(value)) ?? [];
    const isOwn = account === (provider.account ?? account) && name === `${kind}${after.path}${after.name}`;
    return isOwn ? value : NOWHERE;
  };
  /** Whether a plan has the value that Terraform plans for an argument of the code. */
  const isPlanned = (name: string, { leftOut }: ArgumentShape, { address, body }: Block): boolean => {
    const { action, before = {}, after = {}, ...resource } = planned.get(address) as PlannedResource;
    const unknown = fieldsIn(resource.unknown);
    const [coded, value] = [body[name], after[name]];
    if (name === "tags_all") return true; // follows from the tags
    if (coded === undefined) {
      if (leftOut !== undefined) return agrees(leftOut, value, unknown[name]);
      return unknown[name] === true ? action === "create" || action === "replace" : isSame(value, before[name]);
    }
    const document = blocks.get(referenceOf(coded)?.address ?? "");
    if (document?.isData) return unknown[name] !== true && isSamePolicy(document, value);
    if (name !== "desired_state") return agrees(expected(coded), value, unknown[name]);
    const state = expected(readDesiredState(coded));
    const isLater = Object.values(fieldsIn(state)).includes(LATER);
    return isLater ? unknown[name] === true : agrees(state, readDesiredState(value), unknown[name]);
  };
  for (const block of blocks.values()) {
    const shape = block.isData || isRepeated(block) ? undefined : constructShapeOf(block);
    if (!shape) continue;
    const { address } = block;
    if (!planned.has(address)) return { address };
    const unsupported = misfits(block, shape, blocks); // the environment is unknown, whatever is planned for it
    const argument = Object.entries(shape).find(
      ([name, argument]) => !unsupported.includes(name) && !isPlanned(name, argument, block),
    );
    if (argument) return { address, argument: argument[0] };
  }
  return undefined;
}

/** Whether the code makes several of a resource, each with an index. The constructs don't. */
function isRepeated({ body }: Block): boolean {
  return Object.hasOwn(body, "count") || Object.hasOwn(body, "for_each");
}

/** Whether a plan can have an action with values like those before and after. */
function isPossible({ action, before, after, unknown }: PlannedResource): boolean {
  switch (action) {
    case "no-op":
    case "import":
      return before !== undefined && canonical(before) === canonical(after ?? null) && !hasTrue(unknown);
    case "create":
      return before === undefined && after !== undefined;
    case "update":
    case "replace":
      return before !== undefined && after !== undefined;
    case "delete":
    case "forget":
      return before !== undefined && after === undefined;
    default:
      return false;
  }
}

/** Whether a planned value is the expected one. */
function agrees(expected: unknown, value: unknown, unknown: unknown): boolean {
  if (expected === LATER) return unknown === true;
  if (!Array.isArray(expected)) return expected !== NOWHERE && !hasTrue(unknown) && isSame(value, expected);
  if (unknown === true) return expected.includes(LATER);
  const [values, unknowns] = [listIfAny(value), listIfAny(unknown)];
  return (
    values.length === expected.length && expected.every((one, index) => agrees(one, values[index], unknowns[index]))
  );
}

/** Whether any part of a value is known only after the deploy. */
function hasTrue(unknown: unknown): boolean {
  return unknown === true || (typeof unknown === "object" && Object.values(unknown ?? {}).some(hasTrue));
}

function isSame(one: unknown, other: unknown): boolean {
  return normalizeValue(one) === normalizeValue(other);
}

function isSamePolicy({ body }: Block, value: unknown): boolean {
  const [coded, planned] = [readTerraformPolicy(body), readPolicy(textOf(value))];
  if (coded.unreadable.length > 0) return true; // the environment is unknown, whatever the plan says
  const { gained, lost, undecided } = compare(coded.statements, planned.statements);
  return [planned.unreadable, gained, lost, undecided].every(({ length }) => length === 0);
}

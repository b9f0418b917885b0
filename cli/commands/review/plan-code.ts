import { compare } from "../../iam/compare";
import { readPolicy, readTerraformPolicy } from "../../iam/policy";
import { canonical, type Fields, fieldsIn, isFields, list, listIfAny, textOf } from "../../terminal/json";
import { readDesiredState, referenceOf } from "../../terraform/expression";
import { type ArgumentShape, constructShapeOf, misfits } from "../../terraform/shapes";
import type { Block, Stack } from "../../terraform/stack";
import type { Terraform } from "../../terraform/synthesized-folder";
import { normalizeValue, type PlannedResource } from "./planned-resource";
/** A difference between a plan's configuration and the code. */
export interface CodeDifference {
  readonly address: string;
  /** Undefined: all of it. */
  readonly argument?: string;
}

/** Arguments that a plan's configuration leaves out, or has elsewhere. */
const META_ARGUMENTS = ["//", "lifecycle", "depends_on", "provider"];

/**
 * The first difference between a plan's configuration and the code. Undefined: there is none. The configuration has everything
 * as it was written.
 *
 * @param blocks of the code
 */
export function codeDifference(plan: Fields, code: Terraform, blocks: Stack["blocks"]): CodeDifference | undefined {
  const configuration = fieldsIn(plan.configuration);
  const root = fieldsIn(configuration.root_module);
  return (
    differing("module", fieldsIn(root.module_calls), fieldsIn(code.module), () => undefined) ??
    differing("variable", fieldsIn(root.variables), fieldsIn(code.variable), () => undefined) ??
    differing("provider", fieldsIn(configuration.provider_config), providersIn(code), (planned, coded) =>
      otherArgument(fieldsIn(planned.expressions), coded),
    ) ??
    differing("output", fieldsIn(root.outputs), fieldsIn(code.output), (planned, coded) =>
      matchesCode(planned.expression, coded.value) ? undefined : "value",
    ) ??
    differing(
      "",
      plannedBlocks(root.resources),
      Object.fromEntries([...blocks].map(([address, { body }]) => [address, body])),
      (planned, coded) => otherArgument(argumentsIn(planned), coded),
    )
  );
}

/** The first name that only one side has, or whose sides differ. */
function differing(
  section: string,
  planned: Fields,
  coded: Fields,
  otherIn: (planned: Fields, coded: Fields) => string | undefined,
): CodeDifference | undefined {
  for (const name of new Set([...Object.keys(planned), ...Object.keys(coded)])) {
    const address = section === "" ? name : `${section}.${name}`;
    if (!Object.hasOwn(planned, name) || !Object.hasOwn(coded, name)) return { address };
    const argument = otherIn(fieldsIn(planned[name]), fieldsIn(coded[name]));
    if (argument !== undefined) return { address, argument };
  }
  return undefined;
}

/** The arguments of a block in a plan. A provisioner has another form there than in code, and so always differs. */
function argumentsIn({ expressions, count_expression, for_each_expression, provisioners }: Fields): Fields {
  return {
    ...fieldsIn(expressions),
    ...{ count: count_expression, for_each: for_each_expression, provisioner: provisioners },
  };
}

function otherArgument(expressions: Fields, coded: Fields): string | undefined {
  const names = Object.keys(coded).filter((name) => !META_ARGUMENTS.includes(name));
  return [...new Set([...names, ...Object.keys(expressions)])].find(
    (name) => !matchesCode(own(expressions, name), own(coded, name)),
  );
}

/** Whether an expression of a plan's configuration matches the code. A block may be alone or in a list. */
function matchesCode(expression: unknown, coded: unknown): boolean {
  if (isNothing(expression)) return isNothing(coded);
  if (isFields(expression) && "constant_value" in expression) {
    return canonical(expression.constant_value) === canonical(coded);
  }
  const blocks = list(expression);
  const codeBlocks = isNothing(coded) ? [] : list(coded);
  return (
    blocks.length === codeBlocks.length &&
    blocks.every((block, index) => isFields(block) && otherArgument(block, fieldsIn(codeBlocks[index])) === undefined)
  );
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || canonical(value) === "[]" || canonical(value) === "{}";
}

function plannedBlocks(resources: unknown): Fields {
  const blocks = list(resources ?? []).map(fieldsIn);
  return Object.fromEntries(blocks.map((block) => [textOf(block.address), block]));
}

/** The providers of the code, as a plan names them, including required ones without settings. */
function providersIn({ provider, terraform }: Terraform): Fields {
  const required = Object.keys(fieldsIn(fieldsIn(terraform).required_providers)).map((name) => [name, {}] as const);
  const all = Object.entries(fieldsIn(provider)).flatMap(([name, blocks]) =>
    list(blocks).map((block): [string, unknown] => {
      const { alias, ...settings } = fieldsIn(block);
      return [alias === undefined ? name : `${name}.${alias}`, settings];
    }),
  );
  return Object.fromEntries([...required, ...all]);
}

/** A mapping's own value under a name, which may be a name that every JavaScript object has. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

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
  if (coded.unreadable.length > 0) return true; // the environment is unknown, whatever the plan has
  const { gained, lost, undecided } = compare(coded.statements, planned.statements);
  return [planned.unreadable, gained, lost, undecided].every(({ length }) => length === 0);
}

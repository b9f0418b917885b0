import { canonical, type Fields, fieldsIn, isFields, list, listIfAny, textOf } from "../../terminal/json";
import type { Block } from "../../terraform/entries";
import type { PlannedResource } from "../../terraform/planned-resource";
import type { Stack } from "../../terraform/stack";
import type { Terraform } from "../../terraform/synthesized-folder";

/** Arguments that a plan's configuration leaves out, or has elsewhere. */
const META_ARGUMENTS = ["//", "lifecycle", "depends_on", "provider"];

/**
 * The first difference between a plan's configuration and the code: an address, or an argument of one. Undefined: there is
 * none. The configuration has everything as it was written.
 *
 * @param blocks of the code
 */
export function codeDifference(plan: Fields, code: Terraform, blocks: Stack["blocks"]): string | undefined {
  const configuration = fieldsIn(plan.configuration);
  const root = fieldsIn(configuration.root_module);
  return (
    differing("module.", root.module_calls, code.module, () => undefined) ??
    differing("variable.", root.variables, code.variable, () => undefined) ??
    differing("provider.", configuration.provider_config, providersIn(code, blocks), ({ expressions }, coded) =>
      otherArgument(fieldsIn(expressions), coded),
    ) ??
    differing("output.", root.outputs, code.output, ({ expression }, { value }) =>
      matchesCode(expression, value) ? undefined : "value",
    ) ??
    differing(
      "",
      Object.fromEntries(list(root.resources ?? []).map((block) => [textOf(fieldsIn(block).address), block])),
      Object.fromEntries([...blocks].map(([address, { body }]) => [address, body])),
      (planned, coded) => otherArgument(argumentsIn(planned), coded),
    )
  );
}

/** The first name that only one side has, or an argument in which its sides differ. */
function differing(
  section: string,
  inPlan: unknown,
  inCode: unknown,
  otherIn: (planned: Fields, coded: Fields) => string | undefined,
): string | undefined {
  const [planned, coded] = [fieldsIn(inPlan), fieldsIn(inCode)];
  for (const name of Object.keys({ ...planned, ...coded })) {
    if (!Object.hasOwn(planned, name) || !Object.hasOwn(coded, name)) return section + name;
    const argument = otherIn(fieldsIn(planned[name]), fieldsIn(coded[name]));
    if (argument !== undefined) return `${argument} of ${section}${name}`;
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
  return [...names, ...Object.keys(expressions)].find((name) => !matchesCode(own(expressions, name), own(coded, name)));
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

/** The providers of the code, as a plan names them, including required ones without settings, and Terraform's own. */
function providersIn({ provider, terraform }: Terraform, blocks: Stack["blocks"]): Fields {
  const hasData = [...blocks.values()].some(({ type }) => type === "terraform_data");
  const names = [...Object.keys(fieldsIn(fieldsIn(terraform).required_providers)), ...(hasData ? ["terraform"] : [])];
  const required = names.map((name) => [name, {}] as const);
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

/**
 * The address of the first resource that a plan of this code can't have: Terraform lists every resource of the code, once, and removes only
 * what isn't in the code.
 *
 * @param resources the plan's resource changes, without data sources
 */
export function resourceDifference(
  resources: readonly PlannedResource[],
  { blocks, terraform }: Stack,
): string | undefined {
  const imports = listIfAny(terraform.import).map((one) => textOf(fieldsIn(one).to).replace(/^\$\{(.*)\}$/, "$1"));
  const planned = new Set<string>();
  for (const resource of resources) {
    const { address, place, type, action } = resource;
    const block = blocks.get(place);
    const isCoded = block?.isData === false && (address === block.address || isRepeated(block));
    if (!isPossible(resource)) return address;
    if (action === "delete" || action === "forget") continue; // what the code has is missing then
    const isImported = !resource.isImported || imports.includes(address);
    if (!isCoded || type !== block.type || !isImported || planned.has(address)) return address;
    planned.add(address);
  }
  return [...blocks.values()].find((one) => !one.isData && !isRepeated(one) && !planned.has(one.address))?.address;
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
      return canonical(before) === canonical(after ?? null) && !hasTrue(unknown);
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

/** Whether any part of a value is known only after the deploy. */
function hasTrue(unknown: unknown): boolean {
  return unknown === true || (typeof unknown === "object" && Object.values(unknown ?? {}).some(hasTrue));
}

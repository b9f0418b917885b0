import { canonical } from "../../../common/canonical";
import { type Fields, isFields } from "../../../common/fields";
import { fieldsIn, list, listIfAny, textOf } from "../../../common/json";
import type { Block } from "../../terraform/entries";
import type { PlannedResource } from "../../terraform/plan";
import { withPlanRole } from "../../terraform/plan-role";
import type { Stack } from "../../terraform/stack";
import type { TerraformJson } from "../../terraform/synthesized-folder";

/** Arguments that a plan's configuration leaves out, or has elsewhere. */
const META_ARGUMENTS = ["//", "lifecycle", "depends_on", "provider"];

/** What a plan would have to be different for: the first place in which it isn't a plan of the code. Undefined: it is one. */
export function foreignPlace(
  plan: Fields,
  resources: readonly PlannedResource[],
  checks: readonly Fields[],
  stack: Stack,
): string | undefined {
  return stackDifference(plan, stack) ?? resourceDifference(resources, stack) ?? foreignCheck(checks, stack.terraform);
}

/** How a plan's configuration differs from a stack, which may be planned as its plan-role. */
function stackDifference(plan: Fields, { terraform, blocks, source }: Stack): string | undefined {
  const difference = codeDifference(plan, terraform, blocks);
  if (difference === undefined) return undefined;
  return codeDifference(plan, withPlanRole(terraform, source?.environment), blocks) && difference;
}

/** The first check of a plan that the code doesn't have. */
function foreignCheck(results: readonly Fields[], { check }: TerraformJson): string | undefined {
  const addresses = results.map(({ address }) => fieldsIn(address)).filter(({ kind }) => kind === "check");
  const foreign = addresses.find(({ name }) => !Object.hasOwn(fieldsIn(check), textOf(name)));
  return foreign && `check.${textOf(foreign.name)}`;
}

/**
 * The first difference between a plan's configuration and the code: an address, or an argument of one. Undefined: there is
 * none. The configuration has everything as it was written.
 *
 * @param blocks of the code
 */
export function codeDifference(plan: Fields, code: TerraformJson, blocks: Stack["blocks"]): string | undefined {
  const configuration = fieldsIn(plan.configuration);
  const root = fieldsIn(configuration.root_module);
  return (
    differing("module.", root.module_calls, code.module, () => undefined) ??
    differing("variable.", root.variables, code.variable, () => undefined) ??
    differing("provider.", configuration.provider_config, providersIn(code, blocks), ({ expressions }, codeProvider) =>
      otherArgument(fieldsIn(expressions), codeProvider),
    ) ??
    differing("output.", root.outputs, code.output, ({ expression }, { value }) =>
      matchesCode(expression, value) ? undefined : "value",
    ) ??
    differing(
      "",
      Object.fromEntries(list(root.resources ?? []).map((block) => [textOf(fieldsIn(block).address), block])),
      Object.fromEntries([...blocks].map(([address, { body }]) => [address, body])),
      (planArguments, codeArguments) => otherArgument(argumentsIn(planArguments), codeArguments),
    )
  );
}

/** The first name that only one side has, or an argument in which its sides differ. */
function differing(
  section: string,
  inPlan: unknown,
  inCode: unknown,
  otherIn: (planFields: Fields, codeFields: Fields) => string | undefined,
): string | undefined {
  const [planFields, codeFields] = [fieldsIn(inPlan), fieldsIn(inCode)];
  for (const name of Object.keys({ ...planFields, ...codeFields })) {
    if (!Object.hasOwn(planFields, name) || !Object.hasOwn(codeFields, name)) return section + name;
    const argument = otherIn(fieldsIn(planFields[name]), fieldsIn(codeFields[name]));
    if (argument !== undefined) return `${argument} of ${section}${name}`;
  }
  return undefined;
}

/** The arguments of a block in a plan. A provisioner has another form there than in code, and so always differs. */
function argumentsIn({ expressions, count_expression, for_each_expression, provisioners }: Fields): Fields {
  return {
    ...fieldsIn(expressions),
    count: count_expression,
    for_each: for_each_expression,
    provisioner: provisioners,
  };
}

function otherArgument(expressions: Fields, codeFields: Fields): string | undefined {
  const names = Object.keys(codeFields).filter((name) => !META_ARGUMENTS.includes(name));
  return [...names, ...Object.keys(expressions)].find(
    (name) => !matchesCode(ownValue(expressions, name), ownValue(codeFields, name)),
  );
}

/** Whether an expression of a plan's configuration matches the code. A block may be alone or in a list. */
function matchesCode(expression: unknown, codeValue: unknown): boolean {
  if (isNothing(expression)) return isNothing(codeValue);
  if (isFields(expression) && "constant_value" in expression) {
    return canonical(expression.constant_value) === canonical(codeValue);
  }
  const blocks = list(expression);
  const codeBlocks = isNothing(codeValue) ? [] : list(codeValue);
  return (
    blocks.length === codeBlocks.length &&
    blocks.every((block, index) => isFields(block) && otherArgument(block, fieldsIn(codeBlocks[index])) === undefined)
  );
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || canonical(value) === "[]" || canonical(value) === "{}";
}

/** The providers of the code, as a plan names them, including required ones without settings, and Terraform's own. */
function providersIn({ provider, terraform }: TerraformJson, blocks: Stack["blocks"]): Fields {
  const hasData = [...blocks.values()].some(({ type }) => type === "terraform_data");
  const names = [...Object.keys(fieldsIn(fieldsIn(terraform).required_providers)), ...(hasData ? ["terraform"] : [])];
  const requiredProviders = names.map((name) => [name, {}] as const);
  const providers = Object.entries(fieldsIn(provider)).flatMap(([name, blocks]) =>
    list(blocks).map((block): [string, unknown] => {
      const { alias, ...settings } = fieldsIn(block);
      return [alias === undefined ? name : `${name}.${alias}`, settings];
    }),
  );
  return Object.fromEntries([...requiredProviders, ...providers]);
}

/** A mapping's own value under a name, which may be a name that every JavaScript object has. */
function ownValue(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/**
 * The address of the first resource that a plan of this code can't have: Terraform lists every resource of the code, once, and removes only
 * what isn't in the code.
 *
 * @param resources the plan's resource changes, without data sources
 */
function resourceDifference(resources: readonly PlannedResource[], { blocks, terraform }: Stack): string | undefined {
  const imports = listIfAny(terraform.import).map((block) => textOf(fieldsIn(block).to).replace(/^\$\{(.*)\}$/, "$1"));
  const plannedAddresses = new Set<string>();
  for (const resource of resources) {
    const { address, place, type, action } = resource;
    const block = blocks.get(place);
    const isCoded = block?.isData === false && (address === block.address || isRepeated(block));
    if (!isPossible(resource)) return address;
    if (action === "delete" || action === "forget") continue; // what the code has is missing then
    const isImported = !resource.isImported || imports.includes(address);
    if (!isCoded || type !== block.type || !isImported || plannedAddresses.has(address)) return address;
    plannedAddresses.add(address);
  }
  return [...blocks.values()].find(
    (block) => !block.isData && !isRepeated(block) && !plannedAddresses.has(block.address),
  )?.address;
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

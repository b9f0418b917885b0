import { canonical, type Fields, isFields, list, textOf } from "../json";
import type { Terraform } from "../terraform/synthesized-folder";

/** What a plan was made of, other than the code: an address, and what of it. */
export interface OtherCode {
  readonly address: string;
  /** Undefined: all of it. */
  readonly argument?: string;
}

/** What Terraform keeps to itself of a resource, or tells elsewhere in a plan. */
const META_ARGUMENTS = ["//", "lifecycle", "depends_on", "provider"];

/**
 * The first thing in which a plan was made of other code than that. Undefined: of nothing else. The plan has its
 * configuration, in which everything stands as it was written.
 */
export function otherCodeIn(plan: Fields, code: Terraform): OtherCode | undefined {
  const configuration = fieldsIn(plan.configuration);
  const root = fieldsIn(configuration.root_module);
  return (
    differing("module", fieldsIn(root.module_calls), fieldsIn(code.module), () => undefined) ??
    differing("variable", fieldsIn(root.variables), fieldsIn(code.variable), () => undefined) ??
    differing("provider", fieldsIn(configuration.provider_config), providersIn(code), (planned, coded) =>
      otherArgument(fieldsIn(planned.expressions), coded),
    ) ??
    differing("output", fieldsIn(root.outputs), fieldsIn(code.output), (planned, coded) =>
      isSaid(planned.expression, coded.value) ? undefined : "value",
    ) ??
    differing("", plannedBlocks(root.resources), codedBlocks(code), (planned, coded) =>
      otherArgument(argumentsIn(planned), coded),
    )
  );
}

/** The first name that only one side has, or whose sides differ. */
function differing(
  section: string,
  planned: Fields,
  coded: Fields,
  otherIn: (planned: Fields, coded: Fields) => string | undefined,
): OtherCode | undefined {
  for (const name of new Set([...Object.keys(planned), ...Object.keys(coded)])) {
    const address = section === "" ? name : `${section}.${name}`;
    if (!Object.hasOwn(planned, name) || !Object.hasOwn(coded, name)) return { address };
    const argument = otherIn(fieldsIn(planned[name]), fieldsIn(coded[name]));
    if (argument !== undefined) return { address, argument };
  }
  return undefined;
}

/** The arguments of a block in a plan. A provisioner stands there in another form than in code, and so is always another. */
function argumentsIn({ expressions, count_expression, for_each_expression, provisioners }: Fields): Fields {
  return {
    ...fieldsIn(expressions),
    ...{ count: count_expression, for_each: for_each_expression, provisioner: provisioners },
  };
}

function otherArgument(expressions: Fields, coded: Fields): string | undefined {
  const names = Object.keys(coded).filter((name) => !META_ARGUMENTS.includes(name));
  return [...new Set([...names, ...Object.keys(expressions)])].find(
    (name) => !isSaid(own(expressions, name), own(coded, name)),
  );
}

/** Whether an expression of a plan's configuration is what the code says. Blocks may stand alone or in a list. */
function isSaid(expression: unknown, coded: unknown): boolean {
  if (isNothing(expression)) return isNothing(coded);
  if (isFields(expression) && "constant_value" in expression) {
    return canonical(expression.constant_value) === canonical(coded);
  }
  const blocks = list(expression);
  const said = isNothing(coded) ? [] : list(coded);
  return (
    blocks.length === said.length &&
    blocks.every((block, index) => isFields(block) && otherArgument(block, fieldsIn(said[index])) === undefined)
  );
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || canonical(value) === "[]" || canonical(value) === "{}";
}

function plannedBlocks(resources: unknown): Fields {
  const blocks = list(resources ?? []).map(fieldsIn);
  return Object.fromEntries(blocks.map((block) => [textOf(block.address), block]));
}

function codedBlocks({ resource, data }: Terraform): Fields {
  const all: [string, unknown][] = [];
  for (const [prefix, section] of [
    ["", resource],
    ["data.", data],
  ] as const) {
    for (const [type, blocks] of Object.entries(fieldsIn(section))) {
      for (const [name, block] of Object.entries(fieldsIn(blocks))) all.push([`${prefix}${type}.${name}`, block]);
    }
  }
  return Object.fromEntries(all);
}

/** The providers of the code, as a plan names them: also one that is required and has no settings. */
function providersIn({ provider, terraform }: Terraform): Fields {
  const required = Object.keys(fieldsIn(fieldsIn(terraform).required_providers)).map((name) => [name, {}] as const);
  const all = Object.entries(fieldsIn(provider)).flatMap(([name, blocks]) =>
    list(blocks).map((block): [string, unknown] => {
      const { alias, ...said } = fieldsIn(block);
      return [alias === undefined ? name : `${name}.${alias}`, said];
    }),
  );
  return Object.fromEntries([...required, ...all]);
}

/** What a mapping itself has under a name, which may be one that every JavaScript object has. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function fieldsIn(value: unknown): Fields {
  return isFields(value) ? value : {};
}

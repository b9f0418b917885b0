import { stringify } from "yaml";
import { markdownTable } from "../cli/terminal/markdown";
import { BACKENDS } from "../modules/support-app/model/properties";
import { environmentsJsonSchema } from "../stacks/environments/environments-schema";
import { prose } from "./prose";

/** What is read of a JSON Schema. */
interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** A mapping of the file: its heading, where it is in the schema, what else there is to say, and the mapping before it whose keys it has, too. */
type Mapping = readonly [heading: string, place: readonly string[], introduction?: string, sharedWith?: Mapping];

const ENVIRONMENT: Mapping = [
  "An environment",
  ["environments", "*"],
  "At least one of `read-only`, `full` and `teams` is required, unless the environment is retired.",
];
const LEVEL: Mapping = ["`read-only` and `full`", ["environments", "*", "full"], undefined, ENVIRONMENT];

const MAPPINGS: readonly Mapping[] = [
  ["The file", []],
  ENVIRONMENT,
  LEVEL,
  ["A team of `teams`", ["environments", "*", "teams", "*"], undefined, LEVEL],
  ["An item of `channels`", ["environments", "*", "full", "channels", "*"]],
  ["`notify` of a channel", ["environments", "*", "full", "channels", "*", "notify"]],
  ["An item of `temporarily`", ["environments", "*", "full", "temporarily", "*"]],
  [
    "`deploy-role` and `plan-role` as a mapping",
    ["environments", "*", "deploy-role", "mapping"],
    "`plan-role` has the same keys.",
  ],
  ...Object.keys(BACKENDS).map(
    (type) => [`\`backend\` of type \`${type}\``, ["environments", "*", "backend", type]] as const,
  ),
  ["`defaults`", ["defaults"], undefined, ENVIRONMENT],
];

/** Maximum number of values that are printed. */
const MAX_VALUES = 12;

/** Every key of environments.yaml, by the mapping that has it, as Markdown. */
export function keysReference(): string {
  const root: Schema = environmentsJsonSchema();
  const meanings = new Set<string>();
  return MAPPINGS.map(([heading, place, introduction, sharedWith]) => {
    const mapping = place.reduce(schemaAt, root);
    const printedRows = sharedWith ? rowsOf(sharedWith[1].reduce(schemaAt, root)).map(String) : [];
    const rows = rowsOf(mapping);
    const newRows = rows.filter((row) => !printedRows.includes(String(row)));
    const sharedKeys = rows.filter((row) => !newRows.includes(row)).map(([key]) => key);
    const keysElsewhere = sharedWith && `As in ${sharedWith[0]}: ${sharedKeys.join(", ")}.`;
    const description = prose(mapping.description ?? "");
    const text = [meanings.has(description) ? "" : description, introduction, keysElsewhere].filter(Boolean).join(" ");
    for (const [, meaning = ""] of newRows) meanings.add(meaning);
    return [`### ${heading}\n`, text && `${text}\n`, markdownTable(["key", "meaning", "default"], newRows)]
      .filter(Boolean)
      .join("\n");
  }).join("\n");
}

function rowsOf({ properties = {}, required = [] }: Schema): string[][] {
  return Object.entries(properties).map(([key, schema]) => [
    `\`${key}\``,
    meaning(schema),
    required.includes(key) ? "required" : schema.default === undefined ? "" : `\`${yamlOf(schema.default)}\``,
  ]);
}

function meaning(schema: Schema): string {
  const { description = "", minimum, maximum, items } = schema;
  const values = schema.const === undefined ? (schema.enum ?? items?.enum) : [schema.const];
  return [
    prose(description),
    values && valuesOf(values, description, items ? "Items" : "Values"),
    minimum !== undefined && `From ${minimum} to ${maximum}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Values, unless the description says what each means. */
function valuesOf(values: readonly unknown[], description: string, label: string): string {
  if (values.every((value) => description.includes(`${value}: `))) return "";
  if (values.length > MAX_VALUES) return `One of ${values.length} values in the schema.`;
  return `${label}: ${values.map((value) => `\`${value}\``).join(", ")}.`;
}

function yamlOf(value: unknown): string {
  return stringify(value, { collectionStyle: "flow" }).trim();
}

/** The schema of a key's value; `*` of any key or item; a backend's by its type; `mapping` of what may also be a text. */
function schemaAt(schema: Schema, step: string): Schema {
  const { properties, additionalProperties, items, oneOf, anyOf } = schema;
  const option =
    oneOf?.find((alternative) => alternative.properties?.type?.const === step) ??
    anyOf?.find((alternative) => step === "mapping" && alternative.properties);
  const childSchema = typeof additionalProperties === "object" ? additionalProperties : items;
  const stepSchema = option ?? properties?.[step] ?? (step === "*" ? childSchema : undefined);
  if (stepSchema === undefined) throw new Error(`The schema has nothing at ${step}.`);
  return stepSchema;
}

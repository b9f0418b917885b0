import type { Properties, Value } from "../../modules/support-app/model/properties";

/** An attribute of an object, as Terraform writes its type. */
export interface Attribute {
  readonly name: string;
  readonly type: string;
  /** Undefined: it is required. Null: without a default. */
  readonly byDefault?: unknown;
}

/** The type of an object, over several lines. */
export function objectType(attributes: readonly Attribute[]): string {
  const lines = attributes.map(
    ({ name, type, byDefault }) => `${name} = ${byDefault === undefined ? type : optional(type, byDefault)}`,
  );
  return `object({\n${lines.map((line) => `  ${line.replaceAll("\n", "\n  ")}\n`).join("")}})`;
}

function optional(type: string, byDefault: unknown): string {
  return `optional(${type}${byDefault === null ? "" : `, ${JSON.stringify(byDefault)}`})`;
}

/** The type of some properties of a mapping. */
export function typeOfProperties(properties: Properties, names: readonly string[]): string {
  const attributes = names.map((name): Attribute => {
    const property = properties[name] as Properties[string];
    const type = typeOf(property);
    return property.required ? { name, type } : { name, type, byDefault: null };
  });
  return objectType(attributes);
}

function typeOf(value: Value): string {
  switch (value.kind) {
    case "integer":
      return "number";
    case "flag":
      return "bool";
    case "tags":
      return "map(string)";
    case "list":
      return `list(${typeOf(value.item)})`;
    case "mapping":
      return typeOfProperties(value.properties, Object.keys(value.properties));
    case "variants":
      throw new Error("A module has no variables with variants.");
    default:
      return "string";
  }
}

/** A type on one line. */
export function onOneLine(type: string): string {
  return type
    .replace(/\{\n\s*/g, "{ ")
    .replace(/\n\s*\}/g, " }")
    .replace(/\n\s*/g, ", ");
}

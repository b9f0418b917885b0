import { Document, isCollection, type ToStringOptions, visit } from "yaml";

/** Long lines aren't wrapped. */
export const YAML_FORM: ToStringOptions = { lineWidth: 0 };

/** Keys whose values are written in one line. */
const IN_ONE_LINE = ["without", "tags", "notify", "on"];

/** A mapping as lines of YAML. */
export function yamlLines(mapping: object): string[] {
  return environmentYaml(mapping).trimEnd().split("\n");
}

/** A mapping as YAML, in the style of environments.yaml. */
export function environmentYaml(mapping: object): string {
  const document = new Document(mapping);
  visit(document, {
    Pair(_, { key, value }) {
      if (isCollection(value) && IN_ONE_LINE.includes(String(key))) value.flow = true;
    },
  });
  return document.toString(YAML_FORM);
}

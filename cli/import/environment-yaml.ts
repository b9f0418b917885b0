import { Document, isCollection, type ToStringOptions, visit } from "yaml";

/** No line is broken that the file has as one. */
export const YAML_FORM: ToStringOptions = { lineWidth: 0 };

/** What stands in one line within an environment. */
const IN_ONE_LINE = ["without", "tags", "notify", "on"];

/** Lists of this project's own words, which the library would pad. */
const LISTS = /^ *(without|notify): .*$/gm;

/** A mapping as environments.yaml has it. */
export function environmentYaml(mapping: object): string {
  const document = new Document(mapping);
  visit(document, {
    Pair(_, { key, value }) {
      if (isCollection(value) && IN_ONE_LINE.includes(String(key))) value.flow = true;
    },
  });
  return document.toString(YAML_FORM).replace(LISTS, (line) => line.replace("[ ", "[").replace(" ]", "]"));
}

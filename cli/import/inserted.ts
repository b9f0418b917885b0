import { isMap, parseDocument, type YAMLMap } from "yaml";
import type { EnvironmentEntry } from "../../stacks/environments-schema";
import { YamlSource } from "../../stacks/yaml-source";
import { canonical, isFields } from "../json";
import { endOf, endOfLines, environmentsIn, marginOf, newlineOf, withoutMark } from "./environment-text";
import { environmentYaml, YAML_FORM } from "./environment-yaml";

/** Environments by their names, at least one. */
type Entries = Readonly<Record<string, EnvironmentEntry>>;

/**
 * Adds environments to an environment file, after the others. If the environments are a block, the existing text stays
 * the same to the byte; otherwise its values, their order and the comments do.
 *
 * @returns undefined if the file has no place for them
 */
export function inserted(text: string, added: Entries): string | undefined {
  const before = new YamlSource(text).value;
  const environments = isFields(before) && isFields(before.environments) ? before.environments : {};
  const expected = canonical({ ...(before as object | null), environments: { ...environments, ...added } });
  const isRight = (result: string | undefined): result is string => {
    if (result === undefined) return false;
    const { errors, value } = new YamlSource(result);
    return errors.length === 0 && canonical(value) === expected;
  };
  return [insertedText, insertedNode].map((insert) => insert(text, added)).find(isRight);
}

/** Adds the environments as lines after the last one. */
function insertedText(text: string, added: Entries): string | undefined {
  const { mark, body } = withoutMark(text);
  const environments = environmentsIn(body);
  const margin = environments && marginOf(body, environments);
  const last = environments?.items.at(-1);
  if (environments === undefined || margin === undefined || last === undefined) return undefined;
  const newline = newlineOf(body);
  const at = endOfLines(body, endOf(last), margin.length);
  const isSpaced =
    /\n[ \t]*\r?\n[^\n]*$/.test(body.slice(0, last.key.range?.[0] ?? 0)) && environments.items.length > 1;
  const isName = (line: string) => /^\S/.test(line);
  const lines = environmentYaml(added)
    .trimEnd()
    .split("\n")
    .flatMap((line) => [...(isSpaced && isName(line) ? [""] : []), `${margin}${line}`]);
  const head = body.slice(0, at);
  return `${mark}${head}${/(^|\n)$/.test(head) ? "" : newline}${lines.join(newline)}${newline}${body.slice(at)}`;
}

/** Adds the environments to the parsed file and writes that. */
function insertedNode(text: string, added: Entries): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !(document.contents === null || isMap(document.contents))) return undefined;
  const found = document.get("environments", true);
  if (isMap(found) && found.items.length === 0) found.flow = false;
  const node = parseDocument(environmentYaml(added)).contents;
  if (isMap(found)) found.items.push(...((node as YAMLMap).items as typeof found.items));
  else if (found === undefined || found === null) document.set("environments", node);
  else return undefined;
  return document.toString(YAML_FORM);
}

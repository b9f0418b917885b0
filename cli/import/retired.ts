import { isMap, isScalar, type Node, parseDocument, type YAMLMap } from "yaml";
import { YamlSource } from "../../stacks/yaml-source";
import { keyOf } from "../../stacks/yaml-value";
import { canonical, isFields } from "../json";
import { endOf, endOfLines, environmentsIn, marginOf, newlineOf, withoutMark } from "./environment-text";
import { YAML_FORM } from "./environment-yaml";

/** The replacement of a part of a text, in UTF-16 units. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * Retires environments in an environment file, and no others. If possible, the existing text stays the same to the
 * byte; otherwise its values, their order and the comments do.
 *
 * @param names environments of the file, at least one
 * @returns undefined if one can't be retired without others, such as with a YAML alias
 */
export function withRetired(text: string, names: readonly string[]): string | undefined {
  const before = new YamlSource(text).value;
  const environments = isFields(before) && isFields(before.environments) ? before.environments : {};
  const retired = names.map((name) => [name, { ...Object(environments[name]), retired: true }]);
  const expected = canonical({ ...Object(before), environments: { ...environments, ...Object.fromEntries(retired) } });
  const isRight = (result: string | undefined): result is string => {
    if (result === undefined) return false;
    const { errors, value } = new YamlSource(result);
    return errors.length === 0 && canonical(value) === expected;
  };
  return [retiredText, retiredNodes].map((retire) => retire(text, names)).find(isRight);
}

/** Adds `retired: true` to the lines of each environment. */
function retiredText(text: string, names: readonly string[]): string | undefined {
  const { mark, body } = withoutMark(text);
  const found = new Map(environmentsIn(body)?.items.map((pair) => [keyOf(pair), pair.value]));
  const nodes = names.map((name) => found.get(name));
  const edits = nodes.map((node) => (isMap<Node, Node | null>(node) ? editOf(body, node) : undefined));
  if (!edits.every((edit) => edit !== undefined)) return undefined;
  edits.sort((one, other) => one.from - other.from);
  let at = 0;
  const parts = edits.flatMap(({ from, to, text: added }) => {
    const before = body.slice(at, from);
    at = to;
    return [before, added];
  });
  return `${mark}${parts.join("")}${body.slice(at)}`;
}

function editOf(body: string, environment: YAMLMap<Node, Node | null>): Edit | undefined {
  const said = environment.get("retired", true);
  if (isScalar(said) && said.range) return { from: said.range[0], to: said.range[1], text: "true" };
  const last = environment.items.at(-1);
  if (last === undefined || said !== undefined) return undefined;
  if (environment.flow === true) return { from: endOf(last), to: endOf(last), text: ", retired: true" };
  const margin = marginOf(body, environment);
  if (margin === undefined) return undefined;
  const at = endOfLines(body, endOf(last), margin.length);
  const newline = newlineOf(body);
  const begin = at === 0 || body[at - 1] === "\n" ? "" : newline;
  return { from: at, to: at, text: `${begin}${margin}retired: true${newline}` };
}

/** Adds `retired: true` to the parsed file and writes that. */
function retiredNodes(text: string, names: readonly string[]): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  for (const name of names) {
    const environment = document.getIn(["environments", name], true);
    if (!isMap(environment)) return undefined;
    environment.set("retired", true);
  }
  return document.toString(YAML_FORM);
}

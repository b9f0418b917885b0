import { pathInWords } from "../../modules/support-app/model/problem";
import { counted } from "../counted";
import type { RuleProblem } from "../environments/environments-rules";
import { listed } from "../listed";
import type { SchemaProblem } from "./schema-problems";
import { type Located, placeInFile, type YamlSource } from "./yaml-source";

/** A problem of a key, of a value or of the place of a value. */
type FileProblem = RuleProblem & Partial<SchemaProblem>;

/** One problem, where it was found first, and the environments that have it. */
interface Group {
  readonly first: FileProblem;
  readonly located: Located;
  readonly environments: Set<string>;
}

/** Maximum number of places of problems that are alike that each get a line. */
const MAX_ALIKE = 5;

/** One line per problem, in the order of the file. A problem that several environments have through aliases, or many in the same words, is reported once. */
export function problemLines(source: YamlSource, file: string, problems: readonly FileProblem[]): string[] {
  const groups = new Map<string, Group>();
  const alikes = new Map<string, number>();
  for (const { alike = "" } of problems) alikes.set(alike, (alikes.get(alike) ?? 0) + 1);
  const nodes = new Map<object, number>();
  for (const problem of problems) {
    const { path, of, rule, message, alike, inheritedBy } = problem;
    const located = source.locate(path, of);
    const node = nodes.get(located.node) ?? nodes.size;
    nodes.set(located.node, node);
    const isMany = alike !== undefined && (alikes.get(alike) ?? 0) > MAX_ALIKE;
    const key = isMany ? alike : JSON.stringify([node, path.slice(located.depth), rule ?? message]);
    const group = groups.get(key) ?? { first: problem, located, environments: new Set<string>() };
    groups.set(key, group);
    const environment = inheritedBy ?? environmentOf(path);
    if (environment !== undefined) group.environments.add(environment);
  }
  return [...groups.values()]
    .sort(({ located: a }, { located: b }) => a.line - b.line || a.column - b.column)
    .map(({ first: { path, message }, located, environments }) => {
      const place = `${placeInFile(file, located)}: ${pathInWords(path) || "the file"}`;
      return `${place}: ${message}${environmentsSuffix(environmentOf(path), environments)}`;
    });
}

/** The environments that have a problem besides its own. */
function environmentsSuffix(own: string | undefined, environments: ReadonlySet<string>): string {
  const names = [...environments].filter((name) => name !== own);
  if (names.length === 0) return "";
  const isOne = names.length === 1;
  return own === undefined
    ? ` ${counted(names.length, "environment")} ${isOne ? "inherits" : "inherit"} it: ${listed(names)}.`
    : ` ${counted(names.length, "other environment")} ${isOne ? "has" : "have"} it, too: ${listed(names)}.`;
}

/** The environment that a path leads into. */
function environmentOf([section, name]: FileProblem["path"]): string | undefined {
  return section === "environments" && name !== undefined ? String(name) : undefined;
}

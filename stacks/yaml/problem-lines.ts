import { type Problem, pathInWords } from "../../modules/support-app/model/problem";
import { counted } from "../counted";
import { listed } from "../listed";
import { type Located, placeInFile, type YamlSource } from "./yaml-source";

/** A problem of a file. */
export interface FileProblem extends Problem {
  /** Whether the value is wrong (the default), or the path's last key, whatever its value is. */
  readonly of?: "value" | "key";
  /** The environment that inherits it from the defaults, if the path leads there. */
  readonly inheritedBy?: string;
}

/** One problem, where it was found first, and the environments that have it. */
interface Group {
  readonly first: FileProblem;
  readonly located: Located;
  readonly environments: Set<string>;
}

/** One line per problem, in the order of the file. A problem that several environments have through aliases or the defaults is reported once. */
export function problemLines(source: YamlSource, file: string, problems: readonly FileProblem[]): string[] {
  const groups = new Map<string, Group>();
  const nodes = new Map<object, number>();
  for (const problem of problems) {
    const { path, of, inheritedBy, message } = problem;
    const located = source.locate(path, of);
    const node = nodes.get(located.node) ?? nodes.size;
    nodes.set(located.node, node);
    const key = JSON.stringify([node, path.slice(located.depth), message.replace(/\d{12}/g, "")]); // without accounts
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

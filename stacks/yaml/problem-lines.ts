import { type Problem, pathInWords } from "../../modules/support-app/model/problem";
import { listed } from "../listed";
import type { Place } from "./places";
import { placeInFile, type YamlSource } from "./yaml-source";

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
  readonly place: Place;
  readonly environments: Set<string>;
}

/** One line per problem, in the order of the file. A problem that several environments have through aliases or the defaults is reported once. */
export function problemLines(source: YamlSource, file: string, problems: readonly FileProblem[]): string[] {
  const groups = new Map<string, Group>();
  for (const first of problems) {
    const { path, of, inheritedBy = ownerIn(path), message } = first;
    const place = source.locate(path, of);
    const key = JSON.stringify([place, path.at(-1), message.replace(/\d{12}/g, "")]); // without accounts
    const group = groups.get(key) ?? { first, place, environments: new Set<string>() };
    groups.set(key, group);
    if (inheritedBy !== undefined) group.environments.add(inheritedBy);
  }
  return [...groups.values()]
    .sort(({ place: a }, { place: b }) => a.line - b.line || a.column - b.column)
    .map(({ first: { path, message }, place, environments }) => {
      const others = [...environments].filter((one) => one !== ownerIn(path));
      const suffix = others.length === 0 ? "" : ` It also affects ${listed(others)}.`;
      return `${placeInFile(file, place)}: ${pathInWords(path) || "the file"}: ${message}${suffix}`;
    });
}

/** The environment, or the tier, that a path is in. */
function ownerIn([section, name]: Problem["path"]): string | undefined {
  return section === "environments" || section === "tiers" ? String(name) : undefined;
}

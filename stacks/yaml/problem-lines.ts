import { type Problem, pathInWords } from "../../modules/support-app/model/problem";
import { groupByKey } from "../group-by-key";
import { listed } from "../listed";
import { placeInFile, type YamlSource } from "./yaml-source";

/** A problem of a file. */
export interface FileProblem extends Problem {
  /** Whether the value is wrong (the default), or the path's last key, whatever its value is. */
  readonly of?: "value" | "key";
  /** The environment that inherits it from the defaults, if the path leads there. */
  readonly inheritedBy?: string;
}

/** One line per problem, in the order of the file. A problem that several environments have through aliases or the defaults is reported once. */
export function problemLines(source: YamlSource, file: string, problems: readonly FileProblem[]): string[] {
  const placed = problems.map((one) => ({ ...one, place: source.locate(one.path, one.of) }));
  const groups = groupByKey(
    placed,
    ({ path, message, place }) => JSON.stringify([place, path.at(-1), message.replace(/\d{12}/g, "")]), // without accounts
  );
  return [...groups.values()]
    .sort(([{ place: a }], [{ place: b }]) => a.line - b.line || a.column - b.column)
    .map((group) => {
      const [{ path, message, place }] = group;
      const environments = group.flatMap((one) => one.inheritedBy ?? ownerIn(one.path) ?? []);
      const others = [...new Set(environments)].filter((one) => one !== ownerIn(path));
      const suffix = others.length === 0 ? "" : ` It also affects ${listed(others)}.`;
      return `${placeInFile(file, place)}: ${pathInWords(path) || "the file"}: ${message}${suffix}`;
    });
}

/** The environment, or the tier, that a path is in. */
function ownerIn([section, name]: Problem["path"]): string | undefined {
  return section === "environments" || section === "tiers" ? String(name) : undefined;
}

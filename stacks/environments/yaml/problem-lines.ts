import { formatList } from "../../../common/format-list";
import { groupByKey } from "../../../common/group-by-key";
import { type Problem, pathInWords } from "../../../common/problem";
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
  const placedProblems = problems.map((problem) => ({ ...problem, place: source.locate(problem.path, problem.of) }));
  const groups = groupByKey(
    placedProblems,
    ({ path, message, place }) => JSON.stringify([place, path.at(-1), message.replace(/\d{12}/g, "")]), // without accounts
  );
  return [...groups.values()]
    .sort(([{ place: a }], [{ place: b }]) => a.line - b.line || a.column - b.column)
    .map((group) => {
      const [{ path, message, place }] = group;
      const environments = group.flatMap((problem) => problem.inheritedBy ?? ownerIn(problem.path) ?? []);
      const otherEnvironments = [...new Set(environments)].filter((environment) => environment !== ownerIn(path));
      const suffix = otherEnvironments.length === 0 ? "" : ` It also affects ${formatList(otherEnvironments)}.`;
      return `${placeInFile(file, place)}: ${pathInWords(path) || "the file"}: ${message}${suffix}`;
    });
}

/** The environment, or the tier, that a path is in. */
function ownerIn([section, name]: Problem["path"]): string | undefined {
  return section === "environments" || section === "tiers" ? String(name) : undefined;
}

import { describe, pathInWords } from "../../modules/support-app/model/problem";
import { counted } from "../counted";
import type { RuleProblem } from "../environments/environments-rules";
import { listed } from "../listed";
import type { SchemaProblem } from "./schema-problems";
import { type Located, placeInFile, type YamlSource } from "./yaml-source";

/** A problem of a key, of a value or of the place of a value. */
type FileProblem = RuleProblem & Partial<SchemaProblem>;

/** One problem, and all places where it was found. */
interface Group {
  readonly located: Located;
  /** The problem at each place, at least one. */
  readonly found: [FileProblem, ...FileProblem[]];
}

/** One line per problem, in the order of the file. A problem that several environments have through aliases is reported once. */
export function problemLines(source: YamlSource, file: string, problems: readonly FileProblem[]): string[] {
  const groups = new Map<object, Map<string, Group>>();
  for (const problem of problems) {
    const located = problem.located ?? source.locate(problem.path, problem.of);
    const groupsOfNode = groups.get(located.node) ?? new Map<string, Group>();
    groups.set(located.node, groupsOfNode);
    const key = JSON.stringify([problem.path.slice(located.depth), problem.rule ?? problem.message]);
    const group = groupsOfNode.get(key);
    if (group === undefined) groupsOfNode.set(key, { located, found: [problem] });
    else group.found.push(problem);
  }
  const all = [...groups.values()].flatMap((groupsOfNode) => [...groupsOfNode.values()]);
  all.sort(({ located: a }, { located: b }) => a.line - b.line || a.column - b.column);
  const alike = new Map<string, Group[]>();
  for (const group of all) {
    const [{ alike: kind = "" }] = group.found;
    const groupsAlike = alike.get(kind) ?? [];
    if (kind !== "") alike.set(kind, groupsAlike);
    groupsAlike.push(group);
  }
  const many = [...alike.values()].filter(({ length }) => length > MAX_ALIKE);
  const listedElsewhere = new Set(many.flatMap(([, ...rest]) => rest));
  const restOf = new Map(many.map(([first, ...rest]) => [first, rest]));
  const shown = all.filter((group) => !listedElsewhere.has(group));
  return [...new Set(shown.map((group) => line(file, group) + alikeSuffix(group, restOf.get(group) ?? [])))];
}

/** Maximum number of places of problems that are alike that each get a line. More are listed in the first one's line. */
const MAX_ALIKE = 5;

function alikeSuffix(first: Group, rest: readonly Group[]): string {
  const names = new Set(rest.flatMap(({ found }) => [...environmentsOf(found)]));
  for (const name of environmentsOf(first.found)) names.delete(name);
  return names.size === 0 ? "" : ` ${have(names.size, "other environment")}, too: ${listed([...names])}.`;
}

function line(file: string, { located, found }: Group): string {
  const [{ path, message }] = found;
  return `${placeInFile(file, located)}: ${pathInWords(path) || "the file"}: ${message}${aliasSuffix(located, found)}${inheritedSuffix(found)}`;
}

/** The environments that inherit a problem from the defaults. */
function inheritedSuffix(found: Group["found"]): string {
  const names = [...new Set(found.flatMap(({ inheritedBy }) => inheritedBy ?? []))];
  if (names.length === 0) return "";
  const inherit = `${counted(names.length, "environment")} ${names.length === 1 ? "inherits" : "inherit"} it`;
  return ` ${inherit} from the defaults, and can override it: ${listed(names)}.`;
}

/** The environments that have a problem besides the one in which it was found first. */
function aliasSuffix({ anchors }: Located, found: Group["found"]): string {
  const environments = environmentsOf(found);
  const [own] = environmentsOf([{ path: found[0].path }]);
  const count = environments.size - (own !== undefined && environments.has(own) ? 1 : 0);
  if (count === 0) return "";
  const noun = own === undefined ? "environment" : "other environment";
  return ` ${have(count, noun)} through the ${anchors.length === 1 ? "anchor" : "anchors"} ${listed(anchors.map(describe))}.`;
}

function have(count: number, noun: string): string {
  return `${counted(count, noun)} ${count === 1 ? "has" : "have"} it`;
}

function environmentsOf(found: readonly Pick<FileProblem, "path">[]): ReadonlySet<string> {
  return new Set(
    found.flatMap(({ path: [section, name] }) =>
      section === "environments" && name !== undefined ? [String(name)] : [],
    ),
  );
}

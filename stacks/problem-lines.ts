import { describe, pathInWords } from "../modules/support-app/problem";
import type { RuleProblem } from "./environments-rules";
import { listed } from "./listed";
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
    const ofNode = groups.get(located.node) ?? new Map<string, Group>();
    groups.set(located.node, ofNode);
    const key = JSON.stringify([problem.path.slice(located.depth), problem.rule ?? problem.message]);
    const group = ofNode.get(key);
    if (group === undefined) ofNode.set(key, { located, found: [problem] });
    else group.found.push(problem);
  }
  const all = [...groups.values()].flatMap((ofNode) => [...ofNode.values()]);
  all.sort(({ located: a }, { located: b }) => a.line - b.line || a.column - b.column);
  return [...new Set(toldOnce(all).map(({ group, names }) => line(file, group) + alikeElsewhere(names)))];
}

/** Maximum number of environments with the same problem that each get a line. */
const MAX_ALIKE = 5;

/** The problems. If many are alike, the first, with the names of the other environments. */
function toldOnce(all: readonly Group[]): { readonly group: Group; readonly names: readonly string[] }[] {
  const byKind = new Map<unknown, Group[]>();
  for (const group of all) {
    const [{ alike }] = group.found;
    if (alike === undefined) continue;
    const there = byKind.get(alike) ?? [];
    byKind.set(alike, there);
    there.push(group);
  }
  return all.flatMap((group) => {
    const [{ alike }] = group.found;
    const there = byKind.get(alike);
    if (there === undefined || there.length <= MAX_ALIKE) return [{ group, names: [] }];
    const [first, ...rest] = there;
    if (group !== first) return [];
    const own = new Set(namesIn(group));
    return [{ group, names: [...new Set(rest.flatMap(namesIn))].filter((name) => !own.has(name)) }];
  });
}

function namesIn({ found }: Group): string[] {
  return found.flatMap((one) => [...environmentsOf(one)]);
}

function alikeElsewhere(names: readonly string[]): string {
  if (names.length === 0) return "";
  return names.length === 1
    ? ` 1 other environment has it, too: ${listed(names)}.`
    : ` ${names.length} other environments have it, too: ${listed(names)}.`;
}

function line(file: string, { located, found }: Group): string {
  const [{ path, message }] = found;
  return `${placeInFile(file, located)}: ${pathInWords(path) || "the file"}: ${message}${others(located, found)}${heirs(found)}`;
}

/** The environments that inherit a problem from the defaults. */
function heirs(found: Group["found"]): string {
  const names = [...new Set(found.flatMap(({ inheritedBy }) => inheritedBy ?? []))];
  if (names.length === 0) return "";
  return names.length === 1
    ? ` 1 environment inherits it from the defaults, and can override it: ${listed(names)}.`
    : ` ${names.length} environments inherit it from the defaults, and can override it: ${listed(names)}.`;
}

/** The environments that have a problem besides the one in which it was found first. */
function others({ anchors }: Located, found: Group["found"]): string {
  const [first] = found;
  const environments =
    found.length === 1 ? environmentsOf(first) : new Set(found.flatMap((one) => [...environmentsOf(one)]));
  const [own] = environmentsOf({ path: first.path });
  const count = environments.size - (own !== undefined && environments.has(own) ? 1 : 0);
  if (count === 0) return "";
  const other = own === undefined ? "" : "other ";
  const have = count === 1 ? `1 ${other}environment has it` : `${count} ${other}environments have it`;
  return ` ${have} through the ${anchors.length === 1 ? "anchor" : "anchors"} ${listed(anchors.map(describe))}.`;
}

function environmentsOf({
  environments,
  path: [section, name],
}: Pick<FileProblem, "environments" | "path">): ReadonlySet<string> {
  return environments ?? new Set(section === "environments" && name !== undefined ? [String(name)] : []);
}

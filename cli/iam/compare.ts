import { canonical } from "../../common/canonical";
import { groupByKey } from "../../common/group-by-key";
import { distinct, memoize } from "../../common/json";
import { inSeconds } from "../../modules/support-app/model/until";
import { passes, type Test, testOf } from "./condition";
import { coversPattern, hasWildcard } from "./pattern";
import { ANYTHING, type Condition, POLICY_VARIABLE, type Principal, type Statement, type Targets } from "./policy";
import { requestersOf, standsFor } from "./principal";
import { ANY_TEXT, actionClasses, SOME_TEXT, type TextClass, textClasses } from "./text-classes";

/** Something that a principal may do. */
export interface Right {
  /** An account stands for its other principals, `*` for all others. Undefined: the principal that has the policy. */
  readonly requester?: Principal;
  /** In lower case. */
  readonly action: Targets;
  readonly resource: Targets;
  /** The cases in which it is allowed, on the side that allows more. */
  readonly allowed: AllowedCases;
  /** The cases in which it is allowed on the other side. Undefined: none. */
  readonly otherwise?: AllowedCases;
  /** A request that is allowed on one side only. */
  readonly example: Example;
  /** Unsupported conditions that decide whether anything changes. Empty: it certainly does. */
  readonly depends: readonly Condition[];
}

export interface AllowedCases {
  /** One of these alternatives must hold, with all of its conditions. Empty: always. */
  readonly when: readonly (readonly Condition[])[];
  /** None of these alternatives may hold. */
  readonly unless: readonly (readonly Condition[])[];
}

export interface Example {
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys; undefined: the request lacks the key. Without the keys of unsupported conditions. */
  readonly keys: Readonly<Record<string, readonly string[] | undefined>>;
}

/** The rights that a change of a policy gives and takes. */
export interface Difference {
  readonly gained: readonly Right[];
  readonly lost: readonly Right[];
  /** Actions whose statements have too many patterns, or combinations of conditions, to compare. */
  readonly undecided: readonly Targets[];
}

export const NO_DIFFERENCE: Difference = { gained: [], lost: [], undecided: [] };

/** Maximum number of combinations of conditions to try, for one action and resource. */
const MAX_COMBINATIONS = 2 ** 16;

/** Maximum number of statements to look at, for all actions, principals and resources, and of rights: nobody reads more. */
const MAX_LOOKS = 200_000;
const MAX_RIGHTS = 2000;

/** Maximum number of principals to try: far more than IAM's size limit for a trust policy allows. */
const MAX_REQUESTERS = 500;

/** Maximum number of distinguishable values of a multivalued key: all sets of them are tried. */
const MAX_SET_VALUES = 10;

/**
 * Compares what two sets of statements allow. Each difference has an example request, which proves it.
 *
 * For the action, the resource and each condition key, it finds the combinations of patterns that a text can match, and
 * tries all combinations of those. Unsupported conditions (numbers, dates other than an end, addresses, IAM's
 * variables) may hold or not; a difference that depends on them is uncertain. No gained right is missed.
 */
export function compare(base: readonly Statement[], head: readonly Statement[]): Difference {
  return differenceOf({ base, head });
}

type Sides = Readonly<Record<"base" | "head", readonly Statement[]>>;

/** Many channels and environments have the same role. */
const differenceOf = memoize(({ base, head }: Sides): Difference => {
  // Equal statements become one object, so that the sides can be compared by identity.
  const statements = new Map([...base, ...head].map((statement) => [canonical(statement), statement]));
  const unique = (list: readonly Statement[]) =>
    [...new Set(list.map(canonical))].sort().map((text) => statements.get(text) as Statement);
  const sides = { base: unique(base), head: unique(head) };
  if (isSame(sides)) return NO_DIFFERENCE;
  const undecidedDifference: Difference = { ...NO_DIFFERENCE, undecided: [ANYTHING] };
  const allStatements = [...new Set([...sides.base, ...sides.head])];
  const [ofActions, ofResources] = [
    allStatements.map((statement) => statement.actions),
    allStatements.flatMap((statement) => statement.resources ?? []),
  ];
  const actions = actionClasses(patternsIn(ofActions));
  const resourcePatterns = patternsIn(ofResources).map((text) => ({ text }));
  const resources = textClasses(resourcePatterns, SOME_TEXT);
  const requesters = requestersOf(allStatements);
  if (!actions || !resources || requesters.length > MAX_REQUESTERS) return undecidedDifference;
  const isTrust = allStatements.some(({ principals }) => principals !== undefined);
  const gained: Right[] = [];
  const lost: Right[] = [];
  const undecided: Targets[] = [];
  let count = 0;
  for (const action of actions) {
    const actionLabel = labelOf(action, ofActions);
    for (const requester of requesters) {
      const isRelevant = (statement: Statement) =>
        isIn(action, statement.actions) !== statement.actions.not && isAbout(statement, requester);
      const relevant = { base: sides.base.filter(isRelevant), head: sides.head.filter(isRelevant) };
      // Stryker disable next-line ConditionalExpression: without it, the comparison only takes longer
      if (isSame(relevant)) continue;
      for (const resource of resources) {
        count += relevant.base.length + relevant.head.length;
        if (count > MAX_LOOKS || gained.length + lost.length > MAX_RIGHTS) return undecidedDifference;
        const [before, after] = [ofResource(relevant.base, resource), ofResource(relevant.head, resource)];
        if (canonical(before) === canonical(after)) continue;
        const witnesses = differing(before, after);
        if (witnesses === undefined) {
          undecided.push(actionLabel);
          continue;
        }
        const right = (
          side: readonly ReducedStatement[],
          opposite: readonly ReducedStatement[],
          { keys, depends }: Witness,
        ): Right => ({
          requester: isTrust ? requester : undefined,
          action: actionLabel,
          resource: labelOf(resource, ofResources),
          allowed: casesIn(side),
          otherwise: neverAllow(opposite) ? undefined : casesIn(opposite),
          example: { action: action.example, resource: resource.example, keys },
          depends,
        });
        if (witnesses.gained) gained.push(right(after, before, witnesses.gained));
        if (witnesses.lost) lost.push(right(before, after, witnesses.lost));
      }
    }
  }
  return { gained: withoutCovered(gained), lost: withoutCovered(lost), undecided: distinct(undecided) };
});

/** The patterns of targets, each once. One with a policy variable is unsupported. */
function patternsIn(targetsList: readonly Targets[]): string[] {
  return [...new Set(targetsList.flatMap(({ patterns }) => patterns))].filter(
    (text) => !text.includes(POLICY_VARIABLE),
  );
}

/** Whether both sides have the same statements. Both are in the same order. */
function isSame({ base, head }: Sides): boolean {
  return base.length === head.length && base.every((statement, index) => statement === head[index]);
}

/** Whether one of the patterns of targets matches a class of texts. */
function isIn({ matchingPatterns }: TextClass, { patterns }: Targets): boolean {
  return patterns.some((text) => matchingPatterns.has(text));
}

function isAbout({ principals }: Statement, requester: Principal): boolean {
  if (!principals) return true;
  return principals.all.some((principal) => standsFor(principal, requester)) !== principals.not;
}

/** A statement reduced to its conditions. */
type ReducedStatement = Pick<Statement, "effect" | "conditions">;

/** The statements about a resource. A policy variable in its pattern becomes one more unsupported condition. */
function ofResource(statements: readonly Statement[], resource: TextClass): ReducedStatement[] {
  const reducedStatements = statements.flatMap(({ effect, resources, conditions }): ReducedStatement[] => {
    if (!resources) return [{ effect, conditions }];
    const { not, patterns } = resources;
    const variable = patterns.filter((text) => text.includes(POLICY_VARIABLE));
    const isMatched = isIn(resource, resources);
    if (isMatched || variable.length === 0) return isMatched === not ? [] : [{ effect, conditions }];
    const operator = not ? "NotResource" : "Resource";
    return [{ effect, conditions: [...conditions, { operator, key: "", values: variable }] }];
  });
  return distinct(reducedStatements);
}

/** The second before each end, and one after all ends. */
function timesOf(tests: readonly Test[]): string[][] {
  const ends = tests.flatMap((test) => (test.kind === "before" ? [test.end] : []));
  return [...ends.map((end) => inSeconds(new Date(Date.parse(end) - 1000))), ...ends].map((time) => [time]);
}

/** No values, and values for each combination of patterns. Undefined: too many, or of a single-valued and a multivalued key. */
function valuesOf(tests: readonly Test[]): (string[] | undefined)[] | undefined {
  const patternTests = tests.flatMap((test) => (test.kind === "patterns" ? [test] : []));
  const sets = new Set(patternTests.map(({ set }) => set !== undefined));
  const classes = textClasses(distinct(patternTests.flatMap(({ patterns }) => patterns)), ANY_TEXT);
  if (!classes || sets.size > 1 || (sets.has(true) && classes.length > MAX_SET_VALUES)) return undefined;
  const values = classes.map(({ example }) => example);
  if (!sets.has(true)) return [undefined, ...values.map((value) => [value])];
  // Every set of values, including the empty one.
  const subsets = Array.from({ length: 2 ** values.length }, (_, bits) => bits);
  return [undefined, ...subsets.map((bits) => values.filter((_, index) => bits & (2 ** index)))];
}

interface Witness {
  readonly keys: Example["keys"];
  readonly depends: readonly Condition[];
}

type Witnesses = { readonly gained?: Witness; readonly lost?: Witness };

/** For each direction, a combination that only one side allows. Undefined: there are too many combinations. */
function differing(before: readonly ReducedStatement[], after: readonly ReducedStatement[]): Witnesses | undefined {
  const conditions = distinct([...before, ...after].flatMap((statement) => statement.conditions));
  const keys = [...new Set(conditions.map(({ key }) => key))];
  const groups = keys.flatMap((name) => groupsOf(conditions.filter(({ key }) => key === name)));
  if (groups.reduce((product, { choices }) => product * choices.length, 1) > MAX_COMBINATIONS) return undefined;
  const names = groups.flatMap((group) => group.conditions.map(canonical));
  const depends = groups.flatMap((group) => (group.isSupported ? [] : group.conditions));
  const [allowedBefore, allowedAfter] = [allowedBy(before, names), allowedBy(after, names)];
  // By the values of keys: under how many assumptions about unsupported conditions.
  type ExampleCounts = Map<string, { readonly keys: Example["keys"]; readonly count: number }>;
  const differences: Record<"gained" | "lost", ExampleCounts> = { gained: new Map(), lost: new Map() };
  for (const choices of combinationsOf(groups)) {
    const met = choices.flatMap((choice) => choice.met);
    const isAllowedAfter = allowedAfter(met);
    if (allowedBefore(met) === isAllowedAfter) continue;
    const way = isAllowedAfter ? differences.gained : differences.lost;
    const values = choices.flatMap(({ key, values }) => (key === undefined ? [] : [[key, values] as const]));
    const name = JSON.stringify(values);
    way.set(name, { keys: Object.fromEntries(values), count: (way.get(name)?.count ?? 0) + 1 });
  }
  const witness = (way: ExampleCounts): Witness | undefined => {
    const [example] = [...way.values()].sort((a, b) => b.count - a.count);
    return example && { keys: example.keys, depends: example.count === 2 ** depends.length ? [] : depends };
  };
  return { gained: witness(differences.gained), lost: witness(differences.lost) };
}

/** Whether statements allow what they are about, by which of the named conditions hold. */
function allowedBy(
  statements: readonly ReducedStatement[],
  names: readonly string[],
): (met: readonly boolean[]) => boolean {
  const requirements = statements.map(({ effect, conditions }) => ({
    effect,
    indexes: conditions.map((condition) => names.indexOf(canonical(condition))),
  }));
  return (met) => {
    const effects = requirements
      .filter(({ indexes }) => indexes.every((index) => met[index]))
      .map(({ effect }) => effect);
    return effects.includes("Allow") && !effects.includes("Deny");
  };
}

/** Which conditions on a key hold for some values of it; or whether an unsupported condition holds. */
interface Choice {
  readonly key?: string;
  readonly met: readonly boolean[];
  /** Undefined: the request lacks the key. */
  readonly values?: readonly string[] | undefined;
}

/** Conditions on one key, or one unsupported condition. */
interface Group {
  readonly conditions: readonly Condition[];
  readonly isSupported: boolean;
  /** Every combination of them that is possible. */
  readonly choices: readonly Choice[];
}

/** The supported conditions on a key, if there are any, and each unsupported one. Most are the same in many statements. */
const groupsOf = memoize((conditions: readonly Condition[]): Group[] => {
  const conditionTests = conditions.map((condition) => ({ condition, test: testOf(condition) }));
  const tests = conditionTests.map(({ test }) => test);
  const isOfTime = tests.every(({ kind }) => kind === "before" || kind === "unsupported");
  const values = isOfTime ? timesOf(tests) : valuesOf(tests);
  const isSupported = (test: Test) =>
    test.kind === "patterns"
      ? test.open.length === 0 && values !== undefined
      : test.kind === "presence" || (test.kind === "before" && isOfTime);
  const supportedTests = conditionTests.filter(({ test }) => isSupported(test));
  const choices = new Map<string, Choice>();
  for (const keyValues of values ?? [undefined, [ANY_TEXT.example]]) {
    const met = supportedTests.map(({ test }) => passes(test, keyValues) === "yes");
    if (!choices.has(met.join())) choices.set(met.join(), { key: conditions[0]?.key, met, values: keyValues });
  }
  const ofKey = { conditions: supportedTests.map(({ condition }) => condition), isSupported: true };
  const unsupportedTests = conditionTests.filter(({ test }) => !isSupported(test));
  const anyChoice = { isSupported: false, choices: [{ met: [false] }, { met: [true] }] };
  return [
    ...(supportedTests.length > 0 ? [{ ...ofKey, choices: [...choices.values()] }] : []),
    ...unsupportedTests.map(({ condition }) => ({ conditions: [condition], ...anyChoice })),
  ];
});

/** Every combination of one choice per group. The first group's choice changes fastest. */
function* combinationsOf([first, ...rest]: readonly Group[]): Generator<readonly Choice[]> {
  if (!first) return yield [];
  for (const combination of combinationsOf(rest)) for (const choice of first.choices) yield [choice, ...combination];
}

/** How policies name a class of texts: the text itself, the longest pattern, or everything except some patterns. */
function labelOf(textClass: TextClass, targets: readonly Targets[]): Targets {
  const matching = [...textClass.matchingPatterns];
  const [exact] = matching.filter((text) => !hasWildcard(text));
  const [longest] = matching.sort((a, b) => b.length - a.length);
  const label = exact ?? longest;
  if (label !== undefined) return { not: false, patterns: [label] };
  const patterns = targets.filter(({ not }) => not).flatMap((target) => target.patterns);
  return patterns.length > 0 ? { not: true, patterns: [...new Set(patterns)] } : ANYTHING;
}

/** Whether the statements allow nothing, regardless of conditions. */
function neverAllow(statements: readonly ReducedStatement[]): boolean {
  const isDenied = statements.some(({ effect, conditions }) => effect === "Deny" && conditions.length === 0);
  return isDenied || statements.every(({ effect }) => effect === "Deny");
}

function casesIn(statements: readonly ReducedStatement[]): AllowedCases {
  return { when: alternatives(statements, "Allow"), unless: alternatives(statements, "Deny") };
}

function alternatives(
  statements: readonly ReducedStatement[],
  wantedEffect: Statement["effect"],
): (readonly Condition[])[] {
  const alternatives = statements.filter(({ effect }) => effect === wantedEffect).map(({ conditions }) => conditions);
  return alternatives.some((conditions) => conditions.length === 0) ? [] : alternatives;
}

/** Drops rights that a wider pattern of another right covers. */
function withoutCovered(rights: readonly Right[]): Right[] {
  const groups = groupByKey(rights, ({ requester, allowed, otherwise, depends }) =>
    canonical({ requester, allowed, otherwise, depends }),
  );
  const isCoveredBy = (right: Right, wider: Right) =>
    covers(wider.action, right.action) && covers(wider.resource, right.resource);
  return [...groups.values()].flatMap((group) =>
    group.reduce<Right[]>((remaining, right) => {
      if (remaining.some((keptRight) => isCoveredBy(right, keptRight))) return remaining;
      return [...remaining.filter((keptRight) => !isCoveredBy(keptRight, right)), right];
    }, []),
  );
}

/** Whether a label covers another one. Unless negated, each has one pattern. */
function covers(wide: Targets, narrow: Targets): boolean {
  if (wide.not || narrow.not) return canonical(wide) === canonical(narrow);
  return coversPattern(wide.patterns.join(), narrow.patterns.join());
}

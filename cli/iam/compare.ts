import { inSeconds } from "../../modules/support-app/model/until";
import { canonical, distinct } from "../terminal/json";
import { type Test, testOf } from "./condition";
import { coversPattern, hasWildcard, type Pattern } from "./pattern";
import { ANYTHING, type Condition, POLICY_VARIABLE, type Statement, type Targets } from "./policy";
import { type Requester, requestersOf, standsFor } from "./principal";
import { ANY_TEXT, actionClasses, SOME_TEXT, type TextClass, textClasses } from "./text-classes";

/** Something that a principal may do. */
export interface Right {
  /** Undefined: the principal that has the policy. */
  readonly requester?: Requester;
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

/** The cases in which something is allowed. */
export interface AllowedCases {
  /** One of these alternatives must hold, with all of its conditions. Empty: always. */
  readonly when: readonly (readonly Condition[])[];
  /** None of these alternatives may hold. */
  readonly unless: readonly (readonly Condition[])[];
}

/** A request. */
export interface Example {
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys; undefined: the request lacks the key. Without the keys of unsupported conditions. */
  readonly keys: Readonly<Record<string, readonly string[] | undefined>>;
}

/** Why two policies can't be compared. */
export interface Undecided {
  readonly reason: "too-many-patterns" | "too-many-combinations";
  /** Undefined: any action. */
  readonly action?: Targets;
}

/** The rights that a change of a policy gives and takes. */
export interface Difference {
  readonly gained: readonly Right[];
  readonly lost: readonly Right[];
  readonly undecided: readonly Undecided[];
}

/** No difference. */
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
  const ofBase = differences.get(base) ?? new WeakMap<readonly Statement[], Difference>();
  const difference = ofBase.get(head) ?? workOutDifference(base, head);
  differences.set(base, ofBase.set(head, difference));
  return difference;
}

/** Cache by base and head: many channels have the same role. */
const differences = new WeakMap<readonly Statement[], WeakMap<readonly Statement[], Difference>>();

function workOutDifference(base: readonly Statement[], head: readonly Statement[]): Difference {
  // Equal statements become one object, so that the sides can be compared by identity.
  const known = new Map([...base, ...head].map((statement) => [textOf(statement), statement]));
  const unique = (all: readonly Statement[]) =>
    [...new Set(all.map(textOf))].sort().map((text) => known.get(text) as Statement);
  const sides = { base: unique(base), head: unique(head) };
  if (isSame(sides)) return NO_DIFFERENCE;
  const both = [...new Set([...sides.base, ...sides.head])];
  const space = spaceOf(both, [...new Set(both.flatMap(({ actions }) => actions.patterns))]);
  if (!space) return { ...NO_DIFFERENCE, undecided: [{ reason: "too-many-patterns" }] };
  const gained: Right[] = [];
  const lost: Right[] = [];
  const undecided: Undecided[] = [];
  const isOfAction = new Map(both.map((statement) => [statement, matcherOf(statement.actions, space.actionPatterns)]));
  let looks = 0;
  const isTrust = both.some(({ principals }) => principals !== undefined);
  for (const action of space.actions) {
    const ofAction = filtered(sides, (statement) => isOfAction.get(statement)?.(action) === true);
    // Stryker disable next-line ConditionalExpression: without it, the comparison only takes longer
    if (isSame(ofAction)) continue;
    for (const requester of space.requesters) {
      const ofRequester = filtered(ofAction, (statement) => isAbout(statement, requester));
      // Stryker disable next-line ConditionalExpression: without it, the comparison only takes longer
      if (isSame(ofRequester)) continue;
      for (const resource of space.resources) {
        looks += ofRequester.base.length + ofRequester.head.length;
        if (looks > MAX_LOOKS || gained.length + lost.length > MAX_RIGHTS)
          return { ...NO_DIFFERENCE, undecided: [{ reason: "too-many-patterns" }] };
        const before = ofResource(ofRequester.base, resource, space);
        const after = ofResource(ofRequester.head, resource, space);
        if (canonical(before) === canonical(after)) continue;
        const found = differing(before, after, space.keys);
        const actionLabel = labelOf(
          action,
          both.map(({ actions }) => actions),
          space.actionPatterns,
        );
        if (found === undefined) {
          undecided.push({ reason: "too-many-combinations", action: actionLabel });
          continue;
        }
        const resources = both.flatMap((statement) => statement.resources ?? []);
        const right = (side: readonly Reduced[], other: readonly Reduced[], { keys, depends }: Witness): Right => ({
          requester: isTrust ? requester : undefined,
          action: actionLabel,
          resource: labelOf(resource, resources, space.resourcePatterns),
          allowed: casesIn(side),
          otherwise: neverAllow(other) ? undefined : casesIn(other),
          example: { action: action.example, resource: resource.example, keys },
          depends,
        });
        if (found.gained) gained.push(right(after, before, found.gained));
        if (found.lost) lost.push(right(before, after, found.lost));
      }
    }
  }
  return { gained: withoutCovered(gained), lost: withoutCovered(lost), undecided: distinct(undecided) };
}

/** A statement as canonical JSON. */
function textOf(statement: Statement): string {
  const text = texts.get(statement) ?? canonical(statement);
  texts.set(statement, text);
  return text;
}

/** Many environments have the same statements. */
const texts = new WeakMap<Statement, string>();

/** Whether something is allowed, regardless of ends. `sometimes`: under conditions, or for some resources. */
export type PermanentReach = "always" | "sometimes" | "never";

/** Whether a role's statements about one action allow it. The statements have no ends. */
export function permanentReachOf(about: readonly Statement[]): PermanentReach {
  if (!about.some(({ effect }) => effect === "Allow")) return "never";
  const space = spaceOf(about, []);
  if (!space) return "sometimes";
  let [isSometimes, isAlways] = [false, true];
  for (const resource of space.resources) {
    const applying = ofResource(about, resource, space);
    const cases = casesOf(applying, space.keys);
    if (!cases) return "sometimes";
    const isAllowed = allowedBy(applying, cases);
    for (const combination of cases.combinations) {
      if (isAllowed(combination)) isSometimes = true;
      else isAlways = false;
      if (isSometimes && !isAlways) return "sometimes";
    }
  }
  return isSometimes ? "always" : "never";
}

/** All requests, as far as statements distinguish them. */
interface Space {
  readonly actionPatterns: readonly string[];
  readonly actions: readonly TextClass[];
  readonly requesters: readonly Requester[];
  readonly resourcePatterns: readonly string[];
  readonly resources: readonly TextClass[];
  readonly keys: ReadonlyMap<string, Key>;
}

/** A condition key, and its values as far as conditions distinguish them. */
interface Key {
  readonly patterns: readonly Pattern[];
  /** Undefined: there are too many, or the key is used as both single-valued and multivalued. */
  readonly values: readonly TextClass[] | undefined;
  readonly isSet: boolean;
  /** The ends in its conditions, earliest first, if the conditions ask for nothing else. */
  readonly ends?: readonly string[];
}

/** A statement reduced to its conditions. */
interface Reduced {
  readonly effect: Statement["effect"];
  readonly conditions: readonly Condition[];
}

/** @param actionPatterns the patterns to distinguish; empty if all statements are about one action */
function spaceOf(statements: readonly Statement[], actionPatterns: readonly string[]): Space | undefined {
  const resourcePatterns = [...new Set(statements.flatMap(({ resources }) => resources?.patterns ?? []))].filter(
    (text) => !text.includes(POLICY_VARIABLE),
  );
  const actions = actionClasses(actionPatterns);
  const resources = textClasses(
    resourcePatterns.map((text) => ({ text })),
    SOME_TEXT,
  );
  if (!actions || !resources) return undefined;
  const requesters = requestersOf(statements);
  if (requesters.length > MAX_REQUESTERS) return undefined;
  const keys = keysOf(statements.flatMap(({ conditions }) => conditions));
  return { actionPatterns, actions, requesters, resourcePatterns, resources, keys };
}

function keysOf(conditions: readonly Condition[]): Map<string, Key> {
  const byKey = new Map<string, Test[]>();
  for (const condition of conditions)
    byKey.set(condition.key, [...(byKey.get(condition.key) ?? []), testOf(condition)]);
  return new Map(
    [...byKey].map(([key, tests]) => {
      const asked = tests.flatMap((test) => (test.kind === "patterns" ? [test] : []));
      const patterns = new Map(asked.flatMap((test) => test.patterns).map((pattern) => [canonical(pattern), pattern]));
      const sets = new Set(asked.map(({ set }) => set !== undefined));
      const values = sets.size > 1 ? undefined : textClasses([...patterns.values()], ANY_TEXT);
      const isSet = sets.has(true);
      const isTooMuch = isSet && values !== undefined && values.length > MAX_SET_VALUES;
      const ends = tests.flatMap((test) => (test.kind === "before" ? [test.end] : []));
      const isOfTime = tests.every(({ kind }) => kind === "before" || kind === "unsupported");
      return [
        key,
        {
          patterns: [...patterns.values()],
          values: isTooMuch ? undefined : values,
          isSet,
          ...(isOfTime && { ends: ends.sort() }),
        },
      ];
    }),
  );
}

interface Sides<T> {
  readonly base: readonly T[];
  readonly head: readonly T[];
}

function filtered<T>({ base, head }: Sides<T>, keep: (one: T) => boolean): Sides<T> {
  return { base: base.filter(keep), head: head.filter(keep) };
}

/** Whether both sides have the same statements. Both are in the same order. */
function isSame({ base, head }: Sides<unknown>): boolean {
  return base.length === head.length && base.every((one, index) => one === head[index]);
}

/** Whether targets match a class of texts. */
function matcherOf({ not, patterns }: Targets, all: readonly string[]): (one: TextClass) => boolean {
  const indexes = patterns.map((text) => all.indexOf(text));
  return ({ matched }) => indexes.some((index) => matched[index] === true) !== not;
}

function isAbout({ principals }: Statement, requester: Requester): boolean {
  if (!principals) return true;
  return principals.all.some((principal) => standsFor(principal, requester)) !== principals.not;
}

/** The statements about a resource. A policy variable in its pattern becomes one more unsupported condition. */
function ofResource(statements: readonly Statement[], resource: TextClass, space: Space): Reduced[] {
  const reduced = statements.flatMap(({ effect, resources, conditions }): Reduced[] => {
    if (!resources) return [{ effect, conditions }];
    const { not, patterns } = resources;
    const variable = patterns.filter((text) => text.includes(POLICY_VARIABLE));
    const matchesPattern = patterns.some((text) => resource.matched[space.resourcePatterns.indexOf(text)] === true);
    if (matchesPattern || variable.length === 0) return matchesPattern === not ? [] : [{ effect, conditions }];
    const operator = not ? "NotResource" : "Resource";
    return [{ effect, conditions: [...conditions, { operator, key: "", values: variable }] }];
  });
  return distinct(reduced);
}

/** One combination of conditions that hold and don't. */
interface Combination {
  /** For each condition, whether it is met. */
  readonly met: readonly boolean[];
  readonly keys: Example["keys"];
  /** The combination without assumptions about unsupported conditions. */
  readonly certain: string;
}

/** Conditions, and all combinations in which they can hold. */
interface Cases {
  readonly conditions: readonly Condition[];
  readonly combinations: Iterable<Combination>;
  /** Unsupported conditions: each may hold or not. */
  readonly unsupported: readonly Condition[];
}

interface Witness {
  readonly keys: Example["keys"];
  readonly depends: readonly Condition[];
}

/** For each direction, a combination that only one side allows. Undefined: there are too many combinations. */
function differing(
  before: readonly Reduced[],
  after: readonly Reduced[],
  keys: Space["keys"],
): { readonly gained?: Witness; readonly lost?: Witness } | undefined {
  const cases = casesOf([...before, ...after], keys);
  if (!cases) return undefined;
  const [allowedBefore, allowedAfter] = [allowedBy(before, cases), allowedBy(after, cases)];
  const found = { gained: new Map<string, Combination[]>(), lost: new Map<string, Combination[]>() };
  for (const combination of cases.combinations) {
    const isAllowedAfter = allowedAfter(combination);
    if (allowedBefore(combination) === isAllowedAfter) continue;
    const way = isAllowedAfter ? found.gained : found.lost;
    const all = way.get(combination.certain) ?? [];
    all.push(combination);
    way.set(combination.certain, all);
  }
  const assumptions = 2 ** cases.unsupported.length;
  const witness = (way: ReadonlyMap<string, readonly Combination[]>): Witness | undefined => {
    const all = [...way.values()];
    const [certain] = all.find((same) => same.length === assumptions) ?? []; // under every assumption
    if (certain) return { keys: certain.keys, depends: [] };
    const [uncertain] = all[0] ?? [];
    return uncertain && { keys: uncertain.keys, depends: cases.unsupported };
  };
  return { gained: witness(found.gained), lost: witness(found.lost) };
}

/** Whether statements allow what they are about, by the conditions that hold. */
function allowedBy(statements: readonly Reduced[], { conditions }: Cases): (combination: Combination) => boolean {
  const names = conditions.map(canonical);
  const needs = statements.map((statement) => ({
    isDeny: statement.effect === "Deny",
    indexes: statement.conditions.map((condition) => names.indexOf(canonical(condition))),
  }));
  return ({ met }) => {
    let isAllowed = false;
    for (const { isDeny, indexes } of needs) {
      if (!indexes.every((index) => met[index])) continue;
      if (isDeny) return false;
      isAllowed = true;
    }
    return isAllowed;
  };
}

/** One possibility for a key, or for an unsupported condition. */
interface Choice {
  readonly met: readonly boolean[];
  readonly values?: readonly string[] | undefined;
}

interface Group {
  /** Undefined: an unsupported condition. */
  readonly key?: string;
  readonly conditions: readonly Condition[];
  readonly choices: readonly Choice[];
}

/** The cases that statements distinguish. Undefined: there are too many. */
function casesOf(statements: readonly Reduced[], keys: Space["keys"]): Cases | undefined {
  const byKey = new Map<string, Condition[]>();
  const unsupported: Condition[] = [];
  for (const condition of distinct(statements.flatMap(({ conditions }) => conditions))) {
    if (isUnsupported(condition, keys)) unsupported.push(condition);
    else byKey.set(condition.key, [...(byKey.get(condition.key) ?? []), condition]);
  }
  const groups: Group[] = [
    ...[...byKey].map(([key, conditions]) => ({
      key,
      conditions,
      choices: choicesOf(conditions, keys.get(key) as Key),
    })),
    ...unsupported.map((condition) => ({ conditions: [condition], choices: [{ met: [false] }, { met: [true] }] })),
  ];
  const count = groups.reduce((product, { choices }) => product * choices.length, 1);
  if (count > MAX_COMBINATIONS) return undefined;
  const conditions = groups.flatMap((group) => group.conditions);
  return { conditions, unsupported, combinations: combinationsOf(groups, count) };
}

function isUnsupported(condition: Condition, keys: Space["keys"]): boolean {
  const test = testOf(condition);
  if (test.kind === "presence" || test.kind === "unsupported") return test.kind === "unsupported";
  const key = keys.get(condition.key) as Key;
  return test.kind === "before" ? key.ends === undefined : test.open.length > 0 || key.values === undefined;
}

/** Every combination of one choice per group, counted in a number system whose digits are the groups' choices. */
function* combinationsOf(groups: readonly Group[], count: number): Generator<Combination> {
  for (let number = 0; number < count; number++) {
    const met: boolean[] = [];
    const keys: [string, readonly string[] | undefined][] = [];
    const certain: number[] = [];
    let rest = number;
    for (const { key, choices } of groups) {
      const digit = rest % choices.length;
      rest = (rest - digit) / choices.length;
      const choice = choices[digit] as Choice;
      met.push(...choice.met);
      if (key === undefined) continue;
      keys.push([key, choice.values]);
      certain.push(digit);
    }
    yield { met, keys: Object.fromEntries(keys), certain: certain.join() };
  }
}

/** The possible values of a key, as far as its conditions distinguish them. */
function choicesOf(conditions: readonly Condition[], key: Key): Choice[] {
  return key.ends === undefined ? choicesOfTexts(conditions, key) : choicesOfTimes(conditions, key.ends);
}

/** The possible times: the second before each end, and one after all ends. */
function choicesOfTimes(conditions: readonly Condition[], ends: readonly string[]): Choice[] {
  const tests = conditions.map(testOf);
  const choices = new Map<string, Choice>();
  for (const time of [...ends.map(secondBefore), ...ends]) {
    const met = tests.map((test) => test.kind === "before" && time < test.end);
    if (!choices.has(met.join())) choices.set(met.join(), { met, values: [time] });
  }
  return [...choices.values()];
}

function secondBefore(end: string): string {
  return inSeconds(new Date(Date.parse(end) - 1000));
}

/** A value of a key whose values can't be distinguished: its supported conditions ask only whether it is present. */
const SOME_VALUE: TextClass = { matched: [], example: ANY_TEXT.example };

function choicesOfTexts(conditions: readonly Condition[], key: Key): Choice[] {
  const places = new Map(key.patterns.map((pattern, index) => [canonical(pattern), index]));
  const tests = conditions.map((condition) => meets(testOf(condition), places));
  const values = key.values ?? [SOME_VALUE];
  const sets = key.isSet ? subsetsOf(values) : values.map((value) => [value]);
  const choices = new Map<string, Choice>();
  for (const set of [undefined, ...sets]) {
    const met = tests.map((test) => test(set));
    const name = met.join();
    if (!choices.has(name)) choices.set(name, { met, values: set?.map(({ example }) => example) });
  }
  return [...choices.values()];
}

/** Whether a key's values meet a test. Undefined: the request lacks the key. */
function meets(test: Test, places: ReadonlyMap<string, number>): (values: readonly TextClass[] | undefined) => boolean {
  if (test.kind === "presence") return (values) => test.wanted.has(values ? "present" : "absent");
  // Stryker disable next-line all: the others are unsupported, or about the time
  if (test.kind !== "patterns") return () => false;
  const indexes = test.patterns.map((pattern) => places.get(canonical(pattern)) as number);
  const passes = ({ matched }: TextClass) => indexes.some((index) => matched[index]) !== test.isNegated;
  return (values) => {
    if (values === undefined) return test.passesWithoutKey;
    return test.set === "any" ? values.some(passes) : values.every(passes);
  };
}

/** Every set of values, including the empty one. */
function subsetsOf(values: readonly TextClass[]): (readonly TextClass[])[] {
  return Array.from({ length: 2 ** values.length }, (_, bits) => values.filter((_, index) => bits & (2 ** index)));
}

/** How policies name a class of texts: the text itself, the longest pattern, or everything except some patterns. */
function labelOf(one: TextClass, targets: readonly Targets[], all: readonly string[]): Targets {
  const matching = all.filter((_, index) => one.matched[index]);
  const [exact] = matching.filter((text) => !hasWildcard(text));
  const [longest] = matching.sort((a, b) => b.length - a.length);
  const label = exact ?? longest;
  if (label !== undefined) return { not: false, patterns: [label] };
  const patterns = targets.filter(({ not }) => not).flatMap((target) => target.patterns);
  return patterns.length > 0 ? { not: true, patterns: [...new Set(patterns)] } : ANYTHING;
}

/** Whether the statements allow nothing, regardless of conditions. */
function neverAllow(statements: readonly Reduced[]): boolean {
  const isDenied = statements.some(({ effect, conditions }) => effect === "Deny" && conditions.length === 0);
  return isDenied || statements.every(({ effect }) => effect === "Deny");
}

function casesIn(statements: readonly Reduced[]): AllowedCases {
  return { when: alternatives(statements, "Allow"), unless: alternatives(statements, "Deny") };
}

function alternatives(statements: readonly Reduced[], wanted: Statement["effect"]): (readonly Condition[])[] {
  const all = statements.filter(({ effect }) => effect === wanted).map(({ conditions }) => conditions);
  return all.some((conditions) => conditions.length === 0) ? [] : all;
}

/** Drops rights that a wider pattern of another right covers. */
function withoutCovered(rights: readonly Right[]): Right[] {
  const alike = new Map<string, Right[]>();
  for (const right of rights) {
    const { requester, allowed, otherwise, depends } = right;
    const key = canonical({ requester, allowed, otherwise, depends });
    alike.set(key, [...(alike.get(key) ?? []), right]);
  }
  const isCoveredBy = (one: Right, other: Right) =>
    covers(other.action, one.action) && covers(other.resource, one.resource);
  return [...alike.values()].flatMap((group) => {
    // Only a right for a pattern of actions, or for the same action and a pattern of resources, can cover another.
    const isWide = ({ not, patterns }: Targets) => not || patterns.some(hasWildcard);
    const wide = group.filter(({ action }) => isWide(action));
    const byAction = new Map<string, Right[]>();
    for (const right of group) {
      if (!isWide(right.resource)) continue;
      const key = canonical(right.action);
      const known = byAction.get(key);
      if (known) known.push(right);
      else byAction.set(key, [right]);
    }
    const isFirst = (one: Right, other: Right) => group.indexOf(one) < group.indexOf(other);
    return group.filter(
      (right) =>
        ![...wide, ...(byAction.get(canonical(right.action)) ?? [])].some(
          (other) => isCoveredBy(right, other) && (!isCoveredBy(other, right) || isFirst(other, right)),
        ),
    );
  });
}

function covers(wide: Targets, narrow: Targets): boolean {
  if (wide.not || narrow.not) return canonical(wide) === canonical(narrow);
  return narrow.patterns.every((text) => wide.patterns.some((pattern) => coversPattern(pattern, text)));
}

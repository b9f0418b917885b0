import fc, { type Arbitrary, type GeneratorValue } from "fast-check";
import {
  ACTION,
  BOOLEAN,
  Choices,
  CURRENT_TIME,
  type Draft,
  json,
  type Patterns,
  policy,
  RESOURCE,
  SET,
  statement,
  TEXT,
  type Test,
  TIMES,
  test,
  unique,
  valueFor,
} from "./policies";
import { type JsonStatement, type Request, secondBefore, texts } from "./request";

/** Two policies, of which one is some edits of the other. */
export interface Change {
  readonly base: readonly JsonStatement[];
  readonly head: readonly JsonStatement[];
}

function without<T>(all: readonly T[], at: number): T[] {
  return all.filter((_, index) => index !== at);
}

/** The one at a place replaced by others, or by one. */
function replaced<T>(all: readonly T[], at: number, ...others: T[]): T[] {
  return [...all.slice(0, at), ...others, ...all.slice(at + 1)];
}

/** A pattern that matches a part of what this one does. */
function narrower(choices: Choices, text: string, of: Arbitrary<string>): string {
  if (text === "*" && of === ACTION) return "s:*";
  if (text === "*" && of === RESOURCE) return "arn:*";
  const wildcards = [...text.matchAll(/[*?]/g)];
  if (!wildcards.length) return text;
  const { 0: wildcard, index } = choices.from(wildcards);
  const by = choices.from(wildcard === "*" ? ["a", "b*", "*a", "?", "?*", "aa"] : ["a", "b"]);
  return `${text.slice(0, index)}${by}${text.slice(index + 1)}`;
}

/** A pattern that matches all that this one does. */
function wider(choices: Choices, text: string): string {
  if (text === "*") return text;
  const places = [...`${text}+`].flatMap((char, at) => (char !== ":" && at > text.indexOf(":") ? [at] : []));
  const at = choices.from(places);
  const by = at < text.length && text[at] !== "*" ? choices.from(["*", "?"]) : "*";
  return `${text.slice(0, at)}${by}${text.slice(at + 1)}`;
}

/** Another list of alternatives, of which fewer things match one; or more. */
function alternatives(choices: Choices, all: readonly string[], of: Arbitrary<string>, fewer: boolean): string[] {
  const at = choices.upTo(all.length - 1);
  const isPattern = of !== TEXT && of !== BOOLEAN;
  const one = all[at] as string;
  if (!isPattern || choices.once(3)) {
    if (!fewer) return [...new Set([...all, choices.value(of)])];
    return all.length > 1 ? without(all, at) : [...all];
  }
  return [...new Set(replaced(all, at, fewer ? narrower(choices, one, of) : wider(choices, one)))];
}

function patterns(choices: Choices, of: Patterns, each: Arbitrary<string>, fewer: boolean): Patterns {
  return { ...of, patterns: alternatives(choices, of.patterns, each, fewer !== of.isNegated) };
}

/** The statement applying to fewer requests, or to more. */
function applying(choices: Choices, draft: Draft, fewer: boolean): Draft {
  const at = choices.upTo(Math.max(0, draft.tests.length - 1));
  const one = draft.tests[at];
  const what = choices.from(
    one ? ["action", "resource", "test", "values", "values", "if exists"] : ["action", "resource", "test"],
  );
  if (what === "action") return { ...draft, action: patterns(choices, draft.action, ACTION, fewer) };
  if (what === "resource") return { ...draft, resource: patterns(choices, draft.resource, RESOURCE, fewer) };
  if (what === "test" || !one) {
    if (!fewer) return { ...draft, tests: without(draft.tests, at) };
    const tests = unique([test(choices), ...draft.tests]);
    return tests.length > draft.tests.length ? { ...draft, tests } : draft;
  }
  if (one.operator === "Null") return draft;
  if (one.operator === "DateLessThan") {
    const [value = ""] = one.values;
    const other = choices.from(TIMES.filter((time) => (fewer ? time <= value : time >= value)));
    return { ...draft, tests: replaced(draft.tests, at, { ...one, values: [other] }) };
  }
  if (what === "if exists") {
    const plain = one.operator.replace("IfExists", "");
    const changed = unique(replaced(draft.tests, at, { ...one, operator: fewer ? plain : `${plain}IfExists` }));
    return changed.length === draft.tests.length ? { ...draft, tests: changed } : draft;
  }
  const values = alternatives(choices, one.values, valueFor(one.operator), fewer !== one.operator.includes("Not"));
  return { ...draft, tests: replaced(draft.tests, at, { ...one, values }) };
}

type Edit = (choices: Choices, drafts: readonly Draft[]) => readonly Draft[];

function onOne(choices: Choices, drafts: readonly Draft[], edit: (draft: Draft) => readonly Draft[]): Draft[] {
  const at = choices.upTo(drafts.length - 1);
  return replaced(drafts, at, ...edit(drafts[at] as Draft));
}

/** One statement for each pattern. What is negated stays together. */
function split(draft: Draft, field: "action" | "resource"): Draft[] {
  const { isNegated, patterns } = draft[field];
  return isNegated ? [draft] : patterns.map((one) => ({ ...draft, [field]: { isNegated, patterns: [one] } }));
}

function respelled(draft: Draft): Draft {
  const patterns = draft.action.patterns.map((one) => one.toUpperCase()).toReversed();
  const tests = draft.tests.map((test) => ({ ...test, key: test.key.toUpperCase(), values: test.values.toReversed() }));
  return { ...draft, action: { ...draft.action, patterns }, tests };
}

/** One statement for each value, if one of them suffices. */
function splitValues(draft: Draft): Draft[] {
  const at = draft.tests.findIndex(({ operator }) => !/Not|ForAllValues|Null/.test(operator));
  const one = draft.tests[at];
  if (!one) return [draft];
  return one.values.map((value) => ({ ...draft, tests: replaced(draft.tests, at, { ...one, values: [value] }) }));
}

/** One statement for requests with the key, and one for those without it. */
function splitIfExists(draft: Draft): Draft[] {
  const at = draft.tests.findIndex(({ operator, key }) => operator.endsWith("IfExists") && key.toLowerCase() !== SET);
  const one = draft.tests[at];
  if (!one) return [draft];
  const when = (test: Test) => ({ ...draft, tests: unique(replaced(draft.tests, at, test)) });
  const [present, absent] = [
    when({ ...one, operator: one.operator.replace("IfExists", "") }),
    when({ ...one, operator: "Null", values: ["true"] }),
  ];
  return [present, absent].some(({ tests }) => tests.length < draft.tests.length) ? [draft] : [present, absent];
}

/** The same conditions with other operators. */
function renamed(draft: Draft): Draft {
  const tests = draft.tests.map((test): Test => {
    const { operator, values } = test;
    if (operator === "Null" && values.join() === "false") return { ...test, operator: "StringLike", values: ["*"] };
    if (operator.includes("Arn")) return { ...test, operator: operator.replace("Equals", "Like") };
    if (operator.includes("Bool")) {
      const upperCase = values.map((value) => value.toUpperCase());
      return { ...test, operator: operator.replace("Bool", "StringEqualsIgnoreCase"), values: upperCase };
    }
    if (/Equals(IfExists)?$/.test(operator) && !/[*?]/.test(values.join()))
      return { ...test, operator: operator.replace("Equals", "Like") };
    return test;
  });
  return unique(tests).length === tests.length ? { ...draft, tests } : draft;
}

/** Edits that change nothing. */
const NEUTRAL: readonly Edit[] = [
  (choices, drafts) => onOne(choices, drafts, (draft) => split(draft, "action")),
  (choices, drafts) => onOne(choices, drafts, (draft) => split(draft, "resource")),
  (choices, drafts) => onOne(choices, drafts, splitValues),
  (choices, drafts) => onOne(choices, drafts, splitIfExists),
  (choices, drafts) => onOne(choices, drafts, (draft) => [respelled(draft)]),
  (choices, drafts) => onOne(choices, drafts, (draft) => [renamed(draft)]),
  (choices, drafts) => onOne(choices, drafts, (draft) => [applying(choices, draft, true), draft]),
  (_, drafts) => drafts.toReversed(),
];

/** Edits that give nobody more. */
const NARROWING: readonly Edit[] = [
  (choices, drafts) => onOne(choices, drafts, (draft) => [applying(choices, draft, !draft.isDeny)]),
  (choices, drafts) => onOne(choices, drafts, (draft) => [applying(choices, draft, !draft.isDeny)]),
  (choices, drafts) => onOne(choices, drafts, (draft) => (draft.isDeny || drafts.length === 1 ? [draft] : [])),
  (choices, drafts) => [...drafts, { ...statement(choices), isDeny: true }],
];

/** Arbitrary edits. */
const CHANGING: readonly Edit[] = [
  otherOperator,
  otherOperator,
  otherOperator,
  (choices, drafts) => onOne(choices, drafts, (draft) => [{ ...statement(choices), isDeny: draft.isDeny }]),
  (choices, drafts) => onOne(choices, drafts, (draft) => [{ ...draft, action: negated(draft.action) }]),
  (choices, drafts) => onOne(choices, drafts, (draft) => [{ ...draft, resource: negated(draft.resource) }]),
  (choices, drafts) => onOne(choices, drafts, (draft) => [applying(choices, draft, draft.isDeny)]),
  (choices, drafts) => [...drafts, statement(choices)],
];

function negated({ isNegated, patterns }: Patterns): Patterns {
  return { isNegated: !isNegated, patterns };
}

const OPERATOR = /^(\w+:)?(String|Arn|Bool)(Not)?(.*?)(IfExists)?$/;

/** Parts of operators, each with one that is easily mistaken for it. */
const OTHERS: Readonly<Record<string, string>> = {
  "ForAnyValue:": "ForAllValues:",
  "ForAllValues:": "ForAnyValue:",
  Equals: "EqualsIgnoreCase",
  EqualsIgnoreCase: "Equals",
  Like: "Equals",
};

/** Another operator for one of the conditions, easily mistaken for its own. */
function otherOperator(choices: Choices, drafts: readonly Draft[]): readonly Draft[] {
  const all = drafts.flatMap(({ tests }, index) => tests.map((one, at) => ({ index, at, one })));
  if (all.length === 0) return drafts;
  const { index, at, one } = choices.from(all);
  const draft = drafts[index] as Draft;
  const tests = unique(replaced(draft.tests, at, mistaken(choices, one)));
  return tests.length === draft.tests.length ? replaced(drafts, index, { ...draft, tests }) : drafts;
}

function mistaken(choices: Choices, test: Test): Test {
  if (test.operator === "DateLessThan")
    return { ...test, values: [choices.from(TIMES.filter((time) => time !== test.values.join()))] };
  if (test.operator === "Null") return { ...test, values: [test.values.join() === "true" ? "false" : "true"] };
  const [, set = "", kind = "", not = "", how = "", ifExists = ""] = OPERATOR.exec(test.operator) ?? [];
  const others = [
    [set, kind, not, how, ifExists ? "" : "IfExists"],
    [OTHERS[set] ?? set, kind, not, how, ifExists],
    [set, kind, kind === "Bool" || not ? "" : "Not", how, ifExists],
  ];
  const ofTexts = [set, "String", not, kind === "String" ? (OTHERS[how] ?? how) : how || "Equals", ifExists];
  return { ...test, operator: choices.from([...others, ofTexts, ofTexts]).join("") };
}

function edited(choices: Choices, drafts: readonly Draft[], edits: readonly Edit[]): readonly Draft[] {
  return Array.from({ length: choices.from([1, 1, 2, 3]) }).reduce<readonly Draft[]>(
    (all) => choices.from(edits)(choices, all),
    drafts,
  );
}

/** A policy and arbitrary edits of it. */
export function anyChange(gen: GeneratorValue): Change {
  const choices = new Choices(gen);
  const drafts = policy(choices);
  const edits = choices.from([
    NARROWING,
    [...NEUTRAL, ...NARROWING],
    [...NEUTRAL, ...NARROWING, ...CHANGING],
    CHANGING,
    CHANGING,
  ]);
  const [one, another] = [json(choices, drafts), json(choices, edited(choices, drafts, edits))];
  return choices.once(2) ? { base: another, head: one } : { base: one, head: another };
}

/** A policy and edits of it that give nobody more. */
export function narrowingChange(gen: GeneratorValue): Change {
  const choices = new Choices(gen);
  const drafts = policy(choices);
  return { base: json(choices, drafts), head: json(choices, edited(choices, drafts, [...NEUTRAL, ...NARROWING])) };
}

/** Requests that the patterns of both policies are about. */
export function requestsNear({ base, head }: Change): Arbitrary<Request> {
  const statements = [...base, ...head];
  const actions = statements.flatMap(({ Action = [], NotAction = [] }) => [...texts(Action), ...texts(NotAction)]);
  const resources = statements.flatMap(({ Resource = [], NotResource = [] }) => [
    ...texts(Resource),
    ...texts(NotResource),
  ]);
  const values = new Map<string, string[]>();
  for (const tests of statements.flatMap(({ Condition = {} }) => Object.values(Condition))) {
    for (const [key, wanted] of Object.entries(tests)) {
      const name = key.toLowerCase();
      values.set(name, [...(values.get(name) ?? []), ...texts(wanted)]);
    }
  }
  const keys = [...values].map(([key, wanted]) => {
    const maxLength = key === SET ? 3 : 1;
    const one = key === CURRENT_TIME ? fc.constantFrom(...wanted.flatMap(around)) : near(wanted);
    const some = fc.array(one, { minLength: key === SET ? 0 : 1, maxLength });
    return fc.option(some, { nil: undefined, freq: 3 }).map((all) => (all ? { [key]: all } : {}));
  });
  return fc.record({
    action: near(actions).map((action) => (/^[a-z0-9-]+:[a-z0-9]+$/i.test(action) ? action.toLowerCase() : "s:z")),
    resource: near(resources).map((resource) => resource || "z"),
    keys: fc.tuple(...keys).map((all) => Object.assign({}, ...all)),
  });
}

/** An end, and the second before it. */
function around(end: string): string[] {
  return [end, secondBefore(end)];
}

/** A text that one of the patterns matches. */
function near(patterns: readonly string[]): Arbitrary<string> {
  return fc.constantFrom(...patterns).chain((one) => {
    const parts = one.split(/[*?]/);
    const between = fc.constantFrom("", "a", "b", "z", "ab");
    return fc
      .array(between, { minLength: parts.length, maxLength: parts.length })
      .map((fill) => parts.map((part, at) => (at === 0 ? part : `${fill[at]}${part}`)).join(""));
  });
}

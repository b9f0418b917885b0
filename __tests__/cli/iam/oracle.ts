import { init, killThreads, type Z3_ast, Z3_lbool } from "z3-solver";
import {
  ACTION,
  ARN_VALUE,
  charsOf,
  type Domain,
  END,
  type Glob,
  globOf,
  RESOURCE,
  type Step,
  sufficientLength,
  TO_THE_END,
  VALUE,
} from "./glob";
import { type JsonStatement, type Request, secondBefore, texts } from "./request";

type Z3 = Awaited<ReturnType<typeof init>>["Z3"];
type Emscripten = Awaited<ReturnType<typeof init>>["em"];

/** A request that one policy allows and the other one doesn't. False: there is none. Undefined: z3 gave up. */
export type Answer = Request | false | undefined;

export interface Oracle {
  /** A request that only head allows, and one that only base allows. */
  compare(
    base: readonly JsonStatement[],
    head: readonly JsonStatement[],
  ): Promise<{ readonly gained: Answer; readonly lost: Answer }>;
  /** Ends z3's threads. */
  close(): Promise<void>;
}

/** When z3 gives up. It counts its steps, not time, so that every machine gets the same answers. */
const RESOURCE_LIMIT = 20_000_000;

/** The logic in which z3 takes clauses as they are. It would spend more time on rewriting formulas than on solving them. */
const LOGIC = "QF_BV";

/**
 * Compares policies with z3, in propositional logic: no theory of strings, which leaves many questions open.
 *
 * The length of each text of a request is bounded (see `sufficientLength`), and a glob is an automaton that is unrolled
 * along the text.
 */
export async function startOracle(): Promise<Oracle> {
  const { Z3, em } = await init();
  Z3.global_param_set("model.compact", "false");
  return {
    compare: async (base, head) => {
      const question = new Question([...base, ...head]);
      const [gained, lost] = [question.difference(head, base), question.difference(base, head)];
      if (gained === false && lost === false) return { gained, lost };
      const { find, close } = solverOf(Z3, em, question);
      const answers = { gained: await find(gained), lost: await find(lost) };
      close();
      return answers;
    },
    close: () => killThreads(em),
  };
}

/** Gives z3 all clauses of a question, of which it finds a request. */
function solverOf(z3: Z3, em: Emscripten, question: Question) {
  const config = z3.mk_config();
  const context = z3.mk_context(config);
  z3.del_config(config);
  const symbol = (name: string) => z3.mk_string_symbol(context, name);
  const solver = z3.mk_solver_for_logic(context, symbol(LOGIC));
  z3.solver_inc_ref(context, solver);
  const parameters = z3.mk_params(context);
  z3.params_inc_ref(context, parameters);
  z3.params_set_uint(context, parameters, symbol("rlimit"), RESOURCE_LIMIT);
  z3.solver_set_params(context, solver, parameters);
  z3.params_dec_ref(context, parameters);

  const bool = z3.mk_bool_sort(context);
  const known = new Map<number, Z3_ast>();
  const literal = (number: number): Z3_ast => {
    const ast =
      known.get(number) ??
      (number < 0
        ? z3.mk_not(context, literal(-number))
        : z3.mk_const(context, z3.mk_int_symbol(context, number), bool));
    known.set(number, ast);
    return ast;
  };
  // z3.mk_or copies its list twice.
  const list = em._malloc(4 * Math.max(...question.clauses.map(({ length }) => length)));
  for (const clause of question.clauses) {
    em.HEAPU32.set(clause.map(literal), list / 4);
    z3.solver_assert(context, solver, em._Z3_mk_or(context, clause.length, list));
  }
  em._free(list);

  return {
    /** A request for which a variable is true. */
    find: async (variable: number | false): Promise<Answer> => {
      if (variable === false) return false;
      const answer = await z3.solver_check_assumptions(context, solver, [literal(variable)]);
      if (answer === Z3_lbool.Z3_L_UNDEF) return undefined;
      if (answer === Z3_lbool.Z3_L_FALSE) return false;
      const model = z3.solver_get_model(context, solver);
      z3.model_inc_ref(context, model);
      const request = question.request((number) => {
        const value = z3.model_eval(context, model, literal(number), true);
        return value !== null && z3.get_bool_value(context, value) === Z3_lbool.Z3_L_TRUE;
      });
      z3.model_dec_ref(context, model);
      return request;
    },
    close: () => {
      z3.solver_dec_ref(context, solver);
      z3.del_context(context);
    },
  };
}

interface Match {
  readonly globs: readonly Glob[];
  readonly isNegated: boolean;
}

/** What a condition asks of a key. */
interface Test extends Match {
  readonly key: string;
  /** ForAnyValue or ForAllValues. */
  readonly set?: string;
  readonly ifExists: boolean;
  /** For Null, whether the key must be absent. */
  readonly absent?: boolean;
  /** For DateLessThan, the time before which the request must be. */
  readonly before?: string;
}

interface Rule {
  readonly isDeny: boolean;
  readonly action: Match;
  readonly resource: Match;
  readonly tests: readonly Test[];
}

function ruleOf(statement: JsonStatement): Rule {
  const { Effect, Action, NotAction = [], Resource, NotResource = [], Condition = {} } = statement;
  const like = (pattern: string) => globOf("StringLike", pattern);
  const actions = texts(Action ?? NotAction).map((pattern) => pattern.toLowerCase());
  return {
    isDeny: Effect === "Deny",
    action: { globs: actions.map(like), isNegated: Action === undefined },
    resource: { globs: texts(Resource ?? NotResource).map(like), isNegated: Resource === undefined },
    tests: Object.entries(Condition).flatMap(([operator, tests]) =>
      Object.entries(tests).map(([key, values]) => testOf(operator, key.toLowerCase(), texts(values))),
    ),
  };
}

function testOf(operator: string, key: string, values: readonly string[]): Test {
  const [, set, base = "", suffix] = /^(?:(\w+):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const test = { key, set, ifExists: suffix !== undefined, isNegated: base.includes("Not") };
  if (base === "DateLessThan") return { ...test, globs: [], before: values.join() };
  if (base === "Null") return { ...test, globs: [], absent: values.join() === "true" };
  return { ...test, globs: values.map((value) => globOf(base.replace("Not", ""), value)) };
}

/** A variable by its number, negative if it is negated; or a constant. */
type Formula = number | boolean;

/** A character of a text: of those that it can be, one half or the other, and so on. */
type Position =
  | { readonly char: string }
  | { readonly isFirst: number; readonly first: Position; readonly second: Position };

/** A text of the request. */
interface Word {
  readonly positions: readonly Position[];
  /** Whether it matches a glob, by the glob's ID. */
  readonly matches: Map<string, Formula>;
}

/** A condition key of the request. */
interface Key {
  readonly isAbsent: Formula;
  readonly values: readonly { readonly isPresent: Formula; readonly word: Word }[];
  /** For a time, whether it is before each of those that are asked for, earliest first. */
  readonly before: readonly (readonly [end: string, isBefore: Formula])[];
}

/** The question for z3: a request that one policy allows and another one doesn't. */
class Question {
  /** Of each, one must be true. */
  readonly clauses: number[][] = [];
  #variables = 0;
  readonly #conjunctions = new Map<string, number>();
  readonly #action: Word;
  readonly #resource: Word;
  readonly #keys = new Map<string, Key>();

  constructor(statements: readonly JsonStatement[]) {
    const rules = statements.map(ruleOf);
    const globs = (field: "action" | "resource") => rules.flatMap((rule) => rule[field].globs);
    this.#action = this.#word(ACTION, globs("action"));
    this.#resource = this.#word(RESOURCE, globs("resource"));
    const tests = rules.flatMap((rule) => rule.tests);
    for (const key of new Set(tests.map((test) => test.key))) {
      this.#keys.set(key, this.#key(tests.filter((test) => test.key === key)));
    }
  }

  /** A variable that is true only for a request that these statements allow and those don't. False: they say the same. */
  difference(these: readonly JsonStatement[], those: readonly JsonStatement[]): number | false {
    const difference = this.#and(this.#allows(these), this.#not(this.#allows(those)));
    if (difference === false) return false;
    const asked = this.#unknown();
    this.#require(-asked, difference);
    return asked;
  }

  /** The request for which these variables are true. */
  request(isTrue: (variable: number) => boolean): Request {
    const holds = (formula: Formula) => (typeof formula === "boolean" ? formula : isTrue(formula));
    const charOf = (position: Position): string =>
      "char" in position ? position.char : charOf(holds(position.isFirst) ? position.first : position.second);
    const textOf = ({ positions }: Word) => positions.map(charOf).join("");
    const timeOf = (before: Key["before"]) => {
      const [next] = before.find(([, isBefore]) => holds(isBefore)) ?? [];
      return next === undefined ? (before.at(-1)?.[0] ?? "") : secondBefore(next);
    };
    const keys = [...this.#keys].filter(([, { isAbsent }]) => !holds(isAbsent));
    return {
      action: textOf(this.#action),
      resource: textOf(this.#resource),
      keys: Object.fromEntries(
        keys.map(([key, { values, before }]) => {
          if (before.length > 0) return [key, [timeOf(before)]];
          return [key, values.filter(({ isPresent }) => holds(isPresent)).map(({ word }) => textOf(word))];
        }),
      ),
    };
  }

  #allows(statements: readonly JsonStatement[]): Formula {
    const rules = statements.map(ruleOf);
    const anyApplies = (isDeny: boolean) =>
      this.#or(...rules.filter((rule) => rule.isDeny === isDeny).map((rule) => this.#applies(rule)));
    return this.#and(anyApplies(false), this.#not(anyApplies(true)));
  }

  #applies({ action, resource, tests }: Rule): Formula {
    return this.#and(
      this.#passes(this.#action, action),
      this.#passes(this.#resource, resource),
      ...tests.map((test) => this.#holds(test)),
    );
  }

  #holds(test: Test): Formula {
    const key = this.#keys.get(test.key);
    if (!key) throw new Error(`No such key: ${test.key}`);
    if (test.before !== undefined) return key.before.find(([end]) => end === test.before)?.[1] ?? false;
    if (test.absent !== undefined) return test.absent ? key.isAbsent : this.#not(key.isAbsent);
    const isAny = test.set === "ForAnyValue";
    const values = key.values.map(({ isPresent, word }) => {
      const passes = this.#passes(word, test);
      return isAny ? this.#and(isPresent, passes) : this.#or(this.#not(isPresent), passes);
    });
    const ofValues = isAny ? this.#or(...values) : this.#and(...values);
    const whenAbsent = test.ifExists || test.set === "ForAllValues" || (!test.set && test.isNegated);
    return whenAbsent ? this.#or(key.isAbsent, ofValues) : this.#and(this.#not(key.isAbsent), ofValues);
  }

  #passes(word: Word, { globs, isNegated }: Match): Formula {
    const isMatch = this.#or(...globs.map((one) => this.#matches(word, one)));
    return isNegated ? this.#not(isMatch) : isMatch;
  }

  /** Follows a glob along a text: for each number of its steps, whether these can take the text up to a position. */
  #matches({ positions, matches }: Word, { id, steps }: Pick<Glob, "id" | "steps">): Formula {
    const known = matches.get(id);
    if (known !== undefined) return known;
    const all = [...steps, TO_THE_END];
    let reached = this.#skipping(all, [true, ...all.map(() => false)]);
    for (const position of positions) {
      const taken = all.map((step, at) => {
        const before = reached[step.repeats ? at + 1 : at] ?? false;
        return before && this.#and(before, this.#takes(position, step));
      });
      reached = this.#skipping(all, [false, ...taken]);
    }
    const isMatch = reached.at(-1) ?? false;
    matches.set(id, isMatch);
    return isMatch;
  }

  /** A step that repeats can also take nothing. */
  #skipping(steps: readonly Step[], taken: readonly Formula[]): Formula[] {
    const reached: Formula[] = [];
    for (const [number, formula] of taken.entries()) {
      const before = reached[number - 1] ?? false;
      reached.push(steps[number - 1]?.repeats ? this.#or(formula, before) : formula);
    }
    return reached;
  }

  /** That a step takes the character at a position. */
  #takes(position: Position, step: Step): Formula {
    if ("char" in position) return step.takes(position.char);
    const { isFirst } = position;
    const [first, second] = [this.#takes(position.first, step), this.#takes(position.second, step)];
    if (first === second) return first;
    return this.#or(this.#and(isFirst, first), this.#and(-isFirst, second));
  }

  /** One of those characters. */
  #position(chars: readonly string[]): Position {
    const [char = END] = chars;
    if (chars.length <= 1) return { char };
    const half = char === END ? 1 : Math.ceil(chars.length / 2);
    const [first, second] = [this.#position(chars.slice(0, half)), this.#position(chars.slice(half))];
    return { isFirst: this.#unknown(), first, second };
  }

  #key(tests: readonly Test[]): Key {
    const isAbsent = this.#unknown();
    const isSet = tests.some(({ set }) => set);
    const globs = tests.flatMap((test) => test.globs);
    const domain = globs.some(({ isArn }) => isArn) ? ARN_VALUE : VALUE;
    // A set need not have more values than conditions: for each, one that makes it hold or fail.
    const values = (isSet ? tests : [undefined]).map(() => ({
      isPresent: isSet ? this.#unknown() : true,
      word: this.#word(domain, globs),
    }));
    return { isAbsent, values, before: this.#before(tests, isAbsent) };
  }

  /** What is before one time is before every later one. A request without a time is before none. */
  #before(tests: readonly Test[], isAbsent: Formula): Key["before"] {
    const ends = [...new Set(tests.flatMap(({ before }) => before ?? []))].sort();
    const all = ends.map((end) => [end, this.#unknown()] as const);
    for (const [at, [, isBefore]] of all.entries()) {
      this.#require(this.#not(isBefore), this.#not(isAbsent));
      const later = all[at + 1];
      if (later) this.#require(this.#not(isBefore), later[1]);
    }
    return all;
  }

  #word(domain: Domain, all: readonly Glob[]): Word {
    const globs = [...new Map(all.map((glob) => [glob.id, glob])).values()];
    const chars = [END, ...charsOf(globs, domain)];
    const positions = Array.from({ length: sufficientLength(globs, domain) }, () => this.#position(chars));
    let isEnded: Formula = false;
    for (const position of positions) {
      const isEnd = this.#takes(position, TO_THE_END);
      this.#require(this.#not(isEnded), isEnd);
      isEnded = isEnd;
    }
    const word = { positions, matches: new Map() };
    this.#require(this.#matches(word, { id: "domain", steps: domain.steps }));
    return word;
  }

  /** One of these must hold. */
  #require(...formulas: Formula[]): void {
    if (formulas.includes(true)) return;
    this.clauses.push(formulas.filter((formula) => formula !== false) as number[]);
  }

  #unknown(): number {
    return ++this.#variables;
  }

  #not(formula: Formula): Formula {
    return typeof formula === "boolean" ? !formula : -formula;
  }

  /** A variable that is true where all of these hold, the same for the same ones. */
  #and(...formulas: Formula[]): Formula {
    if (formulas.includes(false)) return false;
    const open = [...new Set(formulas.filter((formula) => typeof formula === "number"))].sort((a, b) => a - b);
    if (open.some((formula) => formula < 0 && open.includes(-formula))) return false;
    if (open.length <= 1) return open[0] ?? true;
    const name = open.join();
    const known = this.#conjunctions.get(name);
    if (known !== undefined) return known;
    const all = this.#unknown();
    this.#conjunctions.set(name, all);
    for (const formula of open) this.#require(-all, formula);
    this.#require(all, ...open.map((formula) => -formula));
    return all;
  }

  #or(...formulas: Formula[]): Formula {
    return this.#not(this.#and(...formulas.map((formula) => this.#not(formula))));
  }
}

import { init, killThreads, type Z3_ast, type Z3_context, Z3_lbool, type Z3_solver } from "z3-solver";
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
import { type JsonStatement, type Request, texts } from "./request";

type Z3 = Awaited<ReturnType<typeof init>>["Z3"];

/** A request that one policy allows and the other one doesn't. False: there is none. Undefined: z3 gave up. */
export type Answer = Request | false | undefined;

export interface Oracle {
  /** What head allows and base doesn't, and the reverse. */
  compare(
    base: readonly JsonStatement[],
    head: readonly JsonStatement[],
  ): Promise<{ readonly gained: Answer; readonly lost: Answer }>;
  /** Ends z3's threads. */
  close(): Promise<void>;
}

/** When z3 gives up. It counts its steps, not time, so that every machine gets the same answers. */
const RESOURCE_LIMIT = 20_000_000;

/**
 * Compares policies with z3, in propositional logic: no theory of strings, which leaves many questions open.
 *
 * The length of each text of a request is bounded (see `sufficientLength`), and a glob is an automaton that is unrolled
 * along the text.
 */
export async function startOracle(): Promise<Oracle> {
  const { Z3, em } = await init();
  return {
    compare: async (base, head) => {
      const question = new Question(Z3, [...base, ...head]);
      const answers = { gained: await question.find(head, base), lost: await question.find(base, head) };
      question.close();
      return answers;
    },
    close: () => killThreads(em),
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
  if (base === "Null") return { ...test, globs: [], absent: values.join() === "true" };
  return { ...test, globs: values.map((value) => globOf(base.replace("Not", ""), value)) };
}

type Formula = Z3_ast | boolean;

/** A character of a text: for each that it can be, whether it is. */
type Position = ReadonlyMap<string, Z3_ast>;

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
}

/** What z3 is asked: a request that one policy allows and another one doesn't. */
class Question {
  readonly #context: Z3_context;
  readonly #solver: Z3_solver;
  readonly #action: Word;
  readonly #resource: Word;
  readonly #keys = new Map<string, Key>();

  constructor(
    readonly z3: Z3,
    statements: readonly JsonStatement[],
  ) {
    const config = z3.mk_config();
    const context = z3.mk_context(config);
    z3.del_config(config);
    const symbol = (name: string) => z3.mk_string_symbol(context, name);
    this.#context = context;
    this.#solver = z3.mk_solver_for_logic(context, symbol("QF_FD"));
    z3.solver_inc_ref(context, this.#solver);
    const parameters = z3.mk_params(context);
    z3.params_inc_ref(context, parameters);
    z3.params_set_uint(context, parameters, symbol("rlimit"), RESOURCE_LIMIT);
    z3.solver_set_params(context, this.#solver, parameters);
    z3.params_dec_ref(context, parameters);

    const rules = statements.map(ruleOf);
    const globs = (field: "action" | "resource") => rules.flatMap((rule) => rule[field].globs);
    this.#action = this.#word(ACTION, globs("action"));
    this.#resource = this.#word(RESOURCE, globs("resource"));
    const tests = rules.flatMap((rule) => rule.tests);
    for (const key of new Set(tests.map((test) => test.key))) {
      this.#keys.set(key, this.#key(tests.filter((test) => test.key === key)));
    }
  }

  /** A request that these statements allow and those don't. */
  async find(these: readonly JsonStatement[], those: readonly JsonStatement[]): Promise<Answer> {
    const asked = this.#unknown();
    const difference = this.#and(this.#allows(these), this.#not(this.#allows(those)));
    this.#require(this.#or(this.#not(asked), difference));
    const answer = await this.z3.solver_check_assumptions(this.#context, this.#solver, [asked]);
    if (answer === Z3_lbool.Z3_L_UNDEF) return undefined;
    return answer === Z3_lbool.Z3_L_TRUE && this.#request();
  }

  close(): void {
    this.z3.solver_dec_ref(this.#context, this.#solver);
    this.z3.del_context(this.#context);
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
  #takes(position: Position, { takes }: Step): Formula {
    const [taken, others]: [Z3_ast[], Z3_ast[]] = [[], []];
    for (const [char, is] of position) (takes(char) ? taken : others).push(is);
    return taken.length <= others.length ? this.#or(...taken) : this.#not(this.#or(...others));
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
    return { isAbsent, values };
  }

  #word(domain: Domain, all: readonly Glob[]): Word {
    const globs = [...new Map(all.map((glob) => [glob.id, glob])).values()];
    const chars = [END, ...charsOf(globs, domain)];
    const positions = Array.from(
      { length: sufficientLength(globs, domain) },
      () => new Map(chars.map((char) => [char, this.#unknown()])),
    );
    let isEnded: Formula = false;
    for (const position of positions) {
      this.#require(this.#or(...position.values()));
      this.#require(this.z3.mk_atmost(this.#context, [...position.values()], 1));
      const isEnd = this.#takes(position, TO_THE_END);
      this.#require(this.#or(this.#not(isEnded), isEnd));
      isEnded = isEnd;
    }
    const word = { positions, matches: new Map() };
    this.#require(this.#matches(word, { id: "domain", steps: domain.steps }));
    return word;
  }

  /** The request that z3 found. */
  #request(): Request {
    const [z3, context] = [this.z3, this.#context];
    const model = z3.solver_get_model(context, this.#solver);
    z3.model_inc_ref(context, model);
    const isTrue = (formula: Formula) => {
      const value = typeof formula === "boolean" ? null : z3.model_eval(context, model, formula, true);
      return value ? z3.get_bool_value(context, value) === Z3_lbool.Z3_L_TRUE : formula === true;
    };
    const textOf = ({ positions }: Word) =>
      positions.map((position) => [...position].find(([, is]) => isTrue(is))?.[0]).join("");
    const keys = [...this.#keys].filter(([, { isAbsent }]) => !isTrue(isAbsent));
    const request = {
      action: textOf(this.#action),
      resource: textOf(this.#resource),
      keys: Object.fromEntries(
        keys.map(([key, { values }]) => [
          key,
          values.filter(({ isPresent }) => isTrue(isPresent)).map(({ word }) => textOf(word)),
        ]),
      ),
    };
    z3.model_dec_ref(context, model);
    return request;
  }

  #require(formula: Formula): void {
    const [z3, context] = [this.z3, this.#context];
    const ast = formula === true ? z3.mk_true(context) : formula === false ? z3.mk_false(context) : formula;
    z3.solver_assert(context, this.#solver, ast);
  }

  #unknown(): Z3_ast {
    const [z3, context] = [this.z3, this.#context];
    return z3.mk_fresh_const(context, "is", z3.mk_bool_sort(context));
  }

  #not(formula: Formula): Formula {
    return typeof formula === "boolean" ? !formula : this.z3.mk_not(this.#context, formula);
  }

  #and(...formulas: Formula[]): Formula {
    if (formulas.includes(false)) return false;
    const open = formulas.filter((formula) => typeof formula !== "boolean");
    return open.length > 1 ? this.z3.mk_and(this.#context, open) : (open[0] ?? true);
  }

  #or(...formulas: Formula[]): Formula {
    if (formulas.includes(true)) return true;
    const open = formulas.filter((formula) => typeof formula !== "boolean");
    return open.length > 1 ? this.z3.mk_or(this.#context, open) : (open[0] ?? false);
  }
}

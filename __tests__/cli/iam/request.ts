/** A statement of an identity policy, as AWS writes it. */
export interface JsonStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: Texts;
  readonly NotAction?: Texts;
  readonly Resource?: Texts;
  readonly NotResource?: Texts;
  readonly Condition?: JsonCondition;
}

export type JsonCondition = Readonly<Record<string, Readonly<Record<string, Texts>>>>;

/** One text, or some. */
export type Texts = string | readonly string[];

/** A request. */
export interface Request {
  /** In lower case. */
  readonly action: string;
  readonly resource: string;
  /** The values of each condition key, whose name is in lower case. The request doesn't have the others. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

export function secondBefore(time: string): string {
  return new Date(Date.parse(time) - 1000).toISOString().replace(".000Z", "Z");
}

export function texts(value: Texts): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

/** Whether an identity policy allows a request: one statement at a time, one pattern at a time. */
export function allows(statements: readonly JsonStatement[], request: Request): boolean {
  const effects = statements.filter((statement) => applies(statement, request)).map(({ Effect }) => Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}

/** The statements about an action, as if they named it alone: long lists of patterns are matched only once. */
export function about(statements: readonly JsonStatement[], action: string): JsonStatement[] {
  return statements
    .map(({ Condition: _, Resource: __, NotResource: ___, ...rest }, index) => ({
      rest: { ...rest, Resource: "*" },
      at: index,
    }))
    .filter(({ rest }) => applies(rest, { action, resource: "*", keys: {} }))
    .map(({ at: index }) => {
      const { Action: _, NotAction: __, ...statement } = statements[index] as JsonStatement;
      return { ...statement, Action: action };
    });
}

function applies(statement: JsonStatement, { action, resource, keys }: Request): boolean {
  const { Action, NotAction = [], Resource, NotResource = [], Condition = {} } = statement;
  const isAction = (pattern: string) => like(pattern.toLowerCase()).test(action);
  const isResource = (pattern: string) => like(pattern).test(resource);
  return (
    (Action ? texts(Action).some(isAction) : !texts(NotAction).some(isAction)) &&
    (Resource ? texts(Resource).some(isResource) : !texts(NotResource).some(isResource)) &&
    Object.entries(Condition).every(([operator, tests]) =>
      Object.entries(tests).every(([key, values]) => holds(operator, texts(values), keys[key.toLowerCase()])),
    )
  );
}

function holds(operator: string, patterns: readonly string[], values: readonly string[] | undefined): boolean {
  const [, set, test = "", ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(.+?)(IfExists)?$/.exec(operator) ?? [];
  if (test === "Null") return patterns.some((pattern) => (pattern === "true") === (values === undefined));
  if (values === undefined && ifExists) return true;
  const not = test.includes("Not");
  const passes = (value: string) => patterns.some((pattern) => matches(test, pattern, value)) !== not;
  if (set === "ForAnyValue") return values?.some(passes) ?? false;
  if (set === "ForAllValues") return values?.every(passes) ?? true;
  return values ? values.every(passes) : not;
}

function matches(test: string, pattern: string, value: string): boolean {
  switch (test.replace("Not", "")) {
    case "DateLessThan":
      return Date.parse(value) < Date.parse(pattern);
    case "DateLessThanEquals":
      return Date.parse(value) <= Date.parse(pattern);
    case "DateGreaterThan":
      return Date.parse(value) > Date.parse(pattern);
    case "NumericLessThan":
      return Number(value) < Number(pattern);
    case "StringEquals":
      return value === pattern;
    case "StringEqualsIgnoreCase":
    case "Bool":
      return value.toLowerCase() === pattern.toLowerCase();
    case "StringLike":
      return like(pattern).test(value);
    case "ArnEquals":
    case "ArnLike": {
      const inSixParts = /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s;
      const [parts, patternParts] = [inSixParts.exec(value), inSixParts.exec(pattern)];
      return (
        !!parts &&
        !!patternParts &&
        patternParts.slice(1).every((part, index) => like(part).test(parts[index + 1] ?? ""))
      );
    }
  }
  throw new Error(`No such operator: ${test}`);
}

function like(pattern: string): RegExp {
  const wildcards: Record<string, string> = { "*": ".*", "?": "." };
  return new RegExp(`^${pattern.replace(/\W/g, (char) => wildcards[char] ?? `\\${char}`)}$`, "s");
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { isFields } from "../../common/fields";
import { fieldsIn, list } from "../../common/json";

/** A parameter of an endpoint, as gitlab-api.yaml has it. */
interface Parameter {
  readonly type: "string" | "integer" | "boolean" | "list" | "object";
  readonly required?: true;
  readonly enum?: readonly (string | number)[];
  /** Of an object, or of each object of a list. */
  readonly fields?: Parameters;
}

type Parameters = Readonly<Record<string, Parameter>>;

interface Endpoint {
  readonly path?: Parameters;
  readonly query?: Parameters;
  readonly body?: Parameters;
}

const FILE = join(__dirname, "gitlab-api.yaml");
const ENDPOINTS: Readonly<Record<string, Endpoint>> = parse(readFileSync(FILE, "utf8")).endpoints;

/** Every endpoint, with a pattern of its path. */
const PATTERNS = Object.entries(ENDPOINTS).map(([call, endpoint]) => {
  const pattern = call.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return { pattern: new RegExp(`^${pattern}$`), endpoint };
});

/** What GitLab's description of its API doesn't allow in a request. Undefined: nothing. */
export function requestProblem(
  method: string,
  path: string,
  query: URLSearchParams,
  payload: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const matches = PATTERNS.map(({ pattern, endpoint }) => ({ match: pattern.exec(`${method} ${path}`), endpoint }));
  const { match, endpoint } = matches.find((candidate) => candidate.match !== null) ?? {};
  if (!match || !endpoint) return "no such endpoint";
  if (payload !== undefined && endpoint.body === undefined) return "a body";
  const repeated = [...query.keys()].find((name, index, names) => names.indexOf(name) !== index);
  if (repeated !== undefined) return `${repeated} stands twice`;
  return (
    problemIn(match.groups ?? {}, endpoint.path ?? {}, true) ??
    problemIn(Object.fromEntries(query), endpoint.query ?? {}, true) ??
    problemIn(payload ?? {}, endpoint.body ?? {}, false)
  );
}

function problemIn(
  values: Readonly<Record<string, unknown>>,
  parameters: Parameters,
  isText: boolean,
): string | undefined {
  const missing = Object.entries(parameters).find(([name, { required }]) => required && values[name] === undefined);
  if (missing !== undefined) return `${missing[0]} is missing`;
  for (const [name, value] of Object.entries(values)) {
    const parameter = parameters[name];
    if (parameter === undefined) return `${name} is invalid`;
    if (!isOfType(value, parameter, isText)) return `${name} is no ${parameter.type}`;
    if (parameter.enum?.map(String).includes(String(value)) === false) return `${name} does not have a valid value`;
    const { fields } = parameter;
    const problems = fields ? list(value).map((part) => problemIn(fieldsIn(part), fields, isText)) : [];
    const problem = problems.find((candidate) => candidate !== undefined);
    if (problem !== undefined) return `${name}: ${problem}`;
  }
  return undefined;
}

function isOfType(value: unknown, { type, fields }: Parameter, isText: boolean): boolean {
  if (type === "integer") return isText ? /^\d+$/.test(String(value)) : Number.isInteger(value);
  if (type === "boolean") return isText ? /^(true|false)$/.test(String(value)) : typeof value === "boolean";
  if (type === "object") return isFields(value);
  if (type === "list" && !isText)
    return Array.isArray(value) && value.every((item) => (fields ? isFields(item) : typeof item === "string"));
  return typeof value === "string";
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { parse } from "yaml";

const FILE = join(__dirname, "gitlab-api.yaml");
const schemaOf = (fields?: object) => ({ type: "object", additionalProperties: false, ...fields });

/** Every endpoint, with a pattern of its path. */
const ENDPOINTS = Object.entries<{ readonly query?: object; readonly body?: object }>(
  parse(readFileSync(FILE, "utf8")).endpoints,
).map(([call, { query, body }]) => ({
  pattern: new RegExp(`^${call.replace(/\{\w+_i?id\}/g, "\\d+").replace(/\{\w+\}/g, "[^/]+")}$`),
  query: schemaOf(query),
  body: body && schemaOf(body),
}));
const [texts, values] = [new Ajv({ coerceTypes: true }), new Ajv()];

/** What GitLab's description of its API doesn't allow in a request. Undefined: nothing. */
export function requestProblem(
  method: string,
  path: string,
  query: URLSearchParams,
  payload: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const endpoint = ENDPOINTS.find(({ pattern }) => pattern.test(`${method} ${path}`));
  if (!endpoint) return "no such endpoint";
  const parameters = Object.fromEntries(query);
  if (query.size !== Object.keys(parameters).length) return "a parameter stands twice";
  if (!texts.validate(endpoint.query, parameters)) return texts.errorsText();
  if (!endpoint.body) return payload && "a body";
  return values.validate(endpoint.body, payload ?? {}) ? undefined : values.errorsText();
}

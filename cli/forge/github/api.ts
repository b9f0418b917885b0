import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { parseJsonIfAny } from "../../../common/json";
import { describe } from "../../../common/problem";
import { causeOfFetch } from "../../network/fetch-cause";
import { CommandError } from "../../terminal/command-error";
import { wrongPart } from "../../terminal/json-file";
import { printError } from "../../terminal/print";

/** A repository, and how to reach it from a CI job. */
export interface Repository {
  /** As OWNER/NAME. */
  readonly fullName: string;
  readonly apiUrl: string;
  readonly token: string;
  /** The file of the workflow, which has the permissions that are needed. Undefined: it is asked outside of CI. */
  readonly workflow?: string;
  /** How to try again, without a full stop. */
  readonly again: string;
}

/** Items on a page, of which GitHub returns at most that many variables. */
const MAX_FIELD_PAGE = 30;

const TIMEOUT_MS = 60_000;

/** How often, and for how many seconds at most, a request waits if GitHub asks for it: its secondary limits last a minute. */
const MAX_WAITS = 3;
const MAX_WAIT_S = 180;

/** Who owns a workflow's token. */
export const BOT = "github-actions[bot]";

/** What to do if a command isn't run as a workflow runs it, without a full stop. */
export function howToRun(command: string, workflow: string): string {
  return `Run \`${command}\` as .github/workflows/${workflow} does`;
}

/** Reads variables of GitHub Actions. The error for an invalid one ends with `how`, and never has the token in it. */
export function variablesOf(env: NodeJS.ProcessEnv, usage: string) {
  return (name: string, expected: string, form: RegExp, fallback?: string): string => {
    const value = env[name] ?? fallback;
    if (value !== undefined && form.test(value)) return value;
    const received = name !== "GITHUB_TOKEN" ? describe(value) : value ? "a value that can't be a token" : "nothing";
    throw new CommandError(`Received ${received} for the variable ${name}, expected ${expected}. ${usage}.`);
  };
}

/** The repository that a workflow runs in. */
export function repositoryOf(env: NodeJS.ProcessEnv, usage: string, workflow?: string): Repository {
  const variable = variablesOf(env, usage);
  return {
    fullName: variable("GITHUB_REPOSITORY", "OWNER/NAME", /^[\w.-]+\/[\w.-]+$/),
    apiUrl: variable("GITHUB_API_URL", "an http or https URL", /^https?:\/\/[^\s/]\S*$/),
    token: variable("GITHUB_TOKEN", "a GitHub token", /^[!-~]+$/),
    workflow,
    again: "Run the job again",
  };
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/**
 * Asks GitHub's REST API.
 *
 * @param path below the repository
 * @param parameters of the query or, in a POST or PATCH, of the body
 * @param toleratedStatus an error status to return instead of throwing
 */
export async function askGitHub(
  repository: Repository,
  method: Method,
  path: string,
  parameters: Readonly<Record<string, unknown>>,
  toleratedStatus?: number,
): Promise<{ readonly status: number; readonly data?: unknown; readonly link?: string | undefined }> {
  const request = `${method} /repos/${repository.fullName}${path}`;
  const withoutToken = (text: string) => describe(text.replaceAll(repository.token, "***"));
  for (let waits = 0; ; waits++) {
    const { response, text } = await send(repository, method, path, parameters).catch((error) => {
      const reason = withoutToken(causeOfFetch(error));
      throw new CommandError(`GitHub didn't answer ${request} (${reason}). ${repository.again}.`);
    });
    const { ok, status, headers } = response;
    const data = parseJsonIfAny(text) ?? text; // such as a proxy's page
    if (ok) return { status, data, link: headers.get("link") ?? undefined };
    if (status === toleratedStatus) return { status };
    const reason = z.object({ message: z.string() }).safeParse(data).data?.message ?? text;
    const wait = headers.get("retry-after");
    const isWaitedFor = [403, 429].includes(status) && /^\d+$/.test(wait ?? "") && Number(wait) <= MAX_WAIT_S;
    if (!isWaitedFor || waits === MAX_WAITS) {
      throw new CommandError(
        `GitHub answered ${request} with status ${status} (${withoutToken(reason)}). ${adviceForStatus(status, repository, path)}`,
      );
    }
    printError(`GitHub asks to wait ${wait} seconds …`);
    await sleep(Number(wait) * 1000);
  }
}

async function send(
  repository: Repository,
  method: Method,
  path: string,
  parameters: Readonly<Record<string, unknown>>,
) {
  const url = new URL(`${repository.apiUrl}/repos/${repository.fullName}${path}`);
  const hasBody = method === "POST" || method === "PATCH";
  if (!hasBody) url.search = new URLSearchParams(parameters as Record<string, string>).toString();
  const response = await fetch(url, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `bearer ${repository.token}`,
      ...(hasBody ? { "content-type": "application/json" } : {}),
    },
    body: hasBody ? JSON.stringify(parameters) : undefined,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { response, text: await response.text() };
}

/**
 * A whole list, which GitHub returns page by page.
 *
 * @param toleratedStatus an error status for which there is no list
 */
export async function listAll<T>(
  repository: Repository,
  path: string,
  item: z.ZodType<T>,
  parameters?: Readonly<Record<string, unknown>>,
): Promise<T[]>;
export async function listAll<T>(
  repository: Repository,
  path: string,
  item: z.ZodType<T>,
  parameters: Readonly<Record<string, unknown>>,
  toleratedStatus: number,
): Promise<T[] | undefined>;
export async function listAll<T>(
  repository: Repository,
  path: string,
  item: z.ZodType<T>,
  parameters: Readonly<Record<string, unknown>> = {},
  toleratedStatus?: number,
): Promise<T[] | undefined> {
  const items: T[] = [];
  // The next page's query, which has a page in it, or a position.
  for (let next: string | undefined = ""; next !== undefined; ) {
    const query = { ...parameters, per_page: 100, ...Object.fromEntries(new URLSearchParams(next)) };
    const { status, data, link } = await askGitHub(repository, "GET", path, query, toleratedStatus);
    if (status === toleratedStatus) return undefined;
    for (const element of parseAnswer(repository, path, data, z.array(item))) items.push(element); // there may be more than a call takes arguments
    next = link?.match(/<[^<>]*\?([^<>]*)>; rel="next"/)?.[1];
  }
  return items;
}

/** A whole list, which GitHub returns page by page as a field of an object. */
export async function listField<T>(
  repository: Repository,
  path: string,
  field: string,
  item: z.ZodType<T>,
): Promise<T[]> {
  const form = z.object({ total_count: z.int(), [field]: z.array(item) });
  const items: T[] = [];
  for (let page = 1; ; page++) {
    const { data } = await askGitHub(repository, "GET", path, { per_page: MAX_FIELD_PAGE, page });
    const answer = parseAnswer(repository, path, data, form);
    const pageItems = answer[field] as T[];
    items.push(...pageItems);
    if (pageItems.length === 0 || items.length >= Number(answer.total_count)) return items;
  }
}

/** An answer, if it has the documented form. */
export function parseAnswer<T>(
  repository: Repository,
  path: string,
  data: unknown,
  form: z.ZodType<T>,
  method = "GET",
): T {
  const result = form.safeParse(data);
  if (result.success) return result.data;
  throw new CommandError(
    `Received ${wrongPart(data, result.error)} from GitHub to ${method} /repos/${repository.fullName}${path}, expected what its REST API documents. ${repository.again}.`,
  );
}

function adviceForStatus(status: number, { workflow, again: command }: Repository, path: string): string {
  // GitHub's answer if a repository has Issues turned off.
  if (status === 410 && path === "/issues") return `Turn on Issues in the settings of the repository. ${command}.`;
  if (![401, 403, 404].includes(status)) return `${command}.`;
  return workflow === undefined
    ? `Use the token of an administrator of the repository. ${command}.`
    : `Give the job the permissions that it has in .github/workflows/${workflow}. ${command}.`;
}

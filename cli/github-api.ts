import { setTimeout as sleep } from "node:timers/promises";
import { request } from "@octokit/request";
import { z } from "zod";
import { messageOf } from "../modules/support-app/printable";
import { describe, pathInWords } from "../modules/support-app/problem";
import { CommandError } from "./command-error";
import { tell } from "./print";

/** A repository on GitHub, and how to reach its REST API from a workflow. */
export interface GitHub {
  /** As OWNER/NAME. */
  readonly repository: string;
  readonly apiUrl: string;
  readonly token: string;
  /** The file of the workflow, which has the permissions that are needed. */
  readonly workflow: string;
  /** How to try again, without a full stop. Default: run the job again. */
  readonly again?: string;
}

/** What GitHub answered. */
export interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly link?: string | undefined;
}

const TIMEOUT_MS = 60_000;

/** How often, and for how many seconds at most, a request waits if GitHub asks for it: its secondary limits last a minute. */
const MAX_WAITS = 3;
const MAX_WAIT_S = 180;

/** Who owns a workflow's token. */
export const BOT = "github-actions[bot]";

const RUN_AGAIN = "Run the job again";

/** A request that GitHub refused, or didn't answer. */
export class GitHubError extends CommandError {
  /**
   * @param httpStatus undefined: there was no answer
   * @param isLimit whether a rate limit was reached
   * @param isOfOne whether one issue was asked for, or something below it
   */
  constructor(
    message: string,
    readonly httpStatus: number | undefined,
    readonly isLimit = false,
    readonly isOfOne = false,
  ) {
    super(message);
  }
}

/** What to do if a command isn't run as a workflow runs it, without a full stop. */
export function howToRun(command: string, workflow: string): string {
  return `Run \`${command}\` as .github/workflows/${workflow} does`;
}

/** Reads variables of GitHub Actions. The error for an invalid one ends with `how`. */
export function variablesOf(env: NodeJS.ProcessEnv, how: string) {
  return (name: string, expected: string, form: RegExp, fallback?: string): string => {
    const value = env[name] ?? fallback;
    if (value !== undefined && form.test(value)) return value;
    throw new CommandError(`Received ${describe(value)} for the variable ${name}, expected ${expected}. ${how}.`);
  };
}

/** The repository that a workflow runs in. */
export function gitHubOf(env: NodeJS.ProcessEnv, how: string, workflow: string): GitHub {
  const variable = variablesOf(env, how);
  return {
    repository: variable("GITHUB_REPOSITORY", "OWNER/NAME", /^[\w.-]+\/[\w.-]+$/),
    apiUrl: variable("GITHUB_API_URL", "an http or https URL", /^https?:\/\/[^\s/]\S*$/),
    token: tokenIn(env, how),
    workflow,
  };
}

/** Unlike the other variables, a secret must not be repeated. */
function tokenIn({ GITHUB_TOKEN }: NodeJS.ProcessEnv, how: string): string {
  if (GITHUB_TOKEN && /^[!-~]+$/.test(GITHUB_TOKEN)) return GITHUB_TOKEN;
  const received = GITHUB_TOKEN ? "a value that can't be a token" : "nothing";
  throw new CommandError(`Received ${received} for the variable GITHUB_TOKEN, expected a GitHub token. ${how}.`);
}

/**
 * Asks GitHub's REST API.
 *
 * @param path below the repository
 * @param tolerated an error status to return instead of throwing
 */
export async function ask(
  github: GitHub,
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  parameters: Readonly<Record<string, unknown>>,
  tolerated?: number,
): Promise<Answer> {
  for (let waits = 0; ; waits++) {
    const answer = await tryAsk(github, method, path, parameters, tolerated);
    if (!("wait" in answer)) return answer;
    if (waits === MAX_WAITS || answer.wait > MAX_WAIT_S) throw answer.error;
    tell(`GitHub asks to wait ${answer.wait} seconds …`);
    await sleep(answer.wait * 1000);
  }
}

/** @returns how many seconds to wait, if GitHub has done nothing and asks for it */
async function tryAsk(
  github: GitHub,
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  parameters: Readonly<Record<string, unknown>>,
  tolerated?: number,
): Promise<Answer | { readonly wait: number; readonly error: GitHubError }> {
  const asked = `${method} ${pathOf(github, path)}`;
  try {
    const { status, data, headers } = await request(asked, {
      ...parameters,
      baseUrl: github.apiUrl,
      headers: { authorization: `bearer ${github.token}` },
      request: { signal: AbortSignal.timeout(TIMEOUT_MS) },
    });
    return { status, data, link: headers.link };
  } catch (error) {
    const { status, response } = error as {
      status: number;
      response?: { data: unknown; headers: Record<string, string | undefined> };
    };
    if (status === tolerated) return { status };
    const said = z.object({ message: z.string() }).safeParse(response?.data).data?.message ?? messageOf(error);
    const why = describe(said.replaceAll(github.token, "***"));
    if (!response) {
      const message = `Received no answer from GitHub to ${asked} (${why}), expected one. ${github.again ?? RUN_AGAIN}.`;
      throw new GitHubError(message, undefined);
    }
    const wait = response.headers["retry-after"];
    const refused = new GitHubError(
      `Received status ${status} (${why}) from GitHub to ${asked}, expected success. ${adviceFor(status, github, path)}`,
      status,
      status === 429 || wait !== undefined || response.headers["x-ratelimit-remaining"] === "0",
      /^\/issues\/\d+(\/|$)/.test(path),
    );
    if ([403, 429].includes(status) && wait && /^\d{1,5}$/.test(wait)) return { wait: Number(wait), error: refused };
    throw refused;
  }
}

/** A whole list, which GitHub returns page by page. */
export async function listAll<T>(
  github: GitHub,
  path: string,
  item: z.ZodType<T>,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; ; page++) {
    const { data, link } = await ask(github, "GET", path, { ...parameters, per_page: 100, page });
    for (const one of answered(github, path, data, z.array(item))) all.push(one); // there may be more than a call takes arguments
    if (!link?.includes('rel="next"')) return all;
  }
}

/** An answer, if it has the documented form. */
export function answered<T>(github: GitHub, path: string, data: unknown, form: z.ZodType<T>, method = "GET"): T {
  const read = form.safeParse(data);
  if (read.success) return read.data;
  throw new CommandError(
    `Received ${wrongPart(data, read.error)} from GitHub to ${method} ${pathOf(github, path)}, expected what its REST API documents. ${github.again ?? RUN_AGAIN}.`,
  );
}

/** The first thing in a value that isn't as expected, in words. */
export function wrongPart(value: unknown, { issues: [issue] }: z.ZodError): string {
  const path = (issue?.path ?? []).map((step) => (typeof step === "symbol" ? String(step) : step));
  const found = path.reduce<unknown>((part, step) => (part as Record<string, unknown> | undefined)?.[step], value);
  return path.length === 0 ? describe(found) : `${describe(found)} for ${pathInWords(path)}`;
}

function pathOf({ repository }: GitHub, path: string): string {
  return `/repos/${repository}${path}`;
}

function adviceFor(status: number, { workflow, again = RUN_AGAIN }: GitHub, path: string): string {
  // GitHub's answer if a repository has Issues turned off.
  if (status === 410 && path === "/issues") return `Turn on Issues in the settings of the repository. ${again}.`;
  return [401, 403, 404].includes(status)
    ? `Give the job the permissions that it has in .github/workflows/${workflow}. ${again}.`
    : `${again}.`;
}

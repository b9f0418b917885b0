import { z } from "zod";
import {
  type Answer,
  askRest,
  listRest,
  listRestIfAny,
  type Method,
  type Parameters,
  parseRest,
  type RestApi,
} from "../rest-api";
import { variablesOf } from "../variables";

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

/** Who owns a workflow's token. */
export const BOT = "github-actions[bot]";

/** What to do if a command isn't run as a workflow runs it, without a full stop. */
export function howToRun(command: string, workflow: string): string {
  return `Run \`${command}\` as .github/workflows/${workflow} does`;
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

/** GitHub's REST API, below which every path of a repository begins with it. */
function apiOf(repository: Repository): RestApi {
  const { apiUrl, token, fullName } = repository;
  const start = `/repos/${fullName}`.length;
  return {
    ...{ name: "GitHub", url: apiUrl, token, again: repository.again },
    headers: { accept: "application/vnd.github+json", authorization: `bearer ${token}` },
    adviceFor: (status, path) => adviceForStatus(status, repository, path.slice(start)),
  };
}

/**
 * Asks GitHub's REST API.
 *
 * @param path below the repository
 * @param parameters of the query or, in a POST or PATCH, of the body
 * @param toleratedStatus an error status to return instead of throwing
 */
export function askGitHub(
  repository: Repository,
  method: Method,
  path: string,
  parameters: Parameters,
  toleratedStatus?: number,
): Promise<Answer> {
  return askRest(apiOf(repository), method, `/repos/${repository.fullName}${path}`, parameters, toleratedStatus);
}

/** A whole list, which GitHub returns page by page. */
export function listAll<T>(
  repository: Repository,
  path: string,
  item: z.ZodType<T>,
  parameters?: Parameters,
): Promise<T[]> {
  return listRest(apiOf(repository), `/repos/${repository.fullName}${path}`, item, parameters);
}

/** The same, if there is a list. Undefined: the repository or the list isn't there for this token. */
export function listIfAny<T>(
  repository: Repository,
  path: string,
  item: z.ZodType<T>,
  parameters: Parameters,
): Promise<T[] | undefined> {
  return listRestIfAny(apiOf(repository), `/repos/${repository.fullName}${path}`, item, parameters, 404);
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
  method?: Method,
): T {
  return parseRest(apiOf(repository), `/repos/${repository.fullName}${path}`, data, form, method);
}

function adviceForStatus(status: number | undefined, { workflow, again: command }: Repository, path: string): string {
  // GitHub's answer if a repository has Issues turned off.
  if (status === 410 && path === "/issues") return `Turn on Issues in the settings of the repository. ${command}.`;
  if (![401, 403, 404].includes(status ?? 0)) return `${command}.`;
  return workflow === undefined
    ? `Use the token of an administrator of the repository. ${command}.`
    : `Give the job the permissions that it has in .github/workflows/${workflow}. ${command}.`;
}

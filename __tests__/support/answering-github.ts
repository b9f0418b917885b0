import { answerAsForge, type Failure, type ForgeAnswer } from "./answering-forge";

/** Most characters of a comment. */
const MAX_COMMENT = 65_536;

/** Who does something. */
export interface Actor {
  readonly id: number;
  readonly login: string;
  readonly type: string;
}

/** A comment. */
export interface Comment {
  readonly id: number;
  readonly user: Actor | null;
  body: string;
}

/** A run of a workflow that succeeded, with its jobs. */
export interface StoredRun {
  readonly id: number;
  readonly head_sha: string;
  readonly event: string;
  readonly head_repository: { readonly full_name: string } | null;
  readonly jobs: readonly { readonly name: string; readonly conclusion: string | null }[];
}

/** GitHub's REST API on loopback, as far as one pull request of acme/access needs it, whatever its number is. */
export interface AnsweringGitHub {
  readonly url: string;
  readonly comments: Comment[];
  /** Runs of deploy.yml on main, the newest first. */
  readonly runs: StoredRun[];
  /** Commits that aren't in the history of main. */
  readonly unmerged: Set<string>;
  /** Of the run of the workflow. */
  readonly jobs: { readonly name: string; readonly conclusion: string | null }[];
  /** The last commit of each branch. */
  readonly branches: Map<string, string>;
  /** What was asked, without queries, and with which token. */
  readonly asked: string[];
  readonly authorizations: Set<string | undefined>;
  /** What fails, by what is asked. */
  readonly failures: Map<string, Failure>;
  reset(): void;
  close(): Promise<unknown>;
}

/** GitHub's own bot, whose token a workflow has. */
export const GITHUB_ACTIONS: Actor = { id: 41898282, login: "github-actions[bot]", type: "Bot" };
export const ALICE: Actor = { id: 1, login: "alice", type: "User" };
export const BOB: Actor = { id: 2, login: "bob", type: "User" };

const COMPARISON = /^\/repos\/acme\/access\/compare\/([\da-f]+)\.\.\.[\da-f]+$/;

/** Starts one on a free port. */
export async function answerAsGitHub(github = {} as AnsweringGitHub): Promise<AnsweringGitHub> {
  const state: Omit<AnsweringGitHub, "url" | "close" | "reset"> = {
    ...{ comments: [], runs: [], jobs: [], asked: [] },
    ...{ branches: new Map(), authorizations: new Set(), failures: new Map(), unmerged: new Set() },
  };
  const { comments, runs, jobs, unmerged, branches, authorizations, failures } = state;
  const invalid = (body: Record<string, unknown>) => ({ status: 422, body: { message: "Validation Failed", ...body } });

  /** Runs of a workflow, the jobs of one, page by page, and whether a commit is merged. Undefined: it is about something else. */
  const answerRuns = (method: string, path: string, query: URLSearchParams) => {
    const [, id] = path.match(/^\/repos\/acme\/access\/actions\/runs\/(\d+)\/jobs$/) ?? [];
    const jobs = runs.find((run) => String(run.id) === id)?.jobs;
    const [size, page] = [Number(query.get("per_page") ?? 30), Number(query.get("page") ?? 1)];
    if (method !== "GET") return undefined;
    if (jobs !== undefined) {
      return { status: 200, body: { total_count: jobs.length, jobs: jobs.slice((page - 1) * size, page * size) } };
    }
    const [, compared] = COMPARISON.exec(path) ?? [];
    if (compared !== undefined) return { status: 200, body: { status: unmerged.has(compared) ? "diverged" : "ahead" } };
    if (path !== "/repos/acme/access/actions/workflows/deploy.yml/runs") return undefined;
    if (query.get("branch") !== "main" || query.get("status") !== "success") return invalid({});
    const workflow_runs = runs.slice(0, size).map(({ jobs: _, ...run }) => run);
    return { status: 200, body: { total_count: runs.length, workflow_runs } };
  };

  const answer = (method: string, path: string, payload: Readonly<Record<string, unknown>>): ForgeAnswer => {
    const [, route = "", name = ""] = path.match(/^\/repos\/acme\/access(.*?)(?:\/(\d+))?$/) ?? [];
    const body = String(payload.body);
    switch (`${method} ${route.replace(/\/\d+/, "")}`) {
      case "GET /actions/runs/jobs":
        return { status: 200, body: { total_count: jobs.length, jobs } };
      case "GET /issues/comments":
        return { status: 200, body: comments };
      case "POST /issues/comments": {
        if (body.length > MAX_COMMENT) return invalid({ errors: [{ message: "body is too long" }] });
        comments.push({ id: comments.length + 1, user: GITHUB_ACTIONS, body });
        return { status: 201, body: comments.at(-1) };
      }
      case "PATCH /issues/comments": {
        const comment = comments.find(({ id }) => String(id) === name);
        if (!comment) return { status: 404, body: { message: "Not Found" } };
        if (body.length > MAX_COMMENT) return invalid({ errors: [{ message: "body is too long" }] });
        comment.body = body;
        return { status: 200, body: comment };
      }
      case "DELETE /issues/comments": {
        const index = comments.findIndex(({ id }) => String(id) === name);
        if (index < 0) return { status: 404, body: { message: "Not Found" } };
        return { status: 204, body: comments.splice(index, 1) && "" };
      }
      case `GET /git/ref/heads/${route.split("/")[4]}`: {
        const sha = branches.get(route.split("/")[4] ?? "");
        const reference = { ref: route.replace("/git/ref/", "refs/"), object: { type: "commit", sha } };
        return sha === undefined ? { status: 404, body: { message: "Not Found" } } : { status: 200, body: reference };
      }
      default:
        return { status: 404, body: { message: "Not Found" } };
    }
  };

  const server = await answerAsForge(
    state,
    { root: "", pageSize: 30 },
    ({ method, path, query, payload = {} }) => answerRuns(method, path, query) ?? answer(method, path, payload),
    ({ headers }) => void authorizations.add(headers.authorization),
  );
  return Object.assign(github, state, server, {
    reset: () => {
      for (const list of [comments, runs, jobs, state.asked]) list.length = 0;
      unmerged.clear();
      authorizations.clear();
      branches.clear();
      failures.clear();
    },
  });
}

/** GitHub on loopback for all tests of a file, in which nothing is at the start of each. To be called where tests are described. */
export function gitHubInTests(): AnsweringGitHub {
  const github = {} as AnsweringGitHub;
  beforeAll(() => answerAsGitHub(github));
  beforeEach(() => github.reset());
  afterAll(() => github.close());
  return github;
}

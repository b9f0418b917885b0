import { answerAsForge, type Failure, type ForgeAnswer, type ForgeCall } from "./answering-forge";

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

/** A run of a workflow, with its jobs. */
export interface StoredRun {
  readonly id: number;
  readonly run_number: number;
  readonly head_sha: string;
  readonly head_branch: string | null;
  readonly event: string;
  readonly jobs: readonly { readonly name: string; readonly conclusion: string | null }[];
}

/** GitHub's REST API on loopback, as far as one pull request of acme/access needs it, whatever its number is. */
export interface AnsweringGitHub {
  readonly url: string;
  readonly comments: Comment[];
  /** Files of the pull request. */
  readonly files: { readonly filename: string; readonly previous_filename?: string }[];
  /** Runs of deploy.yml, the newest first. */
  readonly runs: StoredRun[];
  /** Commits that aren't in the history of main. */
  readonly unmerged: Set<string>;
  /** The blob of deploy.yml in a commit. Undefined: it has none. */
  deployYmlOf: (commit: string) => string | undefined;
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

/** The blob of deploy.yml, unless a test says otherwise. */
const DEPLOY_YML = "0".repeat(40);

const ROOT = "/repos/acme/access";
const NOT_FOUND: ForgeAnswer = { status: 404, body: { message: "Not Found" } };
const INVALID: ForgeAnswer = { status: 422, body: { message: "Validation Failed" } };
const ok = (body: unknown): ForgeAnswer => ({ status: 200, body });

/** What is answered, by method and path, of whose commits and numbers each is a `#`. */
function answerTo(github: AnsweringGitHub, { method, path, query, payload = {} }: ForgeCall): ForgeAnswer {
  const { comments, runs } = github;
  const [, number, sha = ""] = path.match(/\/(\d+)(?:\/\w+)?$|\/(\w+)\.\.\.\w+$/) ?? [];
  const size = Number(query.get("per_page") ?? 30);
  const index = comments.findIndex(({ id }) => String(id) === number);
  const body = String(payload.body);
  if (body.length > MAX_COMMENT) return INVALID;
  const branch = path.replace(`${ROOT}/git/ref/heads/`, "");
  if (branch !== path) {
    const tip = github.branches.get(branch);
    return tip === undefined ? NOT_FOUND : ok({ ref: `refs/heads/${branch}`, object: { type: "commit", sha: tip } });
  }
  switch (`${method} ${path.replace(ROOT, "").replace(/\/(\d+(?=\/|$)|\w+\.\.\.\w+)/g, "/#")}`) {
    case "GET /actions/runs/#/jobs": {
      const jobs = runs.find(({ id }) => String(id) === number)?.jobs ?? github.jobs;
      return ok({ total_count: jobs.length, jobs });
    }
    case "GET /actions/workflows/deploy.yml/runs":
      return ok({ total_count: runs.length, workflow_runs: runs.slice(0, size).map(({ jobs: _, ...run }) => run) });
    case "GET /contents/.github/workflows/deploy.yml": {
      const blob = github.deployYmlOf(query.get("ref") ?? "main");
      return blob === undefined ? NOT_FOUND : ok({ type: "file", path: ".github/workflows/deploy.yml", sha: blob });
    }
    case "GET /compare/#":
      return ok({ status: github.unmerged.has(sha) ? "diverged" : "ahead" });
    case "GET /pulls/#/files":
      return ok(github.files);
    case "GET /issues/#/comments":
      return ok(comments);
    case "POST /issues/#/comments":
      comments.push({ id: comments.length + 1, user: GITHUB_ACTIONS, body });
      return { status: 201, body: comments.at(-1) };
    case "PATCH /issues/comments/#":
      return index < 0 ? NOT_FOUND : ok(Object.assign(comments[index] as Comment, { body }));
    case "DELETE /issues/comments/#":
      return index < 0 ? NOT_FOUND : { status: 204, body: comments.splice(index, 1) && "" };
    default:
      return NOT_FOUND;
  }
}

/** Starts one on a free port. */
export async function answerAsGitHub(github = {} as AnsweringGitHub): Promise<AnsweringGitHub> {
  const lists = { comments: [], files: [], runs: [], jobs: [], asked: [] };
  const sets = { branches: new Map(), authorizations: new Set(), failures: new Map(), unmerged: new Set() };
  Object.assign(github, lists, sets, {
    reset: () => {
      for (const list of Object.values(lists)) list.length = 0;
      for (const set of Object.values(sets)) set.clear();
      github.deployYmlOf = () => DEPLOY_YML;
    },
  });
  github.reset();
  const server = await answerAsForge(
    github,
    { root: "", pageSize: 30 },
    (call) => answerTo(github, call),
    ({ headers }) => void github.authorizations.add(headers.authorization),
  );
  return Object.assign(github, server);
}

/** GitHub on loopback for all tests of a file, in which nothing is at the start of each. To be called where tests are described. */
export function gitHubInTests(): AnsweringGitHub {
  const github = {} as AnsweringGitHub;
  beforeAll(() => answerAsGitHub(github));
  beforeEach(() => github.reset());
  afterAll(() => github.close());
  return github;
}

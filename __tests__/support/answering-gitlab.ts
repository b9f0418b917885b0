import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerAsForge, type Failure, type ForgeAnswer, type ForgeCall } from "./answering-forge";
import { requestProblem } from "./gitlab-api";

/** Most characters of a comment. Source: GitLab, "GitLab application limits". */
const MAX_COMMENT = 1_000_000;

/** The project and its merge request. */
export const PROJECT_ID = 5;
export const PROJECT_PATH = "acme/access";

/** Who does something. */
export interface GitLabUser {
  readonly id: number;
  readonly username: string;
}

export const ALICE: GitLabUser = { id: 1, username: "alice" };
/** Who owns the token of the pipeline, and another token. */
export const TOKEN_OWNER: GitLabUser = { id: 40, username: "project_5_bot_1a2b3c" };
export const OTHER_BOT: GitLabUser = { id: 41, username: "project_5_bot_4d5e6f" };

/** A comment, as GitLab stores it. */
export interface StoredNote {
  readonly id: number;
  body: string;
  readonly author: GitLabUser | null;
  readonly system: boolean;
}

/** A pipeline of main, the pipelines that it started, and their jobs. */
export interface StoredPipeline {
  readonly id: number;
  readonly sha: string;
  /** What started it. By default, a push. */
  readonly source?: string;
  readonly children: readonly {
    readonly id: number;
    readonly sha: string;
    readonly project_id: number;
    readonly jobs: readonly { readonly name: string; readonly status: string }[];
  }[];
}

/** What can be set. */
interface State {
  /** The merge request. */
  readonly merge: { readonly iid: number; sha: string; changes_count: string | null };
  /** Its files. */
  readonly files: { readonly old_path: string; readonly new_path: string }[];
  readonly notes: StoredNote[];
  readonly pipelines: StoredPipeline[];
  /** The folder with what the job synth of a merge request has uploaded so far, and how that job ended by then. Undefined: there is no such job. */
  synth: { readonly folder: string; readonly status: () => string } | undefined;
  /** Whether a commit is in the history of another. */
  isMerged: (commit: string, head: string) => boolean;
  /** Who owns the token. */
  self: GitLabUser;
}

/** GitLab's REST API on loopback, as far as one merge request of acme/access needs it. A request that GitLab doesn't document is refused. */
export interface AnsweringGitLab extends State {
  /** As CI_API_V4_URL. */
  readonly url: string;
  /** What was asked, without queries, and with which token. */
  readonly asked: string[];
  readonly tokens: Set<string | undefined>;
  /** Requests that GitLab doesn't document. */
  readonly undocumented: string[];
  /** What fails, by what is asked. */
  readonly failures: Map<string, Failure>;
  reset(): void;
  close(): Promise<unknown>;
}

export const MERGE_COMMIT = "0123456789abcdef0123456789abcdef01234567";

function initialState(): State {
  return {
    merge: { iid: 7, sha: MERGE_COMMIT, changes_count: "1" },
    files: [{ old_path: "environments.yaml", new_path: "environments.yaml" }],
    notes: [],
    pipelines: [],
    synth: undefined,
    isMerged: () => true,
    self: TOKEN_OWNER,
  };
}

const NOT_FOUND: ForgeAnswer = { status: 404, body: { message: "404 Not found" } };
const ok = (body: unknown): ForgeAnswer => ({ status: 200, body });
const orNotFound = (body: unknown): ForgeAnswer => (body === undefined ? NOT_FOUND : ok(body));

const TOO_LONG: ForgeAnswer = {
  status: 400,
  body: { message: { note: ["is too long (maximum is 1000000 characters)"] } },
};

/** The job of a merge request that runs its own code. */
const SYNTH_JOB = 71;

function zipOf(folder: string): Buffer {
  const place = mkdtempSync(join(tmpdir(), "artifacts-"));
  try {
    const file = join(place, "artifacts.zip");
    execFileSync("python3", ["-m", "zipfile", "-c", file, ...readdirSync(folder)], { cwd: folder });
    return readFileSync(file);
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** Answers to requests that are documented, by method and path, with the numbers of the path. */
function answerTo(gitlab: State, { method, path, query, payload = {} }: ForgeCall): ForgeAnswer {
  const [projectId, first = "", second = ""] = path.match(/\d+/g) ?? [];
  if (String(payload.body ?? "").length > MAX_COMMENT) return TOO_LONG;
  if (path === "/user") return ok(gitlab.self);
  if (Number(projectId) !== PROJECT_ID) return NOT_FOUND;
  const { merge, notes } = gitlab;
  const isMerge = String(merge.iid) === first;
  const note = notes.find(({ id }) => String(id) === second);
  const pipeline = gitlab.pipelines.find(({ id }) => String(id) === first);
  switch (`${method} ${path.replace(/\d+/g, "#")}`) {
    case "GET /projects/#/merge_requests/#":
      return isMerge ? ok({ ...merge, target_project_id: PROJECT_ID }) : NOT_FOUND;
    case "GET /projects/#/merge_requests/#/diffs":
      return isMerge ? ok(gitlab.files) : NOT_FOUND;
    case "GET /projects/#/merge_requests/#/notes":
      return isMerge ? ok(query.get("sort") === "asc" ? notes : notes.toReversed()) : NOT_FOUND;
    case "POST /projects/#/merge_requests/#/notes": {
      if (!isMerge) return NOT_FOUND;
      const id = 500 + notes.length;
      notes.push({ id, body: String(payload.body), author: gitlab.self, system: false });
      return { status: 201, body: notes.at(-1) };
    }
    case "PUT /projects/#/merge_requests/#/notes/#":
      if (!note) return NOT_FOUND;
      return ok(Object.assign(note, { body: payload.body }));
    case "DELETE /projects/#/merge_requests/#/notes/#":
      if (!note) return NOT_FOUND;
      notes.splice(notes.indexOf(note), 1);
      return { status: 204 };
    case "GET /projects/#/pipelines":
      if (query.get("ref") !== "main") return ok([]);
      return ok(
        gitlab.pipelines
          .filter(({ source = "push" }) => source === (query.get("source") ?? source))
          .map(({ id, sha }) => ({ id, sha, project_id: PROJECT_ID, ref: "main", status: "success" })),
      );
    case "GET /projects/#/pipelines/#/bridges":
      return orNotFound(
        pipeline?.children.map(({ jobs: _, ...child }) => ({
          name: "deploy",
          downstream_pipeline: { ...child, status: "success" },
        })),
      );
    case "GET /projects/#/pipelines/#/jobs": {
      const children = gitlab.pipelines.flatMap((parent) => parent.children);
      const { synth } = gitlab;
      const ofMerge = synth && [
        { id: SYNTH_JOB + 1, name: "access", status: "running" },
        { id: SYNTH_JOB, name: "synth", status: synth.status() },
      ];
      return orNotFound(children.find(({ id }) => String(id) === first)?.jobs ?? ofMerge);
    }
    case "GET /projects/#/jobs/#/artifacts": {
      const folder = gitlab.synth?.folder ?? "";
      return Number(first) === SYNTH_JOB && existsSync(folder) ? ok(zipOf(folder)) : NOT_FOUND;
    }
    case "GET /projects/#/repository/merge_base": {
      const [commit = "", head = ""] = (query.get("refs") ?? "").split(",");
      return ok({ id: gitlab.isMerged(commit, head) ? commit : "9".repeat(40) });
    }
    default:
      throw new Error(`${method} ${path} is documented, but the stand-in has no answer`);
  }
}

/** Starts one on a free port. */
export async function answerAsGitLab(gitlab = {} as AnsweringGitLab): Promise<AnsweringGitLab> {
  const root = "/api/v4";
  const { url, close } = await answerAsForge(
    gitlab,
    { root, pageSize: 20 },
    (call) => answerTo(gitlab, call),
    ({ method, path, query, payload, headers }) => {
      gitlab.tokens.add(headers.authorization?.replace("Bearer ", "") ?? [headers["private-token"]].flat()[0]);
      const problem = requestProblem(method, root + path, query, payload);
      if (problem === undefined) return undefined;
      gitlab.undocumented.push(`${method} ${path}: ${problem}`);
      return { status: 400, body: { error: problem } };
    },
  );
  const reset = () => {
    const calls = { asked: [], tokens: new Set(), undocumented: [], failures: new Map() };
    Object.assign(gitlab, initialState(), calls);
  };
  reset();
  return Object.assign(gitlab, { url: url + root, close, reset });
}

/** GitLab on loopback for all tests of a file, in which nothing is at the start of each. To be called where tests are described. */
export function gitLabInTests(): AnsweringGitLab {
  const gitlab = {} as AnsweringGitLab;
  beforeAll(() => answerAsGitLab(gitlab));
  beforeEach(() => gitlab.reset());
  afterEach(() => expect(gitlab.undocumented).toEqual([]));
  afterAll(() => gitlab.close());
  return gitlab;
}

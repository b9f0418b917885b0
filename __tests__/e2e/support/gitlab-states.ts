import type { IncomingMessage } from "node:http";
import { listening, serverOf } from "../../support/loopback";

/** A Terraform state of a GitLab project. */
interface GitLabState {
  /** By their serials, the latest last. */
  readonly versions: Map<number, string>;
  lock?: { readonly id: string; readonly who: string; readonly created: string };
}

/** A stand-in for the states of a GitLab project. */
export interface GitLabStates {
  /** Their address, as environments.yaml has it. */
  readonly address: string;
  /** The variables with the credentials. */
  readonly credentials: { readonly TF_HTTP_USERNAME: string; readonly TF_HTTP_PASSWORD: string };
  readonly states: ReadonlyMap<string, GitLabState>;
  /** Somebody else locks a state. */
  lock(name: string, id: string): void;
  /** Somebody removes a state. */
  remove(name: string): void;
  close(): Promise<void>;
}

const PATH = "/api/v4/projects/acme%2Fsupport-app/terraform/state";
/** Source: GitLab, lib/api/terraform/state.rb, parameters of the lock. */
const LOCK_INFO = ["ID", "Operation", "Info", "Who", "Version", "Created", "Path"];

/** Starts a stand-in. Source of what it answers: GitLab, lib/api/terraform/state.rb and app/services/terraform/remote_state_handler.rb. */
export async function startGitLabStates(): Promise<GitLabStates> {
  const states = new Map<string, GitLabState>();
  const credentials = { TF_HTTP_USERNAME: "gitlab-ci-token", TF_HTTP_PASSWORD: "glcbt-a-token" };
  const authorization = `Basic ${Buffer.from(Object.values(credentials).join(":")).toString("base64")}`;
  const stateOf = (name: string) => {
    const state: GitLabState = states.get(name) ?? { versions: new Map() };
    states.set(name, state);
    return state;
  };
  const server = serverOf((incoming, outgoing, body) => {
    const [status, answer = ""] =
      incoming.headers.authorization === authorization ? answerTo(states, stateOf, incoming, body) : [401];
    outgoing.writeHead(status).end(answer);
  });
  const { url, close } = await listening(server);
  const lock = (name: string, id: string) => {
    stateOf(name).lock = { id, who: "somebody", created: "2026-11-30T13:00:00.000Z" };
  };
  const remove = (name: string) => void states.delete(name);
  return { address: url + PATH, credentials, states, lock, remove, close };
}

function answerTo(
  states: ReadonlyMap<string, GitLabState>,
  stateOf: (name: string) => GitLabState,
  { method, url = "" }: IncomingMessage,
  body: string,
): readonly [status: number, body?: string] {
  const { pathname, searchParams } = new URL(url, "http://gitlab.invalid");
  const [, name, isLock] = pathname.match(new RegExp(`^${PATH}/([^/]+)(/lock)?$`)) ?? [];
  if (name === undefined) return [404];
  const id = searchParams.get("ID") ?? undefined;
  switch (`${method} ${isLock ? "lock" : "state"}`) {
    case "GET state": {
      const latest = [...(states.get(name)?.versions.values() ?? [])].at(-1);
      return latest === undefined ? [states.has(name) ? 204 : 404] : [200, latest];
    }
    case "POST state": {
      if (body === "") return [204];
      const { versions, lock } = stateOf(name);
      const { serial } = JSON.parse(body);
      if (lock?.id !== id) return [409];
      if (versions.has(serial)) return [422];
      versions.set(serial, body);
      return [200];
    }
    case "POST lock": {
      const info = JSON.parse(body);
      if (LOCK_INFO.some((key) => typeof info[key] !== "string")) return [400];
      const state = stateOf(name);
      const isTaken = state.lock !== undefined;
      state.lock ??= { id: info.ID, who: "me", created: info.Created };
      const { id: ID, who: Who, created: Created } = state.lock;
      return [isTaken ? 409 : 200, JSON.stringify({ ...info, ID, Who, Created })];
    }
    case "DELETE lock": {
      const state = stateOf(name);
      const givenId = id ?? (body === "" ? undefined : JSON.parse(body).ID); // force-unlock has none
      if (givenId !== undefined && givenId !== state.lock?.id) return [409];
      state.lock = undefined;
      return [200];
    }
    default:
      return [405];
  }
}

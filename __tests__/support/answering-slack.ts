import type { ServerResponse } from "node:http";
import { listening, serverOf } from "./loopback";

/** What is answered in place of the workspace's own answer: fields of an answer, or whatever else writes it. Undefined: its own. */
export type InSlack = (method: string, parameters: Readonly<Record<string, string>>) => SlackAnswer | undefined;

export type SlackAnswer = object | ((outgoing: ServerResponse) => void);

/** The bot token that it takes. */
export const TOKEN = "xoxb-1234567890123-4567890123456-AbCdEfGhIjKlMnOpQrStUvWx";

/** Slack's Web API on loopback, as far as this project asks it. */
export interface AnsweringSlack {
  readonly url: string;
  /** What was asked, such as `users.info U1`. */
  readonly asked: string[];
  /** With which token. */
  readonly authorizations: Set<string | undefined>;
  close(): Promise<unknown>;
}

/** What somebody or something isn't. */
const not = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, false]));

/** A person as Slack has them. */
export function person(id: string, overrides: object = {}): Record<string, unknown> {
  return {
    id,
    team_id: "T1",
    name: `name-of-${id.toLowerCase()}`,
    real_name: `Person ${id}`,
    ...not("deleted", "is_admin", "is_restricted", "is_ultra_restricted", "is_bot", "is_app_user"),
    profile: { real_name: `Person ${id}`, display_name: `person ${id}`, email: `${id}@example.com` },
    ...overrides,
  };
}

/** A private channel as Slack has it. */
export function channel(id: string, overrides: object = {}): Record<string, unknown> {
  return {
    id,
    name: "oncall",
    context_team_id: "T1",
    is_group: true,
    is_private: true,
    pending_shared: [],
    ...not("is_channel", "is_im", "is_mpim", "is_archived", "is_general"),
    ...not("is_shared", "is_org_shared", "is_ext_shared", "is_pending_ext_shared"),
    ...overrides,
  };
}

/** A bot as Slack has it. */
export const BOT = person("UBOT", { is_bot: true, name: "support_app" });

/** The page of a list that a cursor leads to, as Slack makes it. */
function pageOf(ids: readonly string[], { cursor = "", limit = "100" }: Readonly<Record<string, string>>): object {
  const start = cursor === "" ? 0 : Number(Buffer.from(cursor, "base64").toString().split(":")[1]);
  const end = start + Number(limit);
  const next = end < ids.length ? Buffer.from(`next:${end}`).toString("base64") : "";
  return { members: ids.slice(start, end), response_metadata: { next_cursor: next } };
}

/** The workspace T1, in whose private channel #oncall (C1) are two people and a bot. */
export function workspace(
  people: readonly Readonly<Record<string, unknown>>[] = [person("U1"), person("U2"), BOT],
  channels: readonly Readonly<Record<string, unknown>>[] = [channel("C1")],
): (method: string, parameters: Readonly<Record<string, string>>) => object {
  return (method, parameters) => {
    const channel = channels.find(({ id }) => id === parameters.channel);
    switch (method) {
      case "auth.test":
        return { url: "https://acme.slack.com/", team: "Acme", user: "doctor", team_id: "T1", user_id: "UBOT" };
      case "conversations.info":
        return channel ? { channel } : { ok: false, error: "channel_not_found" };
      case "conversations.members": {
        const ids = people.map(({ id }) => String(id));
        return channel ? pageOf(ids, parameters) : { ok: false, error: "channel_not_found" };
      }
      case "users.info": {
        const user = people.find(({ id }) => id === parameters.user);
        return user ? { user } : { ok: false, error: "user_not_found" };
      }
      default:
        return { ok: false, error: "unknown_method" };
    }
  };
}

/** Starts one on a free port. */
export async function answerAsSlack(
  workspaceAnswer = workspace(),
  override: InSlack = () => undefined,
): Promise<AnsweringSlack> {
  const requests: string[] = [];
  const authorizations = new Set<string | undefined>();
  const server = serverOf((incoming, outgoing, body) => {
    const parameters = Object.fromEntries(new URLSearchParams(body));
    const method = incoming.url?.replace("/api/", "") ?? "";
    requests.push(`${method} ${parameters.channel ?? parameters.user ?? ""}`.trim());
    authorizations.add(incoming.headers.authorization);
    const isKnown = incoming.headers.authorization === `Bearer ${TOKEN}`;
    const answer =
      override(method, parameters) ??
      (isKnown ? workspaceAnswer(method, parameters) : { ok: false, error: "invalid_auth" });
    if (typeof answer === "function") return answer(outgoing);
    outgoing.setHeader("content-type", "application/json; charset=utf-8");
    outgoing.setHeader("x-oauth-scopes", "channels:read,groups:read,users:read");
    return outgoing.end(JSON.stringify({ ok: true, ...answer }));
  });
  const { url, close } = await listening(server);
  return { url: `${url}/api/`, asked: requests, authorizations, close };
}

/** What Slack answers where too much is asked. */
export function rateLimited(retryAfter: string | undefined): (outgoing: ServerResponse) => void {
  return (outgoing) => {
    outgoing.writeHead(429, retryAfter === undefined ? {} : { "retry-after": retryAfter });
    outgoing.end(JSON.stringify({ ok: false, error: "ratelimited" }));
  };
}

import { z } from "zod";
import { describePath } from "../../modules/support-app/model/problem";
import { expectAnswer } from "../aws/broken-answer";
import type { Page } from "../aws/pages";

// What Slack's documentation promises for the parts of answers that are read. Each error names the expected value.

/**
 * Parses an answer from Slack.
 *
 * @throws BrokenAnswer when it doesn't match; the error names a value's kind only, since the value may be a person's
 * name
 */
export function expectSlackAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  return expectAnswer(schema, answer, kindInWords);
}

/** The kind of a received value, without its content. */
export function kindInWords(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "a text";
  return typeof value === "object" ? "a mapping" : `a ${typeof value}`;
}

const TRUE_OR_FALSE = "true or false";
const flag = z.boolean();
const text = z.string();
const matching = (pattern: RegExp, expected: string) =>
  z.string({ error: expected }).regex(pattern, { error: expected });
const same = (value: string) => z.literal(value, { error: describePath(value) });

const TEAM = matching(/^[TE][A-Z0-9]+$/, "the ID of a workspace or an organization");
const teams = z.array(TEAM);
const USER = matching(/^[UW][A-Z0-9]+$/, "the ID of a person or a bot");

/** An error of any method. */
export const errorAnswer = z.object({
  ok: z.literal(false, { error: TRUE_OR_FALSE }),
  error: matching(/^[a-z0-9_]{1,100}$/, "a Slack error code"),
  needed: matching(/^[\w.:,-]{1,200}$/, "scopes").optional(),
});

/** Of `auth.test`. The organization is an organization of Enterprise Grid. */
export const authAnswer = z
  .object({ team_id: TEAM, enterprise_id: TEAM.nullish() })
  .transform(({ team_id: workspace, enterprise_id: organization }) => ({
    workspace,
    organization: organization ?? undefined,
  }));

/** Of `conversations.info` for a channel. */
export function channelAnswer(id: string) {
  return z.object({
    channel: z.object({
      id: same(id),
      name: text.min(1, { error: "a text" }),
      is_private: flag,
      is_archived: flag,
      is_shared: flag,
      is_ext_shared: flag,
      is_org_shared: flag,
      is_pending_ext_shared: flag,
      /** Slack doesn't document what is in it. */
      pending_shared: z.array(z.unknown()).optional(),
      pending_connected_team_ids: teams.optional(),
      shared_team_ids: teams.optional(),
      connected_team_ids: teams.optional(),
      internal_team_ids: teams.optional(),
    }),
  });
}

/** Of `conversations.members`. */
export const membersPage = z
  .object({
    members: z.array(USER),
    response_metadata: z.object({ next_cursor: text.nullish() }).optional(),
  })
  .transform(
    ({ members: items, response_metadata }): Page<string> => ({
      items,
      next: response_metadata?.next_cursor || undefined,
    }),
  );

/** Of `users.info` for a person. For a deactivated person, Slack answers little else. */
export function userAnswer(id: string) {
  const deactivated = z.object({ id: same(id), deleted: z.literal(true) });
  const active = z.object({
    id: same(id),
    deleted: z.literal(false).optional(),
    team_id: TEAM,
    name: text,
    real_name: text.optional(),
    profile: z.object({ display_name: text.optional(), real_name: text.optional() }).optional(),
    is_bot: flag,
    is_restricted: flag,
    is_ultra_restricted: flag,
    is_stranger: flag.optional(),
    enterprise_user: z.object({ enterprise_id: TEAM.optional() }).optional(),
  });
  return z.object({
    user: z.discriminatedUnion("deleted", [deactivated, active], {
      error: ({ code }) => (code === "invalid_union" ? TRUE_OR_FALSE : undefined),
    }),
  });
}

import * as z from "zod";
import { BrokenAnswer } from "../../common/broken-answer";
import type { Page } from "../../common/every-page";
import { pathInWords } from "../../common/problem";

// What Slack's documentation promises for the parts of answers that are read.

/**
 * Parses an answer from Slack.
 *
 * @throws BrokenAnswer when it doesn't match. It names no value, which may be a person's name
 */
export function expectSlackAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const path = pathInWords(result.error.issues[0]?.path ?? []);
  throw new BrokenAnswer(`received something else as ${path}, expected what Slack documents`);
}

const flag = z.boolean();
const text = z.string();
const TEAM = text.regex(/^[TE][A-Z0-9]+$/);
const USER = text.regex(/^[UW][A-Z0-9]+$/);
const teams = z.array(TEAM);

/** An error of any method. */
export const errorAnswer = z.object({
  ok: z.literal(false),
  error: text.regex(/^[a-z0-9_]{1,100}$/),
  needed: text.regex(/^[\w.:,-]{1,200}$/).optional(),
});

/** Of `auth.test`. The organization is an organization of Enterprise Grid. */
export const authAnswer = z
  .object({ team_id: TEAM, enterprise_id: TEAM.nullish() })
  .transform(({ team_id: workspace, enterprise_id }) => ({ workspace, organization: enterprise_id ?? undefined }));

/** Of `conversations.info` for a channel. */
export function channelAnswer(id: string) {
  return z.object({
    channel: z.object({
      id: z.literal(id),
      name: text.min(1),
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
  .transform(({ members: items, response_metadata }): Page<string> => {
    return { items, next: response_metadata?.next_cursor || undefined };
  });

/** Of `users.info` for a person. For a deactivated person, Slack answers little else. */
export function userAnswer(id: string) {
  const deactivatedUser = z.object({ id: z.literal(id), deleted: z.literal(true) });
  const active = z.object({
    id: z.literal(id),
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
  return z.object({ user: z.discriminatedUnion("deleted", [deactivatedUser, active]) });
}

import * as z from "zod";
import { formatCount } from "../../common/format-count";

const count = z.int().min(0);

/** How many people and bots are in a channel. */
export const countsSchema = z.strictObject({
  members: count.describe("Guests and people of other organizations included, bots not."),
  guests: count,
  strangers: count.describe("People of other organizations."),
  bots: count,
  unseen: count.describe("How many more there are of whom nothing is known."),
});

/** A channel of an environment, as Slack has it. */
export const reportedChannelSchema = z.strictObject({
  workspace: z.string(),
  channel: z.string(),
  name: z.string().describe("As environments.yaml has it."),
  state: z
    .strictObject({
      name: z.string(),
      isPrivate: z.boolean(),
      isArchived: z.boolean(),
      isShared: z.boolean(),
      sharedWith: z.array(z.string()),
      isInvited: z.boolean(),
    })
    .optional()
    .describe("The channel in Slack. Missing: it isn't known."),
  counts: countsSchema.optional().describe("Missing: they aren't known."),
  people: z
    .array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        is: z.enum(["person", "guest", "bot"]),
        from: z.string().optional(),
      }),
    )
    .optional()
    .describe("With --members: who they are."),
});

export type ReportedChannel = z.infer<typeof reportedChannelSchema>;
export type PeopleCounts = z.infer<typeof countsSchema>;

/** Counts in words, such as `12 people (2 guests), 3 bots`. */
export function countsInWords({ members, guests, strangers, bots, unseen }: PeopleCounts): string {
  const categories = [
    ...(guests > 0 ? [formatCount(guests, "guest")] : []),
    ...(strangers > 0 ? [`${strangers} of other organizations`] : []),
  ];
  const people = members === 1 ? "1 person" : `${members} people`;
  const unseenWords = unseen === 0 ? "" : `, and ${unseen} unknown`;
  return `${people}${categories.length > 0 ? ` (${categories.join(", ")})` : ""}, ${formatCount(bots, "bot")}${unseenWords}`;
}

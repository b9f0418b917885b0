import { z } from "zod";
import { formatCount } from "../../common/format-count";
import { describePath } from "../../common/problem";
import { LEVELS } from "../../modules/support-app/model/access-level";
import { readFormOfJson } from "../terminal/json-file";

const count = z.int().min(0);

/** How many people and bots are in a channel. */
export const countsSchema = z.strictObject({
  members: count.describe("Guests and people of other organizations included, bots not."),
  guests: count,
  strangers: count.describe("People of other organizations."),
  bots: count,
  unseen: count.describe("How many more there are of whom nothing is known."),
});

/** What `support-app people --format json` prints. */
export const peopleReportSchema = z.strictObject({
  schemaVersion: z.literal(1), // increased by changes that break readers
  readAt: z.iso.datetime().describe("When Slack was asked, in UTC."),
  /** In the order of environments.yaml. */
  environments: z.array(
    z.strictObject({
      name: z.string(),
      account: z.string(),
      channels: z.array(
        z.strictObject({
          workspace: z.string(),
          channel: z.string(),
          name: z.string().describe("As environments.yaml has it."),
          access: z.enum(LEVELS),
          team: z.string().optional().describe("Whose role it has. Missing: the access level's own."),
          unknown: z.array(z.string()).describe("What isn't known, in sentences."),
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
          counts: countsSchema.optional(),
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
        }),
      ),
    }),
  ),
});

export type PeopleReport = z.infer<typeof peopleReportSchema>;
export type ReportedChannel = PeopleReport["environments"][number]["channels"][number];
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

/**
 * Reads a report that has only counts.
 *
 * @throws CommandError when it has names as well: a published page has many readers
 */
export function readPeopleReport(file: string): PeopleReport {
  const countsOnly = peopleReportSchema.refine(({ environments }) =>
    environments.every(({ channels }) => channels.every(({ people }) => people === undefined)),
  );
  return readFormOfJson(file, countsOnly, {
    name: `--people ${describePath(file)}`,
    expected:
      "the output of support-app people --all --format json without --members, since a published page has many readers",
    next: "Run that again, and give its output.",
  });
}

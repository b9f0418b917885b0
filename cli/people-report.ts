import { z } from "zod";
import { ACCESS_LEVELS, type AccessLevel } from "../modules/support-app/access-level";
import { describePath } from "../modules/support-app/problem";
import { CommandError } from "./command-error";
import { readJsonFile } from "./json-file";

/** Version of the report's format. Increased by changes that break readers. */
const SCHEMA_VERSION = 1;

const count = z.int().min(0);

/** How many people and bots are in a channel. */
const countsSchema = z.strictObject({
  /** Including guests and people of other organizations, without bots. */
  members: count,
  guests: count,
  /** People of other organizations. */
  strangers: count,
  bots: count,
  /** Further members that could not be looked up. */
  unseen: count,
});

/** What `support-app people --format json` prints. */
export const peopleReportSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  /** When Slack was asked, in UTC. */
  readAt: z.iso.datetime(),
  /** In the order of environments.yaml. */
  environments: z.array(
    z.strictObject({
      name: z.string(),
      account: z.string(),
      channels: z.array(
        z.strictObject({
          workspace: z.string(),
          channel: z.string(),
          /** The name in environments.yaml. */
          name: z.string(),
          access: z.enum(Object.keys(ACCESS_LEVELS) as [AccessLevel, ...AccessLevel[]]),
          /** What isn't known, in sentences. */
          unknown: z.array(z.string()),
          /** The channel in Slack. Undefined: it isn't known. */
          state: z
            .strictObject({
              name: z.string(),
              isPrivate: z.boolean(),
              isArchived: z.boolean(),
              isShared: z.boolean(),
              sharedWith: z.array(z.string()),
              isInvited: z.boolean(),
            })
            .optional(),
          counts: countsSchema.optional(),
          /** Only with --members. */
          people: z
            .array(
              z.strictObject({
                id: z.string(),
                name: z.string(),
                is: z.enum(["person", "guest", "bot"]),
                from: z.string().optional(),
              }),
            )
            .optional(),
        }),
      ),
    }),
  ),
});

export type PeopleReport = z.infer<typeof peopleReportSchema>;
export type ReportedChannel = PeopleReport["environments"][number]["channels"][number];
export type PeopleCounts = z.infer<typeof countsSchema>;

/** A report of the environments. */
export function peopleReport(readAt: string, environments: PeopleReport["environments"]): PeopleReport {
  return { schemaVersion: SCHEMA_VERSION, readAt, environments };
}

/** Counts in words, such as `12 people (2 guests), 3 bots`. */
export function countsInWords({ members, guests, strangers, bots, unseen }: PeopleCounts): string {
  const of = [
    ...(guests > 0 ? [counted(guests, "guest")] : []),
    ...(strangers > 0 ? [`${strangers} of other organizations`] : []),
  ];
  const people = members === 1 ? "1 person" : `${members} people`;
  const more = unseen === 0 ? "" : `, and ${unseen} unknown`;
  return `${people}${of.length > 0 ? ` (${of.join(", ")})` : ""}, ${counted(bots, "bot")}${more}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/**
 * Reads a report that has only counts.
 *
 * @throws CommandError when it has names as well: a published page has many readers
 */
export function readPeopleReport(option: string, file: string): PeopleReport {
  const received = `Received ${option} ${describePath(file)}`;
  const run = "Run that again, and give its output.";
  const expected = `expected the output of support-app people --all --format json. ${run}`;
  const content = readJsonFile(
    file,
    (why) => `${received} that can't be read (${why}), ${expected}`,
    (why) => `${received} that is not JSON (${why}), ${expected}`,
  );
  const read = peopleReportSchema.safeParse(content);
  if (!read.success) throw new CommandError(`${received} in another form, ${expected}`);
  const isNaming = read.data.environments.some(({ channels }) => channels.some(({ people }) => people !== undefined));
  if (!isNaming) return read.data;
  throw new CommandError(
    `${received} with people's names in it, expected only counts: a published page has many readers. Run support-app people --all --format json without --members, and give its output.`,
  );
}

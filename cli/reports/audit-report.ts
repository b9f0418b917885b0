import { z } from "zod";
import { countsSchema } from "./people-report";

/** The kinds of dangers, most urgent first, each in words. */
export const DANGERS = {
  unknown: "What couldn't be read",
  administrators: "People in Slack who can do more than AWSSupportAppFullAccess allows",
  "open-trust": "Roles that others may assume, too",
  "writes-as-read-only": "Roles that are called read-only and can write",
  "missing-role": "Channels whose role is gone",
  "configured-twice": "Channels that are configured twice",
  "no-channel": "Roles without a channel",
  ended: "Access that has ended",
} as const;
export type DangerKind = keyof typeof DANGERS;

const KINDS = Object.keys(DANGERS) as [DangerKind, ...DangerKind[]];

/** How much a role gives beyond AWSSupportAppFullAccess, most first. */
const BEYOND = ["everything", "everything-except", "whole-services", "actions", "nothing"] as const;

const rankSchema = z.strictObject({
  isInUse: z
    .boolean()
    .describe("Whether people in a channel have the role now. If not, somebody could give it to one."),
  beyond: z.enum(BEYOND).describe("What the role gives beyond AWSSupportAppFullAccess."),
  services: z.int().describe("How many services its policies name of that."),
  actions: z.int().describe("How many actions its policies name of that, each with its wildcards."),
});
type Rank = Readonly<z.infer<typeof rankSchema>>;

const dangerSchema = z.strictObject({
  kind: z.enum(KINDS),
  about: z
    .array(z.string())
    .min(1)
    .describe("What it is about, for machines, from the general to the particular, such as a role and its name."),
  found: z.string().describe("A sentence."),
  fix: z.string().describe("What to do, in sentences."),
  commands: z.array(z.string()).describe("What to run for that, in a POSIX shell."),
  rank: rankSchema.optional().describe("What decides the order of dangers of a kind. Missing: it isn't about a role."),
});
export type Danger = Readonly<z.infer<typeof dangerSchema>>;

const auditedChannelSchema = z.strictObject({
  region: z.string(),
  workspace: z.string(),
  channel: z.string(),
  name: z.string().optional(),
  role: z.string().optional().describe("ARN of its role. Missing: it isn't known."),
  people: countsSchema.optional().describe("With --slack: who is in it. Missing: it isn't known."),
});
export type AuditedChannel = Readonly<z.infer<typeof auditedChannelSchema>>;

const auditedAccountSchema = z.strictObject({
  account: z.string(),
  name: z.string().optional().describe("Its name in the organization."),
  roles: z.array(
    z.strictObject({
      arn: z.string(),
      can: z
        .string()
        .optional()
        .describe("What people in a channel with it can do, after `can`. Missing: it isn't known."),
      stack: z.string().optional().describe("The CloudFormation stack that made it, and may change it."),
    }),
  ),
  channels: z.array(auditedChannelSchema),
  workspaces: z.array(z.strictObject({ region: z.string(), workspace: z.string() })),
  aliases: z.array(z.strictObject({ region: z.string(), alias: z.string() })),
  hasServiceQuotasRole: z.boolean().optional().describe("Missing: it isn't known."),
  isClosed: z.literal(true).optional().describe("AWS Organizations lists it as closed, so it wasn't read."),
  dangers: z.array(dangerSchema).describe("Most urgent first."),
});
export type AuditedAccount = Readonly<z.infer<typeof auditedAccountSchema>>;

/** What `support-app audit` found. */
export const auditReportSchema = z.strictObject({
  schemaVersion: z.literal(1), // increased by changes that break readers
  readAt: z.iso.datetime().describe("When audit began, in UTC."),
  isWholeOrganization: z.boolean().describe("Whether an account that isn't in it has left the organization."),
  interrupted: z
    .strictObject({
      unread: z.array(z.string()).min(1).describe("Accounts that weren't read. What they have is unknown."),
      regions: z.array(z.string()).describe("Where it read the others."),
      slack: z.boolean().describe("Whether --slack was given."),
    })
    .optional()
    .describe("Missing: every account was read."),
  /** Sorted by account. */
  accounts: z.array(auditedAccountSchema),
});
export type AuditReport = z.infer<typeof auditReportSchema>;

/** Dangers, most urgent first: by kind, and then what is of the whole account, and what people can do now before what somebody could give, most first. */
export function ranked<T extends Pick<Danger, "kind" | "about" | "rank">>(dangers: readonly T[]): T[] {
  return KINDS.flatMap((kind) =>
    dangers
      .filter((danger) => danger.kind === kind)
      .sort((a, b) => Number(isOfAccount(b)) - Number(isOfAccount(a)) || byRank(a.rank, b.rank)),
  );
}

function isOfAccount({ about: [what] }: Pick<Danger, "about">): boolean {
  return what === "account";
}

function byRank(a: Rank | undefined, b: Rank | undefined): number {
  if (!a || !b) return Number(!a) - Number(!b);
  return (
    Number(b.isInUse) - Number(a.isInUse) ||
    BEYOND.indexOf(a.beyond) - BEYOND.indexOf(b.beyond) ||
    b.services - a.services ||
    b.actions - a.actions
  );
}

import * as z from "zod";
import { findingSchema } from "../../findings/finding";
import { countsSchema } from "../../findings/reported-channel";

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
  findings: z.array(findingSchema).describe("Most urgent first."),
});
export type AuditedAccount = Readonly<z.infer<typeof auditedAccountSchema>>;

/** What `support-app audit` found. */
export const auditReportSchema = z.strictObject({
  schemaVersion: z.literal(1), // increased by changes that break readers
  readAt: z.iso.datetime().describe("When audit began, in UTC."),
  unread: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Accounts that weren't read, since audit was interrupted. What they have is unknown."),
  /** Sorted by account. */
  accounts: z.array(auditedAccountSchema),
});
export type AuditReport = z.infer<typeof auditReportSchema>;

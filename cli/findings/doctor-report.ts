import * as z from "zod";
import { answerSchema, findingSchema } from "./finding";
import { reportedChannelSchema } from "./reported-channel";

/** Version of the JSON report's format. Increased by changes that break readers. */
export const DOCTOR_REPORT_VERSION = 1;

export const reportedEnvironmentSchema = z.strictObject({
  name: z.string(),
  account: z.string(),
  region: z.string(),
  answer: answerSchema,
  checks: z.array(
    z.strictObject({
      name: z.string().describe("Stable: the kind of its findings."),
      sentence: z.string().describe("What is true if it is healthy."),
      answer: z.enum([...answerSchema.options, "skipped"]),
      waitsFor: z.string().optional().describe("The check whose answer this one needs to look at everything."),
    }),
  ),
  findings: z.array(findingSchema).describe("In the order of the checks, then notices."),
  notes: z.array(z.string()),
  channels: z.array(reportedChannelSchema).optional().describe("With --slack: the channels as Slack has them."),
});
export type ReportedEnvironment = z.infer<typeof reportedEnvironmentSchema>;
export type CheckResult = ReportedEnvironment["checks"][number];

export const doctorReportSchema = z.strictObject({
  schemaVersion: z.literal(DOCTOR_REPORT_VERSION),
  readAt: z.iso.datetime().describe("When doctor began, in UTC."),
  answer: answerSchema.describe("The worst of all environments: unhealthy, then unknown, then healthy."),
  environments: z.array(reportedEnvironmentSchema),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;

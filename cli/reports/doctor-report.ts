import { stringify } from "yaml";
import { z } from "zod";

/** Every check that this version has. */
export const CHECK_NAMES = [
  "credentials",
  "region",
  "support-plan",
  "role",
  "trust",
  "permissions-boundary",
  "unexpected-access",
  "capabilities",
  "channels",
  "other-regions",
  "account-alias",
  "other-roles",
  "service-quotas-role",
  "slack-token",
  "slack-channels",
  "slack-people",
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** What people should know in time, though nothing is wrong. */
export const NOTICE_KINDS = ["ending", "ended", "policy-changed"] as const;

/** Whether something that is watched is the kind of a notice, and no check. */
export function isNotice(check: string): boolean {
  return NOTICE_KINDS.some((kind) => kind === check);
}

/** Version of the JSON report's format. Increased by changes that break readers. */
export const DOCTOR_REPORT_VERSION = 1;

const answer = z.enum(["healthy", "unhealthy", "unknown"]);
/** The state of an environment, or the result of a check. `unknown` is neither healthy nor unhealthy. */
export type Answer = z.infer<typeof answer>;

/** Unhealthy outweighs unknown. Healthy: there are no others, or none at all. */
export function worstOf(answers: Iterable<Answer>): Answer {
  const all = new Set(answers);
  return all.has("unhealthy") ? "unhealthy" : all.has("unknown") ? "unknown" : "healthy";
}

export const reportedEnvironmentSchema = z.strictObject({
  name: z.string(),
  account: z.string(),
  region: z.string(),
  answer,
  checks: z.array(
    z.strictObject({
      name: z.string().describe("Stable."),
      sentence: z.string().describe("What is true if it is healthy."),
      answer: z.enum([...answer.options, "skipped"]),
      waitsFor: z.string().optional().describe("The check whose answer this one needs to look at everything."),
      unseen: z
        .array(z.array(z.string()).min(1))
        .optional()
        .describe("What else it didn't look at, as `about` of a finding: that isn't healed."),
      findings: z.array(
        z.strictObject({
          answer: answer.exclude(["healthy"]),
          subject: z.string(),
          about: z
            .array(z.string())
            .min(1)
            .describe(
              "What it is about, for machines, from the general to the particular. It stays the same, however the finding is worded.",
            ),
          expected: z.string(),
          found: z.string(),
          topic: z
            .strictObject({ title: z.string(), url: z.url() })
            .optional()
            .describe("Where AWS's guide describes it."),
          fix: z.strictObject({
            text: z.string(),
            change: z
              .record(z.string(), z.unknown())
              .optional()
              .describe("What to set in environments.yaml after that."),
            commands: z.array(z.string()).describe("What to run after that, in a POSIX shell."),
          }),
        }),
      ),
    }),
  ),
  notes: z.array(z.string()),
  notices: z
    .array(
      z.strictObject({
        kind: z.enum(NOTICE_KINDS).describe("ending: within 14 days. policy-changed: AWS has changed its own policy."),
        about: z.array(z.string()).min(1).describe("What it is about, as `about` of a finding."),
        text: z.string(),
      }),
    )
    .optional()
    .describe("Those of the notes that people should know in time. Missing: an earlier version wrote it."),
});

export const doctorReportSchema = z.strictObject({
  schemaVersion: z.literal(DOCTOR_REPORT_VERSION),
  readAt: z.iso.datetime().optional().describe("When doctor began, in UTC. Missing: an earlier version wrote it."),
  answer: answer.describe("The worst of all environments: unhealthy, then unknown, then healthy."),
  environments: z.array(reportedEnvironmentSchema),
});

export type DoctorReport = z.infer<typeof doctorReportSchema>;

export type ReportedEnvironment = z.infer<typeof reportedEnvironmentSchema>;

export type Notice = NonNullable<ReportedEnvironment["notices"]>[number];

export type CheckResult = ReportedEnvironment["checks"][number];

/** Something that keeps people in Slack from what environments.yaml gives them, lets them do more, or is unknown. */
export type Finding = CheckResult["findings"][number];

/** What a check found, for people. */
export function findingLines(check: string, { answer, subject, expected, found, topic, fix }: Finding): string[] {
  const yaml = fix.change && stringify(fix.change, { collectionStyle: "block", lineWidth: 0 }).trimEnd();
  const fixLines = [
    fix.text,
    ...(yaml === undefined ? [] : ["in environments.yaml:", ...yaml.split("\n").map((line) => `  ${line}`)]),
    ...fix.commands.map((command) => `$ ${command}`),
  ];
  return [
    `  ${answer}: ${check}: ${subject}`,
    `    expected  ${expected}`,
    `    found     ${found}`,
    ...(topic ? [`    guide     ${topic.title}`, `              ${topic.url}`] : []),
    ...fixLines.map((line, index) => `    ${(index === 0 ? "fix" : "").padEnd(10)}${line}`),
  ];
}

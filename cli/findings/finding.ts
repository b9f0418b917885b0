import * as z from "zod";
import { type EnvironmentKind, type FindingKind, type GuideTopic, KINDS } from "./kinds";
import { rankSchema } from "./rank";

export const answerSchema = z.enum(["healthy", "unhealthy", "unknown"]);
/** The state of an environment or an account, or the result of a check. `unknown` is neither healthy nor unhealthy. */
export type Answer = z.infer<typeof answerSchema>;

/** Something that keeps people in Slack from what environments.yaml gives them, lets them do more, is unknown, or that they should know in time. */
export const findingSchema = z.strictObject({
  subject: z
    .union([z.strictObject({ environment: z.string() }), z.strictObject({ account: z.string() })])
    .describe("An environment of environments.yaml, or an account, whether the file has it or not."),
  kind: z.enum(Object.keys(KINDS) as [FindingKind, ...FindingKind[]]).describe("Stable."),
  answer: answerSchema.describe("What it makes of the subject's answer. healthy: a notice, since nothing is wrong."),
  resource: z.string().describe("What it is about, for people."),
  about: z
    .array(z.string())
    .min(1)
    .describe(
      "The same for machines, from the general to the particular. With subject and kind, it is the finding's ID: the same in every run, however the finding is worded.",
    ),
  impact: z
    .string()
    .describe("What it means for people in the channels, in sentences. Of something unknown: what it may mean."),
  expected: z.string(),
  found: z.string(),
  topic: z.strictObject({ title: z.string(), url: z.url() }).optional().describe("Where AWS's guide describes it."),
  fix: z.strictObject({
    text: z.string(),
    change: z.record(z.string(), z.unknown()).optional().describe("What to set in environments.yaml after that."),
    commands: z.array(z.string()).describe("What to run after that, in a POSIX shell."),
  }),
  rank: rankSchema.optional().describe("Of a role of an account: what it gives, which orders findings of a kind."),
});
export type Finding = z.infer<typeof findingSchema>;
export type Fix = Finding["fix"];

/** What a check finds: a finding, but for what the check is told. Without an impact, it has its kind's. */
export type Draft = Omit<Finding, "subject" | "kind" | "impact"> & { readonly impact?: string };

/** A finding of a kind that has no impact by itself. */
export type WholeDraft = Draft & Required<Pick<Draft, "impact">>;

/** @param subjectType what it is about, and what else a draft has */
export function unhealthy<Of extends Pick<Draft, "resource" | "about">>(
  subjectType: Of,
  expected: string,
  found: string,
  fix: Fix,
) {
  return { answer: "unhealthy" as const, ...subjectType, expected, found, fix };
}

/** The finding of a check of an environment. */
export function environmentFinding(environment: string, kind: EnvironmentKind, draft: Draft): Finding {
  const { impact, topic }: { impact: string; topic?: GuideTopic } = KINDS[kind];
  return { subject: { environment }, kind, impact, topic, ...draft };
}

/** Unhealthy outweighs unknown. Healthy: there are no others, or none at all. */
export function worstOf(answers: Iterable<Answer>): Answer {
  const distinctAnswers = new Set(answers);
  return distinctAnswers.has("unhealthy") ? "unhealthy" : distinctAnswers.has("unknown") ? "unknown" : "healthy";
}

export function manualFix(text: string, ...commands: string[]): Fix {
  return { text, commands };
}

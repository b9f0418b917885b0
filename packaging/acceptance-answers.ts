import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { jsonText } from "../common/json";
import { type AskedFact, QUESTIONS } from "./acceptance-questions";

const answerSchema = z.strictObject({
  /** Whether AWS does what docs/aws-facts.md says. Null: the answer adds to what it says. */
  confirms: z.boolean().nullable(),
  answer: z.json(),
});
export type Answer = z.infer<typeof answerSchema>;

const answersSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** The day of the run, in UTC. */
  date: z.iso.date(),
  /** Whether something else than AWS answered, which confirms nothing. */
  emulated: z.boolean(),
  region: z.string(),
  versions: z.strictObject({
    package: z.string(),
    node: z.string(),
    terraform: z.string(),
    /** Versions of the AWS provider with which the whole life was run. */
    providers: z.array(z.string()),
  }),
  answers: z.partialRecord(z.enum(Object.keys(QUESTIONS) as [AskedFact, ...AskedFact[]]), answerSchema),
});
export type Answers = z.infer<typeof answersSchema>;

/** What would tell whose account it was: an account's number, an organization's or a role's ID, a workspace or channel of Slack. */
const IDENTIFYING =
  /(?<!\d)\d{12}(?!\d)|\bo-[a-z0-9]{10,}|\b(AROA|AKIA|ASIA)[A-Z0-9]{8,}|\b[TCG](?=[A-Z0-9]*\d)[A-Z0-9]{8,}\b/;

/**
 * Writes the answers into `<folder>/<date>.json`, and returns that path.
 *
 * @throws Error if something in them tells whose account it was
 */
export function writeAnswers(folder: string, answers: Answers): string {
  const text = jsonText(answersSchema.parse(answers));
  const [identifying] = text.match(IDENTIFYING) ?? [];
  if (identifying !== undefined) {
    throw new Error(
      `The answers have ${identifying}, which identifies the account, so they weren't written. Report this as a defect.`,
    );
  }
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${answers.date}.json`);
  writeFileSync(file, `${text}\n`);
  return file;
}

/** Every answer of AWS in a folder, oldest first: what an emulator answered doesn't count. */
export function readAnswers(folder: string): readonly Answers[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const contents = files
    .sort()
    .map((name) => answersSchema.parse(JSON.parse(readFileSync(join(folder, name), "utf8"))));
  return contents.filter(({ emulated }) => !emulated);
}

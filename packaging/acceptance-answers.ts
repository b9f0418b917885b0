import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { jsonText } from "../common/json";
import { type AskedFact, QUESTIONS } from "./acceptance-questions";

const answerSchema = z.strictObject({
  /** Whether AWS does what docs/contributing/aws-facts.md says. Null: the answer adds to what it says. */
  confirms: z.boolean().nullable(),
  answer: z.json(),
});
export type FactAnswer = z.infer<typeof answerSchema>;

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

/** What would tell whose account it was: an account's number, an ID of an organization, of IAM or of Slack. */
const IDENTIFYING =
  /(?<!\d)\d{12}(?!\d)|\b(o|ou|r)-[a-z0-9]{4,}|(AROA|AIDA|ANPA|AGPA|AKIA|ASIA)[A-Z0-9]{8,}|(?<![A-Za-z0-9])[TCGEWD](?=[A-Z0-9]*\d)[A-Z0-9]{8,}|arn:aws/i;

/** An answer has names, codes and numbers alone: no sentence of AWS, which may say anything. */
const PLAIN = /^[\w:./ -]{0,100}$/;

/** The texts anywhere in an answer. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(textsIn)];
}

/**
 * Writes the answers into a new file, `<folder>/<date>.json` unless that exists, and returns its path.
 *
 * @param names what else tells whose account it was, such as the name of a role
 * @throws Error if something in them tells whose account it was
 */
export function writeAnswers(folder: string, answers: Answers, names: readonly string[] = []): string {
  const text = jsonText(answersSchema.parse(answers));
  const lowerText = text.toLowerCase();
  const identifying =
    names.find((name) => lowerText.includes(name.toLowerCase())) ??
    textsIn(answers.answers).find((part) => IDENTIFYING.test(part) || !PLAIN.test(part));
  if (identifying !== undefined) {
    throw new Error(
      `The answers have ${identifying}, which may identify the account, so they weren't written. Report this as a defect.`,
    );
  }
  mkdirSync(folder, { recursive: true });
  const file = newFile(folder, answers.emulated ? `${answers.date}-emulated` : answers.date);
  writeFileSync(file, `${text}\n`, { flag: "wx" });
  return file;
}

/** A file that doesn't exist yet: the answers of an earlier run of that day stay. */
function newFile(folder: string, name: string, count = 1): string {
  const file = join(folder, `${name}${count === 1 ? "" : `-${count}`}.json`);
  return existsSync(file) ? newFile(folder, name, count + 1) : file;
}

/**
 * Every answer of AWS in a folder, oldest first: what an emulator answered doesn't count.
 *
 * @throws Error if a file has something else
 */
export function readAnswers(folder: string, today = new Date().toISOString().slice(0, 10)): readonly Answers[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const contents = files.sort().map((name) => {
    const file = join(folder, name);
    const { success, data, error } = answersSchema.safeParse(parseOrUndefined(readFileSync(file, "utf8")));
    if (!success)
      throw new Error(`Received ${file}, expected what an acceptance run writes: ${z.prettifyError(error)}`);
    if (data.date > today) throw new Error(`Received the date ${data.date} in ${file}, expected a day that has been.`);
    return data;
  });
  return contents
    .filter(({ emulated }) => !emulated)
    .toSorted((before, after) => before.date.localeCompare(after.date));
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

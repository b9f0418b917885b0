import { z } from "zod";

/** What has findings: an environment of environments.yaml, by its name, or an account, whether the file has it or not. */
export const subjectSchema = z.union([
  z.strictObject({ environment: z.string() }),
  z.strictObject({ account: z.string() }),
]);
export type Subject = Readonly<z.infer<typeof subjectSchema>>;

/** The beginning of an account's name, which no environment's name has: it has a space. */
const ACCOUNT = "account ";

/** What tells subjects apart, for people. Stable, since watch finds its issues by it. */
export function subjectName(subject: Subject): string {
  return "account" in subject ? `${ACCOUNT}${subject.account}` : subject.environment;
}

/** The subject of a name. */
export function subjectOf(name: string): Subject {
  return name.startsWith(ACCOUNT) ? { account: name.slice(ACCOUNT.length) } : { environment: name };
}

import { z } from "zod";
import { canonical } from "../../../common/canonical";
import { checksum } from "../../../common/checksum";
import { subjectName, subjectOf, subjectSchema } from "../../findings/subject";
import { withoutPeople } from "./without-people";

/** In place of a kind: everything that couldn't be looked at in an environment or account. */
export const NOT_LOOKED_AT = "not-looked-at";

/** What tells findings apart, however they are worded. Findings with the same key count as one. */
export const findingKeySchema = z.object({
  subject: subjectSchema,
  kind: z
    .string()
    .describe(`The kind of a finding, or ${NOT_LOOKED_AT}: everything that is unknown in an environment or account.`),
  /** As in reports, from the general to the particular. */
  about: z.array(z.string()),
});
export type FindingKey = Readonly<z.infer<typeof findingKeySchema>>;

/** A key as earlier versions have written it into issues, too: the ID of an issue comes from it. */
export const markedKeySchema = z.object({ environment: z.string(), check: z.string(), about: z.array(z.string()) });

export function markedKeyOf({ subject, kind, about }: FindingKey): z.infer<typeof markedKeySchema> {
  return { environment: subjectName(subject), check: kind, about };
}

export function keyOfMarked({ environment, check, about }: z.infer<typeof markedKeySchema>): FindingKey {
  return { subject: subjectOf(environment), kind: check, about };
}

/** Digits of an ID. The chance that two of a hundred thousand findings share one is 1 in 50,000. */
const ID_LENGTH = 12;

/** Maximum length of the subject in a title. */
const MAX_ABOUT = 150;

/** A key as 12 hexadecimal digits. @param file the environment file, since several may be watched in one repository */
export function idOf(file: string, key: FindingKey): string {
  const { environment, check, about } = markedKeyOf(key);
  return checksum(canonical([file, environment, check, about])).slice(0, ID_LENGTH);
}

/** What a finding is about, without people's names. Different subjects stay different. */
export function aboutOf(about: FindingKey["about"]): string[] {
  return about.map((step) => {
    const safe = withoutPeople(step);
    return safe === step ? step : `${safe} ${checksum(step).slice(0, ID_LENGTH)}`;
  });
}

/** A key as a title, whose characters mention nobody and link to nothing, wherever it is shown. */
export function titleOf({ subject, kind, about }: FindingKey): string {
  const words = kind === NOT_LOOKED_AT ? ["not looked at"] : [kind, about.join(" ")];
  return [subjectName(subject), ...words].map((word) => plain(word).slice(0, MAX_ABOUT)).join(": ");
}

function plain(word: string): string {
  return word
    .replace(/[^\w ./:=+,-]/g, "_")
    .replaceAll("://", ":__")
    .replace(/www\./gi, "www_");
}

import { isFields } from "../../../../common/fields";
import { groupByKey } from "../../../../common/group-by-key";
import { textOf } from "../../../../common/json";
import type { Capability } from "../../../../modules/support-app/model/capability";
import { untilOf } from "../../../../modules/support-app/model/until";
import { code } from "../../../terminal/markdown";
import type { EnvironmentChange, PersonChange } from "../review";

/** An environment with its place, as the first cell of a row. A change that needs a look is bold. */
export function environmentCell(change: EnvironmentChange, isBold = false): string {
  const { environment, account, region, kind } = change;
  const name = kind === "new" ? `new: ${nameWords(environment)}` : nameWords(environment);
  return `${isBold ? `**${name}**` : name}${account === undefined ? "" : ` (${account}, ${region})`}`;
}

/** A name, as code if Markdown could mean something by it: a folder may have any. */
export function nameWords(name: string): string {
  return /^[a-z0-9-]+$/.test(name) ? name : code(name);
}

/** A channel with its name after #, and with its ID where the name doesn't say which one it is. */
export function channelCell(name: string, { workspace, channel, isKnownByName }: Partial<PersonChange>): string {
  const id = isKnownByName ? "" : ` (${code(String(channel))} of ${code(String(workspace))})`;
  return code(name) + id;
}

/** Maximum number of names in a cell or a sentence. */
const MAX_NAMES = 3;

/** Environments: of several, their number and the first names. Where {@link isShortened}, the others are in a fold. */
export function environmentsWords(names: readonly string[]): string {
  const firstNames = names.slice(0, MAX_NAMES).map(nameWords).join(", ");
  return names.length === 1 ? firstNames : `${names.length}: ${firstNames}${isShortened(names) ? " …" : ""}`;
}

/** Whether there are more environments than a cell or a sentence names. */
export function isShortened({ length }: readonly unknown[]): boolean {
  return length > MAX_NAMES;
}

/** What somebody gains, such as `live-chat until 2026-12-31`. */
export function gainWords({ gains }: PersonChange): string {
  return grouped(gains, ({ until, before }) =>
    [
      ...(until === undefined ? [] : [` until ${untilOf(until)}`]),
      ...(before === undefined ? [] : [`${until === undefined ? " for good" : ""} (before: until ${untilOf(before)})`]),
    ].join(""),
  );
}

/** What somebody loses, and what ends. */
export function lossWords({ loses, endsWholly }: PersonChange): string {
  const lost = loses.filter(({ until }) => until === undefined).map(({ capability }) => capability);
  const pastEnds = loses.filter(({ hasEnded }) => hasEnded);
  const ending = loses.filter(({ until, hasEnded }) => until !== undefined && !hasEnded);
  const endWords = endsWholly
    ? `everything ends ${untilOf(String(ending[0]?.until))}`
    : grouped(ending, ({ until }) => ` ends ${untilOf(String(until))}`);
  const words = [lost.join(", "), grouped(pastEnds, ({ until }) => ` (ended ${untilOf(String(until))})`), endWords];
  return words.filter((text) => text !== "").join("; ");
}

/** Capabilities with the same words after them, together. */
function grouped<T extends { readonly capability: Capability }>(
  items: readonly T[],
  wordsOf: (item: T) => string,
): string {
  return [...groupByKey(items, wordsOf)]
    .map(([words, group]) => group.map(({ capability }) => capability).join(", ") + words)
    .join("; ");
}

/** Maximum length of a value in a cell. */
const MAX_VALUE = 240;

/** A value as a cell or, if it is longer, as folded code. */
export function valueCell(value: unknown, text = valueText(value)): string {
  if (text === undefined) return "none";
  if (text.length <= MAX_VALUE) return code(text);
  return `<details><summary>${text.length} characters</summary>${code(text)}</details>`;
}

/** A value in one line: lists with commas, mappings with their keys, or JSON where these could be read otherwise. Undefined: there is none. */
function valueText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "object") return textOf(value);
  const entries = Object.entries(value).filter(([, nested]) => valueText(nested) !== undefined);
  const texts = entries.map(([key, nested]) =>
    Array.isArray(value) ? itemText(nested) : `${key}: ${itemText(nested)}`,
  );
  const isPlain = entries.flat().every((part) => typeof part !== "string" || !/[,{}[\]"]/.test(part));
  return entries.length === 0 ? undefined : isPlain ? texts.join(", ") : textOf(value);
}

function itemText(item: unknown): string {
  if (Array.isArray(item)) return `[${valueText(item)}]`;
  return isFields(item) ? `{ ${valueText(item)} }` : textOf(item);
}

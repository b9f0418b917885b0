import type { TextLimit } from "./limits";

/** The days from 2000 to 2099, in which every fourth year is a leap year. */
const DAY =
  "20(?:\\d\\d-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:[02468][048]|[13579][26])-02-29)";
const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d";
const ZONE = "(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)";

/** When access ends: at the end of a day in UTC, or at a time. */
export const UNTIL: TextLimit = {
  pattern: new RegExp(`^${DAY}(?:T${TIME}${ZONE})?$`),
  expected:
    "a day that exists, from 2000 to 2099, such as 2026-12-31, or a time with its zone, such as 2026-12-31T18:00:00+01:00",
};

const DAY_LENGTH = "2026-12-31".length;
/** A day in milliseconds. */
export const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The first second without access, in UTC and in one form, so that the texts sort by time:
 * `2027-01-01T00:00:00Z` for the day 2026-12-31.
 *
 * @param until of the form of {@link UNTIL}
 */
export function endOf(until: string): string {
  const isDay = until.length === DAY_LENGTH;
  return inSeconds(new Date(isDay ? Date.parse(`${until}T00:00:00Z`) + DAY_MS : Date.parse(until)));
}

/** An end in the form of {@link UNTIL}: the day that ends then, or else the time. */
export function untilOf(end: string): string {
  const time = Date.parse(end);
  return time % DAY_MS === 0 ? inSeconds(new Date(time - DAY_MS)).slice(0, DAY_LENGTH) : end;
}

/** A time in the form of {@link endOf}, truncated to the second. */
export function inSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z/, "Z");
}

import type { Capability } from "../../modules/support-app/model/capability";
import { DAY_MS, untilOf } from "../../modules/support-app/model/until";

/** How long before an end doctor announces it. */
export const NOTICE_MS = 14 * DAY_MS;

/**
 * When access ends, in words.
 *
 * @param end the first second without it, as `2027-01-01T00:00:00Z`
 */
export function untilWords(end: string): string {
  return `until ${endWords(end)}`;
}

/** When access ends, to follow another word than `until`. */
export function endWords(end: string): string {
  const until = untilOf(end);
  return until === end ? end : `the end of ${until} (UTC)`;
}

/** Something that is granted, with its end if it has one. */
export function givenWords(name: string, end: string | undefined): string {
  return end === undefined ? name : `${name} (${untilWords(end)})`;
}

/** Capabilities that are granted, each with its end if it has one. */
export function capabilitiesInWords(
  capabilities: readonly Capability[],
  ends: Readonly<Partial<Record<Capability, string>>> = {},
): string {
  return capabilities.map((capability) => givenWords(capability, ends[capability])).join(", ");
}

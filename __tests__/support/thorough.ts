/** Whether all cases are tried, by `npm run test:thorough`, or a sample of them, by `npm test`. */
export const isThorough = process.env.THOROUGH === "true";

/** Every nth of the cases, at least one, beginning with the one at that index; all of them in a thorough run. */
export function sample<T>(cases: readonly T[], every: number, from = 0): readonly T[] {
  return isThorough ? cases : everyNth(cases, every, from);
}

/** The same, with all of the cases only in the weekly run: CI has no time for them. */
export function weekly<T>(cases: readonly T[], every: number, from = 0): readonly T[] {
  return process.env.WEEKLY === "true" ? cases : everyNth(cases, every, from);
}

function everyNth<T>(cases: readonly T[], every: number, from: number): readonly T[] {
  const step = Math.min(every, cases.length);
  return cases.filter((_, index) => index % step === from % step);
}

/** How often fast-check tries a property: a twentieth of that, unless the run is thorough. `PROPERTY_RUNS` chooses another number. */
export function propertyRuns(thoroughly: number): number {
  return Number(process.env.PROPERTY_RUNS ?? (isThorough ? thoroughly : Math.ceil(thoroughly / 20)));
}

/** A test that measures time, or needs a lot of it. */
export const thoroughTest = isThorough ? test : test.skip;

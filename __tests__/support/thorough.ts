/** Whether every case is tried: each week and before a release, by `THOROUGH=true bash .ci/run`. Otherwise it is a sample of them. */
export const isThorough = process.env.THOROUGH === "true";

/** Every nth of the cases, beginning with the one at that index: the same ones in every run. All of them in a thorough run. */
export function sample<T>(cases: readonly T[], interval: number, from = 0): readonly T[] {
  if (isThorough) return cases;
  const step = Math.min(interval, cases.length);
  return cases.filter((_, index) => index % step === from % step);
}

/** What fast-check tries of a property: a twentieth of that many cases, or another part, unless the run is thorough, and the same ones in every run. `PROPERTY_RUNS` chooses another number. */
export function propertyRuns(thoroughly: number, part = 20) {
  const numRuns = Number(process.env.PROPERTY_RUNS ?? (isThorough ? thoroughly : Math.ceil(thoroughly / part)));
  return { numRuns, seed: 2 };
}

/** A test that measures time, or needs a lot of it. Outside of Jest, there is none. */
export const thoroughTest = isThorough ? globalThis.test : globalThis.test?.skip;

/** Whether every case is tried: each week and before a release, by `THOROUGH=true bash .ci/run`. Otherwise it is a sample of them. */
export const isThorough = process.env.THOROUGH === "true";

/** Which sample: any number, the same one in each `npm test`, and another one each day in CI. */
const SEED = Number(process.env.SAMPLE ?? 0);

/** Every nth of the cases, at least one, beginning with the one at that index; all of them in a thorough run. */
export function sample<T>(cases: readonly T[], interval: number, from = 0): readonly T[] {
  if (isThorough) return cases;
  const step = Math.min(interval, cases.length);
  return cases.filter((_, index) => index % step === (from + SEED) % step);
}

/** How often fast-check tries a property: a twentieth of that, unless the run is thorough. `PROPERTY_RUNS` chooses another number. */
export function propertyRuns(thoroughly: number): number {
  return Number(process.env.PROPERTY_RUNS ?? (isThorough ? thoroughly : Math.ceil(thoroughly / 20)));
}

/** A test that measures time, or needs a lot of it. Outside of Jest, there is none. */
export const thoroughTest = isThorough ? globalThis.test : globalThis.test?.skip;

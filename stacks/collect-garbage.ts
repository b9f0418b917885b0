/** After how many environments memory is collected. By itself, it is once it has doubled. */
const COLLECTED = 500;

/** Collects memory before the first of many environments and after every few hundred, where node was started with --expose-gc. */
export function collectGarbage(index: number): void {
  if (index % COLLECTED === 0) globalThis.gc?.();
}

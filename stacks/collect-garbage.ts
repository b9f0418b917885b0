/** Number of environments after which memory is collected. On its own, Node.js waits until it has doubled. */
const COLLECTED = 500;

/** Collects memory before the first of many environments and after every few hundred, if node was started with --expose-gc. */
export function collectGarbage(index: number): void {
  if (index % COLLECTED === 0) globalThis.gc?.();
}

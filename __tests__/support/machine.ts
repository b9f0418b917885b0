import { homedir, hostname, tmpdir } from "node:os";

/** Nothing in the text tells on which machine, in which folder or for whom it was made. */
export function expectNoMachineIn(text: string): void {
  for (const trace of [process.cwd(), tmpdir(), homedir(), hostname()]) {
    expect(text).not.toContain(trace);
  }
  expect(text).not.toMatch(/"(?:\/\w|[A-Z]:\\|file:)/);
}

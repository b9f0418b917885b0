import { homedir, hostname, tmpdir } from "node:os";

/** Nothing in a synthesized text tells on which machine or in which folder it was made, unless its input did. */
export function expectNoMachineIn(text: string, input: string): void {
  for (const trace of [process.cwd(), tmpdir(), homedir(), hostname()]) {
    if (!input.includes(trace)) expect(text).not.toContain(trace);
  }
}

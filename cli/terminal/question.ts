import { createInterface } from "node:readline";
import { printError } from "./print";

/** Asks on the terminal and returns the line that is typed. Undefined: the end of the input, or a signal. */
export async function ask(question: string, stop: AbortSignal): Promise<string | undefined> {
  printError(question);
  const lines = createInterface({ input: process.stdin, signal: stop });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  return undefined;
}

/** Whether the answer on the terminal is yes, in full. */
export async function isConfirmed(question: string, stop: AbortSignal): Promise<boolean> {
  return (await ask(`${question} Only yes is accepted:`, stop))?.trim() === "yes";
}

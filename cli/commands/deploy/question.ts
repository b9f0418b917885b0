import { createInterface } from "node:readline";
import { printError } from "../../terminal/print";

/** Asks on the terminal and returns the line that is typed. Undefined: the end of the input, or a signal. */
export function ask(question: string, stop: AbortSignal): Promise<string | undefined> {
  printError(question);
  const lines = createInterface({ input: process.stdin });
  const close = () => lines.close();
  stop.addEventListener("abort", close);
  return new Promise<string | undefined>((answered) => {
    lines.once("line", answered);
    lines.once("close", () => answered(undefined));
  }).finally(() => {
    stop.removeEventListener("abort", close);
    close();
  });
}

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Notes how long a command took, where a run of all tests asks for it. */
export function recordCommand(command: readonly string[], seconds: number): void {
  const scratch = process.env.E2E_SCRATCH;
  if (scratch) appendFileSync(commandsFile(scratch), `${JSON.stringify([kindOf(command), seconds])}\n`);
}

/** Where Jest writes its results. */
export function resultsFile(scratch: string): string {
  return join(scratch, "results.json");
}

/** Where the time of a run went: each file's seconds, and those of each kind of command. */
export function timesTable(scratch: string): string {
  const files: Rows = readResults(scratch).map(({ name, startTime, endTime }) => [
    basename(name, ".e2e.ts"),
    [(endTime - startTime) / 1000],
  ]);
  const kinds = new Map<string, number[]>();
  for (const line of readLines(commandsFile(scratch))) {
    const [kind, seconds] = JSON.parse(line) as [string, number];
    kinds.set(kind, [...(kinds.get(kind) ?? []), seconds]);
  }
  return [
    "Seconds of each file:",
    ...rows(files),
    "Seconds of all commands of a kind, and how many:",
    ...rows([...kinds]),
  ].join("\n");
}

type Rows = [name: string, seconds: number[]][];

function rows(all: Rows): string[] {
  const sums = all.map(([name, seconds]) => ({ name, count: seconds.length, sum: seconds.reduce((a, b) => a + b, 0) }));
  return sums
    .sort((a, b) => b.sum - a.sum)
    .map(
      ({ name, count, sum }) =>
        `${sum.toFixed(1).padStart(8)} ${count > 1 ? String(count).padStart(5) : "     "}  ${name}`,
    );
}

/** Such as `terraform apply`. */
function kindOf(command: readonly string[]): string {
  const words = command.filter((word) => !word.startsWith("-")).map((word) => basename(word));
  if (words[0] === "sh") return "sh";
  const start = Math.max(0, words.indexOf("support-app.ts"));
  return words.slice(start, start + 2).join(" ");
}

interface Result {
  readonly name: string;
  readonly startTime: number;
  readonly endTime: number;
}

function readResults(scratch: string): readonly Result[] {
  const file = resultsFile(scratch);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).testResults : [];
}

function readLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

function commandsFile(scratch: string): string {
  return join(scratch, "commands.jsonl");
}

import fs from "node:fs";
import { constants } from "node:os";
import { isThorough, sample } from "./thorough";

/** The calls of node:fs that the runs under test make. */
const CALLS = [
  "accessSync",
  "existsSync",
  "lstatSync",
  "mkdirSync",
  "readFileSync",
  "readdirSync",
  "readlinkSync",
  "realpathSync",
  "renameSync",
  "rmSync",
  "rmdirSync",
  "statSync",
  "writeFileSync",
] as const;

/** What happens to a run: before one of its calls of the file system, counted from 0, something else does. */
export interface Interruption {
  readonly before: number;
  /** Another run, from its beginning to its end. */
  readonly meanwhile?: () => void;
  /** Whether the run is killed then: it makes no further call. "halfway" kills it in the middle of that call. */
  readonly kill?: true | "halfway";
  /** Milliseconds for which it is paused then. */
  readonly pause?: number;
  /** An error that the call ends with. With ENOSPC, nothing that needs room works from then on. */
  readonly error?: "EIO" | "ENOSPC";
}

/** How a run ended, and what it called. */
export interface Outcome {
  readonly calls: readonly string[];
  readonly ended: "done" | "failed" | "killed";
  /** What it failed with. */
  readonly message?: string;
}

interface Running extends Partial<Omit<Interruption, "pause">> {
  pause?: number;
  readonly calls: string[];
  isKilled: boolean;
  isFull?: boolean;
  /** Another run that didn't go as its test expects. */
  failedTest?: { readonly error: unknown };
}

let running: Running | undefined;

/** Runs something on the real file system, and interrupts it. */
export function interrupted(run: () => void, interruption: Partial<Interruption> = {}): Outcome {
  const outer = running;
  const self: Running = { ...interruption, calls: [], isKilled: false };
  running = self;
  try {
    run();
    return { calls: self.calls, ended: self.isKilled ? "killed" : "done" };
  } catch (error) {
    if (self.failedTest) throw self.failedTest.error;
    if (self.isKilled) return { calls: self.calls, ended: "killed" };
    return { calls: self.calls, ended: "failed", message: (error as Error).message };
  } finally {
    running = outer;
  }
}

/** Lets {@link interrupted} see the calls of this test file. Gives what undoes it. */
export function watchFileSystem(): () => void {
  const originals = CALLS.map((name) => [name, fs[name]] as const);
  const now = Date.now;
  for (const [name, original] of originals) {
    const watched = (...args: unknown[]) => {
      const self = running;
      const call = () => {
        running = undefined; // rmSync calls others of these, and is killed "halfway" instead
        try {
          return (original as (...args: unknown[]) => unknown)(...args);
        } finally {
          running = self;
        }
      };
      if (!self) return call();
      if (self.isKilled) throw new Error("It has been killed.");
      if (self.isFull && NEEDS_ROOM.test(name)) throw diskError("ENOSPC");
      if (self.calls.push(name) - 1 === self.before) {
        running = undefined;
        try {
          self.meanwhile?.();
          if (self.kill === "halfway") half(name, args);
        } catch (error) {
          self.failedTest = { error };
        } finally {
          running = self;
          self.pause = 0;
        }
        self.isFull = self.error === "ENOSPC";
        if (self.error && (self.error === "ENOSPC" ? NEEDS_ROOM : CAN_FAIL).test(name)) throw diskError(self.error);
        if (self.kill) {
          self.isKilled = true;
          throw new Error("It is killed.");
        }
      }
      return call();
    };
    Object.assign(fs, { [name]: watched });
  }
  Date.now = () => now() - (running?.pause ?? 0); // what comes after the pause is now
  return () => {
    for (const [name, original] of originals) Object.assign(fs, { [name]: original });
    Date.now = now;
  };
}

const NEEDS_ROOM = /^(mkdir|writeFile)Sync$/;
const CAN_FAIL = /^(?!exists)/;

function diskError(code: "EIO" | "ENOSPC"): Error {
  return Object.assign(new Error(`${code}: an error of the disk`), {
    code,
    errno: -constants.errno[code],
    syscall: "call",
  });
}

/** What a call has done that takes a while, when it is cut off. */
function half(name: (typeof CALLS)[number], args: unknown[]): void {
  const [path, text] = args as [string, unknown];
  if (name === "writeFileSync") fs.writeFileSync(path, String(text).slice(0, String(text).length / 2));
  if (name === "rmSync" && fs.existsSync(path)) {
    const files = fs.readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const file of files.slice(0, Math.ceil(files.length / 2))) fs.rmSync(`${file.parentPath}/${file.name}`);
  }
}

/** Every folder and file below a folder, with the files' texts. */
export function contentsOf(folder: string): Record<string, string | null> {
  if (!fs.existsSync(folder)) return {};
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .map((entry) => {
        const path = `${entry.parentPath}/${entry.name}`;
        return [path.slice(folder.length + 1), entry.isFile() ? fs.readFileSync(path, "utf8") : null] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The calls of a run, by their number: every nth of them, in a sample. */
export function callsOf({ calls }: Outcome, every: number): readonly number[] {
  return sample([...calls.keys()], every);
}

/** Those before which, or halfway through which, a kill makes a difference. */
export function momentsOf(outcome: Outcome, kill: true | "halfway", every: number): readonly number[] {
  const takesAWhile = (call: number) => /^(rm|writeFile)Sync$/.test(outcome.calls[call] ?? "");
  return callsOf(outcome, every).filter((call) => kill === true || takesAWhile(call));
}

/** The calls by which a run can meet another one, and its first change. */
export function commitsOf({ calls }: Outcome): readonly number[] {
  return [...calls.keys()].filter(
    (call) => call === calls.indexOf("mkdirSync") || /^(rename|rm)Sync$/.test(calls[call] ?? ""),
  );
}

/** Expects those outcomes one after the other. A sample of the moments may have missed some of them. */
export function expectPhases<T>(found: readonly T[], expected: readonly T[]): void {
  const phases = found.filter((outcome, index) => index === 0 || outcome !== found[index - 1]);
  expect(phases).toEqual(isThorough ? expected : expected.filter((one) => found.includes(one)));
}

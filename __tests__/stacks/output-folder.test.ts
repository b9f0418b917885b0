import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DIGEST_OUTPUT } from "../../stacks/digest";
import { finishOutput, writeOutput } from "../../stacks/output-folder";
import { PROVIDER_LOCK } from "../../stacks/provider-lock";
import {
  callsOf,
  commitsOf,
  contentsOf,
  expectPhases,
  interrupted,
  momentsOf,
  type Outcome,
  watchFileSystem,
} from "../support/interleaving";
import { thoroughTest } from "../support/thorough";

const HOUR = 3_600_000;

/** How many calls a sample goes on by. */
const EVERY = 9;

/** The runs, and the notation of each: the files of one are in the way of another. */
const NOTATION = { old: "json", first: "hcl", second: "json", third: "hcl", last: "json" } as const;
type Name = keyof typeof NOTATION;
const STACK_FILE = { json: "cdk.tf.json", hcl: "cdk.tf" };

let scratch: string;
let out: string;
let stopWatching: () => void;
beforeAll(() => {
  stopWatching = watchFileSystem();
});
afterAll(() => stopWatching());
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "support-app-output-"));
});
afterEach(() => rmSync(scratch, { recursive: true }));

/** The stacks of a run: one that all have, and one that only this run has. */
const stacksOf = (name: Name) => (name === "last" ? ["kept"] : ["kept", `of-${name}`]);

/** What a run writes. All of it names the run. */
function filesOf(name: Name): Record<string, string> {
  const locks = name === "first" || name === "second" ? [`stacks/kept/${PROVIDER_LOCK}`] : [];
  const names = [STACK_FILE[NOTATION[name]], ...(NOTATION[name] === "hcl" ? ["metadata.json"] : [])];
  const paths = stacksOf(name).flatMap((stack) => names.map((file) => `stacks/${stack}/${file}`));
  const texts = paths.map((path) => [path, `${name}, ${DIGEST_OUTPUT}`]);
  return Object.fromEntries([...texts, ...[...locks, "manifest.json"].map((path) => [path, name])]);
}

/** What main.ts does, except creating the files. */
function synthesize(name: Name): void {
  finishOutput(out);
  const write = (folder: string) => {
    for (const path of ["stacks", ...stacksOf(name).map((stack) => `stacks/${stack}`)]) mkdirSync(join(folder, path));
    for (const [path, text] of Object.entries(filesOf(name))) writeFileSync(join(folder, path), text);
  };
  writeOutput(out, NOTATION[name], write, {});
}

/** The run whose complete output is in the folder, with nothing else that Terraform would read. Undefined: there is none. */
function written(): Name | undefined {
  const files = contentsOf(out);
  const name = files["manifest.json"] as Name | undefined;
  const found = Object.entries(files).filter(([path, text]) => text !== null && !path.startsWith("."));
  if (name === undefined) {
    expect(found).toEqual([]);
    return undefined;
  }
  expect(files).toMatchObject(filesOf(name));
  for (const stack of stacksOf(name)) {
    const read = readdirSync(join(out, "stacks", stack)).filter((file) => /\.(tf|tf\.json)$/.test(file));
    expect(read).toEqual([STACK_FILE[NOTATION[name]]]);
  }
  return name;
}

function start(old: Name | undefined): void {
  out = join(mkdtempSync(join(scratch, "case-")), "out");
  if (old === undefined) return;
  mkdirSync(join(out, "stacks/kept/.terraform"), { recursive: true });
  mkdirSync(join(out, `stacks/of-${old}`));
  for (const [path, text] of Object.entries(filesOf(old))) writeFileSync(join(out, path), text);
}

/** Afterwards a run that stops at an error finishes what was begun. */
function finished(): Name | undefined {
  expect(interrupted(() => finishOutput(out)).ended).toBe("done");
  return written();
}

/** Then one more has nothing in its way. */
function expectHealed(): Name | undefined {
  const found = finished();
  expect(interrupted(() => synthesize("last")).ended).toBe("done");
  expect(written()).toBe("last");
  expect(readdirSync(out).sort()).toEqual(["manifest.json", "stacks"]);
  expect(readdirSync(join(out, "stacks"))).toEqual(["kept"]);
  return found;
}

test.each(["old", undefined] as const)(
  "a run that is killed anywhere leaves the old output, %p, or the new one",
  (old) => {
    start(old);
    const uninterrupted = interrupted(() => synthesize("first"));
    for (const kill of [true, "halfway"] as const) {
      const found = momentsOf(uninterrupted, kill, EVERY).map((before) => {
        start(old);
        expect(interrupted(() => synthesize("first"), { before, kill, pause: HOUR }).ended).toBe("killed");
        // In the middle of moving, which is short, there is a mark that it isn't finished.
        if (!existsSync(join(out, ".synthesizing"))) written();
        return expectHealed();
      });
      expectPhases(found, [old, "first"]); // once it is new, it stays new
    }
  },
);

test.each(["EIO", "ENOSPC"] as const)(
  "a disk error anywhere (%s) leaves the old output or the new one, or the error says that it must be finished",
  (error) => {
    start("old");
    const outcomes = callsOf(
      interrupted(() => synthesize("first")),
      EVERY,
    ).map((before) => {
      start("old");
      const { ended, message = "" } = interrupted(() => synthesize("first"), { before, error, pause: HOUR });
      if (ended === "failed")
        expect(message).toMatch(
          new RegExp(`^Received the output folder ".*", expected one that can be written, but: ${error}: `),
        );
      const isUnfinished = /is in place yet/.test(message);
      const found = isUnfinished ? "some" : written();
      return `${ended}: ${found}, ${expectHealed()}`;
    });
    const unfinished = error === "EIO" ? ["failed: some, first"] : [];
    expectPhases([...outcomes].sort(), ["done: first, first", "failed: old, old", ...unfinished]);
  },
);

/** A run that another has overtaken has written before that, writes now, or reports that it has lost and changes nothing. */
function expectDoneOrLost({ ended, message }: Outcome, before: Name | undefined): void {
  if (ended === "done") return;
  expect(message).toMatch(/another run removed it while this one was paused\. Nothing was changed\./);
  expect(written()).toBe(before);
}

describe.each([
  ["paused", 0],
  ["paused for long", HOUR],
])("a run that is %s anywhere, and resumes after another", (_, pause) => {
  test.each(["old", undefined] as const)("writes all of its output or none of it: %p", (old) => {
    start(old);
    const outcomes = callsOf(
      interrupted(() => synthesize("first")),
      EVERY,
    ).map((before) => {
      start(old);
      const second = () => {
        expect(interrupted(() => synthesize("second")).ended).toBe("done");
        expect(written()).toBe("second");
      };
      const first = interrupted(() => synthesize("first"), { before, pause, meanwhile: second });
      expectDoneOrLost(first, "second");
      const winner = written();
      expectHealed();
      return `${first.ended}: ${winner}`;
    });
    const expected = ["done: first", ...(pause > 0 ? ["failed: second"] : []), "done: second"];
    expectPhases(outcomes, expected);
  });
});

test("two runs may create the folder at once", () => {
  start(undefined);
  const before = interrupted(() => synthesize("first")).calls.indexOf("mkdirSync");
  start(undefined);
  const second = () => expect(interrupted(() => synthesize("second")).ended).toBe("done");
  expect(interrupted(() => synthesize("first"), { before, meanwhile: second }).ended).toBe("done");
  expect(written()).toBe("first");
});

test("what is committed is moved into place even if somebody has removed the stacks", () => {
  start("old");
  const held = join(out, ".synthesizing/1-2-a-host/json");
  mkdirSync(join(held, "stacks/kept"), { recursive: true });
  for (const path of ["stacks/kept/cdk.tf.json", "manifest.json"]) writeFileSync(join(held, path), "new");
  rmSync(join(out, "stacks"), { recursive: true });
  finishOutput(out);
  expect(readFileSync(join(out, "stacks/kept/cdk.tf.json"), "utf8")).toBe("new");
  expect(readdirSync(out).sort()).toEqual(["manifest.json", "stacks"]);
});

test("what killed runs have prepared is removed before anything is written: the disk may be full of it", () => {
  start("old");
  const killed = join(out, ".synthesizing-1-2-a-host/1-2-a-host");
  mkdirSync(killed, { recursive: true });
  writeFileSync(join(killed, "file"), "");
  const found: string[][] = [];
  writeOutput(out, "json", (folder) => found.push(readdirSync(dirname(folder)), readdirSync(out)));
  const [prepared, whole] = found;
  expect(prepared).toEqual(["json"]);
  expect(whole).toEqual([expect.stringMatching(/^\.synthesizing-\d+-/), "manifest.json", "stacks"]);
});

test("a folder on another disk is refused, since not all of it could be written at once", () => {
  start("old");
  const { dev } = statSync(out);
  const disk = ["/dev/shm", "/tmp", "/var/tmp"].find((one) => existsSync(one) && statSync(one).dev !== dev);
  if (disk === undefined) return; // there is one disk
  const elsewhere = mkdtempSync(join(disk, "support-app-disk-"));
  try {
    rmSync(join(out, "stacks"), { recursive: true });
    symlinkSync(elsewhere, join(out, "stacks"));
    expect(() => synthesize("second")).toThrow(
      `Received "${join(out, "stacks")}" on another disk than "${out}", expected both on the same disk, so that either all of it is written or nothing. Nothing was changed. Move it there.`,
    );
    expect(readdirSync(elsewhere)).toEqual([]);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

thoroughTest.each([
  ["paused", "paused", 0, ["done: first", "done: second", "done: third"]],
  [
    "paused for long",
    "paused for long",
    HOUR,
    ["done: first", "done: second", "done: third", "failed: second", "failed: third"],
  ],
  ["paused for long", "killed", HOUR, ["done: first", "done: second", "failed: old", "failed: second"]],
])(
  "of three runs, the first %s and the second %s, each writes all of its output or none of it",
  (_, how, pause, expected) => {
    const outcomes = new Set<string>();
    start("old");
    for (const before of commitsOf(interrupted(() => synthesize("first")))) {
      for (const beforeToo of commitsOf(secondIn(before, pause))) {
        start("old");
        let between: Name | undefined;
        let isCommitted = false;
        const third = () => expect(interrupted(() => synthesize("third")).ended).toBe("done");
        const second = () => {
          isCommitted = existsSync(join(out, ".synthesizing")) || written() === "first";
          const interruption = how === "killed" ? { kill: "halfway" as const } : { meanwhile: third };
          const outcome = interrupted(() => synthesize("second"), { before: beforeToo, pause, ...interruption });
          if (how === "killed") return;
          expectDoneOrLost(outcome, "third");
          between = written();
        };
        const first = interrupted(() => synthesize("first"), { before, pause: 2 * pause, meanwhile: second });
        if (how !== "killed") expectDoneOrLost(first, between);
        const winner = finished();
        if (first.ended === "done" && !isCommitted) expect(winner).toBe("first");
        outcomes.add(`${first.ended}: ${winner}`);
      }
    }
    expect([...outcomes].sort()).toEqual(expected);
  },
  300_000,
);

/** How the second run goes in a first one that is paused. */
function secondIn(before: number, pause: number): Outcome {
  let second: Outcome | undefined;
  const meanwhile = () => {
    second = interrupted(() => synthesize("second"));
  };
  start("old");
  interrupted(() => synthesize("first"), { before, pause, meanwhile });
  return second as Outcome;
}

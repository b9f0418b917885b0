import fs, { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os, { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checksum } from "../../../cli/checksum";
import { claimFolder, healFolder, releaseFolder, replaceFolder } from "../../../cli/publish/claimed-folder";
import { GENERATOR } from "../../../cli/publish/files";
import {
  callsOf,
  commitsOf,
  contentsOf,
  expectPhases,
  interrupted,
  momentsOf,
  type Outcome,
  watchFileSystem,
} from "../../support/interleaving";
import { thoroughTest } from "../../support/thorough";

const HOUR = 3_600_000;

/** Number of calls between samples. */
const EVERY = 5;

let scratch: string;
let out: string;
let stopWatching: () => void;
beforeAll(() => {
  stopWatching = watchFileSystem();
});
afterAll(() => stopWatching());
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "support-app-claim-"));
});
afterEach(() => rmSync(scratch, { recursive: true }));

/** A small publication in which everything names the run that made it. */
function publicationOf(name: string): Map<string, string> {
  const files = new Map([
    ["manifest.json", JSON.stringify({ generator: GENERATOR, name })],
    [`environments/${name}.tf`, name],
  ]);
  const sums = [...files].map(([path, text]) => `${checksum(text)}  ${path}\n`).join("");
  return files.set("SHA256SUMS", sums);
}

/** What publish does, without generating the files. */
function publish(name: string, fails = false): void {
  const claimed = claimFolder(out);
  try {
    healFolder(claimed);
    if (fails) throw new Error("There is an error in environments.yaml.");
    replaceFolder(claimed, publicationOf(name));
  } finally {
    releaseFolder(claimed);
  }
}

/** The run whose complete publication is in the folder. Undefined: there is none. */
function published(): string | undefined {
  const { environments, ...files } = contentsOf(out);
  if (Object.keys(files).length === 0) return undefined;
  const { name } = JSON.parse(files["manifest.json"] ?? "{}");
  expect({ name, files }).toEqual({ name, files: Object.fromEntries(publicationOf(name)) });
  return name;
}

/** Starts with the publication of "old", or none, and nothing else. */
function start(old?: string): void {
  out = join(mkdtempSync(join(scratch, "case-")), "out");
  if (old) publish(old);
}

/** Afterwards, a failing run leaves everything as it was, and one more run succeeds. */
function expectHealed(): string | undefined {
  expect(interrupted(() => publish("failing", true))).toMatchObject({
    ended: "failed",
    message: "There is an error in environments.yaml.",
  });
  const found = published();
  expect(interrupted(() => publish("last"))).toMatchObject({ ended: "done" });
  expect(published()).toBe("last");
  expect(readdirSync(dirname(out))).toEqual(["out"]);
  return found;
}

test.each(["old", undefined])(
  "a run that is killed at any point leaves the previous folder, %p, or the new one",
  (old) => {
    start(old);
    const uninterrupted = interrupted(() => publish("new"));
    for (const kill of [true, "halfway"] as const) {
      const found = momentsOf(uninterrupted, kill, EVERY).map((before) => {
        start(old);
        expect(interrupted(() => publish("new"), { before, kill, pause: HOUR }).ended).toBe("killed");
        return expectHealed();
      });
      expectPhases(found, [old, "new"]); // once it is new, it stays new
    }
  },
);

test("after a run is killed with the new folder in place, removing that doesn't bring the old one back", () => {
  start("old");
  const found = callsOf(
    interrupted(() => publish("new")),
    EVERY,
  ).map((before) => {
    start("old");
    interrupted(() => publish("new"), { before, kill: true, pause: HOUR });
    if (!existsSync(out) || published() === "old") return "old";
    rmSync(out, { recursive: true });
    return expectHealed();
  });
  expectPhases(found, ["old", undefined]);
});

test.each(["EIO", "ENOSPC"] as const)(
  "a disk error at any point (%s) leaves the old folder or the new one, and nothing else",
  (error) => {
    start("old");
    const outcomes = callsOf(
      interrupted(() => publish("new")),
      EVERY,
    ).map((before) => {
      start("old");
      const { ended, message = "" } = interrupted(() => publish("new"), { before, error, pause: HOUR });
      if (ended === "failed")
        expect(message).toMatch(
          new RegExp(
            `^Received --out ".*", expected a writable folder, but: ${error}: .*\\. Nothing was changed\\. .*\\.$`,
          ),
        );
      const found = published();
      expectHealed();
      return `${ended}: ${found}`;
    });
    expectPhases([...outcomes].sort(), ["done: new", "failed: old"]);
  },
);

test("files that can't be generated leave the old folder, whatever was already written", () => {
  start("old");
  const claimed = claimFolder(out);
  const files = function* () {
    yield* publicationOf("new");
    throw new Error("There is an error in one of them.");
  };
  expect(() => replaceFolder(claimed, files())).toThrow("There is an error in one of them.");
  releaseFolder(claimed);
  expect(expectHealed()).toBe("old");
});

test("a file that somebody writes into the old folder meanwhile isn't lost", () => {
  start("old");
  const claimed = claimFolder(out);
  const files = function* () {
    yield* publicationOf("new");
    writeFileSync(join(out, "precious.txt"), "");
  };
  expect(() => replaceFolder(claimed, files())).toThrow("precious.txt");
  releaseFolder(claimed);
  expect(readdirSync(out)).toContain("precious.txt");
  rmSync(join(out, "precious.txt"));
  expect(expectHealed()).toBe("old");
});

test("if the new folder can't be put in place, the old one is back at once", () => {
  start("old");
  const claimed = claimFolder(out);
  const { renameSync } = fs;
  jest.spyOn(fs, "renameSync").mockImplementation((from, to) => {
    if (String(from).endsWith("new")) throw Object.assign(new Error("EIO: i/o error, rename"), { code: "EIO" });
    renameSync(from, to);
  });
  try {
    expect(() => replaceFolder(claimed, publicationOf("new"))).toThrow("EIO");
    expect(published()).toBe("old");
  } finally {
    jest.restoreAllMocks();
    releaseFolder(claimed);
  }
});

test("the home folder, and one that contains it, is refused", () => {
  jest.spyOn(os, "homedir").mockReturnValue(join(scratch, "homes", "alice"));
  try {
    for (const folder of ["homes", "homes/alice"].map((name) => join(scratch, name))) {
      expect(() => claimFolder(folder)).toThrow(
        `Received --out ${JSON.stringify(folder)}, expected a dedicated folder, since it is replaced as a whole. Choose one below the current folder.`,
      );
    }
    releaseFolder(claimFolder(join(scratch, "homes/alice/access")));
  } finally {
    jest.restoreAllMocks();
  }
});

test.each(["old", undefined])(
  "of two concurrent runs, the second is refused, or runs before or after the first: %p",
  (old) => {
    start(old);
    const outcomes = callsOf(
      interrupted(() => publish("first")),
      EVERY,
    ).map((before) => {
      start(old);
      let second: Outcome | undefined;
      const first = interrupted(() => publish("first"), {
        before,
        meanwhile: () => {
          second = interrupted(() => publish("second"));
        },
      });
      expect(second?.ended === "failed" ? second.message : "").toMatch(
        /^$|expected a folder that nobody else is publishing to: process \d+ on ".+" has been publishing to it since 20/,
      );
      expect(first.ended === "failed" ? first.message : "").toMatch(/^$|nobody else/);
      const winner = published();
      expectHealed();
      return `${first.ended} ${second?.ended}: ${winner}`;
    });
    expectPhases(outcomes, ["done done: first", "done failed: first", "done done: second"]);
  },
);

/** An overtaken run has published before, publishes now, or is refused and changes nothing. */
function expectDoneOrLost({ ended, message }: Outcome, before: string | undefined): void {
  if (ended === "done") return;
  expect(message).toMatch(/another run took over because this one/);
  expect(published()).toBe(before);
}

test.each(["old", undefined])(
  "a run that is paused for long at any point, and overtaken, is refused or has published: %p",
  (old) => {
    start(old);
    const outcomes = callsOf(
      interrupted(() => publish("paused")),
      EVERY,
    ).map((before) => {
      start(old);
      const second = () => {
        expect(interrupted(() => publish("second")).ended).toBe("done");
        expect(published()).toBe("second");
      };
      const paused = interrupted(() => publish("paused"), { before, pause: HOUR, meanwhile: second });
      expectDoneOrLost(paused, "second");
      const winner = published();
      expectHealed();
      return `${paused.ended}: ${winner}`;
    });
    expectPhases(outcomes, ["done: paused", "failed: second", "done: second"]);
  },
);

thoroughTest.each([
  ["paused for long", ["done: first", "done: second", "done: third", "failed: second", "failed: third"]],
  ["killed", ["done: first", "done: second", "failed: old", "failed: second"]],
])(
  "of three runs, the first paused for long and the second %s, each is refused or has published",
  (how, expected) => {
    const outcomes = new Set<string>();
    start("old");
    for (const before of commitsOf(interrupted(() => publish("first")))) {
      for (const beforeToo of commitsOf(secondIn(before))) {
        start("old");
        let between: string | undefined;
        const third = () => expect(interrupted(() => publish("third")).ended).toBe("done");
        const second = () => {
          const interruption = how === "killed" ? { kill: "halfway" as const } : { meanwhile: third };
          const outcome = interrupted(() => publish("second"), { before: beforeToo, pause: HOUR, ...interruption });
          if (how !== "killed") expectDoneOrLost(outcome, "third");
          between = published();
        };
        const first = interrupted(() => publish("first"), { before, pause: 2 * HOUR, meanwhile: second });
        expectDoneOrLost(first, between);
        outcomes.add(`${first.ended}: ${expectHealed()}`);
      }
    }
    expect([...outcomes].sort()).toEqual(expected);
  },
  300_000,
);

/** The outcome of a second run while the first one is paused. */
function secondIn(before: number): Outcome {
  let second: Outcome | undefined;
  const meanwhile = () => {
    second = interrupted(() => publish("second"));
  };
  start("old");
  interrupted(() => publish("first"), { before, pause: HOUR, meanwhile });
  return second as Outcome;
}

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
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

/** How many calls a sample goes on by. */
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

/** A small publication, all of which says who made it. */
function publicationOf(name: string): Map<string, string> {
  const files = new Map([
    ["manifest.json", JSON.stringify({ generator: GENERATOR, name })],
    [`environments/${name}.tf`, name],
  ]);
  const sums = [...files].map(([path, text]) => `${checksum(text)}  ${path}\n`).join("");
  return files.set("SHA256SUMS", sums);
}

/** What publish does, but for making the files. */
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

/** Whose publication is in the folder, all of it. Undefined: there is none. */
function published(): string | undefined {
  const { environments, ...files } = contentsOf(out);
  if (Object.keys(files).length === 0) return undefined;
  const { name } = JSON.parse(files["manifest.json"] ?? "{}");
  expect({ name, files }).toEqual({ name, files: Object.fromEntries(publicationOf(name)) });
  return name;
}

/** Starts with the publication of "old", or none, and nothing beside it. */
function start(old?: string): void {
  out = join(mkdtempSync(join(scratch, "case-")), "out");
  if (old) publish(old);
}

/** Afterwards another run fails and leaves what it found, and one more has nothing in its way. */
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

test.each(["old", undefined])("one that is killed anywhere leaves what there was, %p, or the new folder", (old) => {
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
});

test("one that is killed once the new folder is there doesn't bring the old one back, if somebody removes the new one", () => {
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
  "an error of the disk anywhere (%s) leaves the old folder or the new one, and nothing beside it",
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

test("files that can't be made leave the old folder, whatever was written before", () => {
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

test.each(["old", undefined])(
  "of two at once, the second says that it isn't alone, or does it before or after: %p",
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

/** One that another has overtaken has published before that, publishes now, or says that it has lost and changes nothing. */
function expectDoneOrLost({ ended, message }: Outcome, before: string | undefined): void {
  if (ended === "done") return;
  expect(message).toMatch(/another run took over because this one/);
  expect(published()).toBe(before);
}

test.each(["old", undefined])(
  "one that is paused for long anywhere, and goes on after another, has lost or has published: %p",
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
  "of three, the first paused for long and the second %s, each has lost or has published",
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

/** How the second run goes in a first one that is paused. */
function secondIn(before: number): Outcome {
  let second: Outcome | undefined;
  const meanwhile = () => {
    second = interrupted(() => publish("second"));
  };
  start("old");
  interrupted(() => publish("first"), { before, pause: HOUR, meanwhile });
  return second as Outcome;
}

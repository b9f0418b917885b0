import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os, { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GENERATOR } from "../../../../cli/commands/publish/published-folder";
import { replaceFolder } from "../../../../cli/commands/publish/replace-folder";
import { checksum } from "../../../../cli/terminal/checksum";
import { asOtherProcess, contentsOf, failingAt, killedBefore, meanwhile, watchChanges } from "../../../support/changes";

let scratch: string;
let out: string;
beforeEach(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "support-app-replace-")));
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

function publish(name: string): void {
  replaceFolder(out, publicationOf(name));
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

/** The next run has nothing in its way, and leaves nothing. */
function expectHealed(): void {
  publish("last");
  expect(published()).toBe("last");
  expect(readdirSync(dirname(out))).toEqual(["out"]);
}

/** Publishes "new" once for each of its changes. */
function atEachChange(old: string | undefined, run: (change: number) => void): void {
  start(old);
  const { changes } = watchChanges(() => publish("new"));
  for (let change = 0; change < changes; change++) {
    start(old);
    run(change);
    expectHealed();
  }
}

test.each(["old", undefined])(
  "a run that is killed anywhere leaves the old folder, %p, or the new one, or for a moment none",
  (old) => {
    const found = new Set<string | undefined>();
    atEachChange(old, (change) => {
      watchChanges(() => publish("new"), killedBefore(change));
      found.add(published());
    });
    expect([...found]).toEqual(old ? [old, undefined, "new"] : [undefined, "new"]);
  },
);

test("a run that fails after one was killed between its two moves leaves the old folder", () => {
  start("old");
  const { changes } = watchChanges(() => publish("new"));
  start("old");
  watchChanges(() => publish("new"), killedBefore(changes - 2)); // the new one isn't in its place yet
  expect(published()).toBeUndefined();
  const failing = function* () {
    yield ["manifest.json", ""] as const;
    throw new Error("no more files");
  };
  expect(() => replaceFolder(out, failing())).toThrow("no more files");
  expect(published()).toBe("old");
});

test("a disk error anywhere leaves the old folder or the new one, and nothing else", () => {
  const found = new Set<string>();
  atEachChange("old", (change) => {
    const { error } = watchChanges(() => publish("new"), failingAt(change));
    if (error) {
      expect(error.message).toMatch(/^Can't publish to ".*": EIO: i\/o error, in ".*"\. Nothing was changed\. .*\.$/);
      expect(readdirSync(dirname(out))).toEqual(["out"]);
    }
    found.add(`${error ? "failed" : "done"}: ${published()}`);
  });
  expect([...found]).toEqual(["failed: old", "done: new"]);
});

test("an old folder that can't be put back isn't removed", () => {
  start("old");
  const { changes } = watchChanges(() => publish("new"));
  start("old");
  // The last changes: away with the old one, the new one into its place, away with what was prepared.
  const failing = (change: number) => {
    if ([changes - 2, changes - 1].includes(change)) failingAt(change)(change);
  };
  const { error } = watchChanges(() => publish("new"), failing);
  const old = join(dirname(out), readdirSync(dirname(out))[0] ?? "", "old");
  expect(error?.message).toContain(
    `EIO: i/o error, in "${dirname(out)}". What it had is in "${old}", until the next run.`,
  );
  expect(contentsOf(old)).toMatchObject({ "environments/old.tf": "old" });
});

const withoutPath = (text: string) => text.replaceAll(out, "OUT").replaceAll(dirname(out), "OUT/..");

const LOST = 'Can\'t publish to "OUT": another run published to it at the same moment. Publish again., second';

test.each(["old", undefined])("of two runs at once, the last one has published, and the other one fails: %p", (old) => {
  const found = new Set<string>();
  atEachChange(old, (change) => {
    const beside = () => asOtherProcess(() => publish("second"));
    const { error } = watchChanges(() => publish("new"), meanwhile(change, beside));
    found.add(`${error ? withoutPath(error.message) : "done"}, ${published()}`);
  });
  expect([...found].sort()).toEqual([LOST, "done, new", "done, second"]);
});

test("a run that another one has taken for killed publishes nothing any more, and fails", () => {
  const found = new Set<string>();
  atEachChange("old", (change) => {
    const { error } = watchChanges(
      () => publish("new"),
      meanwhile(change, () => publish("second")),
    );
    found.add(`${error ? withoutPath(error.message) : "done"}, ${published()}`);
  });
  expect([...found].sort()).toEqual([LOST, "done, new", "done, second"]);
});

test("files that can't be generated leave the old folder, whatever was already written", () => {
  start("old");
  const files = function* () {
    yield* publicationOf("new");
    throw new Error("There is an error in one of them.");
  };
  expect(() => replaceFolder(out, files())).toThrow("There is an error in one of them.");
  expect(published()).toBe("old");
  expectHealed();
});

test("a file that somebody writes into the old folder meanwhile isn't lost", () => {
  start("old");
  const files = function* () {
    yield* publicationOf("new");
    writeFileSync(join(out, "precious.txt"), "");
  };
  expect(() => replaceFolder(out, files())).toThrow("precious.txt");
  expect(readdirSync(out)).toContain("precious.txt");
  rmSync(join(out, "precious.txt"));
  expect(published()).toBe("old");
  expectHealed();
});

test("the home folder, and a folder that contains it, is refused", () => {
  jest.spyOn(os, "homedir").mockReturnValue(join(scratch, "homes", "alice"));
  try {
    for (const folder of ["homes", "homes/alice"].map((name) => join(scratch, name))) {
      expect(() => replaceFolder(folder, [])).toThrow(
        `Received --out ${JSON.stringify(folder)}, expected a dedicated folder, since it is replaced as a whole. Choose one below the current folder.`,
      );
    }
    replaceFolder(join(scratch, "homes/alice/access"), publicationOf("new"));
  } finally {
    jest.restoreAllMocks();
  }
});

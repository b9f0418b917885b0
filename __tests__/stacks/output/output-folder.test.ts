import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { writeOutput } from "../../../stacks/output/output-folder";
import { PROVIDER_LOCK } from "../../../stacks/output/provider-lock";
import { DIGEST_OUTPUT } from "../../../stacks/output/stack-digest";
import { contentsOf, failingAt, killedBefore, meanwhile, watchChanges } from "../../support/changes";
import { folderInTests } from "../../support/folder";
import { sample } from "../../support/thorough";

/** The runs, and the notation of each: the files of one are in the way of another. */
const NOTATION = { old: "json", first: "hcl", second: "json", last: "json" } as const;
type Name = keyof typeof NOTATION;
const STACK_FILE = { json: "cdk.tf.json", hcl: "cdk.tf" };

let out: string;
const scratch = folderInTests();

/** The stacks of a run: one that all have, and one that only this run has. */
const stacksOf = (name: Name) => (name === "last" ? ["kept"] : ["kept", `of-${name}`]);

/** What a run writes. All of it names the run. */
function filesOf(name: Name): Record<string, string> {
  const locks = name === "first" || name === "second" ? [`stacks/kept/${PROVIDER_LOCK}`] : [];
  const names = [STACK_FILE[NOTATION[name]], ...(NOTATION[name] === "hcl" ? ["metadata.json"] : [])];
  const paths = stacksOf(name).flatMap((stack) => names.map((file) => `stacks/${stack}/${file}`));
  const texts = paths.map((path) => [path, `${name} ${DIGEST_OUTPUT}`]);
  return Object.fromEntries([...texts, ...[...locks, "manifest.json"].map((path) => [path, name])]);
}

/** What main.ts does, except creating the files. */
function synthesize(name: Name): string[] {
  const write = (folder: string) => {
    for (const path of ["stacks", ...stacksOf(name).map((stack) => `stacks/${stack}`)]) mkdirSync(join(folder, path));
    for (const [path, text] of Object.entries(filesOf(name))) writeFileSync(join(folder, path), text);
  };
  return writeOutput(out, NOTATION[name], write, true);
}

/** The run whose complete output is in the folder, with nothing else that Terraform would read. Undefined: there is none. */
function completeRun(): Name | undefined {
  const files = contentsOf(out);
  const name = files["manifest.json"] as Name | undefined;
  const visibleFiles = Object.entries(files).filter(([path, text]) => text !== null && !path.startsWith("."));
  if (name === undefined) {
    expect(visibleFiles).toEqual([]);
    return undefined;
  }
  expect(files).toMatchObject(filesOf(name));
  for (const stack of stacksOf(name)) {
    const terraformFiles = readdirSync(join(out, "stacks", stack)).filter((file) => /\.(tf|tf\.json)$/.test(file));
    expect(terraformFiles).toEqual([STACK_FILE[NOTATION[name]]]);
  }
  return name;
}

/** @param old whose output is there before a run. Undefined: nothing */
function start(old: Name | undefined): void {
  out = join(mkdtempSync(scratch("case-")), "out");
  if (old === undefined) return;
  mkdirSync(join(out, "stacks/kept/.terraform"), { recursive: true });
  mkdirSync(join(out, `stacks/of-${old}`));
  for (const [path, text] of Object.entries(filesOf(old))) writeFileSync(join(out, path), text);
}

/** The next run writes everything, once what is in its way is old, or removed as the error says; and leaves nothing. */
function expectHealed(): void {
  if (isMarked()) {
    expect(() => synthesize("last")).toThrow(
      "another run is writing it, or was killed while it did. Nothing was changed.",
    );
    age(join(out, ".synthesizing"));
  }
  for (const name of existsSync(out) ? readdirSync(out) : [])
    if (name.startsWith(".synthesizing-")) age(join(out, name));
  synthesize("last");
  expect(completeRun()).toBe("last");
  expect(readdirSync(out).sort()).toEqual(["manifest.json", "stacks"]);
  expect(readdirSync(join(out, "stacks"))).toEqual(["kept"]);
}

/** Makes a folder eleven minutes old. */
function age(folder: string): void {
  const time = new Date(Date.now() - 660_000);
  utimesSync(folder, time, time);
}

/** Runs the first one once for each of its changes. */
function atEachChange(old: Name | undefined, run: (change: number) => void): void {
  start(old);
  const { changes } = watchChanges(() => synthesize("first"));
  for (let change = 0; change < changes; change++) {
    start(old);
    run(change);
    expectHealed();
  }
}

const isMarked = () => existsSync(join(out, ".synthesizing"));

test.each(sample(["old", undefined] as const, 2))(
  "a run that is killed anywhere leaves the old output, %p, the new one, or a mark, until the next run",
  (old) => {
    const outcomes = new Set<string | undefined>();
    atEachChange(old, (change) => {
      watchChanges(() => synthesize("first"), killedBefore(change));
      outcomes.add(isMarked() ? "marked" : completeRun());
    });
    expect([...outcomes].sort()).toEqual([old, "marked"].sort()); // the mark goes last
  },
);

test("a disk error anywhere leaves the old output or the new one, or the error says that it isn't all in place", () => {
  const outcomes = new Set<string>();
  atEachChange("old", (change) => {
    const { error } = watchChanges(() => synthesize("first"), failingAt(change));
    if (error) {
      expect(error.message).toMatch(
        /^Can't write the output folder ".*": i\/o error, in ".*"\. (Nothing was changed\.|Not everything that was synthesized is in place yet\. Make the folder writable, remove ".*", and synthesize again\.$)/,
      );
    }
    const isUnfinished = error?.message.includes("in place yet") ?? false;
    if (isUnfinished) expect(isMarked()).toBe(true);
    outcomes.add(isUnfinished ? "unfinished" : `${error ? "failed" : "done"}: ${completeRun()}`);
  });
  expect([...outcomes].sort()).toEqual(["done: first", "failed: old", "unfinished"]);
});

test.each(sample(["old", undefined] as const, 2))(
  "of two runs at once, each writes all of its output or none of it: %p",
  (old) => {
    const outcomes = new Set<string>();
    atEachChange(old, (change) => {
      let second = "done";
      const beside = () => {
        try {
          synthesize("second");
          expect(completeRun()).toBe("second");
        } catch (error) {
          second = (error as Error).message.replaceAll(out, "OUT");
        }
      };
      const { error } = watchChanges(() => synthesize("first"), meanwhile(change, beside));
      if (error) throw error;
      outcomes.add(`${second}, ${completeRun()}`);
    });
    expect([...outcomes].sort()).toEqual([
      'Can\'t write the output folder "OUT": another run is writing it, or was killed while it did. Nothing was changed. Wait for it to end, or remove "OUT/.synthesizing", and synthesize again., first',
      "done, first",
    ]);
  },
);

test("what killed runs have left is removed before anything is written, and what may be of a running one stays", () => {
  start("old");
  const [killed, running] = [".synthesizing-abcdef", ".synthesizing-ghijkl"].map((name) => join(out, name));
  for (const folder of [killed, running]) mkdirSync(folder as string);
  writeFileSync(join(killed as string, "file"), "");
  age(killed as string);
  let entries: string[] = [];
  writeOutput(
    out,
    "json",
    (folder) => {
      entries = readdirSync(out);
      mkdirSync(join(folder, "stacks"));
      writeFileSync(join(folder, "manifest.json"), "");
    },
    false,
  );
  expect(entries).toHaveLength(4); // with the one that this run prepares
  expect(entries).toEqual(expect.arrayContaining([basename(running as string), "manifest.json", "stacks"]));
  expect(entries).not.toContain(basename(killed as string));
});

const file = (path: string) => writeFileSync(scratch(path), "");
const link = (path: string) => symlinkSync("nowhere", scratch(path));
const folders = (path: string) => mkdirSync(scratch(path), { recursive: true });

test.each<[string, () => void, reason: string]>([
  ["is a file", () => file("out"), "file already exists"],
  ["has a file for its stacks", () => [folders("out"), file("out/stacks")], "file already exists"],
  ["has a broken link for a stack", () => [folders("out/stacks"), link("out/stacks/kept")], "no such .*"],
])("an output folder that %s is reported in one sentence, and everything stays as it was", (_, make, reason) => {
  out = scratch("out");
  make();
  const contentsBefore = contentsOf(scratch());
  expect(() => synthesize("first")).toThrow(
    new RegExp(
      `^Can't write the output folder "${out}": ${reason}, in "${out}"\\. Nothing was changed\\. .*choose another folder\\.$`,
    ),
  );
  expect(contentsOf(scratch())).toEqual(contentsBefore);
});

test("a folder in the place of a file is an error that says that not everything is in place", () => {
  start("old");
  rmSync(join(out, "manifest.json"));
  mkdirSync(join(out, "manifest.json"));
  expect(() => synthesize("first")).toThrow(
    /illegal operation on a directory, .* Not everything that was synthesized is in place yet\./,
  );
  expect(isMarked()).toBe(true);
});

test("a link to a folder is accepted, and so are missing folders around it", () => {
  mkdirSync(scratch("elsewhere"));
  symlinkSync("elsewhere", scratch("link"));
  out = scratch("link/a/b");
  synthesize("first");
  expect(readdirSync(scratch("elsewhere/a/b"))).toEqual(["manifest.json", "stacks"]);
});

test("Terraform's own files beside a stack stay, and so does the folder, in which it may be running", () => {
  start("old");
  writeFileSync(join(out, "stacks/kept", PROVIDER_LOCK), "locked");
  const { ino } = statSync(join(out, "stacks/kept"));
  synthesize("last");
  expect(readdirSync(join(out, "stacks/kept")).sort()).toEqual([".terraform", PROVIDER_LOCK, "cdk.tf.json"]);
  expect(statSync(join(out, "stacks/kept")).ino).toBe(ino);
});

describe("the folder of an environment that is removed", () => {
  const folder = (path = "") => join(out, "stacks/of-first", path);
  beforeEach(() => {
    start("old");
    synthesize("first");
  });

  test.each([false, true])("a removed environment's folder is removed, even if it is empty: %p", (isEmpty) => {
    if (isEmpty) for (const file of readdirSync(folder())) rmSync(folder(file));
    expect(synthesize("last")).toEqual(["of-first"]);
    expect(readdirSync(join(out, "stacks"))).toEqual(["kept"]);
  });

  test.each<[string, () => void]>([
    ["Terraform was initialized there", () => mkdirSync(folder(".terraform"))],
    ["its state is there", () => writeFileSync(folder("terraform.tfstate"), "{}")],
    ["another app has written its stack", () => writeFileSync(folder("cdk.tf"), "# by hand")],
    [
      "a file in it is a link",
      () => {
        rmSync(folder("cdk.tf"));
        symlinkSync(join(out, "manifest.json"), folder("cdk.tf"));
      },
    ],
    [
      "it is a link",
      () => {
        renameSync(folder(), scratch("elsewhere"));
        symlinkSync(scratch("elsewhere"), folder());
      },
    ],
    [
      "all stacks are behind a link",
      () => {
        renameSync(join(out, "stacks"), scratch("elsewhere"));
        symlinkSync(scratch("elsewhere"), join(out, "stacks"));
      },
    ],
  ])("the folder of a removed environment stays as it is if %s", (_, make) => {
    make();
    const contentsBefore = contentsOf(folder());
    expect(synthesize("last")).toEqual([]);
    expect(contentsOf(folder())).toEqual(contentsBefore);
    expect(Object.keys(contentsBefore)).not.toEqual([]);
  });

  test("the folder of a removed environment stays if only some environments are chosen, or if no environment could have its name", () => {
    renameSync(folder(), join(out, "stacks/Of_first"));
    expect(synthesize("last")).toEqual([]);
    synthesize("first");
    writeOutput(
      out,
      "json",
      (target) => {
        mkdirSync(join(target, "stacks"));
        writeFileSync(join(target, "manifest.json"), "");
      },
      false,
    );
    expect(readdirSync(join(out, "stacks")).sort()).toEqual(["Of_first", "kept", "of-first"]);
  });
});

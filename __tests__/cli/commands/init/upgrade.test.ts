import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { OTHER, OWN, packageFor } from "../../../../cli/commands/init/framework";
import { RECORD, recordOf } from "../../../../cli/commands/init/record";
import { MAIN, managedFiles, newRepository, pinnedVersions, VERSION } from "../../../../cli/commands/init/repository";
import { differenceOf, differences, type UpgradeOptions, upgrade } from "../../../../cli/commands/init/upgrade";
import { checksum } from "../../../../cli/terminal/checksum";
import { CommandError } from "../../../../cli/terminal/command-error";
import { contentsOf } from "../../../support/changes";

const ROOT = process.cwd();
const REVIEW = ".github/workflows/review.yml";
const origin = { specifier: VERSION };
const HERE: UpgradeOptions = { acceptsOtherFramework: false, origin, addsCli: false };
let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "support-app-upgrade-"));
  process.chdir(scratch);
  const first = { account: "111122223333", region: "us-east-1", full: false };
  for (const [path, text] of newRepository("slack-access", first, { branch: MAIN, origin, hasCli: false })) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  writeFileSync(RECORD, recordOf(MAIN, managedFiles(MAIN)));
});
afterEach(() => {
  process.chdir(ROOT);
  rmSync(scratch, { recursive: true });
});

/** The JSON of a file, with an edit. */
// biome-ignore lint/suspicious/noExplicitAny: a test changes it at any place
function edit(file: string, change: (content: any) => void): void {
  const content = JSON.parse(readFileSync(file, "utf8"));
  change(content);
  writeFileSync(file, JSON.stringify(content));
}

/** The files that aren't as this version writes them. */
const states = () => differences(HERE).states.map(({ path, state }) => `${path}: ${state}`);

test("a new repository differs in nothing, and an upgrade changes nothing in it", () => {
  const before = contentsOf(scratch);
  expect(differences(HERE)).toMatchObject({ versions: [], leftovers: [] });
  expect(states()).toEqual([]);
  upgrade(HERE);
  expect(contentsOf(scratch)).toEqual(before);
});

test("an upgrade writes new and outdated files, keeps what was changed or removed, and returns what it found", () => {
  const text = readFileSync(REVIEW, "utf8");
  edit(RECORD, ({ files }) => {
    files[REVIEW] = checksum("name: An older review\n");
    delete files["tsconfig.json"];
  });
  writeFileSync(REVIEW, "name: An older review\n");
  writeFileSync("cdktf.json", "{}\n");
  for (const path of ["tsconfig.json", ".gitignore"]) rmSync(path);
  const found = [`${REVIEW}: outdated`, ".gitignore: removed", "cdktf.json: changed", "tsconfig.json: new"];
  expect(states()).toEqual(found);
  expect(upgrade(HERE).states).toHaveLength(4);
  expect(states()).toEqual([".gitignore: removed", "cdktf.json: changed"]);
  expect([readFileSync(REVIEW, "utf8"), readFileSync("cdktf.json", "utf8")]).toEqual([text, "{}\n"]);
});

test("a changed file without a record still has none afterwards: no version has written it", () => {
  edit(RECORD, ({ files }) => {
    delete files["cdktf.json"];
  });
  writeFileSync("cdktf.json", "{}\n");
  upgrade(HERE);
  expect(JSON.parse(readFileSync(RECORD, "utf8")).files).not.toHaveProperty(["cdktf.json"]);
});

test.each(["environments.yaml", ".github/CODEOWNERS", "../outside"])(
  "a record that names %s, which an upgrade doesn't manage, has no effect: anybody could have written it",
  (path) => {
    const before = contentsOf(scratch);
    edit(RECORD, ({ files }) => {
      files[path] = checksum("what is there");
    });
    upgrade(HERE);
    expect(contentsOf(scratch)).toEqual(before);
  },
);

test("other versions in package.json are pinned, and everything else in it is the user's", () => {
  const [[name, exact] = [""]] = Object.entries(pinnedVersions(origin).devDependencies);
  edit("package.json", (content) => {
    content.devDependencies = { jest: "30.0.0" };
    content.type = "module";
  });
  const { versions } = differences(HERE);
  expect(versions[0]).toEqual({ section: "devDependencies", name, present: undefined, expected: exact });
  upgrade(HERE);
  const { type, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  expect({ type, devDependencies }).toEqual({
    type: "module",
    devDependencies: { jest: "30.0.0", ...pinnedVersions(origin).devDependencies },
  });
  expect(differences(HERE).versions).toEqual([]);
});

test.each<[string, string, () => void, kind: string]>([
  ["a link", "cdktf.json", () => symlinkSync("elsewhere/file", "cdktf.json"), "file"],
  ["a folder", "cdktf.json", () => mkdirSync("cdktf.json"), "file"],
  ["below a link", ".github", () => symlinkSync("elsewhere", ".github"), "folder"],
])("where a file is %s, nothing is written", (_, path, make, kind) => {
  rmSync(path, { recursive: true });
  mkdirSync("elsewhere");
  make();
  const before = contentsOf(scratch);
  for (const command of [differences, upgrade]) {
    expect(() => command(HERE)).toThrow(
      new CommandError(
        `Received something that isn't a ${kind} at "${path}", expected a ${kind} in the repository, not a link. Nothing was written. Move it away.`,
      ),
    );
  }
  expect(contentsOf(scratch)).toEqual(before);
});

test.each<[string, RegExp]>([
  ["[", /^Received package\.json that is not JSON \(.+\), expected a JSON object .*repository\.$/],
  ["[]", /^Received package\.json in another form, expected a JSON object .*repository\.$/],
])("package.json with %s is an error", (text, sentence) => {
  writeFileSync("package.json", text);
  expect(() => differences(HERE)).toThrow(sentence);
});

test("without package.json, it is another folder", () => {
  rmSync("package.json");
  expect(() => differences(HERE)).toThrow(
    new CommandError(
      "Received package.json that can't be read (ENOENT: no such file or directory, open 'package.json'), expected a JSON object in the root of a repository. Correct it, or change to the repository.",
    ),
  );
});

describe("a repository of the other framework", () => {
  beforeEach(() =>
    edit("package.json", ({ dependencies }) => {
      dependencies[packageFor(OTHER)] = dependencies[packageFor(OWN)];
      delete dependencies[packageFor(OWN)];
    }),
  );

  test("isn't moved by accident", () => {
    const before = contentsOf(scratch);
    expect(() => upgrade(HERE)).toThrow(
      new CommandError(
        `Received a repository that depends on ${packageFor(OTHER)}, expected a repository that depends on ${packageFor(OWN)}, which is running. To move it from ${OTHER} to ${OWN}, add --framework ${OWN}. To stay with ${OTHER}, run ${packageFor(OTHER)}.`,
      ),
    );
    expect(contentsOf(scratch)).toEqual(before);
  });

  test("is moved with its packages and the user's own files, and what it can't move is named", () => {
    writeFileSync("main.ts", `import { synthesize } from "${packageFor(OTHER)}/stacks";\n`);
    writeFileSync(".github/workflows/mine.yml", `run: |\n  npx ${OTHER} deploy production\n`);
    const { versions, renamed, leftovers } = upgrade({ ...HERE, acceptsOtherFramework: true });
    expect(versions[0]).toEqual({
      ...{ section: "dependencies", name: packageFor(OTHER), present: VERSION, expected: undefined },
    });
    expect([...renamed]).toEqual([["main.ts", `import { synthesize } from "${packageFor(OWN)}/stacks";\n`]]);
    expect(readFileSync("main.ts", "utf8")).toBe(renamed.get("main.ts"));
    expect(leftovers).toEqual([".github/workflows/mine.yml:2"]);
    expect(JSON.parse(readFileSync("package.json", "utf8")).dependencies).toEqual(pinnedVersions(origin).dependencies);
  });
});

test("the difference of a file is a unified diff, from what is there to what this version writes", () => {
  expect(differenceOf({ path: "cdktf.json", state: "changed", present: "a\nb\n", expected: "a\nc\n" })).toEqual([
    "--- cdktf.json",
    `+++ cdktf.json (${VERSION})`,
    "@@ -1,2 +1,2 @@",
    " a",
    "-b",
    "+c",
  ]);
});

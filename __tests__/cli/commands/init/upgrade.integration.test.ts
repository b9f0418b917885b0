import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { OTHER, OWN, packageFor } from "../../../../cli/commands/init/framework";
import { RECORD, recordOf } from "../../../../cli/commands/init/record";
import { managedFiles, newRepository, pinnedVersions, VERSION } from "../../../../cli/commands/init/repository";
import { type UpgradeOptions, upgrade } from "../../../../cli/commands/init/upgrade";
import { CommandError } from "../../../../cli/terminal/command-error";
import { checksum } from "../../../../common/checksum";
import { contentsOf } from "../../../support/changes";
import { PIPELINES } from "../../../support/default-pipelines";
import { folderInTests } from "../../../support/folder";

const REVIEW = ".github/workflows/review.yml";
const OLDER = "name: An older review\n";
const origin = { specifier: VERSION };
const HERE: UpgradeOptions = { acceptsOtherFramework: false, origin, addsCli: false };
const scratch = folderInTests({ isWorkingDirectory: true });
beforeEach(() => {
  const first = { account: "111122223333", region: "us-east-1", full: false };
  for (const [path, text] of newRepository({
    ...first,
    owners: "@acme/owners",
    pipelines: PIPELINES,
    origin,
    hasCli: false,
  })) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  writeFileSync(RECORD, recordOf(PIPELINES, managedFiles(PIPELINES)));
});

/** The JSON of a file, with an edit. */
// biome-ignore lint/suspicious/noExplicitAny: a test changes it at any place
function edit(file: string, change: (content: any) => unknown): void {
  const content = JSON.parse(readFileSync(file, "utf8"));
  change(content);
  writeFileSync(file, JSON.stringify(content));
}

const linesOf = (options: Partial<UpgradeOptions> = {}) => upgrade({ ...HERE, ...options }, true).lines;

const CDKTF_LINES = (managedFiles(PIPELINES).get("cdktf.json") ?? "").split("\n").length - 1;

test("a new repository differs in nothing, and an upgrade changes nothing in it", () => {
  const before = contentsOf(scratch());
  expect(upgrade(HERE)).toMatchObject({ lines: [], writes: new Map(), diffs: [], isMove: false });
  expect(contentsOf(scratch())).toEqual(before);
});

test("an upgrade writes new and outdated files, keeps what was changed or removed, and shows how files differ", () => {
  const text = readFileSync(REVIEW, "utf8");
  edit(RECORD, ({ files }) => {
    files[REVIEW] = checksum(OLDER);
    delete files["tsconfig.json"];
  });
  writeFileSync(REVIEW, OLDER);
  writeFileSync("cdktf.json", "{}\n");
  for (const path of ["tsconfig.json", ".gitignore"]) rmSync(path);
  const planned = upgrade(HERE, true);
  expect(planned.lines).toEqual([
    `${REVIEW}: rewritten`,
    ".gitignore: removed here, not restored",
    `cdktf.json: changed here, nothing to merge, without ${CDKTF_LINES} lines of this version`,
    "tsconfig.json: written",
  ]);
  expect(planned.diffs.slice(0, 4)).toEqual(["", `--- ${REVIEW}`, `+++ ${REVIEW} (${VERSION})`, expect.any(String)]);
  expect(planned.diffs).toEqual(expect.arrayContaining(["-name: An older review", "+name: Review", "-{}"]));
  expect(upgrade(HERE)).toEqual(planned);
  expect(linesOf()).toEqual([
    ".gitignore: removed here, not restored",
    `cdktf.json: changed here, nothing to merge, without ${CDKTF_LINES} lines of this version`,
  ]);
  expect([readFileSync(REVIEW, "utf8"), readFileSync("cdktf.json", "utf8")]).toEqual([text, "{}\n"]);
  // A removed file that somebody restores as another version wrote it is upgraded again.
  writeFileSync(".gitignore", OLDER);
  edit(RECORD, ({ files }) => (files[".gitignore"] = checksum(OLDER)));
  expect(linesOf()).toContain(".gitignore: rewritten");
});

test("a changed file without a record still has none afterwards: no version has written it", () => {
  edit(RECORD, ({ files }) => delete files["cdktf.json"]);
  writeFileSync("cdktf.json", "{}\n");
  expect(upgrade(HERE).lines).toEqual(["cdktf.json: not written by init, left alone"]);
  expect(JSON.parse(readFileSync(RECORD, "utf8")).files).not.toHaveProperty(["cdktf.json"]);
});

describe("a changed file", () => {
  const current = managedFiles(PIPELINES).get(REVIEW) ?? "";
  /** What an earlier version wrote: it had other lines at the end. */
  const older = current.replace(/(?:.*\n){2}$/, "      - run: an older command\n        env: *older\n");
  const recordedText = () => JSON.parse(readFileSync(RECORD, "utf8")).files[REVIEW].join("\n");

  beforeEach(() => edit(RECORD, ({ files }) => (files[REVIEW] = older.split("\n"))));

  test("a change elsewhere in the file is kept, and the record has the text of this version then", () => {
    writeFileSync(REVIEW, older.replace("name: Review", "name: Access"));
    const planned = upgrade(HERE, true);
    expect(planned.lines).toEqual([`${REVIEW}: merged with what was changed here, without 1 line of this version`]);
    expect(planned.diffs).toEqual(expect.arrayContaining(["-      - run: an older command"]));
    expect(planned.diffs).toEqual(expect.arrayContaining(["-name: Access", "+name: Review"])); // what isn't merged
    expect(upgrade(HERE)).toEqual(planned);
    expect(readFileSync(REVIEW, "utf8")).toBe(current.replace("name: Review", "name: Access"));
    expect(recordedText()).toBe(current);
    expect(linesOf()).toEqual([`${REVIEW}: changed here, nothing to merge, without 1 line of this version`]);
  });

  test("a change of the same lines is a conflict: the file and its record stay until the lines are as in this version", () => {
    const changed = older.replace("an older command", "my command");
    writeFileSync(REVIEW, changed);
    const { lines, writes, conflicts, diffs } = upgrade(HERE);
    expect(lines).toEqual([`${REVIEW}: changed here, left alone: this version changes the same lines`]);
    expect([writes, diffs]).toEqual([new Map(), []]);
    const currentLines = current.split("\n").slice(-3, -1);
    expect(conflicts).toEqual([
      ...["", `--- ${REVIEW}`, `+++ ${REVIEW} (${VERSION})`, "@@ both changed @@"],
      ...["-      - run: my command", "-        env: *older", ...currentLines.map((line) => `+${line}`)],
    ]);
    expect([readFileSync(REVIEW, "utf8"), recordedText()]).toEqual([changed, older]);

    writeFileSync(REVIEW, current);
    upgrade(HERE);
    writeFileSync(REVIEW, current.replace(/.*\n$/, "        env: mine\n"));
    expect(linesOf()).toEqual([`${REVIEW}: changed here, nothing to merge, without 1 line of this version`]);
  });
});

test("a record that claims that a line of this version was removed here doesn't hide that it is missing", () => {
  const current = managedFiles(PIPELINES).get(REVIEW) ?? "";
  const line = "          persist-credentials: false\n";
  expect(current).toContain(line);
  edit(RECORD, ({ files }) => (files[REVIEW] = `${current}# older\n`.split("\n"))); // whatever else an upgrade merges
  writeFileSync(REVIEW, `${current.replace(line, "")}# older\n`);
  const planned = upgrade(HERE, true);
  expect(planned.lines).toEqual([`${REVIEW}: merged with what was changed here, without 1 line of this version`]);
  expect(planned.diffs).toContain(`+${line.trimEnd()}`);
  upgrade(HERE);
  expect(linesOf()).toEqual([`${REVIEW}: changed here, nothing to merge, without 1 line of this version`]);
});

test("a pin that this version doesn't have is listed, whatever version its comment names, each time", () => {
  const current = managedFiles(PIPELINES).get(REVIEW) ?? "";
  const [, version = ""] = /actions\/checkout@\w+ (# v[\d.]+)/.exec(current) ?? [];
  const pin = `${"5".repeat(40)} ${version}`;
  writeFileSync(REVIEW, `${current.replace(/(?<=actions\/checkout@).*/, pin)}      - uses: acme/own@v1\n`);
  const lines = [
    `${REVIEW}: changed here, nothing to merge`,
    `${REVIEW}: actions/checkout@${pin} isn't a release that this version knows. Check that the commit is of that version`,
  ];
  expect(upgrade(HERE).lines).toEqual(lines);
  expect(linesOf()).toEqual(lines);
});

test("workflows that name several versions of Terraform are listed, such as where a bump was merged into some jobs", () => {
  const workflow = (name: string) => `.github/workflows/${name}.yml`;
  const [deploy, review] = ["deploy", "review"].map((name) => readFileSync(workflow(name), "utf8"));
  const bump = /(?<=terraform_version: )[\d.]+/;
  const [version = ""] = bump.exec(deploy ?? "") ?? [];
  writeFileSync(workflow("deploy"), deploy?.replace(bump, '"1.99.0" # newer') ?? "");
  expect(upgrade(HERE).lines.at(-1)).toBe(
    `terraform_version is 1.99.0 in deploy.yml; ${version} in deploy.yml, drift.yml, review.yml. Use one version, or deploys may refuse approved plans`,
  );
  for (const name of ["deploy", "drift", "review"]) {
    const text = readFileSync(workflow(name), "utf8");
    writeFileSync(workflow(name), text.replaceAll(/(?<=terraform_version: ).*/g, "1.99.0"));
  }
  expect(linesOf().filter((line) => line.includes("terraform_version"))).toEqual([]);
  rmSync(workflow("deploy"));
  writeFileSync(workflow("review"), review ?? "");
  expect(linesOf().at(-1)).toContain(`terraform_version is 1.99.0 in drift.yml; ${version} in review.yml.`);
});

describe("a checkout with line breaks of Windows", () => {
  const windows = (text: string) => text.replaceAll("\n", "\r\n");
  const current = managedFiles(PIPELINES).get(REVIEW) ?? "";

  test("files with other line breaks alone differ in nothing, and stay as they are", () => {
    for (const [path, text] of managedFiles(PIPELINES)) writeFileSync(path, windows(text));
    expect(upgrade(HERE)).toMatchObject({ lines: [], writes: new Map() });
  });

  test("outdated and changed files are upgraded with the line breaks that they have", () => {
    edit(RECORD, ({ files }) => {
      files[REVIEW] = current.replace("name: Review", "name: Older").split("\n");
      files["cdktf.json"] = OLDER.split("\n");
    });
    writeFileSync(REVIEW, windows(`${current.replace("name: Review", "name: Older")}# mine\n`));
    writeFileSync("cdktf.json", windows(OLDER));
    expect(upgrade(HERE).lines).toEqual([`${REVIEW}: merged with what was changed here`, "cdktf.json: rewritten"]);
    expect(readFileSync(REVIEW, "utf8")).toBe(windows(`${current}# mine\n`));
    expect(readFileSync("cdktf.json", "utf8")).toBe(windows(managedFiles(PIPELINES).get("cdktf.json") ?? ""));
    expect(linesOf()).toEqual([`${REVIEW}: changed here, nothing to merge`]);
  });
});

test("a record that names what an upgrade doesn't manage has no effect: anybody could have written it", () => {
  const before = contentsOf(scratch());
  edit(RECORD, ({ files }) => {
    for (const path of ["environments.yaml", "../outside"]) files[path] = checksum("what is there");
  });
  upgrade(HERE);
  expect(contentsOf(scratch())).toEqual(before);
});

test("other versions in package.json are pinned, and everything else in it is the user's", () => {
  const [[name, exact] = [""]] = Object.entries(pinnedVersions(origin).devDependencies);
  edit("package.json", (content) => {
    content.devDependencies = { jest: "30.0.0", [name]: 7 };
    content.type = "module";
  });
  expect(linesOf()[0]).toBe(`package.json: devDependencies: ${name} the number 7 → ${exact}`);
  expect(linesOf()[1]).toMatch(/^package\.json: devDependencies: ts-node none → \d/);
  upgrade(HERE);
  const pinned = { jest: "30.0.0", ...pinnedVersions(origin).devDependencies };
  expect(JSON.parse(readFileSync("package.json", "utf8"))).toMatchObject({ type: "module", devDependencies: pinned });
  expect(linesOf()).toEqual([]);
});

test.each(["dependencies", "devDependencies", "optionalDependencies"])(
  "the framework's own command stays in %s, and gets the framework's version",
  (section) => {
    edit(
      "package.json",
      (packageJson) => (packageJson[section] = { ...packageJson[section], [`${OWN}-cli`]: "0.20.0" }),
    );
    expect(linesOf()).toEqual([expect.stringContaining(`package.json: ${section}: ${OWN}-cli "0.20.0" → `)]);
    upgrade(HERE);
    expect(linesOf({ addsCli: true })).toEqual([]);
  },
);

test("another packed copy is written, and the previous one is named", () => {
  const copyOf = (sum: string) => {
    const path = `vendor/${packageFor(OWN)}-${VERSION}-${sum}.tgz`;
    return { specifier: `file:${path}`, copy: { path, content: Buffer.from(sum) } };
  };
  const [firstOrigin, secondOrigin] = [copyOf("one"), copyOf("other")];
  upgrade({ ...HERE, origin: firstOrigin });
  expect(readFileSync(firstOrigin.copy.path, "utf8")).toBe("one");
  expect(linesOf({ origin: firstOrigin })).toEqual([]);
  rmSync(firstOrigin.copy.path);
  expect(upgrade({ ...HERE, origin: firstOrigin }).lines).toEqual([`${firstOrigin.copy.path}: written`]);
  expect(linesOf({ origin: secondOrigin })).toEqual([
    `package.json: dependencies: ${packageFor(OWN)} "${firstOrigin.specifier}" → ${secondOrigin.specifier}`,
    `${secondOrigin.copy.path}: written`,
    `${firstOrigin.copy.path}: no longer used; remove it`,
  ]);
});

test.each<[string, string, () => void, kind: string]>([
  ["a link", "cdktf.json", () => symlinkSync("elsewhere/file", "cdktf.json"), "file"],
  ["a folder", "cdktf.json", () => mkdirSync("cdktf.json"), "file"],
  ["below a link", ".github", () => symlinkSync("elsewhere", ".github"), "folder"],
])("where a file is %s, nothing is written", (_, path, make, kind) => {
  rmSync(path, { recursive: true });
  mkdirSync("elsewhere");
  make();
  const before = contentsOf(scratch());
  const message = `Received something that isn't a ${kind} at "${path}", expected a ${kind} in the repository, not a link. Nothing was written. Move it away.`;
  expect(() => upgrade(HERE)).toThrow(new CommandError(message));
  expect(contentsOf(scratch())).toEqual(before);
});

test("package.json that isn't an object is an error", () => {
  writeFileSync("package.json", "[]");
  expect(linesOf).toThrow(/^Received package\.json in another form, expected a JSON object\. .*repository\.$/);
});

describe("a repository of the other framework", () => {
  beforeEach(() =>
    edit("package.json", ({ dependencies }) => {
      dependencies[packageFor(OTHER)] = dependencies[packageFor(OWN)];
      delete dependencies[packageFor(OWN)];
    }),
  );

  test("a repository of the other framework isn't moved by accident", () => {
    const before = contentsOf(scratch());
    const message = `Received a repository that depends on ${packageFor(OTHER)}, expected a repository that depends on ${packageFor(OWN)}, which is running. To move it from ${OTHER} to ${OWN}, add --framework ${OWN}. To stay with ${OTHER}, run ${packageFor(OTHER)}.`;
    expect(() => upgrade(HERE)).toThrow(new CommandError(message));
    expect(contentsOf(scratch())).toEqual(before);
  });

  test("a repository of the other framework is moved with its packages and the user's own files", () => {
    writeFileSync("main.ts", `import { synthesize } from "${packageFor(OTHER)}/stacks";\n`);
    writeFileSync("rules.yaml", `# $schema=./node_modules/${packageFor(OTHER)}/stacks/rules.schema.json\n`);
    const { lines, isMove } = upgrade({ ...HERE, acceptsOtherFramework: true });
    expect(isMove).toBe(true);
    expect(lines).toEqual([
      `main.ts: now names the packages of ${OWN}`,
      `rules.yaml: now names the packages of ${OWN}`,
      `package.json: dependencies: ${packageFor(OTHER)} "${VERSION}" → none`,
      `package.json: dependencies: ${packageFor(OWN)} none → ${VERSION}`,
    ]);
    expect(readFileSync("main.ts", "utf8")).toBe(`import { synthesize } from "${packageFor(OWN)}/stacks";\n`);
    expect(JSON.parse(readFileSync("package.json", "utf8")).dependencies).toEqual(pinnedVersions(origin).dependencies);
  });
});

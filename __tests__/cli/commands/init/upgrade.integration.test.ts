import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageFor } from "../../../../cli/commands/init/framework";
import { DEFAULTS, repositoryFiles, VERSION } from "../../../../cli/commands/init/repository";
import { type UpgradeOptions, upgrade } from "../../../../cli/commands/init/upgrade";
import { CommandError } from "../../../../cli/terminal/command-error";
import { contentsOf } from "../../../support/changes";
import { PIPELINES } from "../../../support/default-pipelines";
import { folderInTests, sharedFolder } from "../../../support/folder";

const OLDER = "0.0.9";
const NAME = packageFor("cdktf");
const REVIEW = ".github/workflows/review.yml";
const DOCTOR = ".github/workflows/doctor.yml";
const RECORD_LINE = ".support-app.json: upgraded";
const HERE: UpgradeOptions = { origin: { specifier: VERSION }, addsCli: false };

const folder = folderInTests({ isWorkingDirectory: true });

const textOf = (path: string) => readFileSync(path, "utf8");
const edit = (path: string, change: (text: string) => string) => writeFileSync(path, change(textOf(path)));
const linesOf = (options: Partial<UpgradeOptions> = {}) =>
  upgrade({ ...HERE, ...options }).files.map(({ path, words }) => `${path}: ${words}`);

/** The files that this version writes. */
const CURRENT = repositoryFiles({ ...DEFAULTS, ...HERE, pipelines: PIPELINES, hasCli: false });
const currentText = (path: string) => CURRENT.get(path)?.toString() ?? "";

type Files = Record<string, string | Buffer | undefined>;

/** What the older version wrote: another name of a workflow, a file that this version hasn't, and none of doctor's. */
const BEFORE: Files = {
  ...Object.fromEntries(CURRENT),
  ".support-app.json": currentText(".support-app.json").replace(VERSION, OLDER),
  "package.json": currentText("package.json")
    .replace(`"${VERSION}"`, `"${OLDER}"`)
    .replace(/"cdktf": ".*"/, '"cdktf": "0.20.0"'),
  [REVIEW]: currentText(REVIEW).replace("name: Review", "name: An older review"),
  [DOCTOR]: undefined,
  "old.json": "{}\n",
};

function write(to: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), content);
  }
}

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { encoding: "utf8" });

function commit(): void {
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", "a");
}

/** A package in node_modules whose `init` writes these files, and notes its arguments. */
function install(files: Files, { name = NAME, version = OLDER } = {}): void {
  const place = join("node_modules", name);
  write(join(place, "files"), files);
  write(place, {
    "package.json": JSON.stringify({ name, version, bin: { [name]: "cli.js", "support-app": "cli.js" } }),
    "cli.js": `
      const [, folder, ...options] = process.argv.slice(2);
      require("fs").cpSync(__dirname + "/files", folder, { recursive: true });
      require("fs").writeFileSync(__dirname + "/options", options.join(" "));`,
  });
}

/** A committed repository that the older version wrote, which is installed. */
const template = sharedFolder();
beforeEach(() => {
  if (!existsSync(join(template, ".git"))) {
    git("init", "--quiet", "--template=");
    write(".", BEFORE);
    install(BEFORE);
    commit();
    cpSync(".", template, { recursive: true });
  } else cpSync(template, ".", { recursive: true });
});

test("a repository that nobody has changed becomes what this version writes: files are upgraded, added and removed", () => {
  expect(linesOf()).toEqual([
    `${DOCTOR}: added`,
    `${REVIEW}: upgraded`,
    RECORD_LINE,
    "old.json: removed, since this version has none",
    "package.json: upgraded",
  ]);
  for (const [path, content] of CURRENT) expect([path, textOf(path)]).toEqual([path, content.toString()]);
  expect(existsSync("old.json")).toBe(false);
  expect(textOf(`node_modules/${NAME}/options`)).toBe("--ci github --branch main");
});

test("changes made here stay: lines elsewhere in a file, removed files, files that this version hasn't, and the user's own files", () => {
  edit(REVIEW, (text) => `${text}# ours\n`);
  edit("old.json", () => "[]\n");
  for (const path of ["environments.yaml", "main.ts", "README.md", ".github/CODEOWNERS"]) edit(path, () => "ours\n");
  rmSync("cdktf.json");
  install({ ...BEFORE, "cdktf.json": "{}\n", "environments.yaml": "a\n", "main.ts": "a\n", "README.md": "a\n" });
  commit();
  expect(linesOf()).toEqual([
    `${DOCTOR}: added`,
    `${REVIEW}: upgraded`,
    RECORD_LINE,
    "cdktf.json: removed here, so it isn't added",
    "old.json: changed here, so it stays, though this version has none",
    "package.json: upgraded",
  ]);
  expect(textOf(REVIEW)).toBe(`${currentText(REVIEW)}# ours\n`);
  for (const path of ["environments.yaml", "main.ts", "README.md", ".github/CODEOWNERS"])
    expect(textOf(path)).toBe("ours\n");
  expect([existsSync("cdktf.json"), textOf("old.json")]).toEqual([false, "[]\n"]);
});

test("a file of the user's with the name of a new file is a conflict, unless it is the same", () => {
  write(".", { [DOCTOR]: "name: Mine\n" });
  commit();
  expect(linesOf()).toContain(`${DOCTOR}: conflict`);
  git("checkout", "--quiet", ".");
  git("clean", "--quiet", "-d", "--force");
  write(".", { [DOCTOR]: currentText(DOCTOR) });
  commit();
  expect(linesOf()).not.toContainEqual(expect.stringContaining(DOCTOR));
});

test("a file that is committed with line breaks of Windows keeps them", () => {
  edit(REVIEW, (text) => `${text}# ours\n`.replaceAll("\n", "\r\n"));
  commit();
  expect(linesOf()).toContain(`${REVIEW}: upgraded`);
  expect(git("diff", "--stat")).toMatch(/review\.yml +\| +2 \+-\n/);
});

test("package.json gets the packages of this release, and everything else in it is the user's", () => {
  const { dependencies, devDependencies, ...rest } = JSON.parse(currentText("package.json"));
  const { "@cdktf/provider-aws": bindings, cdktf, constructs, ...tools } = devDependencies;
  const former = { ...dependencies, "@cdktf/provider-aws": bindings, cdktf: "0.20.0", constructs, gone: "1.0.0" };
  const before = { ...rest, dependencies: former, devDependencies: tools };
  const ours = {
    ...before,
    type: "module",
    optionalDependencies: { "cdktf-cli": "0.20.0" },
    dependencies: { ...former, cdktf: "0.20.9", zod: "4.0.0" },
  };
  install({ ...BEFORE, "package.json": JSON.stringify(before) });
  writeFileSync("package.json", JSON.stringify(ours));
  commit();
  linesOf();
  expect(JSON.parse(textOf("package.json"))).toEqual({
    ...rest,
    devDependencies,
    type: "module",
    dependencies: { ...dependencies, zod: "4.0.0" },
    optionalDependencies: { "cdktf-cli": cdktf },
  });
  expect(textOf(`node_modules/${NAME}/options`)).toBe("--ci github --branch main --cdktf-cli");
});

test("an upgrade adds the framework's own command and changes the default branch, as options say", () => {
  expect(linesOf({ addsCli: true, branch: "trunk" })).toContain(`${REVIEW}: upgraded`);
  expect(JSON.parse(textOf("package.json")).optionalDependencies).toHaveProperty("cdktf-cli");
  expect(textOf(REVIEW)).toContain('branches: ["trunk"]');
  expect(JSON.parse(textOf(".support-app.json"))).toMatchObject({ version: VERSION, branch: "trunk" });
});

test("another packed copy of the package takes the place of the one before", () => {
  const copyOf = (sum: string) => ({ path: `vendor/${NAME}-${sum}.tgz`, content: Buffer.from([0, 255, 13, 10, 128]) });
  const [before, after] = [copyOf("one"), copyOf("two")];
  const files = { ...BEFORE, [before.path]: before.content };
  write(".", files);
  install(files);
  commit();
  expect(linesOf({ origin: { specifier: `file:${after.path}`, copy: after } })).toEqual(
    expect.arrayContaining([`${before.path}: removed, since this version has none`, `${after.path}: added`]),
  );
  expect([existsSync(before.path), readFileSync(after.path)]).toEqual([false, after.content]);
  expect(JSON.parse(textOf("package.json")).dependencies[NAME]).toBe(`file:${after.path}`);
});

test("a repository of the other framework becomes one of the framework of the package that is running", () => {
  const otherName = packageFor("cdktn");
  const files = { ...BEFORE, "package.json": textOf("package.json").replaceAll("cdktf", "cdktn") };
  rmSync(`node_modules/${NAME}`, { recursive: true });
  write(".", files);
  install(files, { name: otherName });
  commit();
  expect(upgrade(HERE).previousFramework).toBe("cdktn");
  expect(JSON.parse(textOf("package.json"))).toEqual(JSON.parse(currentText("package.json")));
});

describe("nothing is written", () => {
  const expectNothing = (message: string | RegExp) => {
    const contents = () => ({ ...contentsOf(folder()), ".git/index": null }); // where git status notes times
    const before = contents();
    expect(() => upgrade(HERE)).toThrow(typeof message === "string" ? new CommandError(message) : message);
    rmSync(`node_modules/${NAME}/options`, { force: true });
    expect(contents()).toEqual(before);
  };

  test("where changes aren't committed, which are listed", () => {
    edit(REVIEW, () => "ours\n");
    writeFileSync("new", "");
    expectNothing(
      /^Received a repository with changes that aren't committed, expected none: .*\n M \.github\/workflows\/review\.yml\n\?\? new$/,
    );
  });

  test("outside a Git repository", () => {
    rmSync(".git", { recursive: true });
    expectNothing(
      "Can't ask Git what is committed here. Nothing was written. Install Git, and run the command in the root of a Git repository.",
    );
  });

  test("without the installed package", () => {
    rmSync("node_modules", { recursive: true });
    expectNothing(
      `Can't read ${NAME} in node_modules: there is no such file or folder. Run npm install, then the same command again.`,
    );
  });

  test("with another version than the one that wrote the files, such as after npm has updated it", () => {
    install(BEFORE, { version: "0.0.10" });
    expectNothing(
      `Received version 0.0.10 of ${NAME} in node_modules, expected ${OLDER}, which wrote the files here: an upgrade merges what has changed since. Nothing was written. Install it for this command alone: npm install --no-save ${NAME}@${OLDER}`,
    );
  });

  test("with an installed package that fails, with what it says", () => {
    writeFileSync(`node_modules/${NAME}/cli.js`, 'console.error("No disk.\\nNo luck."); process.exit(1);');
    expectNothing(/^Can't write the files of the installed version, .*\nNo disk\.\nNo luck\.$/);
  });

  test.each<[string, string, () => void]>([
    ["a link", "old.json", () => symlinkSync("elsewhere/file", "old.json")],
    ["below a link", ".github", () => symlinkSync("elsewhere", ".github")],
  ])("where a file is %s, which could lead out of the repository", (_, path, make) => {
    rmSync(path, { recursive: true });
    mkdirSync("elsewhere");
    make();
    commit();
    expectNothing(
      `Received a link at "${path}", expected a file or a folder of the repository. Nothing was written. Move it away.`,
    );
  });

  test("with a package.json that isn't an object", () => {
    writeFileSync("package.json", "[]");
    commit();
    expectNothing(/^Received package\.json in another form, expected a JSON object\. .*repository\.$/);
  });
});

import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { inNamesOf } from "../../../../cli/commands/init/framework";
import type { PackageOrigin } from "../../../../cli/commands/init/package-origin";
import { runSupportApp } from "../../../../cli/program";
import { checksum } from "../../../../cli/terminal/checksum";
import { devDependencies, version } from "../../../../package.json";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { peopleCan } from "../../../support/access";
import { contentsOf } from "../../../support/changes";
import { printedInTests } from "../../../support/printed";
import { parseTerraform, synthesize } from "../../../support/synthesize";

const ROOT = process.cwd();
const FILES = [
  ".github/CODEOWNERS",
  ".github/workflows/deploy.yml",
  ".github/workflows/doctor.yml",
  ".github/workflows/drift.yml",
  ".github/workflows/review.yml",
  ".gitignore",
  ".support-app.json",
  "README.md",
  "cdktf.json",
  "environments.yaml",
  "main.ts",
  "package.json",
  "tsconfig.json",
];
const REVIEW = ".github/workflows/review.yml";

const ON_MAIN =
  "The workflows run on the branch main. If the default branch is another one: init --upgrade --branch NAME";

/** From npm's registry, unless a test says otherwise. */
const REGISTRY: PackageOrigin = { specifier: version };

const printed = printedInTests();
let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "support-app-init-"));
  process.chdir(scratch);
});
afterEach(() => {
  process.chdir(ROOT);
  rmSync(scratch, { recursive: true });
});

function init(...args: string[]): Promise<{ readonly status: number; readonly output: string }> {
  return initFrom(REGISTRY, ...args);
}

async function initFrom(origin: PackageOrigin, ...args: string[]) {
  const status = await runSupportApp(["init", ...args], () => origin);
  return { status, output: printed.splice(0).join("\n") };
}

/** A packed copy of a package with this content. */
function packedCopy(content: string): PackageOrigin {
  const path = `vendor/cdktf-support-app-access-${version}-${checksum(content).slice(0, 8)}.tgz`;
  return { specifier: `file:${path}`, copy: { path, content: Buffer.from(content) } };
}

function packageJson() {
  return JSON.parse(readFileSync("package.json", "utf8"));
}

/** The texts of its files, by path. */
function filesIn(folder: string): Record<string, string> {
  const entries = Object.entries(contentsOf(folder));
  return Object.fromEntries(entries.flatMap(([path, text]) => (text === null ? [] : [[path, text]])));
}

/** Records a text as written by an earlier version. */
function asWrittenBefore(path: string, text: string): void {
  const record = JSON.parse(readFileSync(".support-app.json", "utf8"));
  record.files[path] = checksum(text);
  writeFileSync(".support-app.json", JSON.stringify(record));
  writeFileSync(path, text);
}

test("in the working directory, the next step needs no other folder", async () => {
  const { output } = await init(".", "--account", "222233334444", "--region", "eu-west-1");
  expect(output).toBe(`Wrote ${FILES.length} files to this folder.\n${ON_MAIN}\nNext: npm install && npm run synth`);
});

test.each([
  ["read-only", []],
  ["full", ["--full"]],
])("the channel in a new environment's comment replaces its %s", async (access, more) => {
  await init(".", "--account", "222233334444", "--region", "eu-west-1", ...more);
  const text = readFileSync("environments.yaml", "utf8");
  const withChannel = text.replace(/# With a channel: (.*)\n.*: \{\}/, "$1");
  expect(parseEnvironments(withChannel, "environments.yaml")).toMatchObject([
    { accesses: [{ access }], channels: [{ access, name: "support-watch" }] },
  ]);
});

test("a new repository has the first environment, exact versions and the next step", async () => {
  const { status, output } = await init("slack", "--account", "222233334444", "--region", "eu-west-1", "--full");
  expect(status).toBe(0);
  expect(output).toBe(
    `Wrote ${FILES.length} files to slack.\n${ON_MAIN}\nNext: cd 'slack' && npm install && npm run synth`,
  );
  const files = filesIn(resolve("slack"));
  expect(Object.keys(files).sort()).toEqual(FILES);
  expect(parseEnvironments(files["environments.yaml"] ?? "", "environments.yaml")).toMatchObject([
    { name: "production", account: "222233334444", region: "eu-west-1", accesses: [{ access: "full" }] },
  ]);
  const { dependencies, devDependencies: tools, ...rest } = JSON.parse(files["package.json"] ?? "");
  expect(rest).toMatchObject({ name: "slack", private: true });
  expect(dependencies).toEqual({
    "@cdktf/provider-aws": devDependencies["@cdktf/provider-aws"],
    cdktf: devDependencies.cdktf,
    "cdktf-support-app-access": version,
    constructs: devDependencies.constructs,
  });
  for (const exact of Object.values(tools)) expect(exact).toMatch(/^\d+\.\d+\.\d+$/);
});

test("a packed copy of the package is part of it, if it didn't come from the registry", async () => {
  const origin = packedCopy("packed");
  expect((await initFrom(origin, "slack", "--account", "222233334444")).output).toBe(
    `Wrote ${FILES.length + 1} files to slack.
package.json names a packed copy of this package: ${origin.copy?.path}
${ON_MAIN}
Next: cd 'slack' && npm install && npm run synth`,
  );
  process.chdir("slack");
  expect(readFileSync(origin.copy?.path ?? "", "utf8")).toBe("packed");
  expect(packageJson().dependencies["cdktf-support-app-access"]).toBe(origin.specifier);
});

test("CDKTF's own command is optional: where npm can't install it, the rest works", async () => {
  await init(".", "--cdktf-cli");
  expect(packageJson().optionalDependencies).toEqual({ "cdktf-cli": devDependencies.cdktf });
});

test.each<[string, () => void, string[], string]>([
  ["main, unless Git knows another", () => {}, [], "main"],
  ["the one of the remote origin", () => git("trunk", "feature"), [], "trunk"],
  ["that of a repository without a remote", () => git(undefined, "master"), [], "master"],
  ["the one that --branch names", () => git("trunk", "trunk"), ["--branch", "release/1.x"], "release/1.x"],
])("the workflows run on the default branch: %s", async (_, prepare, args, branch) => {
  prepare();
  const { output } = await init(".", ...args);
  expect(output).toContain(`The workflows run on the branch ${branch}.`);
  for (const name of ["review", "deploy"]) {
    const { on } = parse(readFileSync(`.github/workflows/${name}.yml`, "utf8"));
    expect((on.push ?? on.pull_request).branches).toEqual([branch]);
  }
  for (const name of ["deploy", "doctor", "drift"]) {
    const { jobs } = parse(readFileSync(`.github/workflows/${name}.yml`, "utf8"));
    expect(jobs.environments.if).toContain(`github.ref == 'refs/heads/${branch}' && `);
  }
  expect(readFileSync("README.md", "utf8")).toContain(`For \`${branch}\`, require the check`);
});

/** A repository on that branch, or a clone of one with that default branch. */
function git(remote: string | undefined, branch: string): void {
  execFileSync("git", ["init", "--quiet", "--initial-branch", branch, "."]);
  if (remote === undefined) return;
  execFileSync("git", ["symbolic-ref", "refs/remotes/origin/HEAD", `refs/remotes/origin/${remote}`]);
}

test("by default its channels can see cases and nothing else, and the account must be replaced", async () => {
  expect((await init()).output).toContain("Put your account into environments.yaml, then run: npm install");
  const yaml = readFileSync("environments.yaml", "utf8").replace(
    "read-only: {}",
    "read-only: { channels: [{ name: watch, workspace: T012ABCDEFG, channel: C01234A5BCD }] }",
  );
  const terraform = await parseTerraform(synthesize(yaml).production ?? "", "json");
  expect(peopleCan(terraform, "read_only")).toEqual(["see cases"]);
});

test.each([
  ["a folder that isn't there", "a/b/c"],
  ["this folder", "."],
])("%s that has none of these files gets all of them", async (_, folder) => {
  writeFileSync("LICENSE", "mine");
  expect((await init(folder)).status).toBe(0);
  expect(Object.keys(filesIn(resolve(folder)))).toEqual(expect.arrayContaining(FILES));
  expect(readFileSync("LICENSE", "utf8")).toBe("mine");
});

test.each(FILES)("if %s exists, nothing is written, and it is named", async (path) => {
  if (path.includes("/")) mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "mine");
  const before = contentsOf(scratch);
  expect(await init()).toEqual({
    status: 1,
    output: `Received the folder "." with files that init would overwrite, expected none of them. Nothing was written. To upgrade a repository, run init --upgrade in it. Otherwise choose another folder, or move them away:\n${path}`,
  });
  expect(contentsOf(scratch)).toEqual(before);
});

test("a broken link counts as the user's file, and stays", async () => {
  symlinkSync("/not-mounted", "README.md");
  expect(await init()).toMatchObject({
    status: 1,
    output: expect.stringMatching(/Nothing was written\..*\nREADME\.md$/),
  });
  expect(readlinkSync("README.md")).toBe("/not-mounted");
});

test("a folder in which one file can't be written stays as it was", async () => {
  writeFileSync(".github", "a file where a folder should be");
  const before = contentsOf(scratch);
  const { status, output } = await init();
  expect(status).toBe(1);
  expect(output).toMatch(/^Can't write into the folder "\.": EEXIST.*Nothing was written\./);
  expect(contentsOf(scratch)).toEqual(before);
});

test("a folder where nobody may create one is an error, and the command ends", async () => {
  expect(await init("/proc/new")).toEqual({
    status: 1,
    output:
      "Can't write into the folder \"/proc/new\": ENOENT: no such file or directory, mkdir '/proc/new'. Nothing was written. Choose another folder.",
  });
});

test.each([
  [
    ["--account", "1234"],
    "option '--account <id>' argument '1234' is invalid. Expected an AWS account ID of 12 digits.",
  ],
  [
    ["--region", "us-east-9"],
    "option '--region <region>' argument 'us-east-9' is invalid. Allowed choices are ap-northeast-1, ",
  ],
  [["--framework", "cdkt"], "argument 'cdkt' is invalid. Allowed choices are cdktf, cdktn."],
  [["--framework", "cdktn"], "Received --framework cdktn, expected cdktf, which cdktf-support-app-access is for."],
  [["--check", "--upgrade"], "option '--check' cannot be used with option '--upgrade'"],
  [
    ["--branch", "a b"],
    "argument 'a b' is invalid. Expected the name of a branch: up to 200 letters, digits and . _ / -, such as main.",
  ],
  [[""], "Received an empty folder name, expected the name of a folder."],
  [["slack", "--check"], "Received --check with a folder, expected it alone"],
  [["--upgrade", "--full"], "option '--upgrade' cannot be used with option '--full'"],
])("%j ends with 2 and says what", async (args, sentence) => {
  const { status, output } = await init(...args);
  expect(status).toBe(2);
  expect(output).toContain(sentence);
  expect(contentsOf(scratch)).toEqual({});
});

test.each([
  ["$(touch pwned)", "cd '$(touch pwned)' && "],
  ["-x", "cd './-x' && "],
])("the next step can be pasted into a shell, whatever the folder's name: %s", async (folder, command) => {
  expect((await init("--account", "222233334444", "--", folder)).output).toContain(command);
});

test.each([
  ["Slack & Änderungen", "slack-nderungen"],
  ["!slack!", "slack"],
  ["Ä", "support-app"],
])("the folder's name %s, which isn't valid for npm, becomes %s", async (folder, name) => {
  await init(folder);
  expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).name).toBe(name);
});

describe("after an upgrade of the package", () => {
  const SAME = { status: 0, output: `Everything is as version ${version} writes it.` };
  beforeEach(async () => {
    await init();
  });

  test("nothing needs to be done if everything is as it writes it", async () => {
    const before = filesIn(scratch);
    expect(await init("--check")).toEqual(SAME);
    expect(await init("--upgrade")).toEqual(SAME);
    expect(filesIn(scratch)).toEqual(before);
  });

  test("files that nobody has changed are shown and rewritten, and changed ones are shown and kept", async () => {
    const before = filesIn(scratch);
    asWrittenBefore(REVIEW, "name: An older review\n");
    writeFileSync("cdktf.json", "{}\n");
    rmSync(".github/workflows/doctor.yml");
    const { status, output } = await init("--check");
    expect(status).toBe(1);
    expect(output).toContain("writes. To upgrade it, run init --upgrade:\n");
    expect(output).toContain(`${REVIEW}: as another version wrote it; would be rewritten\n`);
    expect(output).toContain("\n-name: An older review\n");
    expect(output).toContain("\n+name: Review\n");
    expect(output).toContain("cdktf.json: changed here; would be left alone\n");
    expect(output).toContain(".github/workflows/doctor.yml: removed here; would not be restored\n");

    expect(await init("--upgrade")).toEqual({
      status: 0,
      output: `.github/workflows/doctor.yml: removed here, not restored
${REVIEW}: rewritten
cdktf.json: changed here, left alone
Review the changes, then run: npm install && npm run synth`,
    });
    const { ".github/workflows/doctor.yml": _, ...rest } = before;
    expect(filesIn(scratch)).toEqual({ ...rest, "cdktf.json": "{}\n" });
    expect(await init("--upgrade")).toEqual({
      status: 0,
      output: `.github/workflows/doctor.yml: removed here, not restored
cdktf.json: changed here, left alone
Nothing to upgrade.`,
    });
    expect(filesIn(scratch)).toEqual({ ...rest, "cdktf.json": "{}\n" });
  });

  test.each([
    ["restored from Git", (text: string) => writeFileSync(REVIEW, text)],
    ["copied from a new repository", () => cpSync(join("new", REVIEW), REVIEW)],
  ])("a removed file that is %s is upgraded again", async (_, restore) => {
    const current = readFileSync(REVIEW, "utf8");
    await init("new");
    asWrittenBefore(REVIEW, "name: An older review\n");
    rmSync(REVIEW);
    await init("--upgrade");
    restore("name: An older review\n");
    await init("--upgrade");
    expect(readFileSync(REVIEW, "utf8")).toBe(current);
    expect(await init("--check")).toEqual(SAME);
  });

  test("what somebody has changed or removed on purpose is shown with its difference, and doesn't fail the check", async () => {
    writeFileSync("cdktf.json", "{}\n");
    rmSync(".github/workflows/doctor.yml");
    const { status, output } = await init("--check");
    expect(status).toBe(0);
    expect(output).toContain(
      `Nothing to upgrade: everything is as version ${version} writes it, except what was changed or removed here.
.github/workflows/doctor.yml: removed here; would not be restored
cdktf.json: changed here; would be left alone

--- cdktf.json`,
    );
    expect(output).toContain("\n-{}\n");
    expect(output).not.toContain("Doctor"); // nothing of the removed file
    asWrittenBefore(REVIEW, "name: An older review\n");
    expect((await init("--check")).status).toBe(1);
  });

  test("without the review, whoever checks or upgrades is told that nothing stops a pull request", async () => {
    rmSync(REVIEW);
    rmSync("cdktf.json");
    expect(await init("--check")).toEqual({
      status: 0,
      output: `Nothing to upgrade: everything is as version ${version} writes it, except what was changed or removed here.
${REVIEW}: removed here; would not be restored. Nothing reports or stops a pull request that broadens access
cdktf.json: removed here; would not be restored`,
    });
    expect(await init("--upgrade")).toEqual({
      status: 0,
      output: `${REVIEW}: removed here, not restored. Nothing reports or stops a pull request that broadens access
cdktf.json: removed here, not restored
Nothing to upgrade.`,
    });
  });

  test("a changed file and another version in package.json are something to review", async () => {
    const content = JSON.parse(readFileSync("package.json", "utf8"));
    content.dependencies.cdktf = "0.20.0";
    writeFileSync("package.json", JSON.stringify(content));
    writeFileSync("cdktf.json", "{}\n");
    expect(await init("--upgrade")).toEqual({
      status: 0,
      output: `cdktf.json: changed here, left alone
package.json: dependencies now has cdktf ${devDependencies.cdktf}
Review the changes, then run: npm install && npm run synth`,
    });
  });

  test.each(["--check", "--upgrade"])("what a newer version has written isn't downgraded: %s", async (option) => {
    const record = JSON.parse(readFileSync(".support-app.json", "utf8"));
    writeFileSync(".support-app.json", JSON.stringify({ ...record, version: "99.0.0" }));
    const before = filesIn(scratch);
    expect(await init(option)).toEqual({
      status: 1,
      output: `Received .support-app.json of version 99.0.0, expected one of ${version}, which is running, or of an earlier version. Run npm install, then init ${option} again.`,
    });
    expect(filesIn(scratch)).toEqual(before);
  });

  test("package.json has the versions that this one was tested with, and keeps what else is in it", async () => {
    const content = JSON.parse(readFileSync("package.json", "utf8"));
    content.dependencies.cdktf = "0.20.0";
    content.dependencies.mine = "1.0.0";
    delete content.devDependencies.typescript;
    writeFileSync("package.json", JSON.stringify(content));
    const { status, output } = await init("--check");
    expect(status).toBe(1);
    expect(output).toContain(`package.json: dependencies has cdktf "0.20.0", expected ${devDependencies.cdktf}`);
    expect(output).toContain("package.json: devDependencies has no typescript, expected");
    expect((await init("--upgrade")).output).toContain(
      `package.json: dependencies now has cdktf ${devDependencies.cdktf}`,
    );
    expect(JSON.parse(readFileSync("package.json", "utf8")).dependencies).toMatchObject({
      cdktf: devDependencies.cdktf,
      mine: "1.0.0",
    });
    expect(await init("--check")).toEqual(SAME);
  });

  test.each(["dependencies", "devDependencies", "optionalDependencies"])(
    "cdktf-cli in %s stays there, and gets the version of cdktf",
    async (section) => {
      const content = packageJson();
      content[section] = { ...content[section], "cdktf-cli": "0.20.0" };
      writeFileSync("package.json", JSON.stringify(content));
      expect(await init("--upgrade")).toEqual({
        status: 0,
        output: `package.json: ${section} now has cdktf-cli ${devDependencies.cdktf}
Review the changes, then run: npm install && npm run synth`,
      });
      expect(packageJson()[section]["cdktf-cli"]).toBe(devDependencies.cdktf);
      expect(await init("--check", "--cdktf-cli")).toEqual(SAME);
    },
  );

  test("the command cdktf can be added later", async () => {
    expect((await init("--check", "--cdktf-cli")).output).toContain(
      `package.json: optionalDependencies has no cdktf-cli, expected ${devDependencies.cdktf}`,
    );
    await init("--upgrade", "--cdktf-cli");
    expect(packageJson().optionalDependencies).toEqual({ "cdktf-cli": devDependencies.cdktf });
    expect(await init("--upgrade")).toEqual(SAME);
  });

  test("another default branch changes the workflows, and is remembered", async () => {
    expect((await init("--upgrade", "--branch", "trunk")).output).toContain(`${REVIEW}: rewritten\n`);
    expect(readFileSync(REVIEW, "utf8")).toContain('branches: ["trunk"]');
    expect(await init("--check")).toEqual(SAME);
    await init("--upgrade", "--branch", "main");
    expect(readFileSync(REVIEW, "utf8")).toContain('branches: ["main"]');
  });

  test("another packed copy is written, and the previous one is named", async () => {
    const [one, other] = [packedCopy("one"), packedCopy("other")];
    await initFrom(one, "--upgrade");
    expect(await initFrom(one, "--check")).toEqual(SAME);
    expect((await initFrom(other, "--check")).output).toContain(
      `package.json: dependencies has cdktf-support-app-access "${one.specifier}", expected ${other.specifier}`,
    );
    expect(await initFrom(other, "--upgrade")).toEqual({
      status: 0,
      output: `package.json: dependencies now has cdktf-support-app-access ${other.specifier}
${one.copy?.path}: no longer used; remove it
Review the changes, then run: npm install && npm run synth`,
    });
    expect(readFileSync(other.copy?.path ?? "", "utf8")).toBe("other");
    expect(packageJson().dependencies["cdktf-support-app-access"]).toBe(other.specifier);
    expect((await init("--upgrade")).output).toContain(`dependencies now has cdktf-support-app-access ${version}\n`);
  });

  describe("which is a move from cdktn", () => {
    const DEPLOY = ".github/workflows/deploy.yml";
    beforeEach(() => {
      const content = JSON.parse(readFileSync("package.json", "utf8"));
      content.dependencies = { cdktn: "0.24.0", "cdktn-support-app-access": version };
      writeFileSync("package.json", JSON.stringify(content));
      asWrittenBefore(REVIEW, inNamesOf("cdktn", readFileSync(REVIEW, "utf8")));
    });

    test("also moves the schema that an editor finds for a rules.yaml, and changes nothing else in it", async () => {
      const rules = (name: string) =>
        `# yaml-language-server: $schema=./node_modules/${name}/stacks/rules.schema.json\nall: { private: required }\n`;
      writeFileSync("rules.yaml", rules("cdktn-support-app-access"));
      const { output } = await init("--upgrade", "--framework", "cdktf");
      expect(output).toContain("rules.yaml: ");
      expect(readFileSync("rules.yaml", "utf8")).toBe(rules("cdktf-support-app-access"));
      expect(await init("--upgrade")).toMatchObject({ status: 0 });
      expect(readFileSync("rules.yaml", "utf8")).toBe(rules("cdktf-support-app-access"));
    });

    test.each([
      ["a step that somebody has changed", DEPLOY, "steps:\n  - run: npx --no -- cdktn deploy production\n", 2],
      ["a workflow of the user's own", ".github/workflows/mine.yml", "run: |\n  cd a\n  cdktn diff production\n", 3],
      ["a package in it", ".github/workflows/mine.yml", "run: npx cdktn-support-app-access doctor --all\n", 1],
    ])("%s that uses cdktn is named, and stays", async (_, path, text, line) => {
      writeFileSync(path, text);
      const named = `\n${path}:${line}: still uses cdktn; change it yourself\n`;
      expect(await init("--check", "--framework", "cdktf")).toMatchObject({
        status: 1,
        output: expect.stringContaining(named),
      });
      const { status, output } = await init("--upgrade", "--framework", "cdktf");
      expect({ status, output }).toEqual({
        status: 0,
        output: expect.stringContaining(`${named}Moved from cdktn to cdktf.`),
      });
      expect(output).toContain(`${REVIEW}: rewritten\n`);
      expect(readFileSync(path, "utf8")).toBe(text);
    });

    test.each([
      ["that calls for neither", "run: npm test # as in cdktn.json and @cdktn/docs\n"],
      ["in which a line is about both", "run: npx cdktn-support-app-access && npx cdktf-support-app-access\n"],
    ])("a workflow %s is not named", async (_, text) => {
      writeFileSync(DEPLOY, text);
      const { output } = await init("--upgrade", "--framework", "cdktf");
      expect(output).toContain(`${DEPLOY}: changed here, left alone\n`);
      expect(output).not.toContain("still calls for");
    });
  });

  test("outside its root, there is nothing to upgrade", async () => {
    process.chdir(tmpdir());
    expect(await init("--upgrade")).toMatchObject({
      status: 1,
      output: expect.stringContaining("expected the root of a repository created by support-app init"),
    });
  });
});

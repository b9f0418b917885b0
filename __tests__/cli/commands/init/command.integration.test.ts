import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import * as packages from "../../../../cli/commands/init/package-origin";
import { runSupportApp } from "../../../../cli/program";
import { name, version } from "../../../../package.json";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { contentsOf } from "../../../support/changes";
import { folderInTests } from "../../../support/folder";
import { printedInTests } from "../../../support/printed";

jest.mock("../../../../cli/commands/init/package-origin", () => ({
  ...jest.requireActual("../../../../cli/commands/init/package-origin"),
  packageOrigin: jest.fn(),
}));

const WORKFLOWS = ["deploy", "doctor", "drift", "review"].map((name) => `.github/workflows/${name}.yml`);
const FILES = [
  ...[
    ".github/CODEOWNERS",
    ".github/dependabot.yml",
    ...WORKFLOWS,
    ".gitignore",
    ".support-app.json",
    "README.md",
    "cdktf.json",
  ],
  ...["environments.yaml", "main.ts", "package.json", "tsconfig.json"],
];
const REVIEW = ".github/workflows/review.yml";
const ON_MAIN =
  "The files of CI are for GitHub Actions and the branch main. For others, remove what init has written, and run it with --ci or --branch.";
const REPLACE =
  "Replace @YOUR-ORGANIZATION/YOUR-OWNERS in .github/CODEOWNERS with the team or group that must approve changes.\n";
const FIRST = ["--account", "222233334444", "--region", "eu-west-1"];

/** From npm's registry, unless a test says otherwise. */
const REGISTRY: packages.PackageOrigin = { specifier: version };
const PACKED: packages.PackageOrigin = {
  specifier: "file:vendor/a.tgz",
  copy: { path: "vendor/a.tgz", content: Buffer.of(7) },
};

const printed = printedInTests();
const scratch = folderInTests({ isWorkingDirectory: true });

async function init(args: readonly string[] = [], origin = REGISTRY) {
  jest.mocked(packages.packageOrigin).mockReturnValue(origin);
  const status = await runSupportApp(["init", ...args]);
  return { status, output: printed.splice(0).join("\n") };
}

/** The paths of a folder's files. */
function filesIn(folder: string): string[] {
  return Object.entries(contentsOf(folder)).flatMap(([path, text]) => (text === null ? [] : [path]));
}

/** A repository on that branch, or a clone of one with that default branch. */
function git(remote: string | undefined, branch: string): void {
  execFileSync("git", ["init", "--quiet", "--initial-branch", branch, "."]);
  if (remote === undefined) return;
  mkdirSync(".git/refs/remotes/origin", { recursive: true });
  writeFileSync(".git/refs/remotes/origin/HEAD", `ref: refs/remotes/origin/${remote}\n`);
}

test.each<[string, string[], string, string, string]>([
  [".", [...FIRST, "--full", "--owners", "@acme/platform"], "this folder", "Next, run: ", "full"],
  ["a/b", [], "a/b", `${REPLACE}With your account in environments.yaml, run: cd 'a/b' && `, "read-only"],
])(
  "a new repository in %s with %j has all files, and the next step is printed",
  async (folder, args, to, next, access) => {
    expect(await init([folder, ...args])).toEqual({
      status: 0,
      output: `Wrote ${FILES.length} files to ${to}.\n${ON_MAIN}\n${next}npm install && npm run synth`,
    });
    expect(filesIn(resolve(folder)).sort()).toEqual(FILES);
    const owners = args.includes("--owners") ? "@acme/platform" : "@YOUR-ORGANIZATION/YOUR-OWNERS";
    expect(readFileSync(join(folder, ".github/CODEOWNERS"), "utf8")).toMatch(new RegExp(`^\\* ${owners}$`, "m"));
    const yaml = readFileSync(join(folder, "environments.yaml"), "utf8");
    const [account, region] = args.length > 0 ? ["222233334444", "eu-west-1"] : ["111122223333", "us-east-1"];
    expect(parseEnvironments(yaml, "environments.yaml")).toMatchObject([{ account, region, accesses: [{ access }] }]);
  },
);

test("nobody is asked for an account that --account names, even if it is the one of the examples", async () => {
  const { output } = await init(["--account", "111122223333"]);
  expect(output).toContain("\nNext, run: npm install && npm run synth");
});

test("a packed copy of the package is part of it, if it didn't come from the registry", async () => {
  const { output } = await init(["slack", ...FIRST], PACKED);
  expect(output).toContain("package.json names a packed copy of this package: vendor/a.tgz\n");
  expect(readFileSync("slack/vendor/a.tgz")).toEqual(Buffer.of(7));
});

const remote = (url: string) => {
  execFileSync("git", ["init", "--quiet"]);
  appendFileSync(".git/config", `[remote "origin"]\nurl = ${url}\n`);
};

test.each<[string, () => void, string[], string]>([
  ["GitHub's, unless the remote names another", () => {}, [], "GitHub Actions"],
  ["GitLab's, if the remote origin names it", () => remote("git@gitlab.example.com:a/b.git"), [], "GitLab CI/CD"],
  [
    "GitHub's, if only its path has the word",
    () => remote("git@github.com:acme/gitlab-tools.git"),
    [],
    "GitHub Actions",
  ],
  ["GitHub's, if only a URL's path has it", () => remote("https://github.com/a/gitlab"), [], "GitHub Actions"],
  ["GitLab's, by a URL with a user", () => remote("ssh://git@GitLab.example.com:2222/a/b"), [], "GitLab CI/CD"],
  ["those that --ci names", () => remote("git@gitlab.com:a/b.git"), ["--ci", "github"], "GitHub Actions"],
])("the files of CI are %s", async (_, prepare, args, ci) => {
  prepare();
  expect((await init(args)).output).toContain(`The files of CI are for ${ci} and the branch `);
  const isGitLab = ci === "GitLab CI/CD";
  expect([existsSync(".gitlab-ci.yml"), existsSync(".gitlab"), existsSync(".github")]).toEqual([
    isGitLab,
    isGitLab,
    !isGitLab,
  ]);
  expect(readFileSync("README.md", "utf8")).toContain(isGitLab ? "\n## In GitLab\n" : "\n## In GitHub\n");
});

test.each<[string, () => void, string[], string]>([
  ["main, unless Git knows another", () => {}, [], "main"],
  ["the default branch of the remote origin", () => git("trunk", "feature"), [], "trunk"],
  ["the branch of a repository without a remote", () => git(undefined, "master"), [], "master"],
  ["a branch that --branch names", () => {}, ["--branch", "release/1.x"], "release/1.x"],
])("the workflows run on the default branch: %s", async (_, prepare, args, branch) => {
  prepare();
  expect((await init(args)).output).toContain(` and the branch ${branch}. `);
  for (const file of WORKFLOWS) {
    const { on: triggers, jobs } = parse(readFileSync(file, "utf8"));
    const branches = (triggers.push ?? triggers.pull_request)?.branches;
    expect(branches ?? [branch]).toEqual([branch]);
    if (file !== REVIEW) expect(jobs.environments.if).toContain(`github.ref == 'refs/heads/${branch}' && `);
  }
  expect(readFileSync("README.md", "utf8")).toContain(`merged to \`${branch}\``);
});

test.each(["environments.yaml", ".support-app.json"])(
  "where there is %s, nothing is written, and it is named",
  async (path) => {
    writeFileSync(path, "mine");
    expect(await init()).toEqual({
      status: 1,
      output: `Received the folder "." with files that init would overwrite, expected none of them. Nothing was written. To upgrade a repository, run init --upgrade in it. Otherwise choose another folder, or move them away:\n${path}`,
    });
    expect(contentsOf(scratch())).toEqual({ [path]: "mine" });
  },
);

describe("in a Git repository", () => {
  beforeEach(() => git(undefined, "main"));

  test.each([
    ["infra/slack", () => {}],
    ["infra/slack", () => mkdirSync("infra/slack", { recursive: true })],
  ])("a folder %s inside it is refused, since GitHub would ignore the workflows", async (folder, prepare) => {
    prepare();
    const before = contentsOf(scratch());
    const root = JSON.stringify(realpathSync("."));
    expect(await init([folder])).toEqual({
      status: 1,
      output: `Received the folder "infra/slack" inside the Git repository ${root}, expected the root of a repository: CI ignores files in other folders. Nothing was written. For a repository of its own, choose a folder outside, or run this first: git init 'infra/slack'`,
    });
    expect(contentsOf(scratch())).toEqual(before);
  });

  test("a folder that is a repository of its own has its workflows, even through a link", async () => {
    execFileSync("git", ["init", "--quiet", "slack"]);
    symlinkSync("slack", "link");
    expect((await init(["link"])).status).toBe(0);
    expect(existsSync("slack/.github/workflows/review.yml")).toBe(true);
  });

  test("--upgrade inside it is refused, too", async () => {
    mkdirSync("slack");
    process.chdir("slack");
    const advice = "Nothing was written. Move its files to a repository of their own.";
    expect(await init(["--upgrade"])).toEqual({ status: 1, output: expect.stringContaining(advice) });
  });
});

test.each<[string, () => void]>([
  ["a file where a folder should be", () => writeFileSync("slack/.github", "")],
  ["a broken link", () => symlinkSync("/not-mounted", "slack/main.ts")],
])("a folder with %s stays as it was", async (_, make) => {
  mkdirSync("slack");
  make();
  const before = contentsOf(scratch());
  const says =
    /^Can't write into the folder "slack": file already exists\. Nothing was written\. Choose another folder\.$/;
  expect(await init(["slack"])).toEqual({ status: 1, output: expect.stringMatching(says) });
  expect(contentsOf(scratch())).toEqual(before);
});

test.each([
  [["--account", "1234"], "argument '1234' is invalid. Expected an AWS account ID of 12 digits."],
  [["--region", "us-east-9"], "argument 'us-east-9' is invalid. Allowed choices are ap-northeast-1, "],
  [
    ["--branch", "a b"],
    "Expected the name of a branch, without refs/heads/: up to 200 letters, digits and . _ / -, such as main.",
  ],
  [[""], "is invalid for argument 'folder'. Expected the name of a folder: a variable may be unset."],
  [["slack", "--upgrade"], "Received --upgrade with a folder, expected it alone"],
  [["--upgrade", "--full"], "option '--upgrade' cannot be used with option '--full'"],
])("%j ends with 2 and names the reason", async (args, sentence) => {
  expect(await init(args)).toEqual({ status: 2, output: expect.stringContaining(sentence) });
  expect(contentsOf(scratch())).toEqual({});
});

test.each([
  ["$(touch pwned)", "cd '$(touch pwned)' && "],
  ["-x", "cd './-x' && "],
  ["Ä", "cd 'Ä' && "],
])("the folder's name %s is quoted for a shell", async (folder, command) => {
  expect((await init([...FIRST, "--", folder])).output).toContain(command);
});

describe("an upgrade", () => {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { stdio: "ignore" });

  /** A repository that version 0.0.9 wrote, with a workflow of another name, and is installed. */
  beforeEach(async () => {
    await init(["written", "--branch", "main"]);
    for (const [file, before, after] of [
      [REVIEW, "name: Review", "name: An older review"],
      [".support-app.json", version, "0.0.9"],
    ] as const)
      writeFileSync(join("written", file), readFileSync(join("written", file), "utf8").replace(before, after));
    cpSync("written", ".", { recursive: true });
    const installed = `node_modules/${name}`;
    mkdirSync(installed, { recursive: true });
    renameSync("written", join(installed, "written"));
    writeFileSync(join(installed, "package.json"), '{ "version": "0.0.9", "bin": { "support-app": "a.js" } }');
    writeFileSync(
      join(installed, "a.js"),
      'require("fs").cpSync(__dirname + "/written", process.argv[3], { recursive: true });',
    );
    git("init");
    commit();
  });

  function commit(): void {
    git("add", "--all");
    git("commit", "--message", "a");
  }

  test("what becomes of each file is printed, and the next step, and what this version wrote has nothing to upgrade", async () => {
    expect(await init(["--upgrade"])).toEqual({
      status: 0,
      output: `${REVIEW}: upgraded\n.support-app.json: upgraded\nReview the changes, then run: npm install && npm run synth`,
    });
    expect(readFileSync(REVIEW, "utf8")).toContain("name: Review\n");

    for (const file of [REVIEW, ".support-app.json"]) cpSync(file, `node_modules/${name}/written/${file}`);
    writeFileSync(`node_modules/${name}/package.json`, `{ "version": "${version}", "bin": { "support-app": "a.js" } }`);
    commit();
    expect(await init(["--upgrade"])).toEqual({
      status: 0,
      output: `Nothing to upgrade: the installed version writes the same files as version ${version}.`,
    });
  });

  test("a conflict ends with 1 and has Git's markers, the rest is upgraded, and a move from the other framework's package hints at the user's own files", async () => {
    renameSync(`node_modules/${name}`, "node_modules/cdktn-support-app-access");
    writeFileSync(REVIEW, readFileSync(REVIEW, "utf8").replace("An older review", "Access"));
    commit();
    expect(await init(["--upgrade"])).toEqual({
      status: 1,
      output: [
        `Upgraded to version ${version}, with conflicts: it changes lines that were changed here. Git's markers in these files show both sides.`,
        `${REVIEW}: conflict\n.support-app.json: upgraded`,
        "Moved from cdktn to cdktf. In files of your own, such as main.ts, name cdktf-support-app-access and @cdktf/provider-aws instead. Terraform's addresses and state stay as they are, so the next plan is empty.",
        "Resolve each conflict. Review the changes, then run: npm install && npm run synth",
      ].join("\n"),
    });
    expect(readFileSync(REVIEW, "utf8")).toContain(
      `<<<<<<< here\nname: Access\n=======\nname: Review\n>>>>>>> version ${version}\n`,
    );
  });
});

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { supportAppProgram } from "../../cli/program";
import { compiled } from "../support/compiled";
import { ONCALL, stackOf } from "../support/edited-stack";
import { sharedFolder } from "../support/folder";
import { reviewingInTests } from "../support/reviewing";

/*
 * The scripts of examples/jenkins and examples/azure-pipelines, run by the shells of Jenkins and Azure Pipelines in the order in
 * which the files have them. Those of a review run in a real repository with a pull request, where npm is a stand-in that copies a
 * synthesized folder, and `support-app review` the real one. What else the files say, their CIs alone understand.
 */

const { folderOf } = reviewingInTests();
const scratch = sharedFolder({ isReal: true });
const NAMES = ["deploy", "nightly", "review"];

interface CI {
  readonly fileOf: (name: string) => string;
  readonly scriptsIn: (text: string) => string[];
  readonly shell: readonly string[];
  /** Where the review has the head. */
  readonly head: string;
}

const CIS: Readonly<Record<string, CI>> = {
  jenkins: {
    fileOf: (name) => `${name}.Jenkinsfile`,
    scriptsIn: (text) =>
      [...text.matchAll(/\bsh (?:'''([\s\S]*?)'''|'([^'\n]*)')/g)].map(([, long, short]) => long ?? short ?? ""),
    shell: ["sh", "-xe"],
    head: "change/head",
  },
  "azure-pipelines": {
    fileOf: (name) => `${name}.yml`,
    scriptsIn: (text) => shellsIn(parse(text)),
    shell: ["bash", "--noprofile", "--norc"],
    head: "../head",
  },
};

/** The scripts anywhere in a pipeline. */
function shellsIn(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    ["bash", "inlineScript"].includes(key) ? [String(value)] : shellsIn(value),
  );
}

const GIT = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
};
const git = (folder: string, ...args: readonly string[]) =>
  execFileSync("git", ["-C", folder, ...args], { env: GIT, stdio: "pipe" });

/** Writes down whose code runs, and what it is asked to do. */
const NPM = `#!/bin/sh
echo "$(cat owner): npm $1" >> "$LOG"
case "$*" in
  ci) mkdir -p node_modules && cp owner node_modules ;;
  "run synth -- --output "*) cp -R synthesized "$5" ;;
  *) exit 2 ;;
esac
`;
const NPX = `#!/bin/sh
[ "$1 $2 $3" = "--no -- support-app" ] || exit 2
shift 3
echo "$(cat node_modules/owner): $1" >> "$LOG"
exec node "$CLI" "$@"
`;

const LESS = () => folderOf({ paid: stackOf(`full: { ${ONCALL}, without: [resolve-cases] }`) });
const FULL = () => folderOf({ paid: stackOf(`full: { ${ONCALL} }`) });
const repository = join(scratch, "repository");

/** A repository as CI has it: a pull request, merged with main, and the branch `later`, to which main has moved on. */
beforeAll(() => {
  mkdirSync(repository);
  const commit = (owner: string, synthesized: string) => {
    writeFileSync(join(repository, "owner"), owner);
    cpSync(synthesized, join(repository, "synthesized"), { recursive: true });
    git(repository, "add", "--all");
    git(repository, "commit", "--quiet", "--message", owner);
  };
  git(repository, "init", "--quiet", "--initial-branch", "main");
  commit("main", LESS());
  git(repository, "checkout", "--quiet", "-b", "later");
  commit("later", FULL());
  git(repository, "checkout", "--quiet", "-b", "change", "main");
  commit("change", FULL());
  git(repository, "checkout", "--quiet", "--detach");
});

let count = 0;

/** Runs the scripts of a review on a pull request with a head; whose main may have moved on since CI has merged it. */
function runReview({ fileOf, scriptsIn, shell, head: headFolder }: CI, name: string, head: string, main = "main") {
  const machine = join(scratch, `run-${count++}`);
  const workspace = join(machine, "workspace");
  const [bin, log] = [join(machine, "bin"), join(machine, "log")];
  mkdirSync(bin, { recursive: true });
  for (const [program, text] of Object.entries({ npm: NPM, npx: NPX }))
    writeFileSync(join(bin, program), text, { mode: 0o755 });
  symlinkSync(process.execPath, join(bin, "node"));
  cpSync(repository, workspace, { recursive: true });
  git(workspace, "update-ref", "refs/remotes/origin/main", main);
  const env = {
    ...GIT,
    PATH: `${bin}:${process.env.PATH}`,
    LOG: log,
    CLI: compiled("cli/support-app.ts"),
    PIPELINE_WORKSPACE: machine,
  };
  const [program = "", ...args] = shell;
  const scripts = scriptsIn(readFileSync(join("examples", name, fileOf("review")), "utf8"));
  let status: number | null = 0;
  for (const script of scripts) {
    writeFileSync(join(machine, "script"), script);
    if (script.includes("--output base")) {
      // What another job has stashed or published.
      rmSync(join(workspace, headFolder), { recursive: true, force: true });
      cpSync(head, join(workspace, headFolder), { recursive: true });
    }
    ({ status } = spawnSync(program, [...args, join(machine, "script")], { cwd: workspace, env }));
    if (status !== 0) break;
    git(workspace, "clean", "--quiet", "-d", "--force", "head"); // each job has a machine or a clean folder
  }
  const report = status === 0 ? readFileSync(join(workspace, "review.md"), "utf8") : "";
  return { status, report, log: readFileSync(log, "utf8").trimEnd().split("\n") };
}

describe.each(Object.entries(CIS))("%s", (name, ci) => {
  const texts = () => NAMES.map((example) => readFileSync(join("examples", name, ci.fileOf(example)), "utf8"));

  test("each file in the folder is one that these tests run", () => {
    expect(readdirSync(join("examples", name)).sort()).toEqual(NAMES.map(ci.fileOf));
  });

  test("a pull request is judged by main's code alone, and its owners find in the report what people gain", () => {
    const { status, report, log } = runReview(ci, name, FULL());
    expect({ status, log }).toEqual({
      status: 0,
      log: ["change: npm ci", "change: npm run", "main: npm ci", "main: npm run", "main: review"],
    });
    expect(report).toContain("resolve-cases");
  });

  test("a head that isn't one, and a pull request that doesn't contain main as it is now, fail", () => {
    expect(runReview(ci, name, join("docs", "images")).status).not.toBe(0);
    expect(runReview(ci, name, FULL(), "later")).toMatchObject({
      log: ["change: npm ci", "change: npm run"],
      report: "",
    });
  });

  test("the program takes every command of the files, in the order in which a job needs them", async () => {
    const program = supportAppProgram(() => {}, { writeOut: () => {}, writeErr: () => {} });
    for (const command of program.commands) command.action(() => {});
    const commands = texts()
      .flatMap(ci.scriptsIn)
      .flatMap((script) => script.match(/(?<=npx --no -- support-app ).*?(?=$| > | \|\| )/gm) ?? []);
    expect(commands.map((command) => command.split(" ")[0])).toEqual(["diff", "deploy", "diff", "doctor", "review"]);
    for (const command of commands) await program.parseAsync(command.split(" "), { from: "user" });
  });

  test("a script of several commands stops at the first that fails", () => {
    const goesOn = texts()
      .flatMap(ci.scriptsIn)
      .filter((script) => script.trim().includes("\n") && !ci.shell.includes("-xe") && !script.startsWith("set -e\n"));
    expect(goesOn).toEqual([]);
  });
});
